/* What a buildkitd holds: records of its cache, asked and removed over Control. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/control.h"
#include "core/engine/endpoint.h"
#include "core/engine/usage_call.h"

/* Of one call; a filter a record is compared with every record. */
enum { BUILDKIT_BATCH = 100, BUILDKIT_MS = 600000 };

struct buildkit_line {
	struct arena *arena;
	struct loop *loop;
	struct endpoint *endpoint;
	struct control *control;
	const struct pb_usage *usages;  /* of DiskUsage, in the arena */
	size_t n;
	struct map removed;             /* ids that Prune has told */
	bool is_over;
	struct error err;
};

static bool buildkit_open(struct arena *a, const struct engine_facts *f, struct buildkit_line *l,
                          struct error *err)
{
	struct endpoint_options o = { .spec = f->spec };
	struct control_events nobody = { 0 };
	*l = (struct buildkit_line){ .arena = a, .loop = loop_new() };
	l->endpoint = endpoint_new(l->loop, &o, err);
	l->control = l->endpoint ? control_open(l->loop, endpoint_address(l->endpoint),
	                                        CONTROL_DIRECT, &nobody, err) : NULL;
	return l->control != NULL;
}

static void buildkit_close(struct buildkit_line *l)
{
	control_free(l->control);
	endpoint_free(l->endpoint);
	loop_free(l->loop);
	map_finish(&l->removed);
}

static void buildkit_end(struct buildkit_line *l, const struct error *err)
{
	if (err && !l->is_over) {
		l->err = *err;
		endpoint_explain(l->endpoint, &l->err);
	}
	l->is_over = true;
	loop_stop(l->loop);
}

static void buildkit_late(struct loop *loop, void *data)
{
	struct error err;
	(void)loop;
	error_set(&err, ERROR_UNREACHABLE, "nothing has been answered for %d minutes",
	          BUILDKIT_MS / 60000);
	buildkit_end(data, &err);
}

/* Until the call under way has ended. */
static bool buildkit_wait(struct buildkit_line *l, struct error *err)
{
	uint64_t timer = loop_timer(l->loop, BUILDKIT_MS, buildkit_late, l);
	bool ok = l->is_over || loop_run(l->loop, err);
	loop_untimer(l->loop, timer);
	if (ok && l->err.code) {
		*err = l->err;
		return false;
	}
	return ok;
}

/* ---- asking ---- */

static void buildkit_told(void *data, const struct control_end *end, const struct pb_usage *all,
                          size_t n)
{
	struct buildkit_line *l = data;
	struct pb_usage *copies = arena_array(l->arena, n + 1, sizeof *copies);
	for (size_t i = 0; i < n; i++) {
		struct str *parents = arena_array(l->arena, all[i].nparents + 1, sizeof *parents);
		copies[i] = all[i];
		copies[i].id = arena_str(l->arena, all[i].id);
		copies[i].description = arena_str(l->arena, all[i].description);
		copies[i].type = arena_str(l->arena, all[i].type);
		for (size_t k = 0; k < all[i].nparents; k++)
			parents[k] = arena_str(l->arena, all[i].parents[k]);
		copies[i].parents = parents;
	}
	l->usages = copies;
	l->n = n;
	buildkit_end(l, end->ok ? NULL : &end->error);
}

static void buildkit_take(struct arena *a, struct usage *u, const struct pb_usage *p)
{
	struct usage_item *item = usage_add(u, USAGE_CACHE);
	const char **parents = arena_array(a, p->nparents + 1, sizeof *parents);
	for (size_t i = 0; i < p->nparents; i++)
		parents[i] = arena_text(a, p->parents[i]);
	item->id = arena_text(a, p->id);
	item->name = arena_text(a, p->description);
	item->state = arena_text(a, p->type);
	item->parents = parents;
	item->size = p->size > 0 ? (uint64_t)p->size : 0;
	item->has_size = true;
	item->in_use = p->in_use;
	item->created = (double)p->created / 1e9;
	item->used = (double)p->last_used / 1e9;
}

bool usage_ask_buildkit(struct arena *a, const struct engine_facts *f, usage_waiting_fn *waiting,
                        void *data, struct usage *u, struct error *err)
{
	struct buildkit_line l;
	waiting(data, "its cache");
	bool ok = buildkit_open(a, f, &l, err);
	if (ok) {
		control_disk_usage(l.control, NULL, buildkit_told, &l);
		ok = buildkit_wait(&l, err);
	}
	*u = (struct usage){ 0 };
	u->items = arena_array(a, l.n + 1, sizeof *u->items);
	u->has[USAGE_CACHE] = true;
	for (size_t i = 0; ok && i < l.n; i++)
		buildkit_take(a, u, &l.usages[i]);
	buildkit_close(&l);
	return ok;
}

/* ---- removing ---- */

static void buildkit_removed(void *data, const struct pb_usage *p)
{
	struct buildkit_line *l = data;
	map_set(&l->removed, arena_str(l->arena, p->id), l);
}

static void buildkit_pruned(void *data, const struct control_end *end)
{
	buildkit_end(data, end->ok ? NULL : &end->error);
}

/* Those of choice from `from` on, as many as one call takes. */
static bool buildkit_remove_batch(struct buildkit_line *l, const struct usage *u,
                                  const struct usage_choice *choice, size_t from, size_t to,
                                  const struct usage_removal *r, struct error *err)
{
	const char *filters[BUILDKIT_BATCH + 1] = { NULL };
	for (size_t i = from; i < to; i++)
		filters[i - from] = arena_printf(l->arena, "id==%s", u->items[choice->goes[i]].id);
	const struct pb_prune prune = { .filters = filters, .all = true };
	l->is_over = false;
	control_prune(l->control, &prune, buildkit_removed, buildkit_pruned, l);
	if (!buildkit_wait(l, err))
		return false;
	for (size_t i = from; i < to; i++) {
		size_t at = choice->goes[i];
		bool is_gone = map_has(&l->removed, str_of(u->items[at].id));
		r->removed(r->data, at, is_gone ? u->items[at].size : 0,
		           is_gone ? NULL : "it is in use, or gone already");
	}
	return true;
}

bool usage_remove_buildkit(const struct engine_facts *f, const struct usage *u,
                           const struct usage_choice *choice, const struct usage_removal *r,
                           struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct buildkit_line l;
	bool ok = buildkit_open(a, f, &l, err);
	for (size_t i = 0; ok && i < choice->n && r->goes_on(r->data); i += BUILDKIT_BATCH) {
		size_t left = choice->n - i;
		ok = buildkit_remove_batch(&l, u, choice, i,
		                           i + (left < BUILDKIT_BATCH ? left : BUILDKIT_BATCH), r, err);
	}
	buildkit_close(&l);
	return ok;
}
