/* A task that a process of ours does: it may block, and is killed to cancel it. */
#include "core/base/check.h"
#include "core/job/kept.h"
#include "core/job/runner_inside.h"
#include "core/job/worker.h"
#include "core/os/clock.h"

static uint64_t task_number(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	unsigned long long n = 0;
	return v && str_number(value_text(v), UINT64_MAX, &n) ? n : 0;
}

static void task_done(struct runner *r, bool ok, const struct error *err)
{
	r->steps[0].running = false;
	struct step_report over = { .cached = ok && r->cached, .seconds = clock_now() - r->started };
	if (!ok)
		over.error = str_of(err->text);
	runner_step_done(r, r->steps[0].step, ok, &over);
	runner_task_done(r, ok ? TASK_DONE : TASK_FAILED, err);
}

static void task_ended(struct runner *r, bool ended_well)
{
	struct error err;
	bool ok = ended_well && !r->has_worker_error;
	if (r->has_worker_error)
		err = r->worker_error;
	else
		error_set(&err, ERROR_SYSTEM, "the worker for '%s' has died",
		          r->s.plan->tasks[r->task].name);
	if (!ok)
		runner_worker_failed(&r->s.plan->tasks[r->task], &err);
	worker_free(r->worker);
	r->worker = NULL;
	task_done(r, ok, &err);
}

static void task_line(void *data, const struct value *line, bool ended_well)
{
	struct runner *r = data;
	if (!line) {
		task_ended(r, ended_well);
		return;
	}
	const struct value *progress = value_get(line, STR("progress"));
	const struct value *cached = value_get(line, STR("cached"));
	if (progress)
		record_progress(r->s.record, r->steps[0].step, str_of(r->s.plan->tasks[r->task].name),
		                task_number(progress, "current"), task_number(progress, "total"));
	if (cached)
		r->cached = value_is_true(cached);
	if (worker_error(line, &r->worker_error))
		r->has_worker_error = true;
}

static void task_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text)
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

const char *runner_worker_verb(const struct task *t)
{
	return t->kind == TASK_FETCH ? "fetch" : "certificate";
}

struct value *runner_worker_argument(struct arena *a, const struct task *t)
{
	struct value *o = value_new_object(a);
	if (t->kind == TASK_FETCH) {
		task_set(a, o, "url", t->fetch.url);
		task_set(a, o, "file", t->fetch.file);
		task_set(a, o, "unpack", t->fetch.unpack);
		task_set(a, o, "sha256", t->fetch.sha256);
	} else {
		task_set(a, o, "dir", t->stage.dir);
		task_set(a, o, "common_name", t->stage.common_name);
	}
	return o;
}

void runner_worker_failed(const struct task *t, struct error *err)
{
	const struct value *cause = t->kind == TASK_FETCH ? t->fetch.cause : NULL;
	struct origin at = cause ? value_origin(cause) : (struct origin){ 0 };
	/* Exit code 4 is for engines alone. */
	if (err->code == ERROR_UNREACHABLE || err->code == ERROR_REFUSED ||
	    err->code == ERROR_PROTOCOL)
		err->code = ERROR_SYSTEM;
	if (t->kind == TASK_FETCH)
		error_prefix(err, "requirement '%s'", t->name);
	if (at.path && at.line)
		error_prefix(err, "%s:%u:%u", at.path, at.line, at.column);
}

void runner_start_worker(struct runner *r)
{
	const struct task *t = &r->s.plan->tasks[r->task];
	owned(arena) struct arena *a = arena_new();
	struct error err;
	int step = steps_of_task(r->s.steps, r->task);
	CHECK(step >= 0);
	runner_single_step(r, step);
	r->has_worker_error = false;
	r->cached = kept_task(t);
	record_event(r->s.record, EVENT_STEP_START, step, NULL);
	if (r->cached) {
		task_done(r, true, &err);
		return;
	}
	r->worker = worker_start(r->s.loop, runner_worker_verb(t),
	                         runner_worker_argument(a, t), task_line, r, &err);
	if (r->worker)
		return;
	runner_end_steps(r, false);
	runner_task_done(r, TASK_FAILED, &err);
}
