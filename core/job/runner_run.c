/* A run task: a container of an image of the plan, one step whose output is its log; what it
 * gives becomes files of the project. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/engine/run_owner.h"
#include "core/job/runner_inside.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"

/* A container that is asked to stop has ten seconds for it; then it is killed, and the engine
 * tells at the latest after ten more. */
enum { RUN_KILL_MS = 11000 };

static const struct run_task *run_of(const struct runner *r)
{
	return &r->s.plan->tasks[r->task].run;
}

static int run_step(const struct runner *r)
{
	return r->steps[0].step;
}

static void run_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct runner *r = data;
	(void)key;
	record_log(r->s.record, run_step(r), stream, bytes, t);
}

static void run_warning(void *data, struct str text)
{
	struct runner *r = data;
	record_warning(r->s.record, run_step(r), text);
}

static void run_report(void *data, const struct run_report *report)
{
	struct runner *r = data;
	r->ran = *report;
}

/* ---- its end ---- */

static void run_over(struct runner *r, bool ok, const struct error *err)
{
	struct step_report over = { .seconds = clock_now() - r->started };
	struct error ignored;
	carry_free(r->carry);
	r->carry = NULL;
	if (r->running.dir)
		save_remove(r->running.dir, &ignored);
	r->steps[0].running = false;
	if (!ok)
		over.error = str_of(err->text);
	runner_step_done(r, run_step(r), ok, &over);
	runner_task_done(r, ok ? TASK_DONE : TASK_FAILED, err);
}

static void run_carried(void *data, const struct carried *c)
{
	static const char *const words[] = { [CARRIED_NEW] = "new", [CARRIED_CHANGED] = "changed",
	                                     [CARRIED_SAME] = "as it was" };
	struct runner *r = data;
	struct arena *a = record_arena(r->s.record);
	struct value *f = value_new_object(a);
	owned_buf struct buf line = { 0 }, path = { 0 };
	utf8_append_visible(&line, str_of(c->path));
	buf_printf(&line, ": %s\n", words[c->how]);
	record_log(r->s.record, run_step(r), 1, buf_str(&line), clock_now());
	if (c->how == CARRIED_SAME)
		return;
	a = record_arena(r->s.record);
	utf8_append_valid(&path, str_of(files_join(a, r->running.root, c->path)));
	value_set(a, f, "type", value_new_string(a, STR("file")));
	value_set(a, f, "path", value_new_string(a, arena_str(a, buf_str(&path))));
	value_set(a, f, "change", value_new_string(a, str_of(words[c->how])));
	value_set(a, f, "size", value_new_integer(a, (long long)c->size));
	value_set(a, f, "from", value_new_string(a, str_of(c->from)));
	record_event(r->s.record, EVENT_ARTIFACT, run_step(r), f);
}

/* How it has ended, as a fault: false. */
static bool run_judge(const struct runner *r, struct error *err)
{
	const char *name = r->s.plan->tasks[r->task].name;
	if (run_accepts(&r->running, r->ran.exit_code))
		return true;
	if (r->ran.out_of_memory)
		return error_set(err, ERROR_BUILD, "%s: ended by the kernel, out of memory", name);
	return error_set(err, ERROR_BUILD, "%s: exit code %d", name, r->ran.exit_code);
}

/* Reports come before the judgement, and do not change it. */
static void run_ended(struct runner *r, const struct work_result *result)
{
	struct error fault = result->error, why;
	bool has_ended = r->ran.exit_code >= 0 && !result->cancelled;
	bool ok = result->ok;
	if (ok && r->carry && !carry_place(r->carry, true, run_carried, r, &fault))
		ok = false;
	if (has_ended && !run_judge(r, &why)) {
		if (!ok)
			run_warning(r, str_of(fault.text));
		run_over(r, false, &why);
		return;
	}
	if (ok && r->carry && !carry_place(r->carry, false, run_carried, r, &fault))
		ok = false;
	run_over(r, ok, &fault);
}

static void run_done(void *data, const struct work_result *result)
{
	struct runner *r = data;
	r->work = NULL;
	loop_untimer(r->s.loop, r->kill_timer);
	r->kill_timer = 0;
	run_ended(r, result);
}

/* ---- its start ---- */

/* Who finds the container later knows by this whose it is. */
static void run_name(struct runner *r)
{
	struct arena *a = r->s.plan->arena;
	struct pair *labels = arena_array(a, r->running.nlabels + 2, sizeof *labels);
	if (!r->s.id)
		return;
	for (size_t i = 0; i < r->running.nlabels; i++)
		labels[i] = r->running.labels[i];
	labels[r->running.nlabels++] = (struct pair){ STR(RUN_BUILD_LABEL), str_of(r->s.id) };
	r->running.labels = labels;
	if (!r->running.name)
		r->running.name = arena_printf(a, "mortar-%s-%zu", r->s.id, r->task);
}

static bool run_fill(struct runner *r, struct error *err)
{
	const struct plan *plan = r->s.plan;
	r->running = *run_of(r);
	r->running.is_planned = true;
	r->ran = (struct run_report){ .exit_code = -1 };
	run_name(r);
	if (r->running.image_task >= 0)
		r->running.image = buf_str(&r->made[r->running.image_task].image_id);
	if (!r->running.image.n)
		return error_set(err, ERROR_PROTOCOL, "the engine has not told the id of the image to run");
	r->running.root = plan->root;
	if (!r->running.copies_in && !r->running.copies_out)
		return true;
	r->running.dir = arena_printf(plan->arena, "%s/run-%zu", r->s.scratch, r->task);
	if (!save_dir(r->running.dir, 0700, err))
		return false;
	r->carry = carry_new(&r->running);
	return true;
}

void runner_start_run(struct runner *r)
{
	struct error err = { 0 };
	int step = steps_of_task(r->s.steps, r->task);
	CHECK(step >= 0);
	runner_single_step(r, step);
	record_event(r->s.record, EVENT_STEP_START, step, NULL);
	struct engine_sink sink = { .log = run_log, .warning = run_warning, .run = run_report,
	                            .done = run_done, .data = r };
	if (run_fill(r, &err))
		r->work = engine_run(r->s.engine, &r->running, &sink, &err);
	if (!r->work)
		run_over(r, false, &err);
}

static void run_kill(struct loop *loop, void *data)
{
	struct runner *r = data;
	(void)loop;
	r->kill_timer = 0;
	engine_cancel(r->work);
}

void runner_stop_run(struct runner *r)
{
	if (!r->kill_timer)
		r->kill_timer = loop_timer(r->s.loop, RUN_KILL_MS, run_kill, r);
	engine_cancel(r->work);
}

/* ---- its image ---- */

/* Nobody has a use for it when the plan is done. */
static bool run_is_temporary(const struct runner *r, size_t task)
{
	const struct image_task *image = &r->s.plan->tasks[task].image;
	bool has_output = false;
	for (size_t i = 0; i < image->noptions; i++)
		has_output = has_output || str_eq(image->options[i].name, STR("output"));
	if (!r->s.plan->image && !has_output)
		return true;
	for (size_t i = 0; i < r->s.plan->ntasks; i++)
		if (r->s.plan->tasks[i].kind == TASK_RUN &&
		    r->s.plan->tasks[i].run.image_task == (int)task)
			return true;
	return false;
}

const struct image_task *runner_image_task(struct runner *r)
{
	const struct image_task *image = &r->s.plan->tasks[r->task].image;
	struct arena *a = r->s.plan->arena;
	owned_buf struct buf tag = { 0 };
	if (r->temporary && r->tagged.recipe == image->recipe)
		return &r->tagged;
	if ((image->tags && image->tags[0]) || r->temporary || !run_is_temporary(r, r->task) ||
	    (r->s.abilities & (ABILITY_CACHE_IS_IMAGES | ABILITY_PUSHES_WITH_IMAGE)))
		return image;
	const char **tags = arena_array(a, 2, sizeof *tags);
	engine_append_temporary_tag(&tag);
	tags[0] = r->temporary = arena_text(a, buf_str(&tag));
	tags[1] = NULL;
	r->tagged = *image;
	r->tagged.tags = tags;
	return &r->tagged;
}
