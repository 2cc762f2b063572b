#include "core/os/clock.h"
#include "tui/view_build_inside.h"
#include "tui/wrap.h"

/* Columns from which it is said how long it will last. */
enum { HEAD_LEFT_FROM = 60 };

struct step_counts view_build_count(const struct build *b)
{
	struct step_counts c = { 0 };
	for (size_t i = 0; i < b->nsteps; i++)
		if (!b->steps[i].meta && !b->steps[i].internal) {
			c.of[b->steps[i].state]++;
			c.all++;
		}
	return c;
}

static const char *head_state(const struct view_build *b)
{
	const struct build *build = b->build;
	if (build->done)
		return build->ok ? "DONE" : build->cancelled ? "CANCELLED" : "FAILED";
	if (b->state == JOURNAL_LOST)
		return "LOST";
	return build->cancel_requested || b->cancels ? "CANCELLING" : "RUNNING";
}

static void head_word(struct pen *pen, struct str word, struct ink ink)
{
	/* Half a word says little; a whole one or none. */
	if (!word.n || pen_left(pen) < 4)
		return;
	pen_word(pen, "  ", INK(BAR));
	pen_text(pen, word, ink);
}

static void head_draw_title(const struct view_build *b, struct surface *s, struct area a)
{
	const struct build *build = b->build;
	owned_buf struct buf right = { 0 }, profiles = { 0 };
	bool bad = (build->done && !build->ok) || b->state == JOURNAL_LOST;
	buf_append_char(&right, ' ');
	if (view_build_replays(b))
		view_build_replay_tell(b, &right);
	else
		buf_append_text(&right, head_state(b));
	buf_append_char(&right, ' ');
	if (build->started > 0)
		view_build_append_took(b, view_build_now(b) - build->started, true, &right);
	buf_append_char(&right, ' ');
	size_t before = right.n;
	if (a.cols >= HEAD_LEFT_FROM && view_build_runs(b))
		usual_append_left(b->usual, build, view_build_now(b), &right);
	if (right.n > before)
		buf_append_char(&right, ' ');
	for (size_t i = 0; i < build->nprofiles; i++) {
		if (i)
			buf_append_char(&profiles, ',');
		buf_append(&profiles, build->profiles[i]);
	}
	int width = (int)right.n < a.cols ? (int)right.n : a.cols;
	struct area left = area_cols(a, 0, a.cols - width);
	struct pen pen = pen_at(s, left, 0);
	pen_word(&pen, " ", INK(BAR));
	pen_text(&pen, build->title.n ? build->title : build->id, INK(BARSTRONG));
	head_word(&pen, buf_str(&profiles), INK(BAR));
	head_word(&pen, build->level, INK(BAR));
	head_word(&pen, build->engine_version.n ? build->engine_version : build->engine, INK(BAR));
	head_word(&pen, build->member, INK(BAR));
	if (build->lost.n)
		head_word(&pen, STR("begun anew"), INK(BAR));
	if (a.cols >= 110)
		head_word(&pen, build->id, INK(BAR));
	pen_fill(&pen, INK(BAR));
	pen = pen_at(s, area_cols(a, a.cols - width, width), 0);
	pen_text(&pen, buf_str(&right), bad ? INK(BARALERT) : INK(BARSTRONG));
	pen_fill(&pen, INK(BAR));
}

/* A cell for each part of the steps: what came from the cache first. */
static void head_draw_cells(const struct view_build *b, struct pen *pen, int cells,
                            const struct step_counts *c)
{
	static const enum step_state order[] = {
		STEP_CACHED, STEP_DONE, STEP_FAILED, STEP_CANCELLED, STEP_RUNNING, STEP_WAITING,
		STEP_SKIPPED,
	};
	size_t before = 0;
	pen_word(pen, "[", INK(BORDER));
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		size_t from = c->all ? before * (size_t)cells / c->all : 0;
		before += c->of[order[i]];
		size_t to = c->all ? before * (size_t)cells / c->all : 0;
		char mark[2] = { order[i] == STEP_DONE ? '#' : view_build_mark(b, order[i]) };
		for (; from < to; from++)
			pen_word(pen, mark, (struct ink){ (uint8_t)view_build_style(order[i]), STYLE_NONE });
	}
	if (!c->all)
		for (; cells > 0; cells--)
			pen_word(pen, ".", INK(FAINT));
	pen_word(pen, "]", INK(BORDER));
}

static void head_draw_bar(const struct view_build *b, struct surface *s, struct area a)
{
	static const enum step_state told[] = {
		STEP_CACHED, STEP_DONE, STEP_RUNNING, STEP_WAITING, STEP_CANCELLED, STEP_SKIPPED,
		STEP_FAILED,
	};
	struct step_counts c = view_build_count(b->build);
	owned_buf struct buf sum = { 0 }, all = { 0 };
	buf_printf(&sum, " %zu/%zu", c.of[STEP_CACHED] + c.of[STEP_DONE], c.all);
	buf_append(&all, buf_str(&sum));
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (i < 4 || told[i] == STEP_FAILED || c.of[told[i]])
			buf_printf(&all, " %c%zu", view_build_mark(b, told[i]), c.of[told[i]]);
	struct pen pen = pen_at(s, a, 0);
	int cells = a.cols - (int)all.n - 3;
	if (cells >= 4)
		head_draw_cells(b, &pen, cells, &c);
	pen_text(&pen, buf_str(&sum), INK(STRONG));
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		enum style style = c.of[told[i]] ? view_build_style(told[i]) : STYLE_FAINT;
		if (i < 4 || told[i] == STEP_FAILED || c.of[told[i]])
			pen_printf(&pen, (struct ink){ (uint8_t)style, STYLE_NONE }, " %c%zu",
			           view_build_mark(b, told[i]), c.of[told[i]]);
	}
	pen_fill(&pen, INK(TEXT));
}

void view_build_head_draw(const struct view_build *b, struct surface *s, struct area a)
{
	head_draw_title(b, s, area_cut_top(&a, 1));
	if (a.rows > 0)
		head_draw_bar(b, s, a);
}

/* ---- the end ---- */

static void end_built(const struct view_build *b, int cols, struct buf *out)
{
	const struct build *build = b->build;
	struct step_counts c = view_build_count(build);
	buf_append(out, STR("built "));
	buf_append(out, build->title);
	buf_append(out, STR(" in "));
	clock_append_seconds(out, build->ended - build->started);
	if (!build->nbuilds)
		buf_printf(out, ", %zu of %zu steps cached", c.of[STEP_CACHED], c.all);
	struct str id = build->image_id;
	if (str_has_prefix(id, STR("sha256:")))
		id = str_slice(id, 7, 12);
	/* Only where it costs no second line. */
	if (id.n && text_width(buf_str(out)) + id.n + 8 <= (size_t)cols)
		buf_printf(out, ", image %.*s", STR_ARG(id));
}

/* What was said of cancelling. */
static void end_note(const struct build *build, struct buf *out)
{
	if (!build->cancel_note.n)
		return;
	buf_append(out, STR(": "));
	buf_append(out, build->cancel_note);
}

static enum style end_text(const struct view_build *b, int cols, struct buf *out)
{
	const struct build *build = b->build;
	if (build->done && build->ok) {
		end_built(b, cols, out);
		return STYLE_GOOD;
	}
	if (build->done) {
		buf_append_text(out, build->cancelled ? "cancelled after " : "failed after ");
		clock_append_seconds(out, build->ended - build->started);
		if (build->error.n && !str_eq(build->error, STR("cancelled"))) {
			buf_append(out, STR(": "));
			buf_append(out, build->error);
		}
		end_note(build, out);
		return build->cancelled ? STYLE_WARNING : STYLE_ERROR;
	}
	if (b->state == JOURNAL_LOST) {
		buf_append(out, STR("lost: the job of this build is gone (killed, or the machine "
		                    "stopped); its journal ends here"));
		return STYLE_ERROR;
	}
	if (build->cancel_requested || b->cancels) {
		buf_append_text(out, build->engine_busy ? "cancel requested, engine still busy"
		                                        : "cancel requested");
		end_note(build, out);
		if (!build->cancel_note.n)
			buf_append(out, STR(": waiting for the engine to stop"));
		return STYLE_WARNING;
	}
	if (build->nwarnings) {
		buf_append(out, STR("warning: "));
		buf_append(out, build->warnings[build->nwarnings - 1]);
		if (build->nwarnings > 1)
			buf_printf(out, " (the last of %zu)", build->nwarnings);
		return STYLE_WARNING;
	}
	return STYLE_NONE;
}

int view_build_end_rows(const struct view_build *b, struct area a)
{
	owned_buf struct buf text = { 0 };
	int most = a.rows >= 16 ? 3 : a.rows >= 9 ? 2 : 1;
	if (a.rows < 4 || a.cols < 1 || end_text(b, a.cols, &text) == STYLE_NONE)
		return 0;
	return wrap_rows(buf_str(&text), a.cols, most);
}

void view_build_end_draw(const struct view_build *b, struct surface *s, struct area a)
{
	owned_buf struct buf text = { 0 };
	enum style style = end_text(b, a.cols, &text);
	if (style != STYLE_NONE)
		wrap_draw(s, a, buf_str(&text), (struct ink){ (uint8_t)style, STYLE_NONE });
}
