#ifndef TUI_SURFACE_H
#define TUI_SURFACE_H

#include "core/base/buf.h"
#include "core/base/own.h"
#include "tui/text.h"
#include "tui/theme.h"

/* What views draw on: a grid of cells that a terminal or a test shows.  Nothing
 * drawn outside of it, or outside the area given, has any effect, so no view
 * needs to ask whether there is room. */

struct cell {
	uint32_t runes[1 + TEXT_MARKS];         /* base and marks; unused 0 */
	uint8_t width;                          /* 1, 2, or 0: the right half of the one before */
	uint8_t style, over;                    /* enum style; over may be STYLE_NONE */
};

struct surface {
	int rows, cols;                         /* at least 1 */
	struct cell *cells;                     /* rows * cols */
	int cursor_row, cursor_col;             /* of the text cursor; row -1: hidden */
};

/* Sizes below 1 become 1.  All cells are blanks of STYLE_TEXT. */
struct surface *surface_new(int rows, int cols);
void surface_free(struct surface *);
OWN_DEFINE(surface)
void surface_resize(struct surface *, int rows, int cols);
void surface_clear(struct surface *);

/* A rectangle of a surface.  Negative sizes mean nothing. */
struct area {
	int row, col, rows, cols;
};
struct area surface_area(const struct surface *);
/* The part from row/column on, at most so many; always inside the given one. */
struct area area_rows(struct area, int from, int n);
struct area area_cols(struct area, int from, int n);
/* Takes n rows off the bottom or top into *ret_part. */
struct area area_cut_bottom(struct area *, int n);
struct area area_cut_top(struct area *, int n);

struct ink {
	uint8_t style, over;
};
#define INK(s) ((struct ink){ STYLE_##s, STYLE_NONE })
#define INK_OVER(s, o) ((struct ink){ STYLE_##s, (o) })

void surface_fill(struct surface *, struct area, struct ink);
/* Lines in STYLE_BORDER.  A line along the area's first column or row. */
void surface_vertical(struct surface *, struct area);
void surface_horizontal(struct surface *, struct area, struct ink);
/* Lays a background under what is drawn there, whatever lay there before. */
void surface_lay(struct surface *, struct area, enum style over);

/* Writes one line of an area from left to right.  What does not fit is cut by
 * columns and the last column becomes '>' in STYLE_CUT; control characters are
 * spelled out in STYLE_CONTROL; a wide character never stands half. */
struct pen {
	struct surface *surface;
	int row, first, col, end;       /* columns of the surface; row -1: no such line */
	int shift;                      /* columns still to be left out on the left */
	int column;                     /* columns of text so far, for tabs */
	uint8_t over;                   /* laid under all that is written; STYLE_NONE */
};
struct pen pen_at(struct surface *, struct area, int row);
/* Leaves out so many columns of what follows, for sideways scrolling. */
void pen_shift(struct pen *, int columns);
void pen_text(struct pen *, struct str, struct ink);
void pen_word(struct pen *, const char *, struct ink);
void pen_printf(struct pen *, struct ink, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Blanks up to the column (from the line's start) or the line's end. */
void pen_to(struct pen *, int column, struct ink);
void pen_fill(struct pen *, struct ink);
/* Writes at the line's right end what fits there without touching what stands. */
void pen_right(struct pen *, struct str, struct ink);
/* Columns left. */
int pen_left(const struct pen *);

#endif
