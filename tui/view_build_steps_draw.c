#include "core/os/clock.h"
#include "tui/view_build_inside.h"
#include "tui/wrap.h"

/* Rows of the strip that tells more of the step under the cursor. */
enum { STEPS_STRIP = 5, STEPS_STRIP_FROM = 18 };
/* Columns from which a section that is open has its sum. */
enum { STEPS_SUM_FROM = 44 };

/* What stands at a step's right end: a wrong forecast, how much of it is loaded, how long
 * it takes and usually took.  Returns how it is drawn. */
static enum style steps_append_right(const struct view_build *b, const struct step *s,
                                     struct buf *out)
{
	double seconds = step_seconds(s, view_build_now(b));
	const char *wrong = usual_wrong_forecast(s);
	owned_buf struct buf usual = { 0 };
	bool slow = usual_append_step(b->usual, s, seconds, &usual);
	if (wrong)
		buf_printf(out, "%s ", wrong);
	if (s->state == STEP_RUNNING)
		view_build_append_share(s, out);
	if (slow)
		buf_printf(out, "%s ", buf_text(&usual));
	if (s->state == STEP_CACHED)
		buf_append(out, STR("cached"));
	else if (s->state == STEP_RUNNING)
		view_build_append_took(b, seconds, true, out);
	else if (s->state != STEP_WAITING && s->state != STEP_SKIPPED && !(s->meta && seconds < 0.05))
		clock_append_seconds(out, seconds);
	if (!slow && usual.n)
		buf_printf(out, out->n ? " %s" : "%s", buf_text(&usual));
	return slow || (wrong && s->state != STEP_CACHED) ? STYLE_WARNING :
	       s->state == STEP_RUNNING ? STYLE_BUSY : STYLE_FAINT;
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

/* The sum of its steps; each second of those that run side by side counts. */
static double steps_section_seconds(const struct view_build *b, const struct build_section *c)
{
	double now = view_build_now(b), since = c->running * now - c->started;
	return c->seconds + (since > 0 ? since : 0);
}

static void steps_draw_head(struct view_build *b, struct surface *s, struct area row,
                            const struct build_section *c, uint8_t over)
{
	owned_buf struct buf right = { 0 };
	if (c->n)
		buf_printf(&right, "%zu/%zu", c->done, c->n);
	if (c->cached)
		buf_printf(&right, " =%zu", c->cached);
	double seconds = steps_section_seconds(b, c);
	if (seconds >= 0.05 && (c->folded || row.cols >= STEPS_SUM_FROM)) {
		buf_append_char(&right, ' ');
		view_build_append_took(b, seconds, c->state == STEP_RUNNING, &right);
	}
	struct ink mark = { (uint8_t)view_build_style(c->state), STYLE_NONE };
	struct pen pen = steps_pen(s, row, over, buf_str(&right), INK(FAINT));
	pen_text(&pen, text_sign(c->folded ? SIGN_CLOSED : SIGN_OPEN), INK(FAINT));
	pen_word(&pen, " ", INK(TEXT));
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
	struct ink told = { (uint8_t)steps_append_right(b, step, &right), STYLE_NONE };
	struct pen pen = steps_pen(s, row, over, buf_str(&right), told);
	pen_printf(&pen, mark, "%c ", view_build_mark(b, step->state));
	if (b->all && row.cols >= 30)
		pen_printf(&pen, INK(FAINT), "#%d ", i);
	pen_text(&pen, step->name, ink);
	if (step->engine.n) {
		pen_word(&pen, " on ", INK(FAINT));
		pen_text(&pen, step->engine, INK(FAINT));
	}
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

static void steps_tell(const struct view_build *b, const struct step *s, struct buf *out)
{
	owned_buf struct buf usual = { 0 }, line = { 0 };
	buf_append_text(out, steps_state_text(b, s->state));
	if (s->meta)
		buf_append(out, STR("  makes no layer"));
	if (s->engine.n)
		buf_printf(out, "  on %.*s", STR_ARG(s->engine));
	if (s->line)
		buf_printf(&line, "Dockerfile:%u", s->line);
	if (s->line)
		buf_printf(out, "  %s", buf_text(&line));
	if (s->origin.n) {
		struct str root = b->build->root, origin = s->origin;
		/* Below the project its path says where. */
		if (root.n && str_has_prefix(origin, root) && origin.n > root.n && origin.p[root.n] == '/')
			origin = str_slice(origin, root.n + 1, origin.n);
		if (!str_eq(origin, buf_str(&line)))
			buf_printf(out, "  from %.*s", STR_ARG(origin));
	}
	if (usual_wrong_forecast(s))
		buf_printf(out, "  forecast %s, but it %s", s->state == STEP_CACHED ? "miss" : "hit",
		           s->state == STEP_CACHED ? "came from the cache" : "ran");
	else if (s->forecast.n && !str_eq(s->forecast, STR("unknown"))) {
		buf_append(out, STR("  forecast "));
		buf_append(out, s->forecast);
	}
	usual_append_range(b->usual, s, &usual);
	if (usual.n)
		buf_printf(out, "  %s", buf_text(&usual));
	if (s->error.n) {
		buf_append(out, STR("  "));
		buf_append(out, s->error);
	}
}

static void steps_draw_wrapped(struct surface *s, struct area *a, struct str text, int most,
                               struct ink ink)
{
	int rows = wrap_rows(text, a->cols, most < a->rows ? most : a->rows);
	if (text.n && a->rows > 0)
		wrap_draw(s, area_cut_top(a, rows), text, ink);
}

/* The step under the cursor, or NULL. */
static const struct step *steps_here(const struct view_build *b)
{
	int i = b->steps.cursor < b->nrows ? b->rows[b->steps.cursor].step : -1;
	return i < 0 ? NULL : &b->build->steps[i];
}

static int steps_strip_rows(const struct view_build *b, int rows)
{
	const struct step *step = steps_here(b);
	int parts = step ? view_build_parts_rows(step) : 0;
	return STEPS_STRIP + (parts < rows / 4 ? parts : rows / 4);
}

static void steps_draw_strip(struct view_build *b, struct surface *s, struct area a)
{
	const struct step *step = steps_here(b);
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (!step)
		return;
	owned_buf struct buf facts = { 0 };
	struct area parts = area_cut_bottom(&a, a.rows + 1 - STEPS_STRIP);
	if (parts.rows > 0)
		view_build_parts_draw(b, s, parts, step);
	steps_tell(b, step, &facts);
	steps_draw_wrapped(s, &a, step->name, a.rows > 2 ? a.rows - 2 : 1, INK(TEXT));
	steps_draw_wrapped(s, &a, buf_str(&facts), 2,
	                   step->state == STEP_FAILED ? INK(ERROR) : INK(FAINT));
}

void view_build_steps_draw(struct view_build *b, struct surface *s, struct area a)
{
	if (a.rows >= STEPS_STRIP_FROM && a.cols >= 24) {
		struct area strip = area_cut_bottom(&a, steps_strip_rows(b, a.rows));
		steps_draw_strip(b, s, strip);
	}
	steps_draw_rows(b, s, a);
}
