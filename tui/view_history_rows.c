#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/view_history_inside.h"

/* ---- columns ---- */

enum column {
	COLUMN_WHEN, COLUMN_PROJECT, COLUMN_PROFILES, COLUMN_LEVEL, COLUMN_ENGINE, COLUMN_TOOK,
	COLUMN_RESULT, COLUMN_ID, COLUMN_COUNT,
};

/* most: of columns of the screen.  rank: which go first where there is no room. */
static const struct {
	const char *title;
	int most, rank;
} columns[COLUMN_COUNT] = {
	[COLUMN_WHEN] = { "when", 16, 1 }, [COLUMN_PROJECT] = { "project", 24, 0 },
	[COLUMN_PROFILES] = { "profiles", 24, 4 }, [COLUMN_LEVEL] = { "level", 10, 5 },
	[COLUMN_ENGINE] = { "engine", 14, 6 }, [COLUMN_TOOK] = { "took", 7, 2 },
	[COLUMN_RESULT] = { "result", 200, 3 }, [COLUMN_ID] = { "id", 22, 7 },
};

static void row_append_profiles(const struct history_item *item, struct buf *out)
{
	for (size_t i = 0; i < item->nprofiles; i++) {
		if (i)
			buf_append_char(out, ',');
		buf_append_text(out, item->profiles[i]);
	}
}

/* Today only the time, else also the day. */
static void row_append_when(const struct history_item *item, struct buf *out)
{
	owned_buf struct buf then = { 0 }, now = { 0 };
	clock_append_local(&then, item->started);
	clock_append_local(&now, clock_now());
	bool today = str_eq(str_slice(buf_str(&then), 0, 10), str_slice(buf_str(&now), 0, 10));
	buf_append(out, today ? str_slice(buf_str(&then), 11, 8) : str_slice(buf_str(&then), 0, 16));
}

static void row_append_took(const struct history_item *item, struct buf *out)
{
	double took = item->ended > 0 ? item->ended - item->started :
	              item->state == HISTORY_RUNNING ? (double)(long)(clock_now() - item->started) : -1;
	if (took >= 0)
		clock_append_seconds(out, took);
}

static void row_append_result(const struct history_item *item, struct buf *out)
{
	buf_append_text(out, history_state_name(item->state));
	if (item->error[0] && item->state != HISTORY_CANCELLED) {
		buf_append(out, STR(": "));
		buf_append_text(out, item->error);
	} else if (item->image[0] && item->state != HISTORY_LOST) {
		buf_append_char(out, ' ');
		buf_append_text(out, item->image);
	}
}

static void row_append(const struct history_item *item, enum column column, struct buf *out)
{
	switch (column) {
	case COLUMN_WHEN: row_append_when(item, out); break;
	case COLUMN_PROJECT: buf_append_text(out, item->project); break;
	case COLUMN_PROFILES: row_append_profiles(item, out); break;
	case COLUMN_LEVEL: buf_append_text(out, item->level); break;
	case COLUMN_ENGINE: buf_append_text(out, item->engine); break;
	case COLUMN_TOOK: row_append_took(item, out); break;
	case COLUMN_RESULT: row_append_result(item, out); break;
	case COLUMN_ID: buf_append_text(out, item->id); break;
	case COLUMN_COUNT: break;
	}
}

void history_row_text(const struct history_item *item, struct buf *out)
{
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		row_append(item, c, out);
		buf_append_char(out, ' ');
	}
	buf_append_text(out, item->kind);
	buf_append_char(out, ' ');
	buf_append_text(out, item->root);
}

/* ---- widths ---- */

/* As wide as what is on the screen needs; 0: no room for the column. */
static void rows_measure(const struct view_history *h, int rows, int widths[COLUMN_COUNT])
{
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		widths[c] = 0;
	for (int row = 0; row < rows && h->list.top + (size_t)row < h->list.n; row++) {
		const struct history_item *item = &h->items[h->shown[h->list.top + (size_t)row]];
		for (enum column c = 0; c < COLUMN_COUNT; c++) {
			owned_buf struct buf text = { 0 };
			row_append(item, c, &text);
			size_t n = text_width(str_slice(buf_str(&text), 0, 400));
			int width = n < (size_t)columns[c].most ? (int)n : columns[c].most;
			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		int title = (int)strlen(columns[c].title);
		if (widths[c] && widths[c] < title)
			widths[c] = title;
	}
}

/* Columns go by rank until the rest fits; the result needs little and takes all that
 * is left. */
static void rows_fit(int cols, int widths[COLUMN_COUNT])
{
	enum { LEAST = 12 };
	int result = widths[COLUMN_RESULT] < LEAST ? widths[COLUMN_RESULT] : LEAST;
	for (int rank = COLUMN_COUNT - 1; rank >= 0; rank--) {
		int sum = 2;
		for (enum column c = 0; c < COLUMN_COUNT; c++)
			sum += widths[c] ? (c == COLUMN_RESULT ? result : widths[c]) + 1 : 0;
		widths[COLUMN_RESULT] = widths[COLUMN_RESULT] ? result + (cols > sum ? cols - sum : 0) : 0;
		if (sum <= cols + 1)
			return;
		for (enum column c = 0; c < COLUMN_COUNT; c++)
			if (columns[c].rank == rank && rank > 0)
				widths[c] = 0;
	}
}

/* ---- drawing ---- */

static char row_mark(enum history_state state, enum style *ret_style)
{
	static const struct { char mark; enum style style; } marks[] = {
		[HISTORY_RUNNING] = { '>', STYLE_BUSY }, [HISTORY_DONE] = { '+', STYLE_GOOD },
		[HISTORY_FAILED] = { '!', STYLE_ERROR }, [HISTORY_CANCELLED] = { 'x', STYLE_WARNING },
		[HISTORY_LOST] = { '?', STYLE_ERROR },
	};
	*ret_style = marks[state].style;
	return marks[state].mark;
}

static struct ink row_ink(enum column column, const struct history_item *item)
{
	static const enum style styles[COLUMN_COUNT] = {
		[COLUMN_WHEN] = STYLE_FAINT, [COLUMN_PROJECT] = STYLE_STRONG,
		[COLUMN_PROFILES] = STYLE_LAYER1, [COLUMN_LEVEL] = STYLE_TEXT,
		[COLUMN_ENGINE] = STYLE_TEXT, [COLUMN_TOOK] = STYLE_NUMBER, [COLUMN_RESULT] = STYLE_TEXT,
		[COLUMN_ID] = STYLE_FAINT,
	};
	enum style style = styles[column];
	if (column == COLUMN_RESULT || (column == COLUMN_TOOK && item->state == HISTORY_RUNNING))
		row_mark(item->state, &style);
	return (struct ink){ (uint8_t)style, STYLE_NONE };
}

static void row_draw_cell(struct surface *s, struct area cell, struct str text, bool right,
                          uint8_t over, struct ink ink)
{
	struct pen pen = pen_at(s, cell, 0);
	pen.over = over;
	if (right)
		pen_right(&pen, text, ink);
	else
		pen_text(&pen, text, ink);
	pen_fill(&pen, INK(TEXT));
}

static void row_draw(const struct history_item *item, struct surface *s, struct area row,
                     const int widths[COLUMN_COUNT], uint8_t over)
{
	enum style style;
	struct pen pen = pen_at(s, row, 0);
	pen.over = over;
	char mark[2] = { row_mark(item->state, &style) };
	pen_word(&pen, mark, (struct ink){ (uint8_t)style, STYLE_NONE });
	pen_fill(&pen, INK(TEXT));
	int col = 2;
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		owned_buf struct buf text = { 0 };
		if (!widths[c])
			continue;
		row_append(item, c, &text);
		row_draw_cell(s, area_cols(row, col, widths[c]), buf_str(&text), c == COLUMN_TOOK, over,
		              row_ink(c, item));
		col += widths[c] + 1;
	}
}

static void rows_draw_titles(struct surface *s, struct area row, const int widths[COLUMN_COUNT])
{
	surface_fill(s, row, INK(PANE));
	int col = 2;
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		if (!widths[c])
			continue;
		row_draw_cell(s, area_cols(row, col, widths[c]), str_of(columns[c].title),
		              c == COLUMN_TOOK, STYLE_NONE, INK(PANE));
		struct pen pen = pen_at(s, area_cols(row, col + widths[c], 1), 0);
		pen_fill(&pen, INK(PANE));
		col += widths[c] + 1;
	}
	surface_lay(s, row, STYLE_NONE);
}

static void history_draw_title(const struct view_history *h, struct surface *s, struct area row)
{
	size_t running = 0;
	for (size_t i = 0; i < h->nitems; i++)
		running += h->items[i].state == HISTORY_RUNNING;
	struct pen pen = pen_at(s, row, 0);
	pen_word(&pen, " history ", INK(BARSTRONG));
	pen_printf(&pen, INK(BAR), " %zu build%s", h->next < h->nids ? h->nids : h->nitems,
	           h->nitems == 1 ? "" : "s");
	if (running)
		pen_printf(&pen, INK(BARSTRONG), "  %zu running", running);
	if (h->filter.n) {
		pen_printf(&pen, INK(BAR), "  %zu with ", h->list.n);
		pen_text(&pen, buf_str(&h->filter), INK(BARSTRONG));
	}
	pen_fill(&pen, INK(BAR));
}

/* The whole of what the row of the cursor cut. */
static void history_draw_more(const struct view_history *h, struct surface *s, struct area a)
{
	const struct history_item *item = history_here(h);
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (!item)
		return;
	enum style style;
	owned_buf struct buf result = { 0 };
	row_mark(item->state, &style);
	row_append_result(item, &result);
	struct pen pen = pen_at(s, a, 0);
	pen_printf(&pen, INK(FAINT), "%s  ", item->id);
	pen_word(&pen, item->root, INK(TEXT));
	if (item->image_id[0])
		pen_printf(&pen, INK(FAINT), "  %s", item->image_id);
	struct str rest = buf_str(&result);
	for (int row = 1; row < a.rows && rest.n && a.cols > 0; row++) {
		size_t width;
		struct str piece = row + 1 < a.rows ? text_cut(rest, (size_t)a.cols, &width) : rest;
		pen = pen_at(s, a, row);
		pen_text(&pen, piece, (struct ink){ (uint8_t)style, STYLE_NONE });
		rest = str_slice(rest, piece.n, rest.n);
	}
}

static void history_draw_nothing(const struct view_history *h, struct surface *s, struct area a)
{
	struct pen pen = pen_at(s, a, a.rows > 2 ? 1 : 0);
	if (h->filter.n)
		pen_word(&pen, "  no build has this text; & and Enter show all again", INK(FAINT));
	else
		pen_word(&pen, "  nothing was built yet: B on the project builds", INK(FAINT));
}

void history_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_history *h = (struct view_history *)view;
	int widths[COLUMN_COUNT];
	history_draw_title(h, s, area_cut_top(&a, 1));
	struct area titles = area_cut_top(&a, a.rows >= 4 ? 1 : 0);
	struct area more = area_cut_bottom(&a, a.rows >= 16 ? 4 : 0);
	list_show(&h->list, a.rows);
	rows_measure(h, a.rows, widths);
	rows_fit(a.cols - 1, widths);
	rows_draw_titles(s, titles, widths);
	if (more.rows)
		history_draw_more(h, s, more);
	if (h->list.n == 0)
		history_draw_nothing(h, s, a);
	for (int row = 0; row < a.rows && h->list.top + (size_t)row < h->list.n; row++) {
		size_t i = h->list.top + (size_t)row;
		row_draw(&h->items[h->shown[i]], s, area_rows(area_cols(a, 0, a.cols - 1), row, 1), widths,
		         i == h->list.cursor ? STYLE_CURSOR : STYLE_NONE);
	}
	list_draw_bar(&h->list, s, a);
}
