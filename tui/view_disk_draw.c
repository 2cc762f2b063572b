/* Columns of things on a disk and how they fit. */
#include "core/os/clock.h"
#include "core/os/space.h"
#include "tui/disk_text.h"
#include "tui/view_disk_inside.h"
#include "tui/wrap.h"

/* most: of columns of the screen.  rank: which go first where there is no room. */
static const struct {
	int most, rank;
	bool right;
	enum style style;
} cells[DISK_COLUMNS] = {
	[DISK_COLUMN_NAME] = { 200, 0, false, STYLE_STRONG },
	[DISK_COLUMN_SIZE] = { 9, 1, true, STYLE_NUMBER },
	[DISK_COLUMN_SHARED] = { 9, 4, true, STYLE_FAINT },
	[DISK_COLUMN_AGE] = { 16, 2, false, STYLE_TEXT },
	[DISK_COLUMN_STATE] = { 20, 3, false, STYLE_TEXT },
	[DISK_COLUMN_ID] = { 12, 5, false, STYLE_FAINT },
};

enum { DISK_MARK_COLS = 2, DISK_NAME_LEAST = 12 };

/* ---- widths ---- */

static void cells_measure(const struct view_disk *v, int rows, int widths[DISK_COLUMNS])
{
	const struct list *list = &v->lists[v->kind];
	for (enum disk_column c = 0; c < DISK_COLUMNS; c++) {
		widths[c] = 0;
		for (int row = 0; row < rows && list->top + (size_t)row < list->n; row++) {
			owned_buf struct buf text = { 0 };
			disk_cell(&v->listing.items[v->rows[v->kind][list->top + (size_t)row]], c, &text);
			size_t n = text_width(str_slice(buf_str(&text), 0, 400));
			int width = n < (size_t)cells[c].most ? (int)n : cells[c].most;
			widths[c] = width > widths[c] ? width : widths[c];
		}
		int title = (int)strlen(disk_column_name(v->kind, c)) + (v->sort == c);
		if ((widths[c] || v->column == c) && widths[c] < title)
			widths[c] = title;
	}
}

/* Columns go by rank until the rest fits, the one that keys act on last; the name needs
 * little and takes all that is left. */
static void cells_fit(int cols, enum disk_column here, int widths[DISK_COLUMNS])
{
	int name = widths[DISK_COLUMN_NAME] < DISK_NAME_LEAST ? widths[DISK_COLUMN_NAME]
	                                                     : DISK_NAME_LEAST;
	for (int rank = DISK_COLUMNS - 1; rank >= 0; rank--) {
		int sum = DISK_MARK_COLS;
		for (enum disk_column c = 0; c < DISK_COLUMNS; c++)
			sum += widths[c] ? (c == DISK_COLUMN_NAME ? name : widths[c]) + 1 : 0;
		widths[DISK_COLUMN_NAME] = widths[DISK_COLUMN_NAME] ? name + (cols > sum ? cols - sum : 0)
		                                                    : 0;
		if (sum <= cols + 1)
			return;
		for (enum disk_column c = 0; c < DISK_COLUMNS; c++)
			if (cells[c].rank == rank && rank > 0 && c != here)
				widths[c] = 0;
	}
}

/* ---- rows ---- */

static void cell_draw(struct surface *s, struct area cell, struct str text, bool right,
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

static struct ink cell_ink(const struct disk_item *item, enum disk_column c)
{
	enum style style = cells[c].style;
	if (c == DISK_COLUMN_STATE && item->in_use)
		style = STYLE_BUSY;
	if (c == DISK_COLUMN_NAME && !item->name[0])
		style = STYLE_FAINT;
	return (struct ink){ (uint8_t)style, STYLE_NONE };
}

static void row_draw(const struct view_disk *v, size_t row, struct surface *s, struct area line,
                     const int widths[DISK_COLUMNS])
{
	size_t at = v->rows[v->kind][row];
	const struct disk_item *item = &v->listing.items[at];
	struct pen pen = pen_at(s, line, 0);
	pen.over = row == v->lists[v->kind].cursor ? STYLE_CURSOR : STYLE_NONE;
	pen_word(&pen, item->in_use ? ">" : " ", INK(BUSY));
	pen_word(&pen, v->marked[at] ? "*" : " ", INK(STRONG));
	pen_fill(&pen, INK(TEXT));
	int col = DISK_MARK_COLS;
	for (enum disk_column c = 0; c < DISK_COLUMNS; c++) {
		owned_buf struct buf text = { 0 };
		if (!widths[c])
			continue;
		disk_cell(item, c, &text);
		cell_draw(s, area_cols(line, col, widths[c]), buf_str(&text), cells[c].right, pen.over,
		          cell_ink(item, c));
		col += widths[c] + 1;
	}
}

static void disk_draw_titles(const struct view_disk *v, struct surface *s, struct area row,
                             const int widths[DISK_COLUMNS])
{
	surface_fill(s, row, INK(PANE));
	int col = DISK_MARK_COLS;
	for (enum disk_column c = 0; c < DISK_COLUMNS; c++) {
		owned_buf struct buf title = { 0 };
		if (!widths[c])
			continue;
		buf_printf(&title, "%s%s", disk_column_name(v->kind, c),
		           v->sort != c ? "" : v->sorts_down ? "v" : "^");
		cell_draw(s, area_cols(row, col, widths[c]), buf_str(&title), cells[c].right, STYLE_NONE,
		          c == v->column ? INK(PANEHERE) : INK(PANE));
		struct pen pen = pen_at(s, area_cols(row, col + widths[c], 1), 0);
		pen_fill(&pen, INK(PANE));
		col += widths[c] + 1;
	}
	surface_lay(s, row, STYLE_NONE);
}

/* ---- around them ---- */

static void disk_draw_busy(const struct view_disk *v, struct pen *pen)
{
	owned_buf struct buf took = { 0 };
	clock_append_seconds(&took, (double)(long)(clock_now() - v->since));
	if (v->busy == DISK_REMOVES)
		pen_printf(pen, INK(BARSTRONG), "  removing, %zu gone", v->removed);
	else if (v->waiting.n)
		pen_printf(pen, INK(BARSTRONG), "  asking for %.*s", STR_ARG(buf_str(&v->waiting)));
	else
		pen_word(pen, v->busy == DISK_PREVIEWS ? "  looking at what that costs" : "  asking",
		         INK(BARSTRONG));
	pen_printf(pen, INK(BAR), " %s", buf_text(&took));
}

static void disk_draw_title(const struct view_disk *v, struct surface *s, struct area row)
{
	struct pen pen = pen_at(s, row, 0);
	owned_buf struct buf engine = { 0 }, size = { 0 };
	uint64_t bytes;
	size_t marked = disk_count_marked(v, &bytes);
	pen_word(&pen, " disk ", INK(BARSTRONG));
	if (v->listing.engine) {
		disk_text_engine(&engine, v->listing.engine);
		pen_printf(&pen, INK(BAR), " %s", buf_text(&engine));
	}
	if (v->busy != DISK_RESTS)
		disk_draw_busy(v, &pen);
	if (marked) {
		space_append_bytes(&size, bytes);
		pen_printf(&pen, INK(BARSTRONG), "  %zu marked, %s", marked, buf_text(&size));
	}
	if (v->filter.n) {
		pen_printf(&pen, INK(BAR), "  %zu with ", v->lists[v->kind].n);
		pen_text(&pen, buf_str(&v->filter), INK(BARSTRONG));
	}
	pen_fill(&pen, INK(BAR));
}

/* "images 12, 245 MiB | containers 2, 0 B" */
static void disk_draw_kinds(const struct view_disk *v, struct surface *s, struct area row)
{
	struct pen pen = pen_at(s, row, 0);
	for (enum disk_kind k = 0; v->listing.engine && k < DISK_KINDS; k++) {
		owned_buf struct buf size = { 0 };
		if (!v->listing.has[k] && k != v->kind)
			continue;
		space_append_bytes(&size, v->listing.bytes[k]);
		pen_word(&pen, " ", INK(TEXT));
		pen_word(&pen, disk_kind_title(k), k == v->kind ? INK(HOT) : INK(TEXT));
		pen_printf(&pen, INK(FAINT), " %zu, %s%s ", v->listing.count[k],
		           k == DISK_IMAGE && !v->listing.is_exact ? "at most " : "", buf_text(&size));
	}
	pen_fill(&pen, INK(TEXT));
}

static void more_append_time(struct buf *out, const char *what, double t)
{
	if (t <= 0)
		return;
	buf_printf(out, "  %s ", what);
	clock_append_local(out, t);
}

/* The whole of what the row of the cursor cut. */
static void disk_draw_more(const struct view_disk *v, struct surface *s, struct area a)
{
	size_t here = disk_here(v);
	owned_buf struct buf times = { 0 };
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (here == STR_NONE)
		return;
	const struct disk_item *item = &v->listing.items[here];
	struct pen pen = pen_at(s, a, 0);
	pen_word(&pen, item->id, INK(FAINT));
	more_append_time(&times, "made", item->created);
	more_append_time(&times, "used", item->used);
	pen_word(&pen, times.n ? buf_text(&times) : "", INK(FAINT));
	area_cut_top(&a, 1);
	wrap_draw(s, a, str_of(item->names[0] ? item->names : item->name), INK(TEXT));
}

static void disk_draw_nothing(const struct view_disk *v, struct surface *s, struct area a)
{
	struct pen pen = pen_at(s, a, a.rows > 2 ? 1 : 0);
	if (v->why.code && !v->listing.engine)
		pen_printf(&pen, INK(ERROR), "  %s", v->why.text);
	else if (!v->listing.engine)
		pen_word(&pen, "  the engine was not heard yet", INK(FAINT));
	else if (v->filter.n)
		pen_word(&pen, "  nothing is like this; & and Enter show all again", INK(FAINT));
	else
		pen_printf(&pen, INK(FAINT), "  no %s; Tab shows what else there is",
		           disk_kind_title(v->kind));
}

void disk_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_disk *v = (struct view_disk *)view;
	struct list *list = &v->lists[v->kind];
	int widths[DISK_COLUMNS];
	disk_draw_title(v, s, area_cut_top(&a, 1));
	disk_draw_kinds(v, s, area_cut_top(&a, a.rows >= 4 ? 1 : 0));
	struct area titles = area_cut_top(&a, a.rows >= 4 ? 1 : 0);
	struct area more = area_cut_bottom(&a, a.rows >= 14 ? 4 : 0);
	list_show(list, a.rows);
	cells_measure(v, a.rows, widths);
	cells_fit(a.cols - 1, v->column, widths);
	disk_draw_titles(v, s, titles, widths);
	if (more.rows)
		disk_draw_more(v, s, more);
	if (list->n == 0)
		disk_draw_nothing(v, s, a);
	for (int row = 0; row < a.rows && list->top + (size_t)row < list->n; row++)
		row_draw(v, list->top + (size_t)row, s, area_rows(area_cols(a, 0, a.cols - 1), row, 1),
		         widths);
	list_draw_bar(list, s, a);
}
