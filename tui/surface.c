#include "tui/surface.h"

#include <stdlib.h>

#include "core/base/check.h"

/* No terminal is larger; a claim of more is cut. */
enum { SURFACE_MAX = 4096 };

static int surface_between(int n, int low, int high)
{
	return n < low ? low : n > high ? high : n;
}

void surface_resize(struct surface *s, int rows, int cols)
{
	s->rows = surface_between(rows, 1, SURFACE_MAX);
	s->cols = surface_between(cols, 1, SURFACE_MAX);
	s->cells = xrealloc(s->cells, (size_t)s->rows * (size_t)s->cols, sizeof *s->cells);
	surface_clear(s);
}

struct surface *surface_new(int rows, int cols)
{
	struct surface *s = xcalloc(1, sizeof *s);
	surface_resize(s, rows, cols);
	return s;
}

void surface_free(struct surface *s)
{
	if (!s)
		return;
	free(s->cells);
	free(s);
}

struct area surface_area(const struct surface *s)
{
	return (struct area){ 0, 0, s->rows, s->cols };
}

void surface_clear(struct surface *s)
{
	memset(s->cells, 0, (size_t)s->rows * (size_t)s->cols * sizeof *s->cells);
	s->cursor_row = -1;
	s->cursor_col = 0;
	surface_fill(s, surface_area(s), INK(TEXT));
}

/* ---- areas ---- */

struct area area_rows(struct area a, int from, int n)
{
	from = surface_between(from, 0, a.rows > 0 ? a.rows : 0);
	return (struct area){ a.row + from, a.col, surface_between(n, 0, a.rows - from), a.cols };
}

struct area area_cols(struct area a, int from, int n)
{
	from = surface_between(from, 0, a.cols > 0 ? a.cols : 0);
	return (struct area){ a.row, a.col + from, a.rows, surface_between(n, 0, a.cols - from) };
}

struct area area_cut_bottom(struct area *a, int n)
{
	n = surface_between(n, 0, a->rows > 0 ? a->rows : 0);
	struct area part = area_rows(*a, a->rows - n, n);
	a->rows -= n;
	return part;
}

struct area area_cut_top(struct area *a, int n)
{
	n = surface_between(n, 0, a->rows > 0 ? a->rows : 0);
	struct area part = area_rows(*a, 0, n);
	*a = area_rows(*a, n, a->rows);
	return part;
}

/* ---- cells ---- */

static struct area surface_clip(const struct surface *s, struct area a)
{
	int bottom = surface_between(a.row + a.rows, 0, s->rows);
	int right = surface_between(a.col + a.cols, 0, s->cols);
	a.row = surface_between(a.row, 0, s->rows);
	a.col = surface_between(a.col, 0, s->cols);
	a.rows = bottom - a.row;
	a.cols = right - a.col;
	return a;
}

static struct cell *surface_cell(struct surface *s, int row, int col)
{
	return &s->cells[(size_t)row * (size_t)s->cols + (size_t)col];
}

/* A wide character loses its other half when one half is written over. */
static void surface_part(struct surface *s, int row, int col)
{
	struct cell *cell = surface_cell(s, row, col);
	struct cell *other = cell->width == 0 && col > 0 && cell[-1].width == 2 ? cell - 1 :
	                     cell->width == 2 && col + 1 < s->cols ? cell + 1 : NULL;
	if (!other)
		return;
	memset(other->runes, 0, sizeof other->runes);
	other->runes[0] = ' ';
	other->width = 1;
}

static void surface_set(struct surface *s, int row, int col, uint32_t rune, struct ink ink)
{
	struct cell *cell = surface_cell(s, row, col);
	surface_part(s, row, col);
	memset(cell, 0, sizeof *cell);
	cell->runes[0] = rune;
	cell->width = 1;
	cell->style = ink.style;
	cell->over = ink.over;
}

void surface_fill(struct surface *s, struct area a, struct ink ink)
{
	a = surface_clip(s, a);
	for (int row = 0; row < a.rows; row++)
		for (int col = 0; col < a.cols; col++)
			surface_set(s, a.row + row, a.col + col, ' ', ink);
}

void surface_lay(struct surface *s, struct area a, enum style over)
{
	a = surface_clip(s, a);
	for (int row = 0; row < a.rows; row++)
		for (int col = 0; col < a.cols; col++)
			surface_cell(s, a.row + row, a.col + col)->over = (uint8_t)over;
}

static uint32_t surface_sign(enum text_sign sign)
{
	struct glyph g;
	text_glyph(text_sign(sign), &g);
	return g.runes[0];
}

void surface_vertical(struct surface *s, struct area a)
{
	a = surface_clip(s, a);
	for (int row = 0; a.cols > 0 && row < a.rows; row++)
		surface_set(s, a.row + row, a.col, surface_sign(SIGN_VERTICAL), INK(BORDER));
}

void surface_horizontal(struct surface *s, struct area a, struct ink ink)
{
	a = surface_clip(s, a);
	for (int col = 0; a.rows > 0 && col < a.cols; col++)
		surface_set(s, a.row, a.col + col, surface_sign(SIGN_HORIZONTAL), ink);
}

/* ---- pens ---- */

struct pen pen_at(struct surface *s, struct area a, int row)
{
	bool inside = row >= 0 && row < a.rows;
	a = surface_clip(s, area_rows(a, row, inside ? 1 : 0));
	return (struct pen){
		.surface = s, .row = a.rows > 0 ? a.row : -1, .first = a.col, .col = a.col,
		.end = a.col + (a.rows > 0 ? a.cols : 0), .over = STYLE_NONE,
	};
}

void pen_shift(struct pen *pen, int columns)
{
	pen->shift = columns;
}

int pen_left(const struct pen *pen)
{
	return pen->row < 0 ? 0 : pen->end - pen->col;
}

static struct ink pen_ink(const struct pen *pen, struct ink ink)
{
	if (ink.over == STYLE_NONE && style_what(ink.style) != STYLE_WHAT_BAR)
		ink.over = pen->over;
	if (ink.style == STYLE_TEXT && ink.over == STYLE_NONE)
		ink.over = pen->over;
	return ink;
}

/* The line goes on past its end: say so in its last column. */
static void pen_mark_cut(struct pen *pen)
{
	pen->col = pen->end;
	if (pen->end > pen->first)
		surface_set(pen->surface, pen->row, pen->end - 1, '>', pen_ink(pen, INK(CUT)));
}

/* One column of ASCII; false when there is no room. */
static bool pen_column(struct pen *pen, uint32_t rune, struct ink ink)
{
	pen->column++;
	if (pen->shift > 0) {
		pen->shift--;
		return true;
	}
	if (pen->col >= pen->end)
		return false;
	surface_set(pen->surface, pen->row, pen->col++, rune, ink);
	return true;
}

static bool pen_glyph(struct pen *pen, const struct glyph *g, struct ink ink)
{
	if (g->runes[0] == '\t') {
		for (int n = TEXT_TAB - pen->column % TEXT_TAB; n > 0; n--)
			if (!pen_column(pen, ' ', ink))
				return false;
		return true;
	}
	if (g->visible[0]) {
		for (const char *p = g->visible; *p; p++)
			if (!pen_column(pen, (unsigned char)*p, pen_ink(pen, INK(CONTROL))))
				return false;
		return true;
	}
	if (g->width == 2 && (pen->shift > 0 || pen->col + 2 > pen->end)) {
		/* Half of it would be outside: blanks stand for it. */
		bool room = pen_column(pen, ' ', ink);
		return pen_column(pen, ' ', ink) && room;
	}
	bool shown = pen->shift == 0;
	if (!pen_column(pen, g->runes[0], ink))
		return false;
	if (!shown)
		return true;
	struct cell *cell = surface_cell(pen->surface, pen->row, pen->col - 1);
	memcpy(cell->runes, g->runes, sizeof cell->runes);
	if (g->width == 2) {
		pen_column(pen, 0, ink);
		cell->width = 2;
		cell[1].runes[0] = 0;
		cell[1].width = 0;
	}
	return true;
}

void pen_text(struct pen *pen, struct str s, struct ink ink)
{
	if (pen->row < 0)
		return;
	ink = pen_ink(pen, ink);
	for (size_t at = 0, size; at < s.n; at += size) {
		struct glyph g;
		size = text_glyph(str_slice(s, at, s.n), &g);
		if (!pen_glyph(pen, &g, ink)) {
			pen_mark_cut(pen);
			return;
		}
	}
}

void pen_word(struct pen *pen, const char *word, struct ink ink)
{
	pen_text(pen, str_of(word), ink);
}

void pen_printf(struct pen *pen, struct ink ink, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	pen_text(pen, buf_str(&text), ink);
}

void pen_to(struct pen *pen, int column, struct ink ink)
{
	ink = pen_ink(pen, ink);
	while (pen->row >= 0 && pen->col < pen->end && pen->col - pen->first < column)
		surface_set(pen->surface, pen->row, pen->col++, ' ', ink);
}

void pen_fill(struct pen *pen, struct ink ink)
{
	pen_to(pen, pen->end - pen->first, ink);
}

void pen_right(struct pen *pen, struct str s, struct ink ink)
{
	size_t width;
	s = text_cut(s, pen_left(pen) > 0 ? (size_t)pen_left(pen) : 0, &width);
	if (pen->row < 0 || width == 0)
		return;
	pen_to(pen, pen->end - pen->first - (int)width, ink);
	pen_text(pen, s, ink);
}
