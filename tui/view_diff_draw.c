/* The diff view: where things stand. */
#include "core/base/utf8.h"
#include "tui/view_diff_inside.h"
#include "tui/wrap.h"

/* As in the project view: below 120 columns one pane with tabs; below 64 no list of files;
 * below 14 rows the whole of a cut row is not told. */
enum { DRAW_WIDE = 120, DRAW_LIST = 64, DRAW_LIST_COLS = 28, DRAW_MORE_ROWS = 14, DRAW_MORE = 3 };

static struct ink draw_sign_ink(char sign)
{
	switch (sign) {
	case '+': return INK(GOOD);
	case '-': return INK(ERROR);
	case '~': return INK(WARNING);
	case '>': return INK(HOT);
	default: return INK(TEXT);
	}
}

/* ---- title ---- */

static void draw_title(const struct view_diff *v, struct surface *s, struct area line)
{
	const struct selection *now = &v->project->selection;
	owned_buf struct buf against = { 0 };
	struct pen pen = pen_at(s, line, 0);
	diff_append_against(&against, &v->against);
	pen_word(&pen, " diff  ", INK(BARSTRONG));
	for (size_t i = 0; i < now->nprofiles; i++)
		pen_printf(&pen, INK(BARSTRONG), "%s%s", i ? "+" : "", now->profiles[i]);
	if (now->nprofiles == 0)
		pen_word(&pen, "no profile", INK(BAR));
	pen_word(&pen, " against ", INK(BAR));
	pen_text(&pen, buf_str(&against), INK(BARSTRONG));
	if (v->asked)
		pen_word(&pen, "  reading git", INK(BAR));
	else if (v->diff.arena)
		pen_printf(&pen, INK(BAR), "  %zu file%s differ%s", v->diff.ndifferent,
		           v->diff.ndifferent == 1 ? "" : "s", v->diff.ndifferent == 1 ? "s" : "");
	if (!v->project->plan)
		pen_word(&pen, "  errors here", INK(BARALERT));
	pen_fill(&pen, INK(BAR));
}

/* ---- the list of files ---- */

static void draw_list_row(struct surface *s, struct area a, int row, const char *name,
                          const char *counts, bool here)
{
	struct pen pen = pen_at(s, a, row);
	pen.over = here ? STYLE_RESTING : STYLE_NONE;
	pen_word(&pen, here ? ">" : " ", INK(HOT));
	pen_word(&pen, name, counts[0] ? INK(STRONG) : INK(FAINT));
	if (pen_left(&pen) > (int)strlen(counts) + 1)
		pen_right(&pen, str_of(counts), INK(FAINT));
	pen_fill(&pen, INK(TEXT));
}

static void draw_list(const struct view_diff *v, struct surface *s, struct area a)
{
	size_t here = v->focus == DIFF_CONFIG ? view_diff_document(v) : STR_NONE;
	size_t first = 0, n = v->diff.ndocuments;
	int last = a.rows - 1;
	if (here != STR_NONE && here >= (size_t)last)
		first = here - (size_t)last + 1;
	for (int row = 0; row < last && first + (size_t)row < n; row++) {
		const struct diff_document *d = &v->diff.documents[first + (size_t)row];
		owned_buf struct buf counts = { 0 };
		const char *slash = strrchr(d->path, '/');
		diff_append_counts(&counts, &d->comparison);
		if (d->unreadable_before || d->unreadable_after)
			buf_append_text(&counts, "error");
		draw_list_row(s, a, row, slash ? slash + 1 : d->path, buf_text(&counts),
		              here == first + (size_t)row);
	}
	owned_buf struct buf counts = { 0 };
	if (v->diff.come)
		buf_printf(&counts, "+%zu", v->diff.come);
	if (v->diff.gone)
		buf_printf(&counts, "%s-%zu", counts.n ? " " : "", v->diff.gone);
	if (n < (size_t)(last > 0 ? last : 0) || last <= 0)
		last = (int)n;
	draw_list_row(s, a, last, "Dockerfile", buf_text(&counts), v->focus == DIFF_DOCKERFILE);
}

/* ---- panes ---- */

static void draw_difference(struct pen *pen, const struct diff_row *row)
{
	if (row->from.p) {
		pen_text(pen, row->from, INK(KEY));
		pen_word(pen, " -> ", INK(FAINT));
	}
	pen_text(pen, row->text.n ? row->text : STR("(all of it)"), INK(KEY));
	pen_word(pen, "  ", INK(TEXT));
	pen_text(pen, row->old, INK(STRING));
	if (row->old.p && row->new.p)
		pen_word(pen, " -> ", INK(FAINT));
	pen_text(pen, row->new, INK(STRING));
	pen_word(pen, "  ", INK(TEXT));
	pen_text(pen, row->origin, INK(FAINT));
}

static void draw_row(struct pen *pen, const struct diff_row *row, int shift)
{
	struct ink ink = draw_sign_ink(row->sign);
	switch (row->kind) {
	case DIFF_ROW_DOCUMENT:
		pen_text(pen, row->text, INK(STRONG));
		pen_word(pen, "  ", INK(TEXT));
		pen_text(pen, row->new, INK(FAINT));
		break;
	case DIFF_ROW_HUNK:
	case DIFF_ROW_NOTE:
		pen_text(pen, row->text, INK(FAINT));
		break;
	case DIFF_ROW_DIFFERENCE:
		pen_printf(pen, ink, "%c ", row->sign);
		pen_shift(pen, shift);
		draw_difference(pen, row);
		break;
	case DIFF_ROW_VALUE:
		pen_printf(pen, ink, "  %c ", row->sign);
		pen_shift(pen, shift);
		pen_text(pen, row->text, ink);
		break;
	case DIFF_ROW_LINE:
		pen_printf(pen, ink, "%c", row->sign);
		pen_shift(pen, shift);
		pen_text(pen, row->text, ink);
	}
	pen->shift = 0;
	pen_fill(pen, INK(TEXT));
}

static void draw_nothing(const struct view_diff *v, struct surface *s, struct area a)
{
	owned_buf struct buf text = { 0 };
	if (v->fault.n) {
		wrap_draw(s, a, buf_str(&v->fault), INK(ERROR));
		return;
	}
	if (v->asked && !v->before.problems) {
		wrap_draw(s, a, STR("reading the git repository"), INK(FAINT));
		return;
	}
	buf_append_text(&text, "nothing differs from ");
	diff_append_against(&text, &v->against);
	wrap_draw(s, a, buf_str(&text), INK(FAINT));
}

static void draw_pane(struct view_diff *v, struct surface *s, struct area a, enum diff_pane pane)
{
	struct list *l = &v->lists[pane];
	if (l->n == 0 || v->fault.n) {
		draw_nothing(v, s, a);
		return;
	}
	a = list_draw_bar(l, s, a);
	for (int row = 0; row < a.rows && l->top + (size_t)row < l->n; row++) {
		size_t i = l->top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		if (i == l->cursor)
			pen.over = v->focus == pane ? STYLE_CURSOR : STYLE_RESTING;
		draw_row(&pen, &v->rows[pane].rows[i], l->shift);
	}
}

static void draw_header(const struct view_diff *v, struct surface *s, struct area line,
                        enum diff_pane pane)
{
	static const char *const names[DIFF_PANES] = { "configuration", "Dockerfile" };
	struct ink ink = v->focus == pane ? INK(PANEHERE) : INK(PANE);
	struct pen pen = pen_at(s, line, 0);
	pen_printf(&pen, ink, " %s", names[pane]);
	if (pane == DIFF_DOCKERFILE && v->diff.lines.nchanges && pen_left(&pen) > 12)
		pen_printf(&pen, ink, "  +%zu -%zu", v->diff.come, v->diff.gone);
	pen_fill(&pen, ink);
}

static void draw_tabs(const struct view_diff *v, struct surface *s, struct area line)
{
	int half = line.cols / 2;
	draw_header(v, s, area_cols(line, 0, half), DIFF_CONFIG);
	draw_header(v, s, area_cols(line, half, line.cols), DIFF_DOCKERFILE);
}

static void draw_panes(struct view_diff *v, struct surface *s, struct area a)
{
	if (a.cols >= DRAW_LIST && !v->zoom) {
		draw_list(v, s, area_cols(a, 0, DRAW_LIST_COLS));
		surface_vertical(s, area_cols(a, DRAW_LIST_COLS, 1));
		a = area_cols(a, DRAW_LIST_COLS + 1, a.cols);
	}
	if (a.cols + DRAW_LIST_COLS + 1 < DRAW_WIDE || v->zoom) {
		if (a.rows > 1)
			draw_tabs(v, s, area_cut_top(&a, 1));
		draw_pane(v, s, a, v->focus);
		return;
	}
	int left = panes_place(app_panes(v->view.app), WHERE_DIFF, 0, a, a.cols * 11 / 20);
	struct area part[DIFF_PANES] = { area_cols(a, 0, left), area_cols(a, left + 1, a.cols) };
	surface_vertical(s, area_cols(a, left, 1));
	for (enum diff_pane pane = 0; pane < DIFF_PANES; pane++) {
		draw_header(v, s, area_cut_top(&part[pane], 1), pane);
		draw_pane(v, s, part[pane], pane);
	}
}

/* The whole of what the row of the cursor may have cut. */
static void draw_more(const struct view_diff *v, struct surface *s, struct area a)
{
	const struct diff_row *row = view_diff_row(v, v->focus);
	owned_buf struct buf text = { 0 };
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (!row || v->fault.n)
		return;
	diff_row_append(&text, row);
	wrap_draw(s, a, str_trim(buf_str(&text)), INK(TEXT));
}

void view_diff_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_diff *v = (struct view_diff *)view;
	if (a.rows > 1)
		draw_title(v, s, area_cut_top(&a, 1));
	if (a.rows >= DRAW_MORE_ROWS)
		draw_more(v, s, area_cut_bottom(&a, DRAW_MORE + 1));
	draw_panes(v, s, a);
}
