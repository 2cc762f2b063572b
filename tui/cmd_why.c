/* mortar why: why steps of a build ran. */
#include "core/base/utf8.h"
#include "core/history/why.h"
#include "core/job/job.h"
#include "core/journal/find_step.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tui/command.h"

static void why_append_step(struct buf *out, const struct build *build, const struct why_step *w)
{
	const struct forecast_step *f = &w->forecast;
	const struct step *s = &build->steps[f->step];
	owned_buf struct buf took = { 0 };
	clock_append_seconds(&took, s->seconds);
	buf_printf(out, "%3d %7s  ", f->step, buf_text(&took));
	utf8_append_visible(out, s->name);
	buf_append_text(out, "\n             ");
	utf8_append_visible(out, f->sentence);
	buf_append_char(out, '\n');
	for (size_t i = 1; i < f->nfiles; i++) {
		buf_printf(out, "             %c ", "+-~m"[f->files[i].change]);
		utf8_append_visible(out, f->files[i].path);
		buf_append_char(out, '\n');
	}
	if (f->nfiles && f->files_count > f->nfiles)
		buf_printf(out, "             %zu files more\n", f->files_count - f->nfiles);
	if (f->cause.n) {
		buf_append_text(out, "             from ");
		utf8_append_visible(out, f->cause);
		buf_append_char(out, '\n');
	}
}

static void why_text(struct buf *out, const struct build *build, const struct why *w, int step)
{
	if (w->against.n) {
		buf_append_text(out, "against build ");
		utf8_append_visible(out, w->against);
		buf_append_char(out, '\n');
	}
	for (size_t i = 0; i < w->nsteps; i++)
		if (step < 0 || w->steps[i].forecast.step == step)
			why_append_step(out, build, &w->steps[i]);
	if (w->note.n)
		buf_printf(out, "%.*s\n", STR_ARG(w->note));
}

/* Of a step that did not run there is no reason. */
static void why_say_none(const struct build *build, const struct why *w, int step)
{
	if (step < 0 && !w->nsteps)
		command_say("mortar: nothing ran: all steps came from the cache");
	else if (step >= 0 && !why_find(w, step))
		command_say("mortar: step %d did not run%s", step,
		            build->steps[step].state == STEP_CACHED ? ": it came from the cache"
		            : build->steps[step].meta ? ": it makes no layer" : "");
}

static int why_print(struct arena *arena, const struct build *build, const struct why *w,
                     int step, bool json)
{
	owned_buf struct buf out = { 0 };
	if (json) {
		value_write_json(&out, why_value(arena, build, w, step), JSON_FILE);
		buf_append_char(&out, '\n');
		return command_output(buf_str(&out));
	}
	why_say_none(build, w, step);
	if (step < 0 ? w->nsteps > 0 : why_find(w, step) != NULL)
		why_text(&out, build, w, step);
	return command_output(buf_str(&out));
}

int cmd_why(struct arena *arena, const struct args *args)
{
	struct error err;
	struct why why;
	int step = -1;
	const char *dir = request_find(args->noperands ? args->operands[0] : NULL, &err);
	owned(build) struct build *build = dir ? build_read(dir, &err) : NULL;
	if (!build)
		return command_fail(&err);
	if (args->noperands > 1 && !build_find_step(build, args->operands[1], &step, &err))
		return command_fail(&err);
	const char *before_dir = why_before(arena, dir, false);
	owned(build) struct build *before = before_dir ? build_read(before_dir, &err) : NULL;
	why_make(arena, dir, build, before ? before_dir : NULL, before, &why);
	return why_print(arena, build, &why, step, args_has(args, "json"));
}
