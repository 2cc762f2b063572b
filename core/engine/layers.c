#include "core/engine/layers.h"

#include <sys/stat.h>

#include "core/engine/layers_inside.h"

/* Manifests, configurations and indexes are JSON of at most this size. */
enum { LAYERS_DOCUMENT_MAX = 16 << 20, LAYERS_DOCUMENTS_MAX = 4096, LAYERS_BLOCK = 512 };

struct layers_reading {
	struct arena *arena;
	struct archive_stream *outer;
	struct layers_limits left;
	struct buf head;                /* of the file at hand: what was looked at already */
	struct str first;               /* and of it, what is still to be read */
	struct map documents, layers, links;
};

static bool layers_first(void *data, struct str *ret_bytes, struct error *err)
{
	struct layers_reading *r = data;
	uint64_t at;
	if (r->first.n) {
		*ret_bytes = r->first;
		r->first.n = 0;
		return true;
	}
	return archive_stream_read(r->outer, ret_bytes, &at, err);
}

static bool layers_is_tar(struct str bytes)
{
	if (bytes.n >= 2 && (unsigned char)bytes.p[0] == 0x1f && (unsigned char)bytes.p[1] == 0x8b)
		return true;
	if (bytes.n < LAYERS_BLOCK)
		return false;
	if (memcmp(bytes.p + 257, "ustar", 5) == 0)
		return true;
	/* The tar of an empty layer is its end alone. */
	for (size_t i = 0; i < LAYERS_BLOCK; i++)
		if (bytes.p[i])
			return false;
	return true;
}

static bool layers_document(struct layers_reading *r, const char *path, struct error *err)
{
	owned_buf struct buf text = { .limit = LAYERS_DOCUMENT_MAX };
	struct str bytes;
	while (layers_first(r, &bytes, err)) {
		if (bytes.n == 0) {
			struct str *kept = arena_alloc(r->arena, sizeof *kept);
			*kept = arena_str(r->arena, buf_str(&text));
			map_set(&r->documents, str_of(path), kept);
			return true;
		}
		buf_append(&text, bytes);
		if (text.full || r->documents.n >= LAYERS_DOCUMENTS_MAX)
			return error_set(err, ERROR_LIMIT, "the image's archive holds too much JSON");
	}
	return false;
}

static bool layers_layer(struct layers_reading *r, const char *path, struct error *err)
{
	owned(archive_stream) struct archive_stream *inner =
		archive_stream_new(layers_first, r, "a layer of the image");
	struct image_layer *layer = arena_alloc(r->arena, sizeof *layer);
	if (!layers_read_one(r->arena, inner, &r->left, layer, err))
		return false;
	map_set(&r->layers, str_of(path), layer);
	return true;
}

/* ID/layer.tar may be a link to another one: "../OTHER/layer.tar". */
static void layers_link(struct layers_reading *r, const char *path, const char *link)
{
	owned_buf struct buf to = { 0 };
	struct str dir = str_slice(str_of(path), 0, str_find_last(str_of(path), '/'));
	struct str rest = str_of(link);
	if (dir.n == strlen(path))
		dir.n = 0;
	while (str_has_prefix(rest, STR("../"))) {
		size_t slash = str_find_last(dir, '/');
		dir.n = slash == STR_NONE ? 0 : slash;
		rest = str_slice(rest, 3, rest.n);
	}
	buf_append(&to, dir);
	buf_append_char(&to, '/');
	buf_append(&to, rest);
	map_set(&r->links, str_of(path), (char *)layers_clean(r->arena, buf_text(&to)));
}

/* As much as tells a tar from other files, however small the pieces come. */
static bool layers_head(struct layers_reading *r, struct error *err)
{
	struct str bytes = { "", 1 };
	uint64_t at;
	buf_clear(&r->head);
	while (bytes.n && r->head.n < LAYERS_BLOCK) {
		if (!archive_stream_read(r->outer, &bytes, &at, err))
			return false;
		buf_append(&r->head, bytes);
	}
	r->first = buf_str(&r->head);
	return true;
}

static bool layers_entry(struct layers_reading *r, const struct archive_entry_facts *f,
                         struct error *err)
{
	size_t n = strlen(f->path) + strlen(f->link ? f->link : "") + 1;
	if (r->left.entries == 0 || r->left.names < 2 * n)
		return error_set(err, ERROR_LIMIT, "the image's archive holds too many entries");
	r->left.entries--;
	r->left.names -= 2 * n;
	const char *path = layers_clean(r->arena, f->path);
	if (f->link)
		layers_link(r, path, f->link);
	else if (f->same_as)
		map_set(&r->links, str_of(path), (char *)layers_clean(r->arena, f->same_as));
	if (f->link || f->same_as || !S_ISREG(f->mode))
		return true;
	if (!layers_head(r, err))
		return false;
	if (r->first.n && (r->first.p[0] == '{' || r->first.p[0] == '['))
		return layers_document(r, path, err);
	return !layers_is_tar(r->first) || layers_layer(r, path, err);
}

bool layers_read(struct arena *arena, archive_more_fn *more, void *data,
                 struct layers_limits limits, struct image_layers *ret_layers, struct error *err)
{
	owned(archive_stream) struct archive_stream *outer =
		archive_stream_new(more, data, "the image's archive");
	struct layers_reading r = { .arena = arena, .outer = outer, .left = limits };
	struct archive_entry_facts facts;
	struct image_layers layers = { 0 };
	enum archive_next next;
	bool ok = true;
	while (ok && (next = archive_stream_next(outer, &facts, err)) != ARCHIVE_NEXT_END)
		ok = next == ARCHIVE_NEXT_ENTRY && layers_entry(&r, &facts, err);
	ok = ok && layers_order(arena, &r.documents, &r.layers, &r.links, &layers, err);
	map_finish(&r.documents);
	map_finish(&r.layers);
	map_finish(&r.links);
	buf_finish(&r.head);
	if (!ok)
		return false;
	layers_merge(arena, &layers);
	*ret_layers = layers;
	return true;
}
