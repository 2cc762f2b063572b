/* Removing by dockerd and podman's service: each thing by itself, so that nothing goes but what
 * was shown; records of the build cache many at a time, since each call looks at all of them. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/sentence.h"
#include "core/engine/stream.h"
#include "core/engine/usage_call.h"
#include "core/value/json.h"

enum { REMOVE_MS = 600000, REMOVE_BATCH = 2000 };

struct remover {
	struct usage_line *line;
	const struct usage *u;
	const struct usage_choice *choice;
	const struct usage_removal *to;
	struct map layers;              /* chain ids → layer + 1 */
	bool *gone;                     /* of each item */
};

static void remove_tell(const struct remover *r, size_t at, uint64_t freed)
{
	r->gone[at] = true;
	r->to->removed(r->to->data, at, freed, NULL);
}

/* ---- images ---- */

/* Bytes of the layers that the answer says are gone; without any it is none. */
static uint64_t remove_count(const struct remover *r, struct str answer)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *all;
	struct error ignored;
	uint64_t freed = 0;
	if (!value_parse_json(a, answer, &all, &ignored) || value_type(all) != VALUE_ARRAY)
		return 0;
	for (const struct value *v = value_child(all); v; v = value_next(v)) {
		struct str id = value_type(v) == VALUE_OBJECT ? stream_text(v, "Deleted")
		                                              : (struct str){ 0 };
		size_t at = (size_t)(uintptr_t)(id.n ? map_get(&r->layers, id) : NULL);
		const struct usage_layer *l = at ? &r->u->layers[at - 1] : NULL;
		if (l)
			freed += l->sum - (l->below >= 0 ? r->u->layers[l->below].sum : 0);
	}
	return freed;
}

/* podman tells no layers: what nothing that is left goes through is gone. */
static uint64_t remove_count_by_images(const struct remover *r, size_t at)
{
	const struct usage *u = r->u;
	owned_memory bool *only = xcalloc(u->n + 1, sizeof *only);
	memcpy(only, r->gone, u->n);
	uint64_t before = usage_weigh(u, only, USAGE_IMAGE).most;
	only[at] = true;
	return usage_weigh(u, only, USAGE_IMAGE).most - before;
}

static bool remove_call(const struct remover *r, const char *method, const char *before,
                        const char *name, const char *after, struct error *err)
{
	owned_buf struct buf path = { 0 };
	buf_append_text(&path, before);
	http_append_escaped(&path, str_of(name));
	buf_append_text(&path, after);
	return usage_call(r->line, method, buf_text(&path), REMOVE_MS, err);
}

/* Why not, as the engine says it; 404: somebody was faster. */
static bool remove_is_done(const struct remover *r, size_t at)
{
	struct error why;
	int status = r->line->status;
	if (status < 300 || status == 404)
		return true;
	sentence_of_refusal(status, buf_str(&r->line->answer), &why);
	r->to->removed(r->to->data, at, 0, why.text);
	return false;
}

/* Name by name: asked for by its id, dockerd removes no image of several repositories. */
static bool remove_image(const struct remover *r, size_t at, struct error *err)
{
	const struct usage_item *item = &r->u->items[at];
	uint64_t freed = 0;
	const char *const *name = item->names;
	do {
		const char *what = *name ? *name++ : item->id;
		if (!remove_call(r, "DELETE", "/images/", what, "?noprune=1", err))
			return false;
		if (!remove_is_done(r, at))
			return true;
		freed += remove_count(r, buf_str(&r->line->answer));
	} while (*name);
	if (!r->u->has_total)
		freed = remove_count_by_images(r, at);
	remove_tell(r, at, freed);
	return true;
}

/* ---- containers, volumes ---- */

static bool remove_thing(const struct remover *r, size_t at, const char *before,
                         struct error *err)
{
	const struct usage_item *item = &r->u->items[at];
	if (!remove_call(r, "DELETE", before, item->id, "", err))
		return false;
	if (remove_is_done(r, at))
		remove_tell(r, at, item->size);
	return true;
}

/* ---- build cache ---- */

/* Ids are letters and digits; others would be a pattern of who knows what. */
static bool remove_is_plain(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return n > 0 && !id[n];
}

/* {"id":["/^(a|b|c)$/"]}: of several values of a filter dockerd takes none, but one may be a
 * pattern. */
static void remove_append_filter(const struct remover *r, const size_t *batch, size_t n,
                                 struct buf *path)
{
	owned_buf struct buf filter = { 0 };
	buf_append_text(&filter, "{\"id\":[\"/^(");
	for (size_t i = 0; i < n; i++)
		buf_printf(&filter, "%s%s", i ? "|" : "", r->u->items[batch[i]].id);
	buf_append_text(&filter, ")$/\"]}");
	buf_append_text(path, "/build/prune?all=1&filters=");
	http_append_escaped(path, buf_str(&filter));
}

static bool remove_take_batch(const struct remover *r, const size_t *batch, size_t n,
                              struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned_map struct map deleted = { 0 };
	const struct value *v;
	if (!value_parse_json(a, buf_str(&r->line->answer), &v, err))
		return error_prefix(err, "what it says of its build cache");
	const struct value *ids = value_get(v, STR("CachesDeleted"));
	for (const struct value *id = ids ? value_child(ids) : NULL; id; id = value_next(id))
		map_set(&deleted, value_text(id), &deleted);
	for (size_t i = 0; i < n; i++) {
		const struct usage_item *item = &r->u->items[batch[i]];
		if (map_has(&deleted, str_of(item->id)))
			remove_tell(r, batch[i], item->size - item->shared);
		else
			r->to->removed(r->to->data, batch[i], 0, "it is in use, or gone already");
	}
	return true;
}

static bool remove_batch(const struct remover *r, const size_t *batch, size_t n, struct error *err)
{
	owned_buf struct buf path = { 0 };
	if (n == 0 || !r->to->goes_on(r->to->data))
		return true;
	remove_append_filter(r, batch, n, &path);
	if (!usage_call(r->line, "POST", buf_text(&path), REMOVE_MS, err))
		return false;
	if (r->line->status == 200)
		return remove_take_batch(r, batch, n, err);
	for (size_t i = 0; i < n; i++)
		remove_is_done(r, batch[i]);
	return true;
}

static bool remove_cache(const struct remover *r, struct error *err)
{
	size_t batch[REMOVE_BATCH], n = 0;
	for (size_t i = 0; i < r->choice->n; i++) {
		size_t at = r->choice->goes[i];
		if (r->u->items[at].kind != USAGE_CACHE)
			continue;
		if (!remove_is_plain(r->u->items[at].id)) {
			r->to->removed(r->to->data, at, 0, "its id is none that can be asked for");
			continue;
		}
		batch[n++] = at;
		if (n < REMOVE_BATCH)
			continue;
		if (!remove_batch(r, batch, n, err))
			return false;
		n = 0;
	}
	return remove_batch(r, batch, n, err);
}

/* ---- all ---- */

static bool remove_all(const struct remover *r, enum usage_kind kind, struct error *err)
{
	for (size_t i = 0; i < r->choice->n; i++) {
		size_t at = r->choice->goes[i];
		if (r->u->items[at].kind != kind)
			continue;
		if (!r->to->goes_on(r->to->data))
			return true;
		bool ok = kind == USAGE_IMAGE ? remove_image(r, at, err)
		        : remove_thing(r, at, kind == USAGE_VOLUME ? "/volumes/" : "/containers/", err);
		if (!ok)
			return false;
	}
	return true;
}

bool usage_remove_docker(struct usage_line *line, const struct usage *u,
                         const struct usage_choice *choice, const struct usage_removal *to,
                         struct error *err)
{
	struct remover r = { .line = line, .u = u, .choice = choice, .to = to };
	r.gone = xcalloc(u->n + 1, sizeof *r.gone);
	for (size_t i = 0; i < u->nlayers; i++)
		map_set(&r.layers, str_of(u->layers[i].id), (void *)(uintptr_t)(i + 1));
	bool ok = remove_all(&r, USAGE_CONTAINER, err) && remove_all(&r, USAGE_IMAGE, err) &&
	          remove_cache(&r, err) && remove_all(&r, USAGE_VOLUME, err);
	map_finish(&r.layers);
	free(r.gone);
	return ok;
}
