#include <inttypes.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

/* Rows of the strip that tells more of the step under the cursor. */
enum { STEPS_STRIP = 5, STEPS_STRIP_FROM = 18 };

/* ---- rows ---- */

static struct str steps_section_name(const struct view_build *b, const struct step *s)
{
	if (s->task.n)
		return STR("before the build");
	if (s->internal)
		return STR("engine");
	if (s->group >= 0 && (size_t)s->group < b->build->ngroups)
		return b->build->groups[s->group];
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
		b->sections[i].seconds = 0;
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
	if (now == *folded)
		return false;
	*folded = now;
	b->leads = false;
	view_build_steps_update(b);
	return true;
}

static void steps_fold_all(struct view_build *b, bool folded)
{
	for (size_t i = 0; i < b->nsections; i++)
		b->sections[i].folded = folded;
	b->leads = false;
	view_build_steps_update(b);
}

static bool steps_enter(struct view_build *b)
{
	if (b->steps.cursor >= b->nrows)
		return false;
	if (b->rows[b->steps.cursor].step < 0)
		return steps_fold(b, -1);
	b->pane = BUILD_LOG;
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
	view_build_log_follow(b, false);
	list_go(&b->log, journal_line_of_all(b->journal, b->step, 0));
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

/* ---- drawing ---- */

static void steps_append_bytes(struct buf *out, uint64_t n)
{
	static const char *const units[] = { "B", "k", "M", "G", "T" };
	double size = (double)n;
	size_t unit = 0;
	for (; size >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
		size /= 1000;
	buf_printf(out, unit && size < 100 ? "%.1f%s" : "%.0f%s", size, units[unit]);
}

static void steps_append_right(const struct view_build *b, const struct step *s, struct buf *out)
{
	double seconds = step_seconds(s, view_build_now(b));
	bool loads = s->state == STEP_RUNNING && s->current;
	if (loads && s->total && s->current <= s->total)
		buf_printf(out, "%.0f%% ", 100.0 * (double)s->current / (double)s->total);
	else if (loads) {
		steps_append_bytes(out, s->current);
		buf_append_char(out, ' ');
	}
	if (s->state == STEP_CACHED)
		buf_append(out, STR("cached"));
	else if (s->state == STEP_RUNNING)
		clock_append_seconds(out, (double)(long)seconds);
	else if (s->state != STEP_WAITING && s->state != STEP_SKIPPED && !(s->meta && seconds < 0.05))
		clock_append_seconds(out, seconds);
}

/* The right end is kept free for what stands there. */
static struct pen steps_pen(struct surface *s, struct area row, uint8_t over, struct str right,
                            struct ink ink)
{
	int width = (int)text_width(right);
	int room = width && row.cols >= width + 6 ? width + 1 : 0;
	struct pen pen = pen_at(s, area_cols(row, row.cols - room, room), 0);
	pen.over = over;
	pen_word(&pen, " ", INK(TEXT));
	pen_text(&pen, right, ink);
	pen_fill(&pen, INK(TEXT));
	pen = pen_at(s, area_cols(row, 0, row.cols - room), 0);
	pen.over = over;
	return pen;
}

static void steps_draw_head(struct view_build *b, struct surface *s, struct area row,
                            const struct build_section *c, uint8_t over)
{
	owned_buf struct buf right = { 0 };
	if (c->n)
		buf_printf(&right, "%zu/%zu", c->done, c->n);
	if (c->cached)
		buf_printf(&right, " =%zu", c->cached);
	if (c->folded && c->seconds >= 0.05) {
		buf_append_char(&right, ' ');
		clock_append_seconds(&right, c->seconds);
	}
	struct ink mark = { (uint8_t)view_build_style(c->state), STYLE_NONE };
	struct pen pen = steps_pen(s, row, over, buf_str(&right), INK(FAINT));
	pen_text(&pen, text_sign(c->folded ? SIGN_CLOSED : SIGN_OPEN), INK(FAINT));
	pen_word(&pen, " ", INK(TEXT));
	if (c->folded)
		pen_printf(&pen, mark, "%c ", view_build_mark(b, c->state));
	pen_text(&pen, c->name, INK(STRONG));
	pen_fill(&pen, INK(TEXT));
}

static void steps_draw_step(struct view_build *b, struct surface *s, struct area row, int i,
                            uint8_t over)
{
	const struct step *step = &b->build->steps[i];
	owned_buf struct buf right = { 0 };
	struct ink mark = { (uint8_t)view_build_style(step->state), STYLE_NONE };
	struct ink ink = step->state == STEP_FAILED ? INK(ERROR) : step->meta ? INK(FAINT) :
	                 step->state == STEP_WAITING || step->state == STEP_SKIPPED ? INK(FAINT) :
	                 INK(TEXT);
	steps_append_right(b, step, &right);
	struct pen pen = steps_pen(s, row, over, buf_str(&right),
	                           step->state == STEP_RUNNING ? INK(BUSY) : INK(FAINT));
	pen_printf(&pen, mark, "%c ", view_build_mark(b, step->state));
	if (b->all && row.cols >= 30)
		pen_printf(&pen, INK(FAINT), "#%d ", i);
	pen_text(&pen, step->name, ink);
	if (step->warnings)
		pen_printf(&pen, INK(WARNING), " W%zu", step->warnings);
	pen_fill(&pen, INK(TEXT));
}

static void steps_draw_rows(struct view_build *b, struct surface *s, struct area a)
{
	bool bar = b->nrows > (size_t)(a.rows > 0 ? a.rows : 0);
	struct area lines = area_cols(a, 0, a.cols - bar);
	list_show(&b->steps, a.rows);
	for (int row = 0; row < a.rows && b->steps.top + (size_t)row < b->nrows; row++) {
		size_t i = b->steps.top + (size_t)row;
		const struct build_row *r = &b->rows[i];
		uint8_t over = i != b->steps.cursor ? STYLE_NONE :
		               b->pane == BUILD_STEPS ? STYLE_CURSOR : STYLE_RESTING;
		if (r->step < 0)
			steps_draw_head(b, s, area_rows(lines, row, 1), &b->sections[r->section], over);
		else
			steps_draw_step(b, s, area_rows(lines, row, 1), r->step, over);
	}
	list_draw_bar(&b->steps, s, a);
}

/* ---- more of one step ---- */

static const char *steps_state_text(const struct view_build *b, enum step_state state)
{
	static const char *const names[] = {
		"waiting", "running", "done", "from the cache", "failed", "cancelled", "not come to",
	};
	return state == STEP_RUNNING && !view_build_runs(b) ? "running when the job was lost"
	                                                    : names[state];
}

static void steps_tell_progress(const struct step *s, struct buf *out)
{
	if (!s->current || s->state != STEP_RUNNING)
		return;
	buf_append(out, STR("  "));
	buf_append(out, str_slice(s->progress_id, 0, 40));
	buf_append_char(out, ' ');
	steps_append_bytes(out, s->current);
	if (s->total) {
		buf_append_char(out, '/');
		steps_append_bytes(out, s->total);
	}
}

static void steps_tell(const struct view_build *b, const struct step *s, struct buf *out)
{
	buf_append_text(out, steps_state_text(b, s->state));
	if (s->meta)
		buf_append(out, STR("  makes no layer"));
	if (s->line)
		buf_printf(out, "  Dockerfile:%u", s->line);
	if (s->origin.n) {
		buf_append(out, STR("  from "));
		buf_append(out, s->origin);
	}
	if (s->forecast.n && !str_eq(s->forecast, STR("unknown"))) {
		buf_append(out, STR("  forecast "));
		buf_append(out, s->forecast);
	}
	steps_tell_progress(s, out);
	if (s->error.n) {
		buf_append(out, STR("  "));
		buf_append(out, s->error);
	}
}

static void steps_draw_wrapped(struct surface *s, struct area *a, struct str text, int most,
                               struct ink ink)
{
	for (int row = 0; text.n && row < most && a->rows > 0; row++) {
		size_t width;
		struct area line = area_cut_top(a, 1);
		struct str piece = row + 1 < most && a->rows > 0
		                   ? text_cut(text, (size_t)(a->cols > 0 ? a->cols : 0), &width) : text;
		struct pen pen = pen_at(s, line, 0);
		pen_text(&pen, piece, ink);
		text = str_slice(text, piece.n, text.n);
	}
}

static void steps_draw_strip(struct view_build *b, struct surface *s, struct area a)
{
	int i = b->steps.cursor < b->nrows ? b->rows[b->steps.cursor].step : -1;
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (i < 0)
		return;
	owned_buf struct buf facts = { 0 };
	const struct step *step = &b->build->steps[i];
	steps_tell(b, step, &facts);
	steps_draw_wrapped(s, &a, step->name, a.rows > 2 ? a.rows - 2 : 1, INK(TEXT));
	steps_draw_wrapped(s, &a, buf_str(&facts), 2,
	                   step->state == STEP_FAILED ? INK(ERROR) : INK(FAINT));
}

void view_build_steps_draw(struct view_build *b, struct surface *s, struct area a)
{
	if (a.rows >= STEPS_STRIP_FROM && a.cols >= 24) {
		struct area strip = area_cut_bottom(&a, STEPS_STRIP);
		steps_draw_strip(b, s, strip);
	}
	steps_draw_rows(b, s, a);
}
