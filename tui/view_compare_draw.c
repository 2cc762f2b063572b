/* The compare view: where things stand. */
#include "core/os/clock.h"
#include "tui/view_compare_inside.h"
#include "tui/wrap.h"

/* Below 14 rows the whole of a cut row is not told; below 8 the explanation has one line. */
enum { DRAW_MORE_ROWS = 14, DRAW_MORE = 3, DRAW_EXPLAIN_ROWS = 8, DRAW_EXPLAIN = 3 };

static struct ink draw_sign(char sign)
{
	switch (sign) {
	case '+': return INK(GOOD);
	case '-': return INK(ERROR);
	case '~': case 'm': return INK(WARNING);
	case '>': return INK(HOT);
	default: return INK(TEXT);
	}
}

static void draw_side(const struct view_compare *v, struct pen *pen, bool b)
{
	const struct value *side = v->parts.compare
		? value_get(v->parts.compare, b ? STR("b") : STR("a")) : NULL;
	owned_buf struct buf took = { 0 };
	const char *dir = b ? v->dir_b : v->dir_a;
	const char *slash = dir ? strrchr(dir, '/') : NULL;
	pen_word(pen, b ? "  B " : "  A ", INK(BAR));
	pen_word(pen, slash ? slash + 1 : "the build before", INK(BARSTRONG));
	if (!side)
		return;
	clock_append_seconds(&took, compare_get_number(side, "seconds"));
	pen_printf(pen, INK(BAR), " %s", buf_text(&took));
}

static void draw_title(const struct view_compare *v, struct surface *s, struct area line)
{
	struct pen pen = pen_at(s, line, 0);
	pen_word(&pen, " compare", INK(BARSTRONG));
	draw_side(v, &pen, false);
	draw_side(v, &pen, true);
	if (v->asked[COMPARE_ASKED_BUILDS] || v->asked[COMPARE_ASKED_LOG])
		pen_word(&pen, "  reading", INK(BAR));
	if (v->asked[COMPARE_ASKED_IMAGE])
		pen_word(&pen, "  reading the images", INK(BAR));
	pen_fill(&pen, INK(BAR));
}

static void draw_explanation(const struct view_compare *v, struct surface *s, struct area *a)
{
	struct str text = compare_get_text(v->parts.compare, "explanation");
	int most = a->rows >= DRAW_EXPLAIN_ROWS ? DRAW_EXPLAIN : 1;
	wrap_draw(s, area_cut_top(a, wrap_rows(text, a->cols, most)), text, INK(STRONG));
}

static void draw_pair(struct pen *pen, const struct compare_row *row)
{
	if (row->old.p || row->new.p)
		pen_word(pen, "  ", INK(TEXT));
	pen_text(pen, row->old, INK(STRING));
	if (row->old.p && row->new.p)
		pen_word(pen, " -> ", INK(FAINT));
	pen_text(pen, row->new, row->kind == COMPARE_ROW_HEAD ? INK(FAINT) : INK(STRING));
}

static void draw_row(const struct view_compare *v, struct pen *pen, const struct compare_row *row)
{
	struct ink ink = draw_sign(row->sign);
	switch (row->kind) {
	case COMPARE_ROW_HEAD:
		pen_word(pen, v->folded[row->section] ? "> " : "v ", INK(FAINT));
		pen_shift(pen, v->list.shift);
		pen_text(pen, row->text, INK(STRONG));
		break;
	case COMPARE_ROW_GROUP:
		pen_shift(pen, v->list.shift);
		pen_word(pen, "  ", INK(TEXT));
		pen_text(pen, row->text, INK(FAINT));
		break;
	case COMPARE_ROW_ITEM:
		pen_printf(pen, ink, "  %c ", row->sign);
		pen_shift(pen, v->list.shift);
		pen_text(pen, row->text, INK(KEY));
		break;
	case COMPARE_ROW_LINE:
		pen_printf(pen, ink, "  %c", row->sign);
		pen_shift(pen, v->list.shift);
		pen_text(pen, row->text, ink);
		break;
	case COMPARE_ROW_STEP:
		pen_printf(pen, ink, "  %c ", row->sign);
		pen_shift(pen, v->list.shift);
		pen_text(pen, row->columns, INK(NUMBER));
		pen_word(pen, "  ", INK(TEXT));
		pen_text(pen, row->text, row->sign == ' ' ? INK(FAINT) : INK(TEXT));
		break;
	case COMPARE_ROW_NOTE:
		pen_shift(pen, v->list.shift);
		pen_word(pen, "      ", INK(TEXT));
		pen_text(pen, row->text, INK(FAINT));
		break;
	}
	draw_pair(pen, row);
	pen->shift = 0;
	pen_fill(pen, INK(TEXT));
}

static void draw_rows(struct view_compare *v, struct surface *s, struct area a)
{
	struct list *l = &v->list;
	a = list_draw_bar(l, s, a);
	for (int row = 0; row < a.rows && l->top + (size_t)row < l->n; row++) {
		size_t i = l->top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		if (i == l->cursor)
			pen.over = STYLE_CURSOR;
		draw_row(v, &pen, &v->rows.rows[v->shown[i]]);
	}
}

/* The whole of what the row of the cursor may have cut. */
static void draw_more(const struct view_compare *v, struct surface *s, struct area a)
{
	const struct compare_row *row = view_compare_row(v);
	owned_buf struct buf text = { 0 };
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (!row)
		return;
	compare_row_append(&text, row);
	wrap_draw(s, a, str_trim(buf_str(&text)), INK(TEXT));
}

void view_compare_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_compare *v = (struct view_compare *)view;
	if (a.rows > 1)
		draw_title(v, s, area_cut_top(&a, 1));
	if (v->fault.n || !v->parts.compare) {
		wrap_draw(s, a, v->fault.n ? buf_str(&v->fault) : STR("reading both builds"),
		          v->fault.n ? INK(ERROR) : INK(FAINT));
		return;
	}
	if (a.rows > 2)
		draw_explanation(v, s, &a);
	if (a.rows >= DRAW_MORE_ROWS)
		draw_more(v, s, area_cut_bottom(&a, DRAW_MORE + 1));
	draw_rows(v, s, a);
}
