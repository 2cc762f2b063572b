/* An image task: what the engine reports becomes steps of the journal. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/runner_inside.h"
#include "core/os/clock.h"
#include "core/plan/spec.h"

static struct runner_step *image_add_step(struct runner *r, uint64_t key, int step)
{
	if (r->nsteps == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		r->steps = xrealloc(r->steps, r->cap, sizeof *r->steps);
	}
	r->steps[r->nsteps] = (struct runner_step){ .key = key, .step = step };
	return &r->steps[r->nsteps++];
}

static struct runner_step *image_find(struct runner *r, uint64_t key)
{
	for (size_t i = 0; i < r->nsteps; i++)
		if (r->steps[i].key == key)
			return &r->steps[i];
	return NULL;
}

static struct runner_step *image_add_internal(struct runner *r, uint64_t key, struct str name)
{
	int step = steps_add(r->s.steps);
	struct arena *a = record_arena(r->s.record);
	struct value *f = value_new_object(a);
	value_set(a, f, "name", value_new_string(a, name));
	value_set(a, f, "internal", value_new_bool(a, true));
	record_event(r->s.record, EVENT_STEP_ADD, step, f);
	runner_loads(r, step, name);
	return image_add_step(r, key, step);
}

static struct runner_step *image_step_of(struct runner *r, const struct step_report *report)
{
	struct runner_step *known = image_find(r, report->key);
	if (known)
		return known;
	int step = steps_of_instruction(r->s.steps, r->task, report->instruction);
	if (step >= 0)
		return image_add_step(r, report->key, step);
	return image_add_internal(r, report->key, report->name);
}

static void image_step(void *data, const struct step_report *report)
{
	struct runner *r = data;
	struct runner_step *s = image_step_of(r, report);
	bool running = report->started && !report->ended;
	if (running && !s->running)
		record_event(r->s.record, EVENT_STEP_START, s->step, NULL);
	/* One that was over before it was seen to run has begun as well. */
	if (report->ended && !s->running && !s->ended && report->started && !report->cached)
		record_event(r->s.record, EVENT_STEP_START, s->step, NULL);
	/* The same snapshot may come twice; other seconds are a new sum. */
	bool told = s->ended && !s->running && report->seconds - s->seconds < 0.0005;
	if (report->ended && !told) {
		runner_step_done(r, s->step, !report->error.n, report);
		s->seconds = report->seconds;
	}
	s->running = running;
	s->ended = report->ended;
}

static struct runner_step *image_speaker(struct runner *r, uint64_t key)
{
	struct runner_step *s = image_find(r, key);
	return s ? s : image_add_internal(r, key, STR("engine"));
}

static void image_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct runner *r = data;
	record_log(r->s.record, image_speaker(r, key)->step, stream, bytes, t);
}

static void image_progress(void *data, uint64_t key, struct str id, uint64_t current,
                           uint64_t total)
{
	struct runner *r = data;
	record_progress(r->s.record, image_speaker(r, key)->step, id, current, total);
}

static void image_warning(void *data, struct str text)
{
	struct runner *r = data;
	record_warning(r->s.record, -1, text);
}

/* The engine will end, nobody knows when. */
static void image_busy(void *data, struct str why)
{
	struct runner *r = data;
	r->is_busy = true;
	loop_untimer(r->s.loop, r->cancel_timer);
	r->cancel_timer = 0;
	record_warning(r->s.record, -1, why);
	struct arena *a = record_arena(r->s.record);
	struct value *f = value_new_object(a);
	value_set(a, f, "busy", value_new_bool(a, true));
	record_event(r->s.record, EVENT_CANCEL, -1, f);
}

void runner_end_steps(struct runner *r, bool ok)
{
	struct step_report over = { .seconds = clock_now() - r->started };
	for (size_t i = 0; i < r->nsteps; i++) {
		if (r->steps[i].running)
			runner_step_done(r, r->steps[i].step, ok, &over);
		r->steps[i].running = false;
	}
}

/* What the engine has written for us. */
static void image_tell_artifacts(struct runner *r)
{
	const struct image_task *image = &r->s.plan->tasks[r->task].image;
	for (size_t i = 0; i < image->noptions; i++) {
		struct arena *a = record_arena(r->s.record);
		struct value *f = value_new_object(a);
		struct output o;
		struct error ignored;
		if (!str_eq(image->options[i].name, STR("output")) ||
		    !output_read(a, image->options[i].value, &o, &ignored) || !o.dest)
			continue;
		value_set(a, f, "type", value_new_string(a, str_of(output_name(o.type))));
		value_set(a, f, "path", value_new_string(a, str_of(o.dest)));
		record_event(r->s.record, EVENT_ARTIFACT, -1, f);
	}
}

static void image_done(void *data, const struct work_result *result)
{
	struct runner *r = data;
	r->work = NULL;
	loop_untimer(r->s.loop, r->cancel_timer);
	r->cancel_timer = 0;
	r->is_lost = runner_hands_over(r, result);
	runner_end_steps(r, result->ok);
	if (r->is_lost)
		return;
	if (result->ok) {
		image_tell_artifacts(r);
		buf_append(&r->made[r->task].image_id, result->image_id);
		buf_append(&r->made[r->task].digest, result->digest);
	}
	runner_task_done(r, result->ok ? TASK_DONE : TASK_FAILED, &result->error);
}

/* The main one and those that the Dockerfile names. */
static bool image_scan(const struct image_task *image, struct error *err)
{
	if (image->context && !context_scan(image->context, err))
		return error_prefix(err, "build context");
	for (size_t i = 0; i < image->ncontexts; i++)
		if (!context_scan(image->contexts[i].context, err))
			return error_prefix(err, "build context %s", image->contexts[i].name);
	return true;
}

void runner_start_image(struct runner *r)
{
	const struct image_task *image = &r->s.plan->tasks[r->task].image;
	struct error err;
	r->nsteps = 0;
	r->context_step = -1;
	buf_clear(&r->context_note);
	r->is_busy = false;
	r->started = clock_now();
	if (!image_scan(image, &err)) {
		runner_task_done(r, TASK_FAILED, &err);
		return;
	}
	if (r->s.image_begins)
		r->s.image_begins(r->s.data);
	struct engine_sink sink = {
		.step = image_step, .log = image_log, .progress = image_progress,
		.warning = image_warning, .busy = image_busy, .done = image_done,
		.transferred = runner_transferred, .data = r,
	};
	r->work = engine_image(r->s.engine, runner_image_task(r), &sink);
}
