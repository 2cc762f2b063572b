#include "core/job/seek.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

struct seek {
	struct seek_setup s;
	struct arena *arena;
	const struct request_pool *pool;
	size_t n;                       /* engines of the pool, or 1 */
	struct engine **engines;        /* those that were tried, kept to the end */
	bool *tried;
	struct error *why;              /* why a tried one is lost */
	size_t at;                      /* the one that is probed, or was found */
	struct pool_asking *asking;
	struct buf reason, left_out;
	uint64_t timer;                 /* of the probe, or until the next look */
};

struct seek *seek_new(const struct seek_setup *setup)
{
	struct seek *s = xcalloc(1, sizeof *s);
	*s = (struct seek){ .s = *setup, .arena = arena_new(), .pool = &setup->request->pool };
	s->n = s->pool->n ? s->pool->n : 1;
	s->engines = arena_array(s->arena, s->n, sizeof *s->engines);
	s->tried = arena_array(s->arena, s->n, sizeof *s->tried);
	s->why = arena_array(s->arena, s->n, sizeof *s->why);
	return s;
}

void seek_free(struct seek *s)
{
	if (!s)
		return;
	loop_untimer(s->s.loop, s->timer);
	pool_asking_free(s->asking);
	for (size_t i = 0; i < s->n; i++)
		engine_free(s->engines[i]);
	buf_finish(&s->reason);
	buf_finish(&s->left_out);
	arena_free(s->arena);
	free(s);
}

/* ---- one engine ---- */

static void seek_look(struct loop *, void *data);

/* Never from inside the engine's own call. */
static void seek_look_soon(struct seek *s)
{
	loop_untimer(s->s.loop, s->timer);
	s->timer = loop_timer(s->s.loop, 0, seek_look, s);
}

static void seek_failed(struct seek *s, const struct error *err)
{
	loop_untimer(s->s.loop, s->timer);
	s->timer = 0;
	s->tried[s->at] = true;
	s->why[s->at] = *err;
	if (s->pool->n)
		seek_look_soon(s);
	else
		s->s.told(s->s.data, NULL, err);
}

static void seek_probed(void *data, const struct engine_facts *facts, const struct error *err)
{
	struct seek *s = data;
	/* Too late: it was given up. */
	if (s->tried[s->at])
		return;
	if (err) {
		seek_failed(s, err);
		return;
	}
	loop_untimer(s->s.loop, s->timer);
	s->timer = 0;
	struct seek_found found = {
		.engine = s->engines[s->at], .facts = facts,
		.member = s->pool->n ? s->pool->engines[s->at] : NULL,
		.reason = buf_str(&s->reason), .left_out = buf_str(&s->left_out),
	};
	s->s.told(s->s.data, &found, NULL);
}

static void seek_late(struct loop *loop, void *data)
{
	(void)loop;
	struct seek *s = data;
	struct error err;
	error_set(&err, ERROR_UNREACHABLE, "the engine '%s' has not answered within %d seconds",
	          s->pool->n ? s->pool->engines[s->at] : s->s.request->engine,
	          (int)(SEEK_PROBE_MS + s->engines[s->at]->patience_ms) / 1000);
	s->timer = 0;
	seek_failed(s, &err);
}

static bool seek_try(struct seek *s, size_t at, struct error *err)
{
	const struct request *r = s->s.request;
	struct engine_options options = {
		.spec = s->pool->n ? s->pool->engines[at] : r->engine, .named = r->named,
		.nnamed = r->nnamed, .scratch = s->s.scratch, .build_id = r->id,
	};
	s->at = at;
	s->engines[at] = engine_new(&options, s->s.loop, err);
	if (!s->engines[at])
		return false;
	s->timer = loop_timer(s->s.loop, SEEK_PROBE_MS + s->engines[at]->patience_ms, seek_late, s);
	engine_probe(s->engines[at], seek_probed, s);
	return true;
}

/* ---- of a pool ---- */

static void seek_picked(void *data, struct pool_engine *engines, size_t n)
{
	struct seek *s = data;
	struct pool_want want = pool_want(s->arena, &s->s.request->selection);
	struct error err;
	size_t at;
	buf_clear(&s->reason);
	buf_clear(&s->left_out);
	pool_append_left_out(&s->left_out, engines, n);
	enum pool_answer answer = pool_pick(engines, n, &want, &at);
	if (answer != POOL_NONE)
		pool_append_reason(&s->reason, engines, n, &want, at);
	for (size_t i = 0; i < n; i++)
		if (engines[i].is_tried)
			engines[i].why = s->why[i];
	if (answer == POOL_NONE)
		pool_none(s->s.request->engine, engines, n, &err);
	pool_asking_free(s->asking);
	s->asking = NULL;
	if (answer == POOL_NONE)
		s->s.told(s->s.data, NULL, &err);
	else if (!seek_try(s, at, &err))
		seek_failed(s, &err);
}

static void seek_look(struct loop *loop, void *data)
{
	struct seek *s = data;
	struct pool_ask ask = { .request = s->s.request, .tried = s->tried, .root = s->s.root,
	                        .wants_forecast = true };
	s->timer = 0;
	s->asking = pool_ask(loop, &ask, seek_picked, s);
}

/* Which of them the asker has picked; STR_NONE: none. */
static size_t seek_first(const struct seek *s)
{
	for (size_t i = 0; s->pool->first && i < s->pool->n; i++)
		if (strcmp(s->pool->engines[i], s->pool->first) == 0)
			return i;
	return STR_NONE;
}

bool seek_start(struct seek *s, struct error *err)
{
	size_t first = seek_first(s);
	if (!s->pool->n)
		return seek_try(s, 0, err);
	if (first == STR_NONE)
		seek_look_soon(s);
	else if (!seek_try(s, first, err))
		seek_failed(s, err);
	return true;
}

bool seek_next(struct seek *s, const struct error *why)
{
	if (!s->pool->n)
		return false;
	seek_failed(s, why);
	return true;
}
