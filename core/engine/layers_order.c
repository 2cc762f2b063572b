/* Which layers an image has, in order, and what made them: manifest.json of docker save and
 * podman save, or index.json of the OCI image layout (image-spec, image-layout.md). */
#include "core/engine/layers_inside.h"

#include "core/value/json.h"

enum { ORDER_INDEXES_MAX = 4 };

struct ordering {
	struct arena *arena;
	const struct map *documents, *layers, *links;
};

/* The document of this path, links followed; NULL: there is none, or no JSON. */
static const struct value *order_document(const struct ordering *o, struct str path)
{
	const char *to = map_get(o->links, path);
	const struct str *text = map_get(o->documents, to ? str_of(to) : path);
	const struct value *v;
	struct error ignored;
	return text && value_parse_json(o->arena, *text, &v, &ignored) ? v : NULL;
}

static struct str order_text(const struct value *object, const char *key)
{
	const struct value *v = object && value_type(object) == VALUE_OBJECT
		? value_get(object, str_of(key)) : NULL;
	return v && value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
}

static const struct value *order_list(const struct value *object, const char *key)
{
	const struct value *v = object && value_type(object) == VALUE_OBJECT
		? value_get(object, str_of(key)) : NULL;
	return v && value_type(v) == VALUE_ARRAY ? v : NULL;
}

/* "sha256:HEX" is the file blobs/sha256/HEX. */
static struct str order_blob(const struct ordering *o, struct str digest)
{
	size_t colon = str_find(digest, ':');
	if (colon == STR_NONE)
		return (struct str){ 0 };
	return str_of(arena_printf(o->arena, "blobs/%.*s/%.*s", (int)colon, digest.p,
	                           (int)(digest.n - colon - 1), digest.p + colon + 1));
}

static bool order_add(const struct ordering *o, struct image_layers *layers, struct str path,
                      struct error *err)
{
	const char *to = map_get(o->links, path);
	const struct image_layer *layer = map_get(o->layers, to ? str_of(to) : path);
	if (!layer)
		return error_set(err, ERROR_PROTOCOL, "the image's archive lacks the layer '%.*s'",
		                 STR_ARG(path));
	((struct image_layer *)layers->layers)[layers->n++] = *layer;
	return true;
}

/* The k-th layer was made by the k-th line of the history that is no empty layer. */
static void order_history(const struct ordering *o, const struct value *config,
                          struct image_layers *layers)
{
	const struct value *history = order_list(config, "history");
	size_t n = 0;
	for (const struct value *v = history ? value_child(history) : NULL; v && n < layers->n;
	     v = value_next(v)) {
		const struct value *empty = value_type(v) == VALUE_OBJECT
			? value_get(v, STR("empty_layer")) : NULL;
		struct str by = order_text(v, "created_by");
		struct str comment = order_text(v, "comment");
		if (!empty || !value_is_true(empty))
			((struct image_layer *)layers->layers)[n++].created_by =
				arena_text(o->arena, by.n ? by : comment);
	}
}

static bool order_docker(const struct ordering *o, const struct value *manifest,
                         struct image_layers *layers, struct error *err)
{
	const struct value *image = value_type(manifest) == VALUE_ARRAY ? value_child(manifest) : NULL;
	const struct value *paths = order_list(image, "Layers");
	if (!paths)
		return error_set(err, ERROR_PROTOCOL,
		                 "manifest.json of the image's archive names no layers");
	layers->layers = arena_array(o->arena, value_count(paths) + 1, sizeof *layers->layers);
	for (const struct value *v = value_child(paths); v; v = value_next(v))
		if (!order_add(o, layers, value_text(v), err))
			return false;
	order_history(o, order_document(o, order_text(image, "Config")), layers);
	return true;
}

/* The first image of the index; an index may name indexes. */
static bool order_oci(const struct ordering *o, const struct value *index,
                      struct image_layers *layers, struct error *err)
{
	for (int i = 0; i < ORDER_INDEXES_MAX && order_list(index, "manifests"); i++)
		index = order_document(o, order_blob(o, order_text(
			value_child(order_list(index, "manifests")), "digest")));
	const struct value *list = order_list(index, "layers");
	const struct value *config = index && value_type(index) == VALUE_OBJECT
		? value_get(index, STR("config")) : NULL;
	if (!list)
		return error_set(err, ERROR_PROTOCOL,
		                 "index.json of the image's archive leads to no layers");
	layers->layers = arena_array(o->arena, value_count(list) + 1, sizeof *layers->layers);
	for (const struct value *v = value_child(list); v; v = value_next(v))
		if (!order_add(o, layers, order_blob(o, order_text(v, "digest")), err))
			return false;
	order_history(o, order_document(o, order_blob(o, order_text(config, "digest"))), layers);
	return true;
}

bool layers_order(struct arena *arena, const struct map *documents, const struct map *layers,
                  const struct map *links, struct image_layers *ret_layers, struct error *err)
{
	struct ordering o = { arena, documents, layers, links };
	const struct value *manifest = order_document(&o, STR("manifest.json"));
	const struct value *index = manifest ? NULL : order_document(&o, STR("index.json"));
	*ret_layers = (struct image_layers){ 0 };
	if (manifest)
		return order_docker(&o, manifest, ret_layers, err);
	if (index)
		return order_oci(&o, index, ret_layers, err);
	return error_set(err, ERROR_PROTOCOL,
	                 "the image's archive holds neither manifest.json nor index.json");
}
