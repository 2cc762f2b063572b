/* The build view: places in it and what is copied of it. */
#include "tui/app.h"
#include "tui/docker_command.h"
#include "tui/view_build_inside.h"

static struct list *build_list(struct view *view, size_t i)
{
	struct view_build *b = (struct view_build *)view;
	return i == BUILD_STEPS ? &b->steps : i == BUILD_LOG ? &b->log : NULL;
}

static size_t build_focused(const struct view *view)
{
	return ((const struct view_build *)view)->pane;
}

static int build_row_step(const struct view_build *b)
{
	return b->steps.cursor < b->nrows ? b->rows[b->steps.cursor].step : -1;
}

static void build_focus(struct view *view, size_t i)
{
	struct view_build *b = (struct view_build *)view;
	b->pane = (enum view_build_pane)i;
	if (i == BUILD_LOG) {
		view_build_log_go(b, b->log.cursor);
	} else if (build_row_step(b) >= 0) {
		b->leads = false;
		view_build_steps_go(b, build_row_step(b));
	}
}

/* "steps 4", "log 4 120"; -1 for the log of all. */
static void build_place(struct view *view, struct buf *out)
{
	const struct view_build *b = (const struct view_build *)view;
	if (b->pane == BUILD_STEPS)
		buf_printf(out, "steps %d", build_row_step(b));
	else
		buf_printf(out, "log %d %zu", view_build_log_step(b), b->log.cursor);
}

static bool build_go(struct view *view, struct str place)
{
	struct view_build *b = (struct view_build *)view;
	struct str pane, word = { 0 };
	unsigned long long step = 0, line = 0;
	if (!str_next(&place, ' ', &pane) || !str_next(&place, ' ', &word))
		return false;
	bool all = str_eq(word, STR("-1"));
	if (!all && (!str_number(word, b->build->nsteps, &step) || step >= b->build->nsteps))
		return false;
	b->leads = false;
	if (!all)
		view_build_steps_go(b, (int)step);
	b->pane = BUILD_STEPS;
	if (str_eq(pane, STR("steps")))
		return true;
	if (b->all != all) {
		b->all = all;
		view_build_log_update(b, true);
	}
	if (!str_number(place, (size_t)-1 >> 1, &line) || line >= b->log.n)
		return false;
	view_build_log_go(b, (size_t)line);
	return true;
}

static const char *build_subject(const struct view *view)
{
	return ((const struct view_build *)view)->dir;
}

static bool build_copy_log(struct view_build *b, struct buf *out)
{
	if (b->log.cursor < b->log.n)
		buf_append(out, journal_line(b->journal, view_build_log_step(b), b->log.cursor, &b->scratch,
		                             NULL));
	return out->n > 0;
}

static bool build_copy_step(const struct view_build *b, enum action action, struct buf *out)
{
	int i = b->pane == BUILD_STEPS ? build_row_step(b) : b->step;
	if (i < 0 || (size_t)i >= b->build->nsteps)
		return false;
	const struct step *step = &b->build->steps[i];
	if (action == ACTION_COPY_KEY)
		buf_printf(out, "%d", i);
	else
		buf_append(out, action == ACTION_COPY_PATH ? step->origin : step->name);
	return out->n > 0;
}

static bool build_copy(struct view *view, enum action action, struct buf *out)
{
	struct view_build *b = (struct view_build *)view;
	struct error err;
	if (action == ACTION_COPY_COMMAND) {
		bool ok = docker_command_append(out, b->dir, &err);
		if (!ok)
			app_alert(view->app, "%s", err.text);
		return ok;
	}
	if (action == ACTION_COPY_LOG || (action == ACTION_COPY_LINE && b->pane == BUILD_LOG))
		return build_copy_log(b, out);
	return build_copy_step(b, action, out);
}

const struct view_nav view_build_nav = {
	.list = build_list, .focused = build_focused, .focus = build_focus, .place = build_place,
	.go = build_go, .subject = build_subject, .copy = build_copy,
};
