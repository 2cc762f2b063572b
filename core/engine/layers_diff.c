#include "core/engine/layers_diff.h"

#include <stdlib.h>

#include "core/base/map.h"
#include "core/base/sequence.h"
#include "core/value/value.h"

/* ---- files ---- */

static void diff_add(struct layers_differences *d, struct layers_difference *files,
                     enum layers_change change, const struct layer_file *a,
                     const struct layer_file *b)
{
	files[d->n++] = (struct layers_difference){
		.change = change, .path = b ? b->path : a->path, .size_a = a ? a->size : 0,
		.size_b = b ? b->size : 0, .whiteout = (b ? b : a)->kind >= LAYER_WHITEOUT,
	};
	d->counts[change]++;
}

/* A folder that is there in both is no difference but for its mode. */
static bool diff_is_same(const struct layer_file *a, const struct layer_file *b)
{
	return a->kind == b->kind && a->digest[0] == b->digest[0] && a->digest[1] == b->digest[1];
}

static uint64_t diff_bytes(const struct layers_difference *d)
{
	return d->size_a > d->size_b ? d->size_a - d->size_b : d->size_b - d->size_a;
}

static int diff_order(const void *a, const void *b)
{
	const struct layers_difference *x = a, *y = b;
	uint64_t left = diff_bytes(x), right = diff_bytes(y);
	if (left != right)
		return left < right ? 1 : -1;
	return strcmp(x->path, y->path);
}

/* Both by path; whiteouts among them are deletions that a layer makes. */
static void diff_files(struct arena *arena, const struct layer_file *const *a, size_t na,
                       const struct layer_file *const *b, size_t nb,
                       struct layers_differences *ret)
{
	struct layers_difference *files = arena_array(arena, na + nb + 1, sizeof *files);
	*ret = (struct layers_differences){ .files = files };
	for (size_t i = 0, j = 0; i < na || j < nb;) {
		int order = i == na ? 1 : j == nb ? -1 : strcmp(a[i]->path, b[j]->path);
		if (order < 0)
			diff_add(ret, files, LAYERS_REMOVED, a[i], NULL);
		else if (order > 0)
			diff_add(ret, files, LAYERS_ADDED, NULL, b[j]);
		else if (!diff_is_same(a[i], b[j]))
			diff_add(ret, files, LAYERS_CHANGED, a[i], b[j]);
		else if (a[i]->mode != b[j]->mode)
			diff_add(ret, files, LAYERS_MODE, a[i], b[j]);
		i += order <= 0;
		j += order >= 0;
	}
	qsort(files, ret->n, sizeof *files, diff_order);
}

static const struct layer_file **diff_seen(struct arena *arena, const struct image_layers *l)
{
	const struct layer_file **files = arena_array(arena, l->nfiles + 1, sizeof *files);
	for (size_t i = 0; i < l->nfiles; i++)
		files[i] = l->files[i].file;
	return files;
}

static const struct layer_file **diff_of_layer(struct arena *arena, const struct image_layers *l,
                                               size_t layer, size_t *ret_n)
{
	const struct layer_file **files;
	*ret_n = layer == STR_NONE ? 0 : l->layers[layer].nfiles;
	files = arena_array(arena, *ret_n + 1, sizeof *files);
	for (size_t i = 0; i < *ret_n; i++)
		files[i] = &l->layers[layer].files[i];
	return files;
}

/* ---- layers ---- */

static bool diff_is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The classic builder names what was copied by its digest, "COPY file:HEX in /x", and puts
 * the values of ARGs before a RUN, "|1 MODE=dev /bin/sh -c": what made a layer is the rest. */
static struct str diff_made_by(struct arena *arena, const char *text)
{
	owned_buf struct buf out = { 0 };
	const char *run = text[0] == '|' ? strstr(text, " /bin/sh -c ") : NULL;
	for (const char *p = run ? run : text; *p;) {
		const char *end = p;
		while (diff_is_hex(*end))
			end++;
		if (end - p >= 32) {
			buf_append_char(&out, '#');
			p = end;
			continue;
		}
		end = end > p ? end : p + 1;
		buf_append(&out, (struct str){ p, (size_t)(end - p) });
		p = end;
	}
	return arena_str(arena, buf_str(&out));
}

static void diff_number(struct arena *arena, struct map *names, const struct image_layers *l,
                        uint32_t *ret)
{
	for (size_t i = 0; i < l->n; i++) {
		struct str name = diff_made_by(arena, l->layers[i].created_by);
		if (!map_has(names, name))
			map_set(names, name, names);
		ret[i] = (uint32_t)map_index(names, name);
	}
}

static void diff_pair(struct arena *arena, struct layers_diff *d, struct layers_pair *pairs,
                      size_t a, size_t b)
{
	size_t na, nb;
	const struct layer_file **x = diff_of_layer(arena, d->a, a, &na);
	const struct layer_file **y = diff_of_layer(arena, d->b, b, &nb);
	pairs[d->npairs] = (struct layers_pair){ .a = a, .b = b };
	diff_files(arena, x, na, y, nb, &pairs[d->npairs++].differences);
}

/* Where instructions differ the k-th of the one stands for the k-th of the other. */
static void diff_pairs(struct arena *arena, struct layers_diff *d)
{
	owned_map struct map names = { 0 };
	const struct sequence_change *changes;
	uint32_t *x = arena_array(arena, d->a->n + 1, sizeof *x);
	uint32_t *y = arena_array(arena, d->b->n + 1, sizeof *y);
	struct layers_pair *pairs = arena_array(arena, d->a->n + d->b->n + 1, sizeof *pairs);
	diff_number(arena, &names, d->a, x);
	diff_number(arena, &names, d->b, y);
	size_t n = sequence_compare(arena, x, d->a->n, y, d->b->n, &changes), i = 0, j = 0;
	for (size_t k = 0; k <= n; k++) {
		for (size_t end = k < n ? changes[k].b : d->b->n; j < end;)
			diff_pair(arena, d, pairs, i++, j++);
		for (size_t m = 0; k < n && (m < changes[k].na || m < changes[k].nb); m++)
			diff_pair(arena, d, pairs, m < changes[k].na ? i++ : STR_NONE,
			          m < changes[k].nb ? j++ : STR_NONE);
	}
	d->pairs = pairs;
}

void layers_diff_make(struct arena *arena, const struct image_layers *a,
                      const struct image_layers *b, struct layers_diff *ret_diff)
{
	*ret_diff = (struct layers_diff){ .a = a, .b = b };
	diff_files(arena, diff_seen(arena, a), a->nfiles, diff_seen(arena, b), b->nfiles,
	           &ret_diff->files);
	diff_pairs(arena, ret_diff);
}

/* ---- as JSON ---- */

static void diff_put(struct arena *arena, struct value *o, const char *key, uint64_t n)
{
	value_set(arena, o, key, value_new_integer(arena, (long long)n));
}

static void diff_put_text(struct arena *arena, struct value *o, const char *key, const char *text)
{
	value_set(arena, o, key, value_new_string(arena, str_of(text)));
}

static void diff_put_files(struct arena *arena, struct value *o,
                           const struct layers_differences *d, size_t most)
{
	static const char *const names[] = { "added", "removed", "changed", "mode" };
	struct value *list = value_new_array(arena);
	for (int i = 0; i <= LAYERS_MODE; i++)
		diff_put(arena, o, names[i], d->counts[i]);
	for (size_t i = 0; i < d->n && i < most; i++) {
		struct value *file = value_new_object(arena);
		diff_put_text(arena, file, "change", names[d->files[i].change]);
		diff_put_text(arena, file, "path", d->files[i].path);
		diff_put(arena, file, "size_a", d->files[i].size_a);
		diff_put(arena, file, "size_b", d->files[i].size_b);
		if (d->files[i].whiteout)
			value_set(arena, file, "whiteout", value_new_bool(arena, true));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, file);
	}
	value_set(arena, o, "files", list);
}

static struct value *diff_side(struct arena *arena, const struct image_layers *l)
{
	struct value *o = value_new_object(arena);
	diff_put(arena, o, "layers", l->n);
	diff_put(arena, o, "files", l->nfiles);
	diff_put(arena, o, "size", l->size);
	diff_put(arena, o, "wasted", l->wasted);
	return o;
}

static void diff_put_layer(struct arena *arena, struct value *o, const char *key,
                           const struct image_layers *l, size_t layer)
{
	struct value *side = layer == STR_NONE
		? value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 })
		: value_new_object(arena);
	value_set(arena, o, key, side);
	if (layer == STR_NONE)
		return;
	diff_put(arena, side, "layer", layer);
	diff_put_text(arena, side, "created_by", l->layers[layer].created_by);
	diff_put(arena, side, "size", l->layers[layer].size);
	diff_put(arena, side, "wasted", l->layers[layer].wasted);
}

struct value *layers_diff_value(struct arena *arena, const struct layers_diff *d, size_t most)
{
	struct value *o = value_new_object(arena), *list = value_new_array(arena);
	value_set(arena, o, "a", diff_side(arena, d->a));
	value_set(arena, o, "b", diff_side(arena, d->b));
	diff_put_files(arena, o, &d->files, most);
	for (size_t i = 0; i < d->npairs; i++) {
		struct value *pair = value_new_object(arena);
		diff_put_layer(arena, pair, "a", d->a, d->pairs[i].a);
		diff_put_layer(arena, pair, "b", d->b, d->pairs[i].b);
		diff_put_files(arena, pair, &d->pairs[i].differences, most);
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, pair);
	}
	value_set(arena, o, "layers", list);
	return o;
}
