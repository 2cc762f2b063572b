/* {"request": request.json, "engine": whether it is asked, "ask": any number} → the forecast
 * (docs/formats.md) with that "ask": what a build of that request would find in the engine's
 * cache.  Stays: says it once more when files of the context have changed, and answers each
 * further argument.  What cannot be planned is {"error", "code", "ask"}. */
#include "core/base/check.h"
#include "core/context/listing.h"
#include "core/context/stat_cache.h"
#include "core/job/foresee.h"
#include "core/job/job_announce.h"
#include "core/job/pool.h"
#include "core/job/worker.h"
#include "core/os/clock.h"
#include "core/value/json.h"

/* Whoever looks at a screen waits: an engine that is there answers in milliseconds. */
enum { FORECAST_PROBE_MS = 1500 };
/* After the first of several changes; between looks at what nobody tells changes of; digests
 * that are worth a write. */
enum { FORECAST_PACE_MS = 100, FORECAST_LOOK_MS = 3000, FORECAST_SAVE = 256 };

/* A pool's pick is kept so long: who edits a project is not to start workers with each key. */
enum { FORECAST_PICK_MS = 10000 };

/* The engine of a pool that the forecast is for. */
struct forecast_pick {
	struct arena *arena;
	const char *pool, *engine, *why;
	int64_t at;                     /* monotonic milliseconds */
};

/* What stays from answer to answer. */
struct forecast_kept {
	struct listings *listings;
	struct stat_cache *digests;     /* of root */
	char *root;
	size_t saved;                   /* digests read by the last write */
	struct buf said;                /* the last line */
	struct forecast_pick pick;
};

struct forecasting {
	struct arena *arena;            /* of one answer */
	struct forecast_kept *kept;
	const struct value *ask;        /* to be said with the answer, or NULL */
	struct loop *loop;
	struct engine *engine;
	struct engine_facts facts;      /* texts are the engine's */
	bool is_there, is_picked;
	struct error why;
};

static void forecast_probed(void *data, const struct engine_facts *facts, const struct error *err)
{
	struct forecasting *f = data;
	if (err)
		f->why = *err;
	else
		f->facts = *facts;
	f->is_there = !err;
	loop_stop(f->loop);
}

static void forecast_late(struct loop *loop, void *data)
{
	struct forecasting *f = data;
	error_set(&f->why, ERROR_UNREACHABLE, "the engine has not answered within %d ms",
	          f->is_picked ? POOL_ASK_MS : (int)(FORECAST_PROBE_MS + f->engine->patience_ms));
	loop_stop(loop);
}

/* Of a pool the engine that a build would take.  False: none is to be had. */
static bool forecast_choose(struct forecasting *f, struct request *r, const char *root)
{
	struct forecast_pick *p = &f->kept->pick;
	struct pool_ask ask = { .request = r, .root = root, .wants_forecast = true };
	int64_t now = clock_monotonic_ms();
	if (!p->engine || now - p->at > FORECAST_PICK_MS || strcmp(p->pool, r->engine) != 0) {
		arena_free(p->arena);
		*p = (struct forecast_pick){ .arena = arena_new(), .at = now };
		p->pool = arena_text(p->arena, str_of(r->engine));
		if (!pool_choose(p->arena, &ask, &p->engine, &p->why, &f->why))
			return false;
	}
	r->engine = p->engine;
	f->is_picked = true;
	return true;
}

/* False: the forecast does without. */
static bool forecast_find_engine(struct forecasting *f, const struct request *r)
{
	struct engine_options options = { .spec = r->engine, .named = r->named, .nnamed = r->nnamed };
	f->engine = engine_new(&options, f->loop, &f->why);
	if (!f->engine)
		return false;
	engine_probe(f->engine, forecast_probed, f);
	/* One that was picked has answered just now. */
	loop_timer(f->loop, f->is_picked ? POOL_ASK_MS : FORECAST_PROBE_MS + f->engine->patience_ms,
	           forecast_late, f);
	return loop_run(f->loop, &f->why) && f->is_there;
}

/* Nobody is told twice. */
static void forecast_say_new(struct forecasting *f, struct value *line)
{
	owned_buf struct buf text = { 0 };
	if (f->ask)
		value_set(f->arena, line, "ask", value_share(f->arena, f->ask));
	value_write_json(&text, line, JSON_LINE);
	if (str_eq(buf_str(&text), buf_str(&f->kept->said)))
		return;
	worker_say(line);
	buf_clear(&f->kept->said);
	buf_append(&f->kept->said, buf_str(&text));
}

static void forecast_say(struct forecasting *f, const struct foresight *foresight,
                         const struct mask *mask, bool asks)
{
	struct forecast said = foresight->forecast;
	if (f->is_picked && f->is_there) {
		said.picked = str_of(f->kept->pick.engine);
		said.picked_why = str_of(f->kept->pick.why);
	}
	said.is_guess = asks && !f->is_there;
	if (said.is_guess)
		said.note = str_of(arena_printf(f->arena, "%s%s%.*s", f->why.text, said.note.n ? "; " : "",
		                                STR_ARG(said.note)));
	forecast_say_new(f, mask_value(mask, f->arena, forecast_value(f->arena, &said)));
}

static void forecast_save(struct forecast_kept *k, size_t least)
{
	struct error ignored;
	size_t read = k->digests ? stat_cache_counts(k->digests).read : 0;
	if (read - k->saved < least || read == k->saved)
		return;
	stat_cache_save(k->digests, &ignored);
	k->saved = read;
}

static struct stat_cache *forecast_digests(struct forecast_kept *k, const char *root)
{
	if (k->root && strcmp(k->root, root) == 0)
		return k->digests;
	forecast_save(k, 1);
	stat_cache_free(k->digests);
	free(k->root);
	*k = (struct forecast_kept){ .listings = k->listings, .digests = stat_cache_open(root),
	                             .root = xstrdup(root), .said = k->said, .pick = k->pick };
	return k->digests;
}

static void forecast_make_and_say(struct forecasting *f, struct request *r, struct replan *replan,
                                  bool asks)
{
	owned(steps) struct steps *steps = steps_new(replan->plan);
	owned(mask) struct mask *mask = mask_new();
	struct job_facts facts = { .request = r, .replan = *replan, .steps = steps };
	struct foresight foresight;
	job_announce_secrets(&facts, mask);
	struct foresight_ask ask = {
		.plan = replan->plan, .steps = steps, .settings = replan->settings, .mask = mask,
		.facts = f->is_there ? &f->facts : NULL, .listings = f->kept->listings,
		.digests = forecast_digests(f->kept, replan->plan->root),
	};
	foresight_make(&foresight, &ask);
	forecast_say(f, &foresight, mask, asks);
	foresight_finish(&foresight);
	forecast_save(f->kept, FORECAST_SAVE);
}

static bool forecast_answer(struct worker_io *io, struct forecast_kept *kept, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned(arena) struct arena *arena = arena_new();
	struct forecasting f = { .arena = arena, .loop = loop, .kept = kept,
	                         .ask = value_get(io->argument, STR("ask")) };
	owned(request) struct request *request = worker_request(io, err);
	const struct value *asks = value_get(io->argument, STR("engine"));
	struct replan replan = { 0 };
	listings_update(kept->listings);
	bool ok = request && replan_make(&replan, request, err);
	if (ok && asks && value_is_true(asks) &&
	    (!request->pool.n || forecast_choose(&f, request, replan.plan->root)))
		forecast_find_engine(&f, request);
	if (ok)
		forecast_make_and_say(&f, request, &replan, asks && value_is_true(asks));
	replan_finish(&replan);
	engine_free(f.engine);
	return ok;
}

static void forecast_say_failure(struct worker_io *io, struct forecast_kept *kept,
                                 const struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	struct forecasting f = { .arena = arena, .kept = kept,
	                         .ask = value_get(io->argument, STR("ask")) };
	struct value *line = value_new_object(arena);
	value_set(arena, line, "error", value_new_string(arena, str_of(err->text)));
	value_set(arena, line, "code", value_new_integer(arena, err->code));
	forecast_say_new(&f, line);
}

/* False: nobody asks any more. */
static bool forecast_wait_for_more(struct worker_io *io, const struct forecast_kept *k)
{
	int64_t look = listings_sees_all(k->listings) ? -1 : FORECAST_LOOK_MS;
	enum worker_call call = worker_wait(io, listings_fd(k->listings), look);
	/* Who saves one file often saves more: they are taken together. */
	if (call == WORKER_TOUCHED)
		call = worker_wait(io, -1, FORECAST_PACE_MS);
	return call != WORKER_LEFT;
}

bool worker_forecast(struct worker_io *io, struct error *err)
{
	struct forecast_kept kept = { .listings = listings_new() };
	bool ok;
	do {
		ok = forecast_answer(io, &kept, err);
		if (!ok)
			forecast_say_failure(io, &kept, err);
	} while (forecast_wait_for_more(io, &kept));
	forecast_save(&kept, 1);
	stat_cache_free(kept.digests);
	listings_free(kept.listings);
	free(kept.root);
	buf_finish(&kept.said);
	arena_free(kept.pick.arena);
	/* It has been said. */
	return true;
}
