/* What dockerd and podman's service tell of their disk (docs.docker.com/reference/api/engine:
 * /images/json, /system/df, /images/ID/json). */
#include <string.h>
#include <time.h>

#include "core/base/map.h"
#include "core/engine/stream.h"
#include "core/engine/usage_call.h"
#include "core/os/clock.h"
#include "core/ext/crypto.h"
#include "core/value/json.h"

enum {
	USAGE_MS = 60000,
	USAGE_DF_MS = 600000,           /* dockerd 20.10 looks at every layer and record */
	USAGE_BUSY_MS = 300,
};

static bool usage_parse(struct arena *a, struct str json, enum value_type type, const char *what,
                        const struct value **ret_value, struct error *err)
{
	if (!value_parse_json(a, json, ret_value, err))
		return error_prefix(err, "%s", what);
	return value_type(*ret_value) == type ||
	       error_set(err, ERROR_PROTOCOL, "%s is no JSON %s", what,
	                 type == VALUE_ARRAY ? "array" : "object");
}

static const struct value *usage_list(const struct value *object, const char *key, size_t *ret_n)
{
	const struct value *v = value_get(object, str_of(key));
	bool is_list = v && value_type(v) == VALUE_ARRAY;
	*ret_n = is_list ? value_count(v) : 0;
	return is_list ? value_child(v) : NULL;
}

/* ---- parts of items ---- */

static const char *usage_text(struct arena *a, const struct value *object, const char *key)
{
	return arena_text(a, stream_text(object, key));
}

/* The strings of a list, without "<none>:<none>". */
static const char *const *usage_texts(struct arena *a, const struct value *object, const char *key)
{
	size_t n, kept = 0;
	const struct value *v = usage_list(object, key, &n);
	const char **texts = arena_array(a, n + 1, sizeof *texts);
	for (; v; v = value_next(v))
		if (value_type(v) == VALUE_STRING && !str_has_prefix(value_text(v), STR("<none>")))
			texts[kept++] = arena_text(a, value_text(v));
	return texts;
}

static void usage_read_labels(struct arena *a, const struct value *object, struct usage_item *item)
{
	const struct value *labels = value_get(object, STR("Labels"));
	if (!labels || value_type(labels) != VALUE_OBJECT)
		return;
	struct pair *pairs = arena_array(a, value_count(labels) + 1, sizeof *pairs);
	for (const struct value *v = value_child(labels); v; v = value_next(v))
		pairs[item->nlabels++] = (struct pair){ arena_str(a, value_key(v)),
		                                        arena_str(a, value_text(v)) };
	item->labels = pairs;
}

static const char *const *usage_one(struct arena *a, struct str text)
{
	const char **list = arena_array(a, 2, sizeof *list);
	list[0] = text.n ? arena_text(a, text) : NULL;
	return list;
}

/* ---- images ---- */

static void usage_read_image(struct arena *a, const struct value *v, const struct map *shared,
                             struct usage *u)
{
	struct usage_item *item = usage_add(u, USAGE_IMAGE);
	item->id = usage_text(a, v, "Id");
	item->names = usage_texts(a, v, "RepoTags");
	item->name = item->names[0] ? item->names[0] : "";
	item->parents = usage_one(a, stream_text(v, "ParentId"));
	item->size = usage_number(v, "Size");
	item->has_size = true;
	item->created = (double)usage_number(v, "Created");
	usage_read_labels(a, v, item);
	struct str id = str_of(item->id);
	const struct value *in_df = map_get(shared, str_has_prefix(id, STR("sha256:"))
	                                            ? str_slice(id, 7, id.n) : id);
	item->has_shared = in_df && value_get(in_df, STR("SharedSize"));
	item->shared = item->has_shared ? usage_number(in_df, "SharedSize") : 0;
	item->has_shared &= item->shared <= item->size;
}

/* A parent that no image has a name for is only there for those on it. */
static void usage_tell_states(struct arena *a, struct usage *u)
{
	owned_map struct map parents = { 0 };
	(void)a;
	for (size_t i = 0; i < u->n; i++)
		for (const char *const *p = u->items[i].parents; *p; p++) {
			struct str id = str_of(*p);
			map_set(&parents, str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id, u);
		}
	for (size_t i = 0; i < u->n; i++) {
		struct usage_item *item = &u->items[i];
		struct str id = str_of(item->id);
		if (item->kind != USAGE_IMAGE)
			continue;
		id = str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
		item->state = item->name[0] ? "tagged" : map_has(&parents, id) ? "intermediate"
		                                                               : "dangling";
	}
}

bool usage_read_images(struct arena *a, struct str json, struct str df, struct usage *u,
                       struct error *err)
{
	const struct value *all, *told, *v;
	size_t n[4];
	owned_map struct map shared = { 0 };
	if (!usage_parse(a, json, VALUE_ARRAY, "the list of images", &all, err) ||
	    !usage_parse(a, df.n ? df : STR("{}"), VALUE_OBJECT, "its disk usage", &told, err))
		return false;
	*u = (struct usage){ 0 };
	for (v = usage_list(told, "Images", &n[0]); v; v = value_next(v)) {
		struct str id = stream_text(v, "Id");
		id = str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
		if (id.n)
			map_set(&shared, id, (void *)v);
	}
	usage_list(told, "Containers", &n[1]);
	usage_list(told, "BuildCache", &n[2]);
	usage_list(told, "Volumes", &n[3]);
	u->items = arena_array(a, value_count(all) + n[1] + n[2] + n[3] + 1, sizeof *u->items);
	for (v = value_child(all); v; v = value_next(v))
		if (value_type(v) == VALUE_OBJECT && stream_text(v, "Id").n)
			usage_read_image(a, v, &shared, u);
	usage_tell_states(a, u);
	u->has[USAGE_IMAGE] = true;
	return true;
}

/* ---- containers, cache, volumes ---- */

static bool usage_runs(const char *state)
{
	static const char *const over[] = { "exited", "created", "dead", "stopped", "configured" };
	for (size_t i = 0; i < sizeof over / sizeof *over; i++)
		if (strcmp(state, over[i]) == 0)
			return false;
	return true;
}

static void usage_read_container(struct arena *a, const struct value *v, struct usage *u)
{
	struct usage_item *item = usage_add(u, USAGE_CONTAINER);
	item->id = usage_text(a, v, "Id");
	item->names = usage_texts(a, v, "Names");
	item->name = item->names[0] ? item->names[0] + (item->names[0][0] == '/') : "";
	item->state = usage_text(a, v, "State");
	item->image = usage_text(a, v, "ImageID");
	item->size = usage_number(v, "SizeRw");
	item->has_size = true;
	item->created = (double)usage_number(v, "Created");
	item->in_use = usage_runs(item->state);
	usage_read_labels(a, v, item);
	size_t image = usage_find(u, USAGE_IMAGE, str_of(item->image));
	if (image != STR_NONE)
		u->items[image].in_use = true;
}

static void usage_read_cache(struct arena *a, const struct value *v, struct usage *u)
{
	struct usage_item *item = usage_add(u, USAGE_CACHE);
	const struct value *used = value_get(v, STR("InUse")), *shared = value_get(v, STR("Shared"));
	size_t n;
	const struct value *parents = usage_list(v, "Parents", &n);
	item->id = usage_text(a, v, "ID");
	item->name = usage_text(a, v, "Description");
	item->state = usage_text(a, v, "Type");
	item->parents = parents ? usage_texts(a, v, "Parents")
	                        : usage_one(a, stream_text(v, "Parent"));
	item->size = usage_number(v, "Size");
	item->has_size = item->has_shared = true;
	item->shared = shared && value_is_true(shared) ? item->size : 0;
	u->holds_layers |= shared && value_is_true(shared);
	item->in_use = used && value_is_true(used);
	item->created = clock_parse(stream_text(v, "CreatedAt"));
	item->used = clock_parse(stream_text(v, "LastUsedAt"));
}

static void usage_read_volume(struct arena *a, const struct value *v, struct usage *u)
{
	struct usage_item *item = usage_add(u, USAGE_VOLUME);
	const struct value *data = value_get(v, STR("UsageData"));
	bool told = data && value_type(data) == VALUE_OBJECT;
	struct str name = stream_text(v, "Name");
	/* podman's own word. */
	item->id = item->name = arena_text(a, name.n ? name : stream_text(v, "VolumeName"));
	item->state = usage_text(a, v, "Driver");
	item->has_size = told && value_get(data, STR("Size"));
	item->size = item->has_size ? usage_number(data, "Size") : 0;
	item->in_use = told && usage_number(data, "RefCount") > 0;
	item->created = clock_parse(stream_text(v, "CreatedAt"));
	item->by_name = true;
	usage_read_labels(a, v, item);
}

bool usage_read_df(struct arena *a, struct str json, struct usage *u, struct error *err)
{
	const struct value *told, *v;
	size_t n;
	if (!usage_parse(a, json, VALUE_OBJECT, "its disk usage", &told, err))
		return false;
	for (v = usage_list(told, "Containers", &n); v; v = value_next(v))
		if (stream_text(v, "Id").n)
			usage_read_container(a, v, u);
	for (v = usage_list(told, "BuildCache", &n); v; v = value_next(v))
		if (stream_text(v, "ID").n)
			usage_read_cache(a, v, u);
	u->has[USAGE_CACHE] = n > 0;
	for (v = usage_list(told, "Volumes", &n); v; v = value_next(v))
		if (value_type(v) == VALUE_OBJECT)
			usage_read_volume(a, v, u);
	u->total = usage_number(told, "LayersSize");
	u->has_total = u->total > 0;
	u->has[USAGE_CONTAINER] = u->has[USAGE_VOLUME] = true;
	return true;
}

/* ---- asking ---- */

/* dockerd does this once at a time, for everybody. */
static bool usage_get_df(struct usage_line *l, usage_waiting_fn *waiting, void *data,
                         struct error *err)
{
	struct timespec pause = { 0, USAGE_BUSY_MS * 1000000l };
	for (bool told = false;; told = true) {
		if (!usage_call(l, "GET", "/system/df", USAGE_DF_MS, err))
			return false;
		if (l->status == 200 ||
		    str_find_str(buf_str(&l->answer), STR("is already running")) == STR_NONE)
			break;
		if (!told)
			waiting(data, "its disk usage, which somebody else asks for just now");
		nanosleep(&pause, NULL);
	}
	if (l->status == 200)
		return true;
	return error_set(err, ERROR_REFUSED, "%s does not tell its disk usage (status %d)", l->shown,
	                 l->status);
}

bool usage_ask_docker(struct arena *a, struct usage_line *l, const struct engine_facts *f,
                      usage_waiting_fn *waiting, void *data, struct usage *u, struct error *err)
{
	waiting(data, "images");
	if (!usage_get(l, "/images/json?all=1", USAGE_MS, err))
		return false;
	struct str images = arena_str(a, buf_str(&l->answer));
	waiting(data, "sizes, containers and build cache");
	if (!usage_get_df(l, waiting, data, err))
		return false;
	struct str df = arena_str(a, buf_str(&l->answer));
	if (!usage_read_images(a, images, df, u, err) || !usage_read_df(a, df, u, err))
		return false;
	u->has[USAGE_CACHE] |= strcmp(f->name, "podman") != 0;
	return true;
}

/* ---- layers ---- */

/* The chain id of a layer on another (OCI image-spec, "Layer ChainID"). */
static const char *usage_chain(struct arena *a, const char *below, struct str diff)
{
	char hex[SHA256_HEX_SIZE];
	if (!below)
		return arena_text(a, diff);
	const char *both = arena_printf(a, "%s %.*s", below, STR_ARG(diff));
	sha256_hex(str_of(both), hex);
	return arena_printf(a, "sha256:%s", hex);
}

/* Room for one more. */
static void usage_grow_layers(struct arena *a, struct usage *u, struct usage_chains *c)
{
	if (u->nlayers < c->cap)
		return;
	c->cap = 2 * c->cap + 64;
	struct usage_layer *more = arena_array(a, c->cap, sizeof *more);
	if (u->nlayers)
		memcpy(more, u->layers, u->nlayers * sizeof *more);
	u->layers = more;
}

static int usage_layer(struct arena *a, struct usage *u, struct usage_chains *c, const char *id,
                       int below)
{
	size_t at = map_index(&c->known, str_of(id));
	if (at != STR_NONE)
		return (int)at;
	usage_grow_layers(a, u, c);
	u->layers[u->nlayers] = (struct usage_layer){ .id = id, .below = below };
	map_set(&c->known, str_of(id), c);
	return (int)u->nlayers++;
}

bool usage_read_layers(struct arena *a, struct str json, struct usage *u, struct usage_chains *c,
                       size_t at, struct error *err)
{
	const struct value *image;
	size_t n;
	const char *id = NULL;
	int layer = -1;
	if (!usage_parse(a, json, VALUE_OBJECT, "an image's description", &image, err))
		return false;
	const struct value *root = value_get(image, STR("RootFS"));
	const struct value *v = root ? usage_list(root, "Layers", &n) : NULL;
	for (; v; v = value_next(v)) {
		id = usage_chain(a, id, value_text(v));
		layer = usage_layer(a, u, c, id, layer);
	}
	u->items[at].layer = layer;
	return true;
}

void usage_chains_finish(struct usage_chains *c)
{
	map_finish(&c->known);
}

static bool usage_ask_image(struct arena *a, struct usage_line *l, struct usage *u,
                            struct usage_chains *chains, size_t at, struct error *err)
{
	owned_buf struct buf path = { 0 };
	buf_append_text(&path, "/images/");
	http_append_escaped(&path, str_of(u->items[at].id));
	buf_append_text(&path, "/json");
	if (!usage_call(l, "GET", buf_text(&path), USAGE_MS, err))
		return false;
	/* Else it has gone since. */
	return l->status != 200 ||
	       usage_read_layers(a, arena_str(a, buf_str(&l->answer)), u, chains, at, err);
}

bool usage_ask_layers(struct arena *a, const struct engine_facts *f, usage_waiting_fn *waiting,
                      void *data, struct usage *u, struct error *err)
{
	struct usage_line l;
	struct usage_chains chains = { 0 };
	bool ok = true;
	if (u->nlayers || !f->spec)
		return true;
	if (!usage_line_open(f, &l, err))
		return false;
	waiting(data, "layers of images");
	for (size_t i = 0; ok && i < u->n; i++)
		ok = u->items[i].kind != USAGE_IMAGE || usage_ask_image(a, &l, u, &chains, i, err);
	if (ok)
		usage_sum_layers(u);
	usage_chains_finish(&chains);
	usage_line_close(&l);
	return ok;
}
