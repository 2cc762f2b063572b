#include "core/job/forecast_ask.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/worker.h"
#include "core/value/json.h"

struct forecast_asking {
	struct worker *worker;
	struct arena *arena;
	struct forecast forecast;
	bool is_told;
	struct error why;
	forecast_told_fn *told;
	void *data;
};

void forecast_asking_free(struct forecast_asking *q)
{
	if (!q)
		return;
	worker_free(q->worker);
	free(q);
}

/* The line is lent for the call alone, so it is read again from a text that stays. */
static bool ask_keep(struct forecast_asking *q, const struct value *line)
{
	owned_buf struct buf text = { 0 };
	const struct value *kept;
	value_write_json(&text, line, JSON_LINE);
	return value_parse_json(q->arena, arena_str(q->arena, buf_str(&text)), &kept, &q->why) &&
	       forecast_read(q->arena, kept, &q->forecast);
}

static void ask_line(void *data, const struct value *line, bool ended_well)
{
	struct forecast_asking *q = data;
	if (line && !worker_error(line, &q->why))
		q->is_told = ask_keep(q, line);
	if (line)
		return;
	if (!q->is_told && !q->why.code)
		error_set(&q->why, ERROR_SYSTEM, "the worker that makes the forecast has %s",
		          ended_well ? "told none" : "died");
	q->told(q->data, q->is_told ? &q->forecast : NULL, q->is_told ? NULL : &q->why);
}

static struct value *ask_argument(struct arena *a, const struct request *r, bool engine)
{
	struct value *argument = value_new_object(a);
	value_set(a, argument, "request", request_value(a, r));
	value_set(a, argument, "engine", value_new_bool(a, engine));
	return argument;
}

struct forecast_asking *forecast_ask(struct loop *loop, struct arena *a, const struct request *r,
                                     bool engine, forecast_told_fn *told, void *data,
                                     struct error *err)
{
	owned(forecast_asking) struct forecast_asking *q = xcalloc(1, sizeof *q);
	owned(arena) struct arena *scratch = arena_new();
	*q = (struct forecast_asking){ .arena = a, .told = told, .data = data };
	q->worker = worker_start(loop, "forecast", ask_argument(scratch, r, engine), ask_line, q, err);
	return q->worker ? take(q) : NULL;
}

struct forecast_waiting {
	struct loop *loop;
	struct forecast *forecast;
	struct error *err;
	bool ok;
};

static void ask_waited(void *data, const struct forecast *f, const struct error *why)
{
	struct forecast_waiting *w = data;
	w->ok = f != NULL;
	if (f)
		*w->forecast = *f;
	else
		*w->err = *why;
	loop_stop(w->loop);
}

bool forecast_wait(struct arena *a, const struct request *r, bool engine,
                   struct forecast *ret_forecast, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct forecast_waiting w = { loop, ret_forecast, err, false };
	owned(forecast_asking) struct forecast_asking *q = forecast_ask(loop, a, r, engine, ask_waited,
	                                                                &w, err);
	return q && loop_run(loop, err) && w.ok;
}
