/* What is known of a pool's engines: each is asked by workers, the builds that are there tell
 * the rest. */
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/history/list.h"
#include "core/job/forecast_ask.h"
#include "core/job/pool.h"
#include "core/job/running.h"
#include "core/job/worker.h"
#include "core/journal/build.h"
#include "core/os/files.h"
#include "core/os/save.h"

/* So far back it is looked for builds of the project. */
enum { POOL_LOOK = 400 };

struct pool_asked {
	struct pool_asking *asking;
	struct pool_engine *engine;
	struct worker *probe;
	struct forecast_asking *forecast;
};

struct pool_asking {
	struct arena *arena;
	struct loop *loop;
	struct pool_ask ask;
	struct pool_engine *engines;
	struct pool_asked *asked;       /* as many */
	size_t n, waiting;
	uint64_t timer;
	pool_told_fn *told;
	void *data;
};

/* ---- what builds tell ---- */

static bool pool_is_at(const struct pool_engine *e, struct str address)
{
	return e->address && address.n && str_eq(address, str_of(e->address));
}

/* By what each build has told last: it may have gone from one engine to another. */
static void pool_count_running(struct pool_asking *q)
{
	struct error ignored;
	size_t n = 0;
	const char *builds = save_state_dir("builds", &ignored);
	const char *const *ids = builds ? running_list(q->arena, q->ask.request->id, &n, &ignored)
	                                : NULL;
	for (size_t i = 0; ids && i < n; i++) {
		owned(build) struct build *b = build_read(files_join(q->arena, builds, ids[i]), &ignored);
		for (size_t k = 0; b && !b->done && k < q->n; k++)
			q->engines[k].running += pool_is_at(&q->engines[k], b->address);
	}
}

static bool pool_was_made(const struct history_item *item, const struct pool_engine *e,
                          const char *root)
{
	return item->state == HISTORY_DONE && !item->imported && !item->nbuilds &&
	       strcmp(item->root, root) == 0 && pool_is_at(e, str_of(item->address)) &&
	       strcmp(item->engine, e->engine) == 0;
}

/* Where nobody can tell what an engine's cache will do, it may serve what it has built. */
static void pool_remember(struct pool_asking *q)
{
	owned(files) struct files *disk = files_disk("/");
	struct files_list all = { 0 };
	struct history_item item;
	struct error ignored;
	const char *builds = q->ask.root ? save_state_dir("builds", &ignored) : NULL;
	if (!builds || files_list(disk, builds, q->arena, &all, &ignored) != FILES_OK)
		return;
	for (size_t i = all.n; i > 0 && all.n - i < POOL_LOOK; i--) {
		const char *id = all.entries[i - 1].name;
		/* A look at the lock of its own would cost the job that lock (fcntl(2)). */
		if (!strcmp(id, q->ask.request->id) ||
		    !history_read_one(q->arena, files_join(q->arena, builds, id), &item))
			continue;
		for (size_t k = 0; k < q->n; k++)
			if (q->engines[k].engine && pool_was_made(&item, &q->engines[k], q->ask.root))
				q->engines[k].maybe = q->engines[k].forecast.unknowns;
	}
}

/* ---- what engines tell ---- */

static void pool_tell(struct pool_asking *q)
{
	loop_untimer(q->loop, q->timer);
	q->timer = 0;
	for (size_t i = 0; i < q->n; i++) {
		struct pool_asked *it = &q->asked[i];
		struct pool_engine *e = it->engine;
		if (!e->engine && !e->why.code && !e->is_tried)
			error_set(&e->why, ERROR_UNREACHABLE, "it has not answered within %d seconds",
			          POOL_ASK_MS / 1000);
		worker_free(it->probe);
		forecast_asking_free(it->forecast);
		it->probe = NULL;
		it->forecast = NULL;
	}
	pool_count_running(q);
	pool_remember(q);
	q->told(q->data, q->engines, q->n);
}

static void pool_late(struct loop *loop, void *data)
{
	(void)loop;
	pool_tell(data);
}

/* From the loop: whoever is told may free what has called us. */
static void pool_answered(struct pool_asking *q)
{
	if (--q->waiting)
		return;
	loop_untimer(q->loop, q->timer);
	q->timer = loop_timer(q->loop, 0, pool_late, q);
}

static const char *pool_text(struct arena *a, const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_text(v).n ? arena_text(a, value_text(v)) : NULL;
}

static void pool_learn_info(struct pool_asking *q, struct pool_engine *e, const struct value *info)
{
	const struct value *cpus = value_get(info, STR("cpus"));
	unsigned long long n;
	e->platform = pool_text(q->arena, info, "platform");
	e->cpus = cpus && str_number(value_text(cpus), 1 << 16, &n) ? (unsigned)n : 0;
}

static void pool_probe_line(void *data, const struct value *line, bool ended_well)
{
	struct pool_asked *it = data;
	struct pool_asking *q = it->asking;
	struct pool_engine *e = it->engine;
	(void)ended_well;
	if (!line) {
		if (!e->engine && !e->why.code)
			error_set(&e->why, ERROR_SYSTEM, "a worker of ours has died");
		pool_answered(q);
		return;
	}
	const struct value *facts = value_get(line, STR("facts")), *info = value_get(line, STR("info"));
	if (facts) {
		e->engine = pool_text(q->arena, facts, "builder");
		e->address = pool_text(q->arena, facts, "address");
	}
	if (info)
		pool_learn_info(q, e, info);
	worker_error(line, &e->why);
}

static void pool_foretold(void *data, const struct forecast *f, const struct error *why)
{
	struct pool_asked *it = data;
	struct pool_engine *e = it->engine;
	(void)why;
	if (f) {
		e->forecast = *f;
		e->steps = f->nsteps;
		e->hits = f->hits;
		e->seconds = f->p50;
	}
	/* What it was told from is another engine's. */
	if (f && f->is_guess) {
		e->forecast.unknowns = e->steps;
		e->hits = 0;
		e->seconds = -1;
	}
	pool_answered(it->asking);
}

/* ---- asking ---- */

static struct value *pool_probe_argument(struct arena *a, const struct request *r, const char *spec)
{
	struct value *argument = value_new_object(a);
	value_set(a, argument, "spec", value_new_string(a, str_of(spec)));
	value_set(a, argument, "engines", worker_engines_value(a, r->named, r->nnamed));
	value_set(a, argument, "brief", value_new_bool(a, true));
	return argument;
}

static void pool_ask_one(struct pool_asking *q, struct pool_asked *it)
{
	struct pool_engine *e = it->engine;
	struct request alone = *q->ask.request;
	struct error ignored;
	alone.engine = e->name;
	alone.pool = (struct request_pool){ 0 };
	it->probe = worker_start(q->loop, "probe", pool_probe_argument(q->arena, &alone, e->name),
	                         pool_probe_line, it, &e->why);
	q->waiting += it->probe != NULL;
	if (it->probe && q->ask.wants_forecast)
		it->forecast = forecast_ask(q->loop, q->arena, &alone, true, pool_foretold, it, &ignored);
	q->waiting += it->forecast != NULL;
}

struct pool_asking *pool_ask(struct loop *loop, const struct pool_ask *ask, pool_told_fn *told,
                             void *data)
{
	struct pool_asking *q = xcalloc(1, sizeof *q);
	const struct request_pool *pool = &ask->request->pool;
	*q = (struct pool_asking){ .arena = arena_new(), .loop = loop, .ask = *ask, .n = pool->n,
	                           .told = told, .data = data };
	q->engines = arena_array(q->arena, q->n + 1, sizeof *q->engines);
	q->asked = arena_array(q->arena, q->n + 1, sizeof *q->asked);
	for (size_t i = 0; i < q->n; i++) {
		q->engines[i] = (struct pool_engine){ .name = pool->engines[i], .seconds = -1,
		                                      .is_tried = ask->tried && ask->tried[i] };
		q->asked[i] = (struct pool_asked){ .asking = q, .engine = &q->engines[i] };
		if (!q->engines[i].is_tried)
			pool_ask_one(q, &q->asked[i]);
	}
	q->timer = loop_timer(loop, q->waiting ? POOL_ASK_MS : 0, pool_late, q);
	return q;
}

void pool_asking_free(struct pool_asking *q)
{
	if (!q)
		return;
	loop_untimer(q->loop, q->timer);
	for (size_t i = 0; i < q->n; i++) {
		worker_free(q->asked[i].probe);
		forecast_asking_free(q->asked[i].forecast);
	}
	arena_free(q->arena);
	free(q);
}

/* ---- waiting ---- */

struct pool_choosing {
	struct arena *arena;
	struct loop *loop;
	const struct request *request;
	const char *engine, *why;       /* engine NULL: none */
	struct error err;
};

static void pool_chosen(void *data, struct pool_engine *engines, size_t n)
{
	struct pool_choosing *c = data;
	struct pool_want want = pool_want(c->arena, &c->request->selection);
	owned_buf struct buf why = { 0 };
	size_t at;
	loop_stop(c->loop);
	if (pool_pick(engines, n, &want, &at) == POOL_NONE) {
		pool_none(c->request->engine, engines, n, &c->err);
		return;
	}
	pool_append_reason(&why, engines, n, &want, at);
	c->engine = arena_text(c->arena, str_of(engines[at].name));
	c->why = arena_text(c->arena, buf_str(&why));
}

bool pool_choose(struct arena *a, const struct pool_ask *ask, const char **ret_engine,
                 const char **ret_why, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct pool_choosing c = { .arena = a, .loop = loop, .request = ask->request };
	owned(pool_asking) struct pool_asking *q = pool_ask(loop, ask, pool_chosen, &c);
	if (!q || !loop_run(loop, err))
		return false;
	if (!c.engine) {
		*err = c.err;
		return false;
	}
	*ret_engine = c.engine;
	*ret_why = c.why;
	return true;
}
