/* One build of a batch: its job, and what its journal tells. */
#include <stdio.h>

#include "core/base/check.h"
#include "core/job/batch_inside.h"
#include "core/job/job.h"
#include "core/os/clock.h"

static void batch_build_ended(struct batch_build *b, bool ok, bool cancelled, int code,
                              struct str reason)
{
	struct record *record = b->batch->record;
	struct arena *a = record_arena(record);
	struct value *o = value_new_object(a);
	char seconds[32];
	size_t all = 0, cached = 0;
	double now = clock_now();
	if (b->build)
		build_count_cached(b->build, &all, &cached);
	snprintf(seconds, sizeof seconds, "%.3f", b->started > 0 ? now - b->started : 0.0);
	value_set(a, o, "ok", value_new_bool(a, ok));
	value_set(a, o, "cached", value_new_bool(a, ok && all > 0 && cached == all));
	if (cancelled)
		value_set(a, o, "cancelled", value_new_bool(a, true));
	value_set(a, o, "seconds", value_new(a, VALUE_FLOAT, str_of(seconds), (struct span){ 0 }));
	if (!ok)
		value_set(a, o, "reason", value_new_string(a, arena_str(a, reason)));
	if (ok && b->build->image_id.n)
		value_set(a, o, "image_id", value_new_string(a, arena_str(a, b->build->image_id)));
	value_set(a, o, "exit", value_new_integer(a, code));
	b->batch->running -= b->state == BATCH_RUNS;
	b->state = BATCH_ENDED;
	b->ok = ok;
	b->code = code;
	batch_build_finish(b);
	record_event(record, EVENT_STEP_DONE, (int)b->row, o);
	batch_go_on(b->batch);
}

void batch_build_finish(struct batch_build *b)
{
	journal_free(b->journal);
	build_free(b->build);
	b->journal = NULL;
	b->build = NULL;
}

/* ---- its journal ---- */

static bool batch_build_counts(const struct step *s)
{
	return !s->internal && !s->meta;
}

size_t batch_build_done(const struct batch_build *b)
{
	size_t n = 0;
	for (size_t i = 0; b->build && i < b->build->nsteps; i++) {
		const struct step *s = &b->build->steps[i];
		if (s->internal)
			continue;
		if (!s->meta && s->state != STEP_DONE && s->state != STEP_CACHED)
			break;
		n++;
	}
	return n;
}

/* A line of the batch's own log for each step of a build. */
static void batch_build_say(struct batch_build *b, const struct step *s, double t)
{
	owned_buf struct buf line = { 0 };
	if (s->meta)
		return;
	if (s->state == STEP_CACHED)
		buf_append(&line, STR("CACHED"));
	else if (s->state == STEP_DONE)
		clock_append_seconds(&line, s->seconds);
	else
		buf_append_text(&line, s->state == STEP_CANCELLED ? "CANCELLED" : "ERROR");
	buf_append_char(&line, ' ');
	buf_append(&line, s->name);
	if (s->error.n) {
		buf_append(&line, STR(": "));
		buf_append(&line, s->error);
	}
	buf_append_char(&line, '\n');
	record_log(b->batch->record, (int)b->row, 1, buf_str(&line), t);
}

static void batch_build_progress(struct batch_build *b)
{
	size_t all = 0, done = 0;
	for (size_t i = 0; i < b->build->nsteps; i++) {
		const struct step *s = &b->build->steps[i];
		all += batch_build_counts(s);
		done += batch_build_counts(s) && (s->state == STEP_DONE || s->state == STEP_CACHED);
	}
	record_progress(b->batch->record, (int)b->row, STR("steps"), done, all);
}

/* True when there was anything that others may wait for. */
static bool batch_build_take(struct batch_build *b)
{
	struct event e;
	bool any = false;
	while (journal_next(b->journal, &b->cursor, &e)) {
		if (e.kind == EVENT_LOG)
			continue;
		build_apply(b->build, &e);
		if (e.kind != EVENT_STEP_DONE || e.step < 0 || (size_t)e.step >= b->build->nsteps)
			continue;
		batch_build_say(b, &b->build->steps[e.step], e.t);
		any = true;
	}
	return any;
}

static void batch_build_more(struct journal *journal, void *data)
{
	struct batch_build *b = data;
	const struct build *build = b->build;
	enum journal_state state = journal_state(journal, NULL);
	journal_refresh(journal);
	if (batch_build_take(b))
		batch_build_progress(b);
	batch_pool_follow(b);
	if (build->done)
		batch_build_ended(b, build->ok, build->cancelled, build->exit_code,
		                  build->cancelled ? STR("cancelled") : build->error);
	else if (state != JOURNAL_RUNNING)
		batch_build_ended(b, false, false, 1, STR("its job is gone: it was killed"));
	else
		batch_go_on(b->batch);
}

/* ---- its job ---- */

static bool batch_build_begin(struct batch_build *b, struct error *err)
{
	struct batch *batch = b->batch;
	struct request request = *batch->request;
	const struct combo *combo = &request.combos[b->row];
	b->id = request_new_id(err);
	if (!b->id)
		return false;
	request.id = b->id;
	request.batch = batch->request->id;
	request.retry_of = NULL;
	request.combos = NULL;
	request.ncombos = request.jobs = 0;
	request.selection.profiles = combo->profiles;
	request.selection.nprofiles = combo->n;
	if (b->engine != STR_NONE)
		request.pool.first = batch->engines[b->engine].is.name;
	if (!job_start(&request, NULL, err))
		return false;
	b->dir = request_find(b->id, err);
	b->journal = b->dir ? journal_open(b->dir, err) : NULL;
	b->build = build_new();
	return b->journal && journal_follow(b->journal, batch->loop, batch_build_more, b, err);
}

void batch_build_start(struct batch_build *b)
{
	const struct matrix_row *row = &b->batch->matrix->rows[b->row];
	struct record *record = b->batch->record;
	struct error err;
	if (row->clash != STR_NONE)
		error_set(&err, ERROR_PROJECT, "its image %s is also that of %s, which this batch builds",
		          row->image, b->batch->matrix->rows[row->clash].name);
	b->started = clock_now();
	b->state = BATCH_RUNS;
	b->batch->running++;
	if (row->clash != STR_NONE || !batch_build_begin(b, &err)) {
		owned_buf struct buf text = { 0 };
		error_print(&text, &err);
		batch_build_ended(b, false, err.code == ERROR_CANCELLED, error_exit_code(err.code),
		                  buf_str(&text));
		return;
	}
	struct arena *a = record_arena(record);
	struct value *o = value_new_object(a);
	value_set(a, o, "build", value_new_string(a, str_of(b->id)));
	if (row->image)
		value_set(a, o, "image", value_new_string(a, str_of(row->image)));
	if (b->engine != STR_NONE)
		value_set(a, o, "engine",
		          value_new_string(a, str_of(b->batch->engines[b->engine].is.name)));
	record_event(record, EVENT_STEP_START, (int)b->row, o);
}

/* One that has ended meanwhile tells so by its journal. */
void batch_build_cancel(struct batch_build *b)
{
	struct error gone;
	if (b->state == BATCH_RUNS)
		job_cancel(b->dir, &gone);
}
