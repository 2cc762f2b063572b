#include "core/config/cascade.h"

#include "core/base/intern.h"
#include "core/base/map.h"
#include "core/config/profiles.h"
#include "core/value/json.h"

/* ---- merging ---- */

static bool cascade_is_object(const struct value *v)
{
	return value_type(v) == VALUE_OBJECT;
}

/* What the layers of v hold, the top one first, on that of lower layers. */
static const struct value *cascade_stack(struct arena *a, const struct value *v,
                                         const struct value *lower)
{
	if (!v)
		return lower;
	if (value_is_merged(v))
		return cascade_stack(a, value_under(v), lower);
	if (!lower)
		return v;
	return value_over(a, v, cascade_stack(a, value_under(v), lower));
}

/* upper instead of lower; whole objects may be put together from layers on both
 * sides. */
static struct value *cascade_replace(struct arena *a, const struct value *lower,
                                     const struct value *upper)
{
	const struct value *stack = cascade_stack(a, lower, NULL);
	return value_over(a, upper, cascade_stack(a, value_under(upper), stack));
}

static struct value *cascade_merge_objects(struct arena *a, enum cascade_rule rule,
                                           const struct value *lower, const struct value *upper);

static bool cascade_is_empty(const struct value *v)
{
	return !value_is_unread(v) && !value_child(v);
}

/* The keys of one object differ, and what both have is asked for once. */
static void cascade_merge_member(struct arena *a, enum cascade_rule rule, struct value *merged,
                                 const struct value *lower, const struct value *upper)
{
	if (!upper || !lower) {
		const struct value *only = upper ? upper : lower;
		value_append_new(merged, value_key(only), value_key_span(only),
		                 value_share(a, only));
	} else if (rule == CASCADE_DEEP && cascade_is_object(lower) && cascade_is_object(upper)) {
		value_append_new(merged, value_key(lower), value_key_span(lower),
		                 cascade_merge_objects(a, rule, lower, upper));
	} else {
		value_append_new(merged, value_key(upper), value_key_span(upper),
		                 cascade_replace(a, lower, upper));
	}
}

static void cascade_merge_members(struct arena *a, enum cascade_rule rule, struct value *merged,
                                  const struct value *lower, const struct value *upper)
{
	for (const struct value *m = value_child(lower); m; m = value_next(m))
		cascade_merge_member(a, rule, merged, m, value_get(upper, value_key(m)));
	for (const struct value *m = value_child(upper); m; m = value_next(m))
		if (!value_get(lower, value_key(m)))
			cascade_merge_member(a, rule, merged, NULL, m);
}

static void cascade_merge_deep(struct arena *a, struct value *merged, const struct value *lower,
                               const struct value *upper)
{
	cascade_merge_members(a, CASCADE_DEEP, merged, lower, upper);
}

static struct value *cascade_merge_objects(struct arena *a, enum cascade_rule rule,
                                           const struct value *lower, const struct value *upper)
{
	if (cascade_is_empty(lower) && cascade_is_empty(upper))
		return cascade_replace(a, lower, upper);
	const struct value *stack = cascade_stack(a, upper, cascade_stack(a, lower, NULL));
	/* Nobody need look inside what nobody has looked at. */
	if (rule == CASCADE_DEEP && (value_is_unread(lower) || value_is_unread(upper)))
		return value_new_unread(a, lower, stack, cascade_merge_deep, lower, upper);
	struct value *merged = value_new_merged(a, lower, stack);
	cascade_merge_members(a, rule, merged, lower, upper);
	return merged;
}

const struct value *cascade_merge(struct arena *a, enum cascade_rule rule,
                                  const struct value *lower, const struct value *upper)
{
	if (!lower || !upper)
		return upper ? upper : lower;
	if (!cascade_is_object(lower) || !cascade_is_object(upper))
		return cascade_replace(a, lower, upper);
	return cascade_merge_objects(a, rule, lower, upper);
}

/* NULL when there is nothing, or an active layer is broken. */
static const struct value *cascade_layers(struct arena *a, enum cascade_rule rule,
                                          const struct layer *layers, size_t nlayers)
{
	const struct value *value = NULL;
	for (size_t i = 0; i < nlayers; i++) {
		if (!layers[i].active || !layers[i].present)
			continue;
		if (!layers[i].value)
			return NULL;
		value = cascade_merge(a, rule, value, layers[i].value);
	}
	return value;
}

/* ---- reading ---- */

struct cascade_reader {
	struct arena *arena;
	struct files *files;
	const char *root;
	struct problems *problems;
	struct str dir, stem, suffix;   /* pesto/api/ config .json */
	struct layer *layers;
	size_t nlayers;
	struct map overlays;            /* profile → its first layer */
};

/* As the user would open it, and as it is shown. */
static const char *cascade_shown(const struct cascade_reader *r, const char *path)
{
	if (!r->root[0] || strcmp(r->root, ".") == 0)
		return path;
	return files_join(r->arena, r->root, path);
}

static struct source *cascade_source(struct cascade_reader *r, const struct layer *l,
                                     struct str text)
{
	struct source *source = source_new(r->arena, str_of(cascade_shown(r, l->path)), l->profile,
	                                   text);
	source->name = l->path;
	return source;
}

static void cascade_fault(struct cascade_reader *r, const struct layer *l, const char *rule,
                          const char *text)
{
	const struct source *source = cascade_source(r, l, (struct str){ 0 });
	problems_add(r->problems, l->active ? SEVERITY_ERROR : SEVERITY_WARNING, rule,
	             (struct span){ .source = source }, "%s", text);
}

/* What is wrong in an overlay that takes no part is worth a warning only. */
static void cascade_warn(struct cascade_reader *r, const struct layer *l,
                         const struct problems *found)
{
	for (size_t i = 0; i < problems_count(found); i++) {
		const struct problem *p = problems_get(found, i);
		if (p->severity == SEVERITY_ERROR)
			problems_add(r->problems, SEVERITY_WARNING, p->rule, p->at,
			             "%.*s (profile %s is not selected)", STR_ARG(p->text),
			             l->profile);
	}
}

static void cascade_parse(struct cascade_reader *r, struct layer *l, struct str text)
{
	const struct source *source = cascade_source(r, l, text.p ? text : STR(""));
	if (l->active) {
		value_read_json(r->arena, source, r->problems, &l->value);
		return;
	}
	owned(problems) struct problems *found = problems_new();
	if (!value_read_json(r->arena, source, found, &l->value))
		cascade_warn(r, l, found);
}

/* Fills value and present. */
static void cascade_read_layer(struct cascade_reader *r, struct layer *l)
{
	struct str text = { 0 };
	struct error err = { 0 };
	switch (files_read(r->files, cascade_shown(r, l->path), r->arena, &text, &err)) {
	case FILES_ABSENT:
		return;
	case FILES_FAILED:
		l->present = true;
		cascade_fault(r, l, "file-unreadable", err.text);
		return;
	case FILES_OK:
		l->present = true;
		cascade_parse(r, l, text);
	}
}

/* A profile may be selected twice: its file is read once and applied twice. */
static void cascade_add_overlay(struct cascade_reader *r, const char *profile, bool active)
{
	const struct layer *known = map_get(&r->overlays, str_of(profile));
	if (known) {
		if (active)
			r->layers[r->nlayers++] = *known;
		return;
	}
	struct layer *l = &r->layers[r->nlayers];
	l->path = arena_printf(r->arena, "%.*s%.*s.%s%.*s", STR_ARG(r->dir), STR_ARG(r->stem),
	                       profile, STR_ARG(r->suffix));
	l->profile = intern(str_of(profile));
	l->active = active;
	cascade_read_layer(r, l);
	if (l->present) {
		map_set(&r->overlays, str_of(l->profile), l);
		r->nlayers++;
	} else {
		*l = (struct layer){ 0 };
	}
}

/* The profile in "config.gpu.json", or NULL when this is no overlay of the base. */
static const char *cascade_overlay_of(const struct cascade_reader *r, const char *name)
{
	struct str s = str_of(name);
	if (!str_has_prefix(s, r->stem) || !str_has_suffix(s, r->suffix) ||
	    s.n < r->stem.n + 2 + r->suffix.n || s.p[r->stem.n] != '.')
		return NULL;
	s = str_slice(s, r->stem.n + 1, s.n - r->stem.n - 1 - r->suffix.n);
	return profile_is_name(s) ? arena_text(r->arena, s) : NULL;
}

static void cascade_list(struct cascade_reader *r, struct cascade *c)
{
	struct error err = { 0 };
	const char *dir = r->dir.n ? arena_text(r->arena, str_slice(r->dir, 0, r->dir.n - 1)) : ".";
	if (c->dir && strcmp(c->dir, dir) == 0)
		return;
	c->dir = dir;
	c->names = (struct files_list){ 0 };
	if (files_list(r->files, cascade_shown(r, dir), r->arena, &c->names, &err) == FILES_FAILED) {
		struct layer folder = { .path = dir, .active = true };
		cascade_fault(r, &folder, "file-unreadable", err.text);
	}
}

static void cascade_split(struct cascade_reader *r, const char *path)
{
	struct str s = str_of(path);
	size_t slash = str_find_last(s, '/');
	r->dir = slash == STR_NONE ? STR("") : str_slice(s, 0, slash + 1);
	struct str name = str_slice(s, r->dir.n, s.n);
	size_t point = str_find_last(name, '.');
	r->stem = str_slice(name, 0, point == STR_NONE ? name.n : point);
	r->suffix = str_slice(name, r->stem.n, name.n);
}

bool cascade_read_document(struct cascade *c, const struct selection *selection, const char *path,
                           bool required, struct document *ret_document)
{
	struct arena *a = c->arena;
	struct cascade_reader r = { .arena = a, .files = c->files, .root = c->root,
		.problems = c->problems };
	cascade_split(&r, path);
	cascade_list(&r, c);
	const struct files_list list = c->names;
	r.layers = arena_array(a, 2 + selection->nprofiles + list.n, sizeof *r.layers);
	r.layers[0].path = arena_text(a, str_of(path));
	r.layers[0].active = true;
	r.nlayers = 1;
	cascade_read_layer(&r, &r.layers[0]);
	if (required && !r.layers[0].present)
		cascade_fault(&r, &r.layers[0], "file-missing",
		              "there is no such file, and the project needs it");
	for (size_t i = 0; i < selection->nprofiles; i++)
		if (profile_is_name(str_of(selection->profiles[i])))
			cascade_add_overlay(&r, selection->profiles[i], true);
	for (size_t i = 0; i < list.n; i++) {
		const char *profile = cascade_overlay_of(&r, list.entries[i].name);
		if (profile && !list.entries[i].is_dir)
			cascade_add_overlay(&r, profile, false);
	}
	map_finish(&r.overlays);
	bool whole = r.layers[0].present || !required;
	*ret_document = (struct document){
		.path = r.layers[0].path, .layers = r.layers, .nlayers = r.nlayers,
		.value = whole ? cascade_layers(a, selection->rule, r.layers, r.nlayers) : NULL,
	};
	return ret_document->value != NULL;
}

bool cascade_read(struct arena *a, struct files *files, const struct selection *selection,
                  const char *root, const char *path, bool required, struct problems *problems,
                  struct document *ret_document)
{
	struct cascade c = { .arena = a, .files = files, .root = root, .problems = problems };
	return cascade_read_document(&c, selection, path, required, ret_document);
}

/* ---- where the rules differ ---- */

enum { CASCADE_NAMED = 5 };     /* keys a note names */

struct cascade_difference {
	struct buf pointer, names;
	size_t count;
};

static bool cascade_drops(struct arena **spare, const struct value *lower,
                          const struct value *upper);

static bool cascade_drops_member(struct arena **spare, const struct value *lower,
                                 const struct value *upper)
{
	for (const struct value *m = value_child(lower); m; m = value_next(m)) {
		const struct value *other = value_get(upper, value_key(m));
		if (!other || cascade_drops(spare, m, other))
			return true;
	}
	return false;
}

/* True when lower has a key that upper, an object as well, does not have.  spare: an
 * empty arena, or NULL. */
static bool cascade_drops(struct arena **spare, const struct value *lower,
                          const struct value *upper)
{
	if (!cascade_is_object(lower) || !cascade_is_object(upper) ||
	    value_has_like_keys(lower, upper))
		return false;
	if (!value_is_unread(lower) && !value_is_unread(upper))
		return cascade_drops_member(spare, lower, upper);
	owned(arena) struct arena *scratch = *spare ? take(*spare) : arena_new();
	struct arena_mark mark = arena_mark(scratch);
	bool drops = cascade_drops_member(spare, value_lend(scratch, lower),
	                                  value_lend(scratch, upper));
	arena_rewind(scratch, mark);
	if (!*spare)
		*spare = take(scratch);
	return drops;
}

/* The rules differ where a member of the root level drops a key of a lower layer's;
 * to look costs far less than merging by both. */
static bool cascade_may_differ(const struct document *d)
{
	owned(arena) struct arena *spare = NULL;
	for (size_t i = 0; i + 1 < d->nlayers; i++)
		for (size_t j = i + 1; d->layers[i].active && j < d->nlayers; j++) {
			const struct layer *lower = &d->layers[i], *upper = &d->layers[j];
			if (!upper->active || !upper->value)
				continue;
			const struct value *m = value_child(upper->value);
			for (; m; m = value_next(m)) {
				const struct value *other = value_get(lower->value, value_key(m));
				if (other && cascade_drops(&spare, other, m))
					return true;
			}
		}
	return false;
}

/* What deep keeps and root drops; both hold the same otherwise. */
static void cascade_compare(struct cascade_difference *d, const struct value *by_root,
                            const struct value *by_deep)
{
	size_t length = d->pointer.n;
	if (!cascade_is_object(by_deep) || !cascade_is_object(by_root))
		return;
	for (const struct value *m = value_child(by_deep); m; m = value_next(m)) {
		const struct value *other = value_get(by_root, value_key(m));
		value_pointer_append(&d->pointer, value_key(m));
		if (other) {
			cascade_compare(d, other, m);
		} else if (d->count++ < CASCADE_NAMED) {
			if (d->names.n)
				buf_append(&d->names, STR(", "));
			buf_append(&d->names, buf_str(&d->pointer));
		}
		d->pointer.n = length;
	}
}

/* Where the overlay that drops the first of them has its key. */
static struct span cascade_difference_at(const struct value *by_root, const struct value *by_deep)
{
	for (const struct value *m = value_child(by_deep); m; m = value_next(m)) {
		const struct value *other = value_get(by_root, value_key(m));
		if (other && !value_equal(other, m))
			return value_key_span(other);
	}
	return value_span(by_root);
}

void cascade_note_difference(struct arena *a, const struct document *document,
                             struct problems *problems)
{
	if (!document->value || !cascade_is_object(document->value) ||
	    !cascade_may_differ(document))
		return;
	const struct value *by_root, *by_deep;
	struct cascade_difference d = { 0 };
	by_root = cascade_layers(a, CASCADE_ROOT, document->layers, document->nlayers);
	by_deep = cascade_layers(a, CASCADE_DEEP, document->layers, document->nlayers);
	if (!by_root || !by_deep)
		return;
	cascade_compare(&d, by_root, by_deep);
	if (d.count > CASCADE_NAMED)
		buf_printf(&d.names, " and %zu more", d.count - CASCADE_NAMED);
	if (d.count)
		problems_add(problems, SEVERITY_NOTE, "cascade-rules-differ",
		             cascade_difference_at(by_root, by_deep),
		             "here the merge rules differ: root, which compares only the root "
		             "level, drops %s; deep keeps %s", buf_text(&d.names),
		             d.count == 1 ? "it" : "them");
	buf_finish(&d.pointer);
	buf_finish(&d.names);
}
