/* A push task: by the engine, again where the fault may pass. */
#include <string.h>

#include "core/base/check.h"
#include "core/job/runner_inside.h"
#include "core/os/clock.h"

/* PUSH_TRIES in all, each twice as long after the one before as that after its own; none
 * begins PUSH_PATIENCE_MS after the first has failed: engines try again by themselves. */
enum { PUSH_TRIES = 5, PUSH_FIRST_MS = 1000, PUSH_PATIENCE_MS = 60000 };

static const struct push_task *push_of(const struct runner *r)
{
	return &r->s.plan->tasks[r->task].push;
}

static struct runner_made *push_made(const struct runner *r)
{
	return &r->made[push_of(r)->task];
}

static void push_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct runner *r = data;
	(void)key;
	record_log(r->s.record, r->steps[0].step, stream, bytes, t);
}

static void push_progress(void *data, uint64_t key, struct str id, uint64_t current, uint64_t total)
{
	struct runner *r = data;
	(void)key;
	record_progress(r->s.record, r->steps[0].step, id, current, total);
}

static void push_warning(void *data, struct str text)
{
	struct runner *r = data;
	record_warning(r->s.record, r->steps[0].step, text);
}

static void push_over(struct runner *r, bool ok, const struct error *err)
{
	struct step_report over = { .seconds = clock_now() - r->started };
	r->steps[0].running = false;
	if (!ok)
		over.error = str_of(err->text);
	runner_step_done(r, r->steps[0].step, ok, &over);
	runner_task_done(r, ok ? TASK_DONE : TASK_FAILED, err);
}

static void push_pushed(struct runner *r, struct str digest)
{
	struct arena *a = record_arena(r->s.record);
	struct value *f = value_new_object(a);
	value_set(a, f, "ref", value_new_string(a, str_of(r->pushing.name)));
	value_set(a, f, "digest", value_new_string(a, digest));
	record_event(r->s.record, EVENT_PUSH, r->steps[0].step, f);
	if (!r->digest.n)
		buf_append(&r->digest, digest);
}

static void push_start(struct runner *r);

static void push_again(struct loop *loop, void *data)
{
	struct runner *r = data;
	(void)loop;
	r->push_timer = 0;
	push_start(r);
}

/* False: it has been tried often, or long enough. */
static bool push_retry(struct runner *r, const struct work_result *result)
{
	int64_t now = clock_monotonic_ms();
	int64_t wait = (r->s.push_ms ? r->s.push_ms : PUSH_FIRST_MS) * (1ll << r->push_fails);
	owned_buf struct buf text = { 0 };
	if (!r->push_fails++)
		r->push_since_ms = now;
	if (result->retry_after)
		wait = (int64_t)result->retry_after * 1000;
	if (r->push_fails >= PUSH_TRIES || now + wait - r->push_since_ms > PUSH_PATIENCE_MS)
		return false;
	buf_printf(&text, "%s: trying again in %.1f s (try %u of %d)", result->error.text,
	           (double)wait / 1000, r->push_fails + 1, PUSH_TRIES);
	push_warning(r, buf_str(&text));
	r->push_timer = loop_timer(r->s.loop, wait, push_again, r);
	return true;
}

static void push_done(void *data, const struct work_result *result)
{
	struct runner *r = data;
	r->work = NULL;
	loop_untimer(r->s.loop, r->cancel_timer);
	r->cancel_timer = 0;
	if (!result->ok && result->is_passing && r->result.ok && push_retry(r, result))
		return;
	if (result->ok && !push_of(r)->is_local)
		push_pushed(r, result->digest);
	push_over(r, result->ok, &result->error);
}

static void push_start(struct runner *r)
{
	struct error err;
	struct engine_sink sink = { .log = push_log, .progress = push_progress,
	                            .warning = push_warning, .done = push_done, .data = r };
	r->work = engine_push(r->s.engine, &r->pushing, &sink, &err);
	if (!r->work)
		push_over(r, false, &err);
}

/* The task with its name as it is to be, and with what the engine has it as. */
static bool push_fill(struct runner *r, struct error *err)
{
	struct str name = str_of(push_of(r)->name), id = buf_str(&push_made(r)->image_id);
	size_t at = str_find_str(name, STR(PUSH_CONTENT));
	struct str digits = str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
	r->pushing = *push_of(r);
	if (at == STR_NONE)
		return true;
	if (r->s.abilities & ABILITY_PUSHES_WITH_IMAGE)
		return error_set(err, ERROR_REFUSED, "%s: this engine pushes an image as it is made, when "
		                 "its content is not known yet: " PUSH_GIT " can be had", r->pushing.name);
	if (digits.n < PUSH_CONTENT_DIGITS)
		return error_set(err, ERROR_PROTOCOL, "%s: the engine has not told the image's id",
		                 r->pushing.name);
	r->pushing.name = arena_printf(r->s.plan->arena, "%.*s%.*s%s",
	                               STR_ARG(str_slice(name, 0, at)), PUSH_CONTENT_DIGITS, digits.p,
	                               name.p + at + STR(PUSH_CONTENT).n);
	r->pushing.image = buf_text(&push_made(r)->image_id);
	if (r->s.plan->image && strcmp(r->s.plan->image, push_of(r)->name) == 0)
		r->result.image = str_of(r->pushing.name);
	return true;
}

void runner_start_push(struct runner *r)
{
	struct error err;
	int step = steps_of_task(r->s.steps, r->task);
	CHECK(step >= 0);
	runner_single_step(r, step);
	r->push_fails = 0;
	record_event(r->s.record, EVENT_STEP_START, step, NULL);
	if (!push_fill(r, &err)) {
		push_over(r, false, &err);
	} else if (r->s.abilities & ABILITY_PUSHES_WITH_IMAGE) {
		struct str digest = buf_str(&push_made(r)->digest);
		error_set(&err, ERROR_PROTOCOL, "the engine has not told the digest of %s",
		          r->pushing.name);
		if (digest.n)
			push_pushed(r, digest);
		push_over(r, digest.n > 0, &err);
	} else {
		push_start(r);
	}
}

void runner_stop_push(struct runner *r)
{
	loop_untimer(r->s.loop, r->push_timer);
	r->push_timer = 0;
	push_over(r, false, &r->result.error);
}
