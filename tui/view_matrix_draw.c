/* Columns of the matrix and how they fit. */
#include "core/os/clock.h"
#include "tui/view_matrix_inside.h"
#include "tui/wrap.h"

enum { CELL_NAME, CELL_IMAGE, CELL_PROBLEMS, CELL_SHARED, CELL_LAST, CELL_COUNT };

/* most: of columns of the screen.  rank: which go first where there is no room. */
static const struct {
	const char *title;
	int most, rank;
	enum style style;
} cells[CELL_COUNT] = {
	[CELL_NAME] = { "combination", 28, 0, STYLE_LAYER1 },
	[CELL_IMAGE] = { "image", 44, 4, STYLE_TEXT },
	[CELL_PROBLEMS] = { "problems", 22, 2, STYLE_TEXT },
	[CELL_SHARED] = { "shared", 24, 3, STYLE_NUMBER },
	[CELL_LAST] = { "last build", 200, 1, STYLE_TEXT },
};

/* Before the first column: the mark of the state, the box of the choice. */
enum { BOX_COLS = 6 };

/* What the last build needs at least: "cancelled 14:37:01 1m02s" where there is room. */
enum { LAST_LEAST = 24, LAST_SHARE = 3 };

/* ---- texts ---- */

/* Today only the time, else the day. */
static void cell_append_when(double t, struct buf *out)
{
	owned_buf struct buf then = { 0 }, now = { 0 };
	clock_append_local(&then, t);
	clock_append_local(&now, clock_now());
	bool today = str_eq(str_slice(buf_str(&then), 0, 10), str_slice(buf_str(&now), 0, 10));
	buf_append(out, today ? str_slice(buf_str(&then), 11, 8) : str_slice(buf_str(&then), 0, 10));
}

static void cell_append_step(const struct step *s, struct buf *out)
{
	if (s->state == STEP_WAITING) {
		buf_append(out, STR("waits"));
		return;
	}
	buf_append(out, STR("running"));
	if (s->engine.n)
		buf_printf(out, " on %.*s", STR_ARG(s->engine));
	if (s->total)
		buf_printf(out, " %llu/%llu", (unsigned long long)s->current,
		           (unsigned long long)s->total);
	buf_append_char(out, ' ');
	clock_append_seconds(out, (double)(long)step_seconds(s, clock_now()));
}

static bool cell_is_live(const struct step *s)
{
	return s && (s->state == STEP_WAITING || s->state == STEP_RUNNING);
}

static void cell_append_last(const struct view_matrix *v, size_t at, struct buf *out)
{
	const struct step *step = matrix_step(v, at);
	const struct history_item *last = &v->lines[at].last;
	if (cell_is_live(step)) {
		cell_append_step(step, out);
		return;
	}
	if (!last->id) {
		buf_append_text(out, v->next < v->nids ? "" : "never");
		return;
	}
	buf_printf(out, "%s ", history_state_name(last->state));
	cell_append_when(last->started, out);
	if (last->ended > 0) {
		buf_append_char(out, ' ');
		clock_append_seconds(out, last->ended - last->started);
	}
	if (last->error[0] && last->state == HISTORY_FAILED)
		buf_printf(out, ": %s", last->error);
}

static void cell_text(const struct view_matrix *v, size_t at, int cell, struct buf *out)
{
	const struct matrix_row *row = &v->matrix->rows[at];
	switch (cell) {
	case CELL_NAME: buf_append_text(out, row->name); break;
	case CELL_IMAGE: buf_append_text(out, row->image ? row->image : ""); break;
	case CELL_PROBLEMS: batch_append_problems(out, row); break;
	case CELL_SHARED: batch_append_shared(out, v->matrix, row); break;
	default: cell_append_last(v, at, out); break;
	}
}

/* ---- widths ---- */

static void cells_measure(const struct view_matrix *v, int rows, int widths[CELL_COUNT])
{
	for (int c = 0; c < CELL_COUNT; c++) {
		widths[c] = 0;
		for (int row = 0; row < rows && v->list.top + (size_t)row < v->list.n; row++) {
			owned_buf struct buf text = { 0 };
			cell_text(v, v->list.top + (size_t)row, c, &text);
			size_t n = text_width(str_slice(buf_str(&text), 0, 400));
			int width = n < (size_t)cells[c].most ? (int)n : cells[c].most;
			widths[c] = width > widths[c] ? width : widths[c];
		}
		if (widths[c] && widths[c] < (int)strlen(cells[c].title))
			widths[c] = (int)strlen(cells[c].title);
	}
}

/* Columns go by rank until the rest fits; the last one takes what is left. */
static void cells_fit(int cols, int widths[CELL_COUNT])
{
	int least = cols / LAST_SHARE < LAST_LEAST ? cols / LAST_SHARE : LAST_LEAST;
	int last = widths[CELL_LAST] < least ? widths[CELL_LAST] : least;
	for (int rank = CELL_COUNT - 1; rank >= 0; rank--) {
		int sum = BOX_COLS;
		for (int c = 0; c < CELL_COUNT; c++)
			sum += widths[c] ? (c == CELL_LAST ? last : widths[c]) + 1 : 0;
		widths[CELL_LAST] = widths[CELL_LAST] ? last + (cols > sum ? cols - sum : 0) : 0;
		if (sum <= cols + 1)
			return;
		for (int c = 0; c < CELL_COUNT; c++)
			if (cells[c].rank == rank && rank > 0)
				widths[c] = 0;
	}
}

/* ---- drawing ---- */

static char row_mark(const struct view_matrix *v, size_t at, enum style *ret_style)
{
	static const struct { char mark; enum style style; } marks[] = {
		[HISTORY_RUNNING] = { '>', STYLE_BUSY }, [HISTORY_DONE] = { '+', STYLE_GOOD },
		[HISTORY_FAILED] = { '!', STYLE_ERROR }, [HISTORY_CANCELLED] = { 'x', STYLE_WARNING },
		[HISTORY_LOST] = { '?', STYLE_ERROR },
	};
	const struct step *step = matrix_step(v, at);
	const struct history_item *last = &v->lines[at].last;
	*ret_style = STYLE_FAINT;
	if (step && step->state == STEP_WAITING)
		return '.';
	enum history_state state = cell_is_live(step) ? HISTORY_RUNNING : last->state;
	if (!last->id && !cell_is_live(step))
		return ' ';
	*ret_style = marks[state].style;
	return marks[state].mark;
}

static struct ink cell_ink(const struct view_matrix *v, size_t at, int cell)
{
	enum style style = cells[cell].style;
	const struct matrix_row *row = &v->matrix->rows[at];
	if (cell == CELL_LAST)
		row_mark(v, at, &style);
	if (cell == CELL_PROBLEMS)
		style = matrix_errors(row) ? STYLE_ERROR : STYLE_WARNING;
	return (struct ink){ (uint8_t)style, STYLE_NONE };
}

static void cell_draw(struct surface *s, struct area cell, struct str text, uint8_t over,
                      struct ink ink)
{
	struct pen pen = pen_at(s, cell, 0);
	pen.over = over;
	pen_text(&pen, text, ink);
	pen_fill(&pen, INK(TEXT));
}

static void row_draw(const struct view_matrix *v, size_t at, struct surface *s, struct area row,
                     const int widths[CELL_COUNT])
{
	enum style style;
	struct pen pen = pen_at(s, row, 0);
	pen.over = at == v->list.cursor ? STYLE_CURSOR : STYLE_NONE;
	char mark[2] = { row_mark(v, at, &style) };
	pen_word(&pen, mark, (struct ink){ (uint8_t)style, STYLE_NONE });
	pen_word(&pen, v->lines[at].marked ? " [*] " : " [ ] ",
	         v->lines[at].marked ? INK(HOT) : INK(FAINT));
	pen_fill(&pen, INK(TEXT));
	int col = BOX_COLS;
	for (int c = 0; c < CELL_COUNT; c++) {
		owned_buf struct buf text = { 0 };
		if (!widths[c])
			continue;
		cell_text(v, at, c, &text);
		cell_draw(s, area_cols(row, col, widths[c]), buf_str(&text), pen.over,
		          cell_ink(v, at, c));
		col += widths[c] + 1;
	}
}

static void matrix_draw_titles(struct surface *s, struct area row, const int widths[CELL_COUNT])
{
	surface_fill(s, row, INK(PANE));
	int col = BOX_COLS;
	for (int c = 0; c < CELL_COUNT; c++) {
		if (!widths[c])
			continue;
		cell_draw(s, area_cols(row, col, widths[c] + 1), str_of(cells[c].title), STYLE_NONE,
		          INK(PANE));
		col += widths[c] + 1;
	}
	surface_lay(s, row, STYLE_NONE);
}

static void matrix_draw_batch(const struct view_matrix *v, struct pen *pen)
{
	size_t ended = 0, running = 0;
	for (size_t i = 0; i < v->build->nsteps; i++) {
		const struct step *s = &v->build->steps[i];
		running += s->state == STEP_RUNNING;
		ended += s->state != STEP_RUNNING && s->state != STEP_WAITING;
	}
	pen_printf(pen, INK(BARSTRONG), v->build->cancel_requested ? "  cancelling" : "  building");
	pen_printf(pen, INK(BAR), " %zu of %zu done, %zu running", ended, v->build->nsteps, running);
}

static void matrix_draw_title(const struct view_matrix *v, struct surface *s, struct area row)
{
	size_t marked = 0;
	const struct matrix *m = v->matrix;
	for (size_t i = 0; i < m->n; i++)
		marked += v->lines[i].marked;
	struct pen pen = pen_at(s, row, 0);
	pen_word(&pen, " matrix ", INK(BARSTRONG));
	pen_printf(&pen, INK(BAR), " %zu combination%s", m->n, m->n == 1 ? "" : "s");
	if (marked)
		pen_printf(&pen, INK(BARSTRONG), "  %zu marked", marked);
	if (v->build)
		matrix_draw_batch(v, &pen);
	else if (matrix_is_reading(v))
		pen_printf(&pen, INK(BAR), "  reading %zu of %zu", m->next, m->n);
	pen_fill(&pen, INK(BAR));
}

/* What is wrong with the row of the cursor, else what it shares. */
static void matrix_append_more(const struct view_matrix *v, const struct matrix_row *row,
                               struct buf *out)
{
	const struct matrix *m = v->matrix;
	if (row->nproblems)
		buf_append_text(out, row->problems[0]);
	else if (row->clash != STR_NONE)
		buf_printf(out, "the image is also that of %s: they cannot be built beside each other",
		           m->rows[row->clash].name);
	else if (row->with != STR_NONE)
		buf_printf(out, "the first %zu of %zu instructions are those of %s", row->shared,
		           row->nkeys, m->rows[row->with].name);
}

static void matrix_draw_more(const struct view_matrix *v, struct surface *s, struct area a)
{
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (v->list.cursor >= v->matrix->n)
		return;
	const struct matrix_row *row = &v->matrix->rows[v->list.cursor];
	const struct history_item *last = &v->lines[v->list.cursor].last;
	owned_buf struct buf more = { 0 };
	struct pen pen = pen_at(s, a, 0);
	pen_printf(&pen, INK(STRONG), "%s  ", row->name);
	pen_word(&pen, row->image ? row->image : row->read ? "it cannot be built" : "", INK(TEXT));
	if (last->id)
		pen_printf(&pen, INK(FAINT), "  %s", last->id);
	area_cut_top(&a, 1);
	matrix_append_more(v, row, &more);
	wrap_draw(s, a, buf_str(&more), matrix_errors(row) ? INK(ERROR) :
	                                row->warnings ? INK(WARNING) : INK(FAINT));
}

void matrix_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_matrix *v = (struct view_matrix *)view;
	int widths[CELL_COUNT];
	matrix_draw_title(v, s, area_cut_top(&a, 1));
	struct area titles = area_cut_top(&a, a.rows >= 4 ? 1 : 0);
	struct area more = area_cut_bottom(&a, a.rows >= 16 ? 4 : 0);
	list_show(&v->list, a.rows);
	cells_measure(v, a.rows, widths);
	cells_fit(a.cols - 1, widths);
	matrix_draw_titles(s, titles, widths);
	if (more.rows)
		matrix_draw_more(v, s, more);
	for (int row = 0; row < a.rows && v->list.top + (size_t)row < v->list.n; row++)
		row_draw(v, v->list.top + (size_t)row, s,
		         area_rows(area_cols(a, 0, a.cols - 1), row, 1), widths);
	list_draw_bar(&v->list, s, a);
}
