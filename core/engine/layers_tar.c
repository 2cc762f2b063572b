/* One layer: its tar as a sorted list of files. */
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/engine/layers_inside.h"
#include "core/ext/crypto.h"

struct layer_reading {
	struct arena *arena;
	struct archive_stream *tar;
	struct layers_limits *left;
	struct sha256 *sha;
	struct layer_file *files;
	size_t n, cap;
};

const char *layers_clean(struct arena *arena, const char *path)
{
	char *clean = arena_text(arena, str_of(path)), *to = clean;
	struct str rest = str_of(path), part;
	while (str_next(&rest, '/', &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (to != clean)
			*to++ = '/';
		memcpy(to, part.p, part.n);
		to += part.n;
	}
	*to = '\0';
	return clean;
}

static bool layer_too_much(struct error *err)
{
	return error_set(err, ERROR_LIMIT, "the image holds more files or bytes than mortar compares");
}

/* ".wh.NAME" deletes NAME, ".wh..wh..opq" all that lower layers have in the folder; other
 * ".wh..wh." names are a storage driver's own.  false: no entry at all. */
static bool layer_whiteout(struct arena *arena, struct layer_file *f)
{
	struct str path = str_of(f->path);
	size_t slash = str_find_last(path, '/');
	size_t base = slash == STR_NONE ? 0 : slash + 1;
	struct str name = str_slice(path, base, path.n);
	if (!str_has_prefix(name, STR(".wh.")))
		return true;
	f->size = 0;
	if (str_eq(name, STR(".wh..wh..opq"))) {
		f->kind = LAYER_OPAQUE;
		f->path = arena_text(arena, str_slice(path, 0, base ? base - 1 : 0));
		return true;
	}
	f->kind = LAYER_WHITEOUT;
	f->path = arena_printf(arena, "%.*s%.*s", (int)base, path.p, (int)(name.n - 4), name.p + 4);
	return !str_has_prefix(name, STR(".wh..wh.")) && name.n > 4;
}

static enum layer_kind layer_kind(const struct archive_entry_facts *f)
{
	if (f->same_as || S_ISREG(f->mode))
		return LAYER_FILE;
	return S_ISDIR(f->mode) ? LAYER_DIR : S_ISLNK(f->mode) ? LAYER_LINK : LAYER_OTHER;
}

static void layer_digest(struct layer_reading *r, struct layer_file *f)
{
	char hex[SHA256_HEX_SIZE], part[17] = { 0 };
	sha256_finish_hex(r->sha, hex);
	for (int i = 0; i < 2; i++) {
		memcpy(part, hex + 16 * i, 16);
		f->digest[i] = strtoull(part, NULL, 16);
	}
}

/* A hole counts by where the next bytes stand. */
static bool layer_content(struct layer_reading *r, struct layer_file *f, struct error *err)
{
	struct str bytes;
	uint64_t at, end = 0;
	while (archive_stream_read(r->tar, &bytes, &at, err)) {
		if (bytes.n == 0) {
			layer_digest(r, f);
			return true;
		}
		if (at != end)
			sha256_append(r->sha, (struct str){ (const char *)&at, sizeof at });
		sha256_append(r->sha, bytes);
		end = at + bytes.n;
		if (bytes.n > r->left->bytes)
			return layer_too_much(err);
		r->left->bytes -= bytes.n;
	}
	return false;
}

static bool layer_entry(struct layer_reading *r, const struct archive_entry_facts *facts,
                        struct error *err)
{
	size_t n = strlen(facts->path) + (facts->same_as ? strlen(facts->same_as) : 0) + 1;
	if (r->left->entries == 0 || r->left->names < n)
		return layer_too_much(err);
	r->left->entries--;
	r->left->names -= n;
	struct layer_file f = { .path = layers_clean(r->arena, facts->path),
	                        .kind = layer_kind(facts), .mode = facts->mode };
	if (facts->same_as)
		f.same_as = layers_clean(r->arena, facts->same_as);
	else if (f.kind == LAYER_FILE)
		f.size = facts->size;
	if (facts->link) {
		sha256_append(r->sha, str_of(facts->link));
		layer_digest(r, &f);
	}
	if (f.kind == LAYER_FILE && !f.same_as && !layer_content(r, &f, err))
		return false;
	if (!layer_whiteout(r->arena, &f) || (!f.path[0] && f.kind != LAYER_OPAQUE))
		return true;
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		r->files = xrealloc(r->files, r->cap, sizeof *r->files);
	}
	r->files[r->n++] = f;
	return true;
}

/* Whiteouts go before what takes the place. */
static int layer_order(const void *a, const void *b)
{
	const struct layer_file *x = a, *y = b;
	int order = strcmp(x->path, y->path);
	return order ? order : (int)y->kind - (int)x->kind;
}

static int layer_find_order(const void *path, const void *file)
{
	return strcmp(path, ((const struct layer_file *)file)->path);
}

/* Of one path the last; whiteouts and what stands beside them are different things. */
static void layer_sort(struct layer_reading *r, struct image_layer *layer)
{
	struct layer_file *kept = arena_array(r->arena, r->n + 1, sizeof *kept);
	owned_map struct map last = { 0 };
	for (size_t i = 0; i < r->n; i++)
		if (r->files[i].kind < LAYER_WHITEOUT)
			map_set(&last, str_of(r->files[i].path), &r->files[i]);
	for (size_t i = 0; i < r->n; i++)
		if (r->files[i].kind >= LAYER_WHITEOUT ||
		    map_get(&last, str_of(r->files[i].path)) == &r->files[i])
			kept[layer->nfiles++] = r->files[i];
	qsort(kept, layer->nfiles, sizeof *kept, layer_order);
	for (size_t i = 0; i < layer->nfiles; i++) {
		const struct layer_file *other = kept[i].same_as
			? bsearch(kept[i].same_as, kept, layer->nfiles, sizeof *kept, layer_find_order)
			: NULL;
		if (other)
			memcpy(kept[i].digest, other->digest, sizeof kept[i].digest);
		layer->size += kept[i].size;
	}
	layer->files = kept;
}

bool layers_read_one(struct arena *arena, struct archive_stream *tar, struct layers_limits *left,
                     struct image_layer *ret_layer, struct error *err)
{
	owned(sha256) struct sha256 *sha = sha256_new();
	struct layer_reading r = { .arena = arena, .tar = tar, .left = left, .sha = sha };
	struct archive_entry_facts facts;
	enum archive_next next;
	bool ok = true;
	while (ok && (next = archive_stream_next(tar, &facts, err)) != ARCHIVE_NEXT_END)
		ok = next == ARCHIVE_NEXT_ENTRY && layer_entry(&r, &facts, err);
	if (ok) {
		*ret_layer = (struct image_layer){ .created_by = "" };
		layer_sort(&r, ret_layer);
	}
	free(r.files);
	return ok;
}
