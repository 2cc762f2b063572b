/* {"request": request.json, "engine": whether it is asked} → the forecast (docs/formats.md):
 * what a build of that request would find in the engine's cache. */
#include "core/base/check.h"
#include "core/job/foresee.h"
#include "core/job/job_announce.h"
#include "core/job/worker.h"
#include "core/value/json.h"

/* Whoever looks at a screen waits: an engine that is there answers in milliseconds. */
enum { FORECAST_PROBE_MS = 1500 };

struct forecasting {
	struct arena *arena;
	struct loop *loop;
	struct engine *engine;
	struct engine_facts facts;      /* texts are the engine's */
	bool is_there;
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
	          FORECAST_PROBE_MS);
	loop_stop(loop);
}

/* False: the forecast does without. */
static bool forecast_find_engine(struct forecasting *f, const struct request *r)
{
	struct engine_options options = { .spec = r->engine, .named = r->named, .nnamed = r->nnamed };
	f->engine = engine_new(&options, f->loop, &f->why);
	if (!f->engine)
		return false;
	engine_probe(f->engine, forecast_probed, f);
	loop_timer(f->loop, FORECAST_PROBE_MS, forecast_late, f);
	return loop_run(f->loop, &f->why) && f->is_there;
}

static struct request *forecast_request(struct worker_io *io, struct error *err)
{
	const struct value *v = value_get(io->argument, STR("request"));
	owned_buf struct buf text = { 0 };
	if (!v) {
		error_set(err, ERROR_USAGE, "the worker was given no request");
		return NULL;
	}
	value_write_json(&text, v, JSON_LINE);
	return request_read(arena_str(io->arena, buf_str(&text)), err);
}

static void forecast_say(struct forecasting *f, const struct foresight *foresight,
                         const struct mask *mask, bool asks)
{
	struct forecast said = foresight->forecast;
	if (asks && !f->is_there)
		said.note = str_of(arena_printf(f->arena, "%s%s%.*s", f->why.text, said.note.n ? "; " : "",
		                                STR_ARG(said.note)));
	worker_say(mask_value(mask, f->arena, forecast_value(f->arena, &said)));
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
		.facts = f->is_there ? &f->facts : NULL,
	};
	foresight_make(&foresight, &ask);
	forecast_say(f, &foresight, mask, asks);
	foresight_finish(&foresight);
}

bool worker_forecast(struct worker_io *io, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct forecasting f = { .arena = io->arena, .loop = loop };
	owned(request) struct request *request = forecast_request(io, err);
	const struct value *asks = value_get(io->argument, STR("engine"));
	struct replan replan = { 0 };
	if (!request)
		return false;
	bool ok = replan_make(&replan, request, err);
	if (ok && asks && value_is_true(asks))
		forecast_find_engine(&f, request);
	if (ok)
		forecast_make_and_say(&f, request, &replan, asks && value_is_true(asks));
	replan_finish(&replan);
	engine_free(f.engine);
	return ok;
}
