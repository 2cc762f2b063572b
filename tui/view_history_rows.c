#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/spark.h"
#include "tui/view_history_inside.h"
#include "tui/wrap.h"

/* ---- columns ---- */

/* most: of columns of the screen.  rank: which go first where there is no room. */
static const struct {
	int most, rank;
} columns[COLUMN_COUNT] = {
	[COLUMN_WHEN] = { 16, 1 }, [COLUMN_PROJECT] = { 24, 0 }, [COLUMN_PROFILES] = { 24, 4 },
	[COLUMN_LEVEL] = { 10, 5 }, [COLUMN_ENGINE] = { 14, 6 }, [COLUMN_TOOK] = { 7, 3 },
	[COLUMN_RESULT] = { 200, 2 }, [COLUMN_ID] = { 22, 7 },
};

/* In narrow windows dates are cut by the year, and names so far that results fit. */
enum { NARROW = 60, NARROW_YEAR = 5, NARROW_NAME = 12 };

const char *history_column_name(enum column column)
{
	return history_field_name((enum history_field)column);
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

void history_cell(const struct history_entry *entry, enum column column, struct buf *out)
{
	if (column == COLUMN_WHEN)
		row_append_when(&entry->item, out);
	else
		history_field_text(&entry->item, (enum history_field)column, clock_now(), out);
}

/* ---- widths ---- */

static int rows_width(const struct history_entry *entry, enum column c)
{
	owned_buf struct buf text = { 0 };
	history_cell(entry, c, &text);
	size_t n = text_width(str_slice(buf_str(&text), 0, 400));
	return n < (size_t)columns[c].most ? (int)n : columns[c].most;
}

/* As wide as what is on the screen needs; 0: no room for the column. */
static void rows_measure(const struct view_history *h, int rows, bool narrow,
                         int widths[COLUMN_COUNT])
{
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		widths[c] = 0;
		for (int row = 0; row < rows && h->list.top + (size_t)row < h->list.n; row++) {
			const struct history_entry *entry = h->rows[h->list.top + (size_t)row].entry;
			int width = entry ? rows_width(entry, c) : 0;
			widths[c] = width > widths[c] ? width : widths[c];
		}
		if (narrow && c == COLUMN_WHEN && widths[c] == columns[c].most)
			widths[c] -= NARROW_YEAR;
		if (narrow && c == COLUMN_PROJECT && widths[c] > NARROW_NAME)
			widths[c] = NARROW_NAME;
		/* The sign of the order stands behind the name. */
		int title = (int)strlen(history_column_name(c)) + (h->sort == c);
		if ((widths[c] || h->column == c) && widths[c] < title)
			widths[c] = title;
	}
}

/* Columns go by rank until the rest fits, the one that keys act on last; the result
 * needs little and takes all that is left. */
static void rows_fit(int cols, enum column here, int widths[COLUMN_COUNT])
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
			if (columns[c].rank == rank && rank > 0 && c != here)
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

static void row_draw(const struct history_entry *entry, struct surface *s, struct area row,
                     const int widths[COLUMN_COUNT], uint8_t over)
{
	enum style style;
	struct pen pen = pen_at(s, row, 0);
	pen.over = over;
	char mark[2] = { row_mark(entry->item.state, &style) };
	pen_word(&pen, mark, (struct ink){ (uint8_t)style, STYLE_NONE });
	if (entry->marked)
		pen_word(&pen, "*", INK(STRONG));
	else if (entry->item.pinned)
		pen_word(&pen, "p", INK(HOT));
	pen_fill(&pen, INK(TEXT));
	int col = 2;
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		owned_buf struct buf text = { 0 };
		if (!widths[c])
			continue;
		history_cell(entry, c, &text);
		if (c == COLUMN_WHEN && text.n > (size_t)widths[c])
			buf_shift(&text, NARROW_YEAR);
		row_draw_cell(s, area_cols(row, col, widths[c]), buf_str(&text), c == COLUMN_TOOK, over,
		              row_ink(c, &entry->item));
		col += widths[c] + 1;
	}
}

/* "v ship  3 builds: 2 done, 1 failed" */
static void row_draw_head(const struct history_group *group, struct surface *s, struct area row,
                          uint8_t over)
{
	struct pen pen = pen_at(s, row, 0);
	pen.over = over;
	pen_text(&pen, text_sign(group->folded ? SIGN_CLOSED : SIGN_OPEN), INK(FAINT));
	pen_word(&pen, " ", INK(TEXT));
	pen_text(&pen, group->name.n ? group->name : STR("(none)"), INK(STRONG));
	pen_printf(&pen, INK(FAINT), "  %zu build%s", group->n, group->n == 1 ? "" : "s");
	const char *before = ": ";
	for (enum history_state state = 0; state <= HISTORY_LOST; state++) {
		enum style style;
		row_mark(state, &style);
		if (!group->of[state])
			continue;
		pen_word(&pen, before, INK(FAINT));
		pen_printf(&pen, (struct ink){ (uint8_t)style, STYLE_NONE }, "%zu %s", group->of[state],
		           history_state_name(state));
		before = ", ";
	}
	pen_fill(&pen, INK(TEXT));
}

static void rows_draw_titles(const struct view_history *h, struct surface *s, struct area row,
                             const int widths[COLUMN_COUNT])
{
	surface_fill(s, row, INK(PANE));
	int col = 2;
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		owned_buf struct buf title = { 0 };
		if (!widths[c])
			continue;
		buf_printf(&title, "%s%s", history_column_name(c),
		           h->sort != c ? "" : h->sorts_down ? "v" : "^");
		row_draw_cell(s, area_cols(row, col, widths[c]), buf_str(&title), c == COLUMN_TOOK,
		              STYLE_NONE, c == h->column ? INK(PANEHERE) : INK(PANE));
		struct pen pen = pen_at(s, area_cols(row, col + widths[c], 1), 0);
		pen_fill(&pen, INK(PANE));
		col += widths[c] + 1;
	}
	surface_lay(s, row, STYLE_NONE);
}

static void history_draw_title(const struct view_history *h, struct surface *s, struct area row)
{
	size_t running = 0;
	size_t builds = h->next < h->n ? h->n : h->nread;
	for (size_t i = 0; i < h->n; i++)
		running += h->entries[i]->read && h->entries[i]->item.state == HISTORY_RUNNING;
	struct pen pen = pen_at(s, row, 0);
	pen_word(&pen, " history ", INK(BARSTRONG));
	pen_printf(&pen, INK(BAR), " %zu build%s", builds, builds == 1 ? "" : "s");
	if (running)
		pen_printf(&pen, INK(BARSTRONG), "  %zu running", running);
	if (h->filter.n) {
		pen_printf(&pen, INK(BAR), "  %zu with ", h->nmatching);
		pen_text(&pen, buf_str(&h->filter), INK(BARSTRONG));
	}
	if (history_count_marked(h))
		pen_printf(&pen, INK(BARSTRONG), "  %zu marked", history_count_marked(h));
	if (h->group < COLUMN_COUNT)
		pen_printf(&pen, INK(BAR), "  by %s", history_column_name(h->group));
	pen_fill(&pen, INK(BAR));
}

/* ---- trend ---- */

/* Of this many builds, where there are columns for it. */
enum { TREND = 20, TREND_FROM = 140 };

/* Times of builds like this one up to itself. */
static void row_draw_trend(const struct history_entry *entry, struct surface *s, struct area cell,
                           uint8_t over)
{
	struct spark_point points[TREND];
	size_t n = TREND;
	for (const struct history_entry *e = entry; e && n > 0; e = e->older) {
		bool failed = e->item.state == HISTORY_FAILED || e->item.state == HISTORY_LOST;
		if (e->item.state == HISTORY_CANCELLED)
			continue;
		points[--n] = (struct spark_point){ history_took(&e->item, 0), failed ? 'x' : 0 };
		if (e->item.state == HISTORY_RUNNING)
			points[n].value = -1;
	}
	struct pen pen = pen_at(s, cell, 0);
	pen.over = over;
	pen_to(&pen, (int)n, INK(TEXT));
	if (entry->series)
		spark_draw(&pen, points + n, TREND - n, TREND, INK(NUMBER), INK(ERROR));
	pen_fill(&pen, INK(TEXT));
}

/* The whole of what the row of the cursor cut. */
static void history_draw_more(const struct view_history *h, struct surface *s, struct area a)
{
	const struct history_item *item = history_here(h);
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (!item)
		return;
	enum style style;
	owned_buf struct buf result = { 0 }, size = { 0 };
	row_mark(item->state, &style);
	history_field_text(item, FIELD_RESULT, clock_now(), &result);
	history_field_text(item, FIELD_SIZE, 0, &size);
	struct pen pen = pen_at(s, a, 0);
	pen_printf(&pen, INK(FAINT), "%s  ", item->id);
	pen_word(&pen, item->root, INK(TEXT));
	pen_printf(&pen, INK(FAINT), "  %s%s", buf_text(&size), item->imported ? "  imported" : "");
	if (item->image_id[0])
		pen_printf(&pen, INK(FAINT), "  %s", item->image_id);
	area_cut_top(&a, 1);
	wrap_draw(s, a, buf_str(&result), (struct ink){ (uint8_t)style, STYLE_NONE });
}

static void history_draw_nothing(const struct view_history *h, struct surface *s, struct area a)
{
	struct pen pen = pen_at(s, a, a.rows > 2 ? 1 : 0);
	if (h->filter.n)
		pen_word(&pen, "  no build is like this; & and Enter show all again", INK(FAINT));
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
	struct area trend = area_cols(a, a.cols - TREND - 1, a.cols >= TREND_FROM ? TREND : 0);
	int cols = a.cols - 1 - (trend.cols ? TREND + 1 : 0);
	list_show(&h->list, a.rows);
	rows_measure(h, a.rows, a.cols < NARROW, widths);
	rows_fit(cols, h->column, widths);
	rows_draw_titles(h, s, titles, widths);
	if (trend.cols)
		row_draw_cell(s, area_cols(titles, a.cols - TREND - 1, TREND), STR("trend"), false,
		              STYLE_NONE, INK(PANE));
	if (more.rows)
		history_draw_more(h, s, more);
	if (h->list.n == 0)
		history_draw_nothing(h, s, a);
	for (int row = 0; row < a.rows && h->list.top + (size_t)row < h->list.n; row++) {
		size_t i = h->list.top + (size_t)row;
		uint8_t over = i == h->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		struct area line = area_rows(area_cols(a, 0, cols), row, 1);
		if (h->rows[i].entry && trend.cols)
			row_draw_trend(h->rows[i].entry, s, area_rows(trend, row, 1), over);
		if (h->rows[i].entry)
			row_draw(h->rows[i].entry, s, line, widths, over);
		else
			row_draw_head(&h->groups[h->rows[i].group], s, line, over);
	}
	list_draw_bar(&h->list, s, a);
}
