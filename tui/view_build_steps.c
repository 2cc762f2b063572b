#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/request.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

/* ---- rows ---- */

static struct str steps_section_name(const struct view_build *b, const struct step *s)
{
	if (s->task.n)
		return STR("before the build");
	if (s->internal)
		return STR("engine");
	if (s->group >= 0 && (size_t)s->group < b->build->ngroups)
		return b->build->groups[s->group];
	if (b->build->nbuilds)
		return STR("builds");
	return s->stage.n ? s->stage : STR("image");
}

static size_t steps_section(struct view_build *b, const struct step *s)
{
	struct str name = steps_section_name(b, s);
	bool internal = s->internal;
	for (size_t i = b->nsections; i > 0; i--)
		if (b->sections[i - 1].internal == internal && str_eq(b->sections[i - 1].name, name))
			return i - 1;
	b->sections = xrealloc(b->sections, b->nsections + 1, sizeof *b->sections);
	b->sections[b->nsections] = (struct build_section){ .name = name, .internal = internal };
	return b->nsections++;
}

static bool steps_is_shown(const struct view_build *b, const struct step *s)
{
	return b->metas || !s->meta || s->state == STEP_FAILED;
}

static void steps_add_row(struct view_build *b, int step, size_t section)
{
	if (b->nrows == b->rows_cap) {
		b->rows_cap = b->rows_cap ? 2 * b->rows_cap : 64;
		b->rows = xrealloc(b->rows, b->rows_cap, sizeof *b->rows);
	}
	b->rows[b->nrows++] = (struct build_row){ step, section };
}

/* The state of several: what is wrong first, then what runs. */
static enum step_state steps_worse(enum step_state a, enum step_state b)
{
	static const unsigned char weight[] = {
		[STEP_FAILED] = 7, [STEP_RUNNING] = 6, [STEP_CANCELLED] = 5, [STEP_WAITING] = 4,
		[STEP_SKIPPED] = 3, [STEP_DONE] = 2, [STEP_CACHED] = 1,
	};
	return weight[a] > weight[b] ? a : b;
}

static void steps_count(struct view_build *b, size_t section, const struct step *s)
{
	struct build_section *c = &b->sections[section];
	c->seconds += s->seconds;
	if (s->state == STEP_RUNNING) {
		c->running++;
		c->started += s->started;
	}
	if (s->meta)
		return;
	c->state = c->n++ ? steps_worse(c->state, s->state) : s->state;
	c->done += s->state == STEP_DONE || s->state == STEP_CACHED;
	c->cached += s->state == STEP_CACHED;
}

/* Sections stand in the order of their first steps; a section's steps together. */
static void steps_rebuild(struct view_build *b)
{
	const struct build *build = b->build;
	owned_memory size_t *section_of = xcalloc(build->nsteps + 1, sizeof *section_of);
	for (size_t i = 0; i < b->nsections; i++) {
		b->sections[i].n = b->sections[i].done = b->sections[i].cached = 0;
		b->sections[i].seconds = b->sections[i].started = b->sections[i].running = 0;
	}
	for (size_t i = 0; i < build->nsteps; i++) {
		section_of[i] = steps_section(b, &build->steps[i]);
		steps_count(b, section_of[i], &build->steps[i]);
	}
	b->nrows = 0;
	for (size_t c = 0; c < b->nsections; c++) {
		size_t head = b->nrows;
		steps_add_row(b, -1, c);
		for (size_t i = 0; i < build->nsteps; i++)
			if (section_of[i] == c && !b->sections[c].folded &&
			    steps_is_shown(b, &build->steps[i]))
				steps_add_row(b, (int)i, c);
		if (b->nrows == head + 1 && !b->sections[c].n)
			b->nrows = head;
	}
}

/* Where rows are too few, groups that are done fold while the build goes on, from the
 * first on and no more than needed: what runs stays in sight.  Never the one under the
 * cursor, nor one that the user has folded or unfolded. */
static void steps_fold_done(struct view_build *b, size_t here)
{
	for (size_t c = 0; c < b->nsections && b->nrows > b->steps.height; c++) {
		struct build_section *section = &b->sections[c];
		if (c == here || section->folded || section->kept || !section->n ||
		    section->done < section->n)
			continue;
		section->folded = true;
		steps_rebuild(b);
	}
}

static size_t steps_row_of(const struct view_build *b, int step)
{
	for (size_t i = 0; i < b->nrows; i++)
		if (step >= 0 && b->rows[i].step == step)
			return i;
	return STR_NONE;
}

/* The step to look at: what failed, else what began last, else what wrote last. */
static int steps_leading(const struct view_build *b)
{
	int step = build_failed_step(b->build), running = -1;
	for (size_t i = 0; i < b->build->nsteps; i++) {
		const struct step *s = &b->build->steps[i];
		if (s->state == STEP_RUNNING && !s->meta &&
		    (running < 0 || s->started >= b->build->steps[running].started))
			running = (int)i;
	}
	if (running >= 0 && (step < 0 || view_build_runs(b)))
		return running;
	for (int i = (int)b->build->nsteps - 1; step < 0 && b->step < 0 && i >= 0; i--)
		if (journal_lines(b->journal, i) && !b->build->steps[i].internal)
			step = i;
	return step;
}

void view_build_steps_update(struct view_build *b)
{
	struct build_row was = b->steps.cursor < b->nrows ? b->rows[b->steps.cursor]
	                                                  : (struct build_row){ -1, 0 };
	size_t n = b->nrows;
	steps_rebuild(b);
	if (b->leads && b->steps.height && view_build_runs(b))
		steps_fold_done(b, n ? was.section : STR_NONE);
	list_set_count(&b->steps, b->nrows);
	size_t at = steps_row_of(b, was.step);
	for (size_t i = 0; at == STR_NONE && n && i < b->nrows; i++)
		if (b->rows[i].section == was.section)
			at = i;
	if (at != STR_NONE)
		b->steps.cursor = at;
	int lead = b->leads ? steps_leading(b) : -1;
	if (lead >= 0 && lead != b->step)
		view_build_steps_go(b, lead);
}

void view_build_steps_finish(struct view_build *b)
{
	free(b->sections);
	free(b->rows);
}

/* ---- moving ---- */

/* What the log shows while the head of a section is under the cursor. */
static int steps_of_section(const struct view_build *b, size_t section)
{
	int best = -1;
	for (size_t i = 0; i < b->build->nsteps; i++) {
		const struct step *s = &b->build->steps[i];
		struct str name = steps_section_name(b, s);
		if (!str_eq(name, b->sections[section].name) ||
		    s->internal != b->sections[section].internal)
			continue;
		if (s->state == STEP_FAILED || s->state == STEP_RUNNING)
			return (int)i;
		if (best < 0 || journal_lines(b->journal, (int)i))
			best = (int)i;
	}
	return best;
}

static void steps_select(struct view_build *b)
{
	if (b->steps.cursor >= b->nrows)
		return;
	struct build_row row = b->rows[b->steps.cursor];
	int step = row.step >= 0 ? row.step : steps_of_section(b, row.section);
	if (step == b->step)
		return;
	b->step = step;
	view_build_log_update(b, !b->all);
}

void view_build_steps_mark(struct view_build *b, int step)
{
	size_t at = steps_row_of(b, step);
	if (at != STR_NONE)
		list_go(&b->steps, at);
}

void view_build_steps_go(struct view_build *b, int step)
{
	const struct step *s = &b->build->steps[step];
	b->sections[steps_section(b, s)].folded = false;
	b->metas |= s->meta;
	steps_rebuild(b);
	list_set_count(&b->steps, b->nrows);
	view_build_steps_mark(b, step);
	steps_select(b);
}

bool view_build_steps_by(struct view_build *b, bool down)
{
	for (size_t i = b->steps.cursor; down ? i + 1 < b->nrows : i > 0; ) {
		i = down ? i + 1 : i - 1;
		if (b->rows[i].step < 0)
			continue;
		b->leads = false;
		list_go(&b->steps, i);
		steps_select(b);
		return true;
	}
	return false;
}

static bool steps_to_head(struct view_build *b, bool down)
{
	for (size_t i = b->steps.cursor; down ? i + 1 < b->nrows : i > 0; ) {
		i = down ? i + 1 : i - 1;
		if (b->rows[i].step >= 0)
			continue;
		list_go(&b->steps, i);
		return true;
	}
	return false;
}

static bool steps_fold(struct view_build *b, int fold)
{
	if (b->steps.cursor >= b->nrows)
		return false;
	size_t section = b->rows[b->steps.cursor].section;
	bool *folded = &b->sections[section].folded;
	bool now = fold < 0 ? !*folded : fold;
	b->sections[section].kept = true;
	if (now == *folded)
		return false;
	*folded = now;
	b->leads = false;
	view_build_steps_update(b);
	return true;
}

static void steps_fold_all(struct view_build *b, bool folded)
{
	for (size_t i = 0; i < b->nsections; i++) {
		b->sections[i].folded = folded;
		b->sections[i].kept = true;
	}
	b->leads = false;
	view_build_steps_update(b);
}

/* A step of a batch that has begun is a build. */
static void steps_open(struct view_build *b, struct str id)
{
	struct error err;
	owned(arena) struct arena *scratch = arena_new();
	const char *dir = request_find(arena_text(scratch, id), &err);
	if (dir)
		app_open_build(b->view.app, dir);
	else
		app_alert(b->view.app, "%s", err.text);
}

static bool steps_enter(struct view_build *b)
{
	if (b->steps.cursor >= b->nrows)
		return false;
	int step = b->rows[b->steps.cursor].step;
	if (step < 0)
		return steps_fold(b, -1);
	b->pane = BUILD_LOG;
	if (b->build->steps[step].build.n)
		steps_open(b, b->build->steps[step].build);
	return true;
}

static bool steps_act(struct view_build *b, enum action action)
{
	switch (action) {
	case ACTION_ENTER: return steps_enter(b);
	case ACTION_LEFT: case ACTION_FOLD_CLOSE: return steps_fold(b, 1);
	case ACTION_RIGHT:
		if (steps_fold(b, 0))
			return true;
		b->pane = BUILD_LOG;
		return true;
	case ACTION_FOLD_OPEN: return steps_fold(b, 0);
	case ACTION_FOLD: return steps_fold(b, -1);
	case ACTION_FOLD_ALL: steps_fold_all(b, true); return true;
	case ACTION_FOLD_NONE: steps_fold_all(b, false); return true;
	case ACTION_SECTION_UP: return steps_to_head(b, false);
	case ACTION_SECTION_DOWN: return steps_to_head(b, true);
	default: return false;
	}
}

/* The log of all goes to where the step under the cursor begins. */
static void steps_show_in_all(struct view_build *b)
{
	if (!b->all || b->step < 0 || !journal_lines(b->journal, b->step))
		return;
	view_build_log_put(b, journal_line_of_all(b->journal, b->step, 0));
}

bool view_build_steps_act(struct view_build *b, enum action action, unsigned count)
{
	size_t before = b->steps.cursor;
	bool done = steps_act(b, action) || list_move(&b->steps, action, count, 0);
	if (b->steps.cursor != before) {
		b->leads = false;
		steps_select(b);
		steps_show_in_all(b);
	}
	return done;
}
