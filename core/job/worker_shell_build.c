/* The Dockerfile up to the step, built: what that build has left in the cache serves most of
 * it. */
#include <string.h>

#include "core/job/prepare.h"
#include "core/job/worker_shell.h"
#include "core/os/clock.h"

enum { BUILD_NAMES = 3, BUILD_PATIENCE_MS = 2000 };

/* ---- what is told ---- */

/* What the cache serves is no news: a step is named once it has something to say, or takes
 * its time, or has ended. */
static void build_name_step(struct worker_shell *w)
{
	loop_untimer(w->loop, w->name_timer);
	w->name_timer = 0;
	if (w->naming)
		worker_shell_say(w, "line %u: %.*s", w->naming->first_line,
		                 STR_ARG(str_slice(w->naming->text, 0, str_find(w->naming->text, '\n'))));
	w->naming = NULL;
}

static void build_takes_time(struct loop *loop, void *data)
{
	(void)loop;
	build_name_step(data);
}

/* buildah's own words beside its steps. */
static bool build_is_mark(const struct worker_shell *w, struct str line)
{
	size_t hex = 0;
	if (w->engine_facts->numbering != NUMBERING_BUILDAH)
		return false;
	while (hex < line.n && memchr("0123456789abcdef", line.p[hex], 16))
		hex++;
	return str_has_prefix(line, STR("--> ")) || (line.n == 64 && hex == line.n);
}

static void build_flush(struct worker_shell *w)
{
	struct str line = buf_str(&w->line);
	if (line.n && build_is_mark(w, line)) {
		w->naming = NULL;
	} else if (line.n) {
		build_name_step(w);
		worker_shell_say(w, "  %.*s", STR_ARG(line));
	}
	buf_clear(&w->line);
}

static void build_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct worker_shell *w = data;
	(void)stream, (void)t;
	if (key != w->key)
		build_flush(w);
	w->key = key;
	for (size_t eol; (eol = str_find(bytes, '\n')) != STR_NONE;
	     bytes = str_slice(bytes, eol + 1, bytes.n)) {
		buf_append(&w->line, str_slice(bytes, 0, eol));
		build_flush(w);
	}
	buf_append(&w->line, bytes);
}

static void build_step(void *data, const struct step_report *s)
{
	struct worker_shell *w = data;
	const struct instruction *in = s->instruction >= 0 ? &w->cut->instructions[s->instruction]
	                                                   : NULL;
	if (!in || !s->started)
		return;
	loop_untimer(w->loop, w->name_timer);
	w->name_timer = 0;
	if (!s->ended) {
		w->naming = in;
		w->name_timer = loop_timer(w->loop, BUILD_PATIENCE_MS, build_takes_time, w);
	} else if (w->naming == in && !s->cached && instruction_makes_layer(in->kind)) {
		build_name_step(w);
	} else {
		w->naming = NULL;
	}
}

static void build_progress(void *data, uint64_t key, struct str id, uint64_t current,
                           uint64_t total)
{
	(void)data, (void)key, (void)id, (void)current, (void)total;
}

/* The build has said it before. */
static void build_warned(void *data, struct str text)
{
	(void)data, (void)text;
}

/* Files are as they are now, which may not be as they were. */
static void build_tell_changes(const struct worker_shell *w, const struct context *c)
{
	owned_buf struct buf names = { 0 };
	size_t n = 0;
	for (size_t i = 0; w->site.copies && i < context_count(c); i++) {
		const struct entry *e = context_entry(c, i);
		if (!e->dir || (double)e->mtime_ns / 1e9 <= w->build->started)
			continue;
		if (n++ < BUILD_NAMES)
			buf_printf(&names, "%s%s", names.n ? ", " : "", e->path);
	}
	if (n)
		worker_shell_say(w, "note: changed since that build, and in the shell as now: %s%s",
		                 buf_text(&names), n > BUILD_NAMES ? " and more" : "");
}

/* ---- doing it ---- */

static void build_done(void *data, const struct work_result *result)
{
	struct worker_shell *w = data;
	w->work = NULL;
	build_flush(w);
	w->naming = NULL;
	loop_untimer(w->loop, w->name_timer);
	if (!result->ok) {
		w->err = result->error;
		if (!w->stopped)
			error_prefix(&w->err, "building up to the step before");
		worker_shell_end(w);
		return;
	}
	/* By its id: a name may be taken by another. */
	w->image = arena_str(w->io->arena, result->image_id);
	w->was_made = true;
	worker_shell_run(w);
}

static bool build_prepare(struct worker_shell *w, struct error *err)
{
	struct arena *a = w->io->arena;
	const struct plan *plan = w->facts.replan.plan;
	if (w->why_no_plan.code) {
		*err = w->why_no_plan;
		return error_prefix(err, "what this build was made from cannot be had");
	}
	const struct source *source = source_new(a, STR("Dockerfile"), NULL, w->site.text);
	w->cut = recipe_parse(source, (struct str){ 0 }, w->problems);
	if (!w->cut)
		return error_set(err, ERROR_PROJECT, "the Dockerfile cannot be cut before its line %u",
		                 w->recipe->instructions[w->site.instruction].first_line);
	if (!prepare_context(plan, err))
		return false;
	build_tell_changes(w, plan_image(plan)->context);
	return true;
}

/* The level does nothing but give its arguments their values of then. */
static void build_fill_task(struct worker_shell *w)
{
	struct arena *a = w->io->arena;
	const struct image_task *whole = plan_image(w->facts.replan.plan);
	struct pair *options = arena_array(a, whole->noptions + 1, sizeof *options);
	const char **tags = arena_array(a, 2, sizeof *tags);
	size_t n = 0;
	for (size_t i = 0; i < whole->noptions; i++) {
		struct str name = whole->options[i].name;
		if (!str_eq(name, STR("target")) && !str_eq(name, STR("pull")) &&
		    !str_has_prefix(name, STR("label:")))
			options[n++] = whole->options[i];
	}
	if (!(w->engine_facts->abilities & ABILITY_CACHE_IS_IMAGES)) {
		owned_buf struct buf tag = { 0 };
		engine_append_temporary_tag(&tag);
		w->tag = tags[0] = arena_text(a, buf_str(&tag));
	}
	w->task = *whole;
	w->task.recipe = w->cut;
	w->task.level = (struct level_effect){ .name = whole->level.name, .args = whole->level.args,
	                                       .nargs = whole->level.nargs, .first_forced = -1 };
	w->task.tags = tags;
	w->task.options = options;
	w->task.noptions = n;
}

void worker_shell_build(struct worker_shell *w)
{
	struct engine_sink sink = { .step = build_step, .log = build_log, .progress = build_progress,
	                            .warning = build_warned, .done = build_done, .data = w };
	w->from_layer = false;
	if (!build_prepare(w, &w->err)) {
		worker_shell_end(w);
		return;
	}
	build_fill_task(w);
	w->work = engine_image(w->engine, &w->task, &sink);
}
