#include "tui/wrap.h"

/* The first row's part: up to a blank where one is near the edge; never nothing, so that
 * every walk comes to its end. */
static struct str wrap_cut(struct str text, int cols)
{
	size_t width;
	struct glyph g;
	struct str piece = text_cut(text, cols > 0 ? (size_t)cols : 0, &width);
	if (!piece.n && text.n)
		return str_slice(text, 0, text_glyph(text, &g));
	size_t blank = piece.n < text.n && text.p[piece.n] != ' ' ? str_find_last(piece, ' ')
	                                                         : STR_NONE;
	return blank != STR_NONE && blank > piece.n / 2 ? str_slice(piece, 0, blank + 1) : piece;
}

int wrap_rows(struct str text, int cols, int most)
{
	int rows = 0;
	while (text.n && rows < most) {
		text = str_slice(text, wrap_cut(text, cols).n, text.n);
		rows++;
	}
	return rows ? rows : 1;
}

void wrap_draw(struct surface *s, struct area a, struct str text, struct ink ink)
{
	for (int row = 0; row < a.rows && text.n && a.cols > 0; row++) {
		struct str piece = row + 1 < a.rows ? wrap_cut(text, a.cols) : text;
		struct pen pen = pen_at(s, a, row);
		pen_text(&pen, piece, ink);
		text = str_slice(text, piece.n, text.n);
	}
}
