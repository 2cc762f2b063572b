#include "core/job/runner.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/runner_inside.h"
#include "core/os/clock.h"

static void runner_next_soon(struct runner *);

struct runner *runner_new(const struct runner_setup *setup, runner_done_fn *done, void *data)
{
	struct runner *r = xcalloc(1, sizeof *r);
	*r = (struct runner){ .s = *setup, .done = done, .data = data };
	r->states = xcalloc(setup->plan->ntasks + 1, sizeof *r->states);
	r->made = xcalloc(setup->plan->ntasks + 1, sizeof *r->made);
	r->result.ok = true;
	runner_next_soon(r);
	return r;
}

void runner_free(struct runner *r)
{
	if (!r)
		return;
	CHECK(!r->work);                /* the engine would call what is no more */
	worker_free(r->worker);
	carry_free(r->carry);
	loop_untimer(r->s.loop, r->next_timer);
	loop_untimer(r->s.loop, r->cancel_timer);
	loop_untimer(r->s.loop, r->kill_timer);
	buf_finish(&r->context_note);
	loop_untimer(r->s.loop, r->push_timer);
	for (size_t i = 0; i < r->s.plan->ntasks; i++) {
		buf_finish(&r->made[i].image_id);
		buf_finish(&r->made[i].digest);
	}
	buf_finish(&r->digest);
	free(r->made);
	free(r->states);
	free(r->steps);
	free(r);
}

void runner_step_done(struct runner *r, int step, bool ok, const struct step_report *report)
{
	struct arena *a = record_arena(r->s.record);
	struct value *f = value_new_object(a);
	char text[32];
	snprintf(text, sizeof text, "%.3f", report->seconds > 0 ? report->seconds : 0);
	value_set(a, f, "ok", value_new_bool(a, ok));
	value_set(a, f, "cached", value_new_bool(a, report->cached));
	value_set(a, f, "seconds", value_new(a, VALUE_FLOAT, arena_str(a, str_of(text)),
	                                     (struct span){ 0 }));
	if (!ok && (r->result.cancelled || r->is_lost))
		value_set(a, f, "cancelled", value_new_bool(a, true));
	value_set(a, f, "reason", report->error.n ? value_new_string(a, report->error)
	          : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
	if (report->layer.n)
		value_set(a, f, "layer", value_new_string(a, report->layer));
	record_event(r->s.record, EVENT_STEP_DONE, step, f);
}

/* Everything it waits for has ended; after a failure only what says always. */
static bool runner_may_run(const struct runner *r, const struct task *t)
{
	for (size_t i = 0; i < t->nafter; i++)
		if (r->states[t->after[i]] == TASK_WAITING)
			return false;
	return r->result.ok || t->always;
}

void runner_single_step(struct runner *r, int step)
{
	if (!r->steps)
		r->steps = xcalloc(r->cap = 1, sizeof *r->steps);
	r->steps[0] = (struct runner_step){ .step = step, .running = true };
	r->nsteps = 1;
	r->started = clock_now();
}

/* What the plan's image task has made, where that is to be the result. */
static struct str runner_image_id(const struct runner *r)
{
	for (size_t i = 0; r->s.plan->image && i < r->s.plan->ntasks; i++)
		if (&r->s.plan->tasks[i].image == plan_image(r->s.plan))
			return buf_str(&r->made[i].image_id);
	return (struct str){ 0 };
}

/* A name that could not be taken away goes with the next run (run_owner.h). */
static void runner_untagged(void *data, const struct error *ignored);

static void runner_finish(struct runner *r)
{
	const char *temporary = r->temporary;
	loop_untimer(r->s.loop, r->cancel_timer);
	r->cancel_timer = 0;
	r->temporary = NULL;
	if (temporary && !r->gave_up) {
		engine_untag(r->s.engine, temporary, runner_untagged, r);
		return;
	}
	r->result.image_id = runner_image_id(r);
	r->result.digest = buf_str(&r->digest);
	r->done(r->data, &r->result);
}

static void runner_untagged(void *data, const struct error *ignored)
{
	(void)ignored;
	runner_finish(data);
}

static void runner_start(struct runner *r, size_t task)
{
	const struct task *t = &r->s.plan->tasks[task];
	struct error err;
	r->task = task;
	if (t->kind == TASK_IMAGE) {
		runner_start_image(r);
	} else if (t->kind == TASK_FETCH || t->kind == TASK_STAGE) {
		runner_start_worker(r);
	} else if (t->kind == TASK_PUSH) {
		runner_start_push(r);
	} else if (t->kind == TASK_RUN) {
		runner_start_run(r);
	} else {
		error_set(&err, ERROR_PROJECT, "'%s' is a task that this mortar cannot run", t->name);
		runner_task_done(r, TASK_FAILED, &err);
	}
}

static void runner_next(struct loop *loop, void *data)
{
	(void)loop;
	struct runner *r = data;
	r->next_timer = 0;
	for (size_t i = 0; i < r->s.plan->ntasks; i++) {
		if (r->states[i] != TASK_WAITING || !runner_may_run(r, &r->s.plan->tasks[i]))
			continue;
		r->is_waiting = r->s.is_held && r->s.plan->tasks[i].kind == TASK_IMAGE;
		if (!r->is_waiting)
			runner_start(r, i);
		return;
	}
	runner_finish(r);
}

static void runner_next_soon(struct runner *r)
{
	r->next_timer = loop_timer(r->s.loop, 0, runner_next, r);
}

void runner_task_done(struct runner *r, enum task_state state, const struct error *err)
{
	r->states[r->task] = state;
	if (state == TASK_FAILED && r->result.ok) {
		r->result.ok = false;
		r->result.error = *err;
	}
	runner_next_soon(r);
}

/* The engine was asked to stop and does not say that it has. */
static void runner_give_up(struct loop *loop, void *data)
{
	(void)loop;
	struct runner *r = data;
	r->cancel_timer = 0;
	r->gave_up = true;
	record_warning(r->s.record, -1, STR("cancel was asked for, but the engine is still busy"));
	runner_end_steps(r, false);
	r->work = NULL;
	runner_finish(r);
}

void runner_release(struct runner *r)
{
	r->s.is_held = false;
	if (r->is_waiting)
		runner_next_soon(r);
	r->is_waiting = false;
}

static void runner_stop(struct runner *r)
{
	runner_release(r);
	if (r->work && r->s.plan->tasks[r->task].kind == TASK_RUN) {
		runner_stop_run(r);
	} else if (r->work && !r->cancel_timer) {
		r->cancel_timer = loop_timer(r->s.loop, RUNNER_CANCEL_MS, runner_give_up, r);
		engine_cancel(r->work);
	}
	if (r->push_timer)
		runner_stop_push(r);
	runner_stop_lost(r);
	if (r->worker) {
		worker_free(r->worker);
		r->worker = NULL;
		runner_end_steps(r, false);
		runner_task_done(r, TASK_FAILED, &r->result.error);
	}
}

void runner_cancel(struct runner *r)
{
	if (r->result.cancelled && r->work && r->is_busy)
		runner_give_up(r->s.loop, r);
	if (r->result.cancelled)
		return;
	record_event(r->s.record, EVENT_CANCEL, -1, NULL);
	r->result.cancelled = true;
	if (r->result.ok)
		error_set(&r->result.error, ERROR_CANCELLED, "cancelled");
	r->result.ok = false;
	runner_stop(r);
}

void runner_fail(struct runner *r, const struct error *err)
{
	if (r->result.ok)
		r->result.error = *err;
	r->result.ok = false;
	runner_stop(r);
}
