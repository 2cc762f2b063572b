#include "tui/frame.h"

#include <stdlib.h>

#include "core/base/check.h"

enum {
	FRAME_MOVE_COST = 8,            /* bytes of "\e[12;47H" */
	FRAME_ERASE_FROM = 9,           /* blanks from which erasing them is shorter */
	FRAME_SCROLL_COST = 40,         /* cells that scrolling must save */
	FRAME_EMOJI = 0x1f000,          /* terminals disagree on widths from here on */
};

struct frame_cell {
	uint32_t runes[1 + TEXT_MARKS];
	struct frame_ink ink;
	uint32_t width;
};

struct frame {
	const struct frame_terminal *terminal;
	int rows, cols;
	struct frame_cell *shown, *wanted;      /* rows * cols; shown NULL: not known */
	struct frame_ink ink;           /* in force, when has_ink */
	bool has_ink;
	int row, col;                   /* of the cursor; row -1: not known */
	bool is_shown, has_cursor;      /* the cursor is visible; that is known */
	struct buf sgr;
};

struct frame *frame_new(const struct frame_terminal *terminal)
{
	struct frame *f = xcalloc(1, sizeof *f);
	f->terminal = terminal;
	f->row = -1;
	return f;
}

void frame_free(struct frame *f)
{
	if (!f)
		return;
	free(f->shown);
	free(f->wanted);
	buf_finish(&f->sgr);
	free(f);
}

void frame_forget(struct frame *f)
{
	free(f->shown);
	f->shown = NULL;
	f->has_ink = f->has_cursor = false;
	f->row = -1;
}

/* ---- cells ---- */

static bool frame_is_blank(const struct frame_cell *c)
{
	return c->runes[0] == ' ' && !c->runes[1] &&
	       !(c->ink.attributes & (THEME_UNDERLINE | THEME_REVERSE));
}

static bool frame_same(const struct frame_cell *a, const struct frame_cell *b)
{
	/* Of a blank only the background is seen. */
	if (frame_is_blank(a) && frame_is_blank(b))
		return a->ink.bg == b->ink.bg;
	return memcmp(a, b, sizeof *a) == 0;
}

static struct frame_cell frame_blank(int bg)
{
	return (struct frame_cell){ .runes = { ' ' }, .ink = { bg, bg, 0 }, .width = 1 };
}

static struct frame_cell *frame_row(const struct frame *f, struct frame_cell *cells, int row)
{
	return cells + (size_t)row * (size_t)f->cols;
}

static void frame_want(struct frame *f, const struct surface *s)
{
	const struct frame_terminal *t = f->terminal;
	struct frame_ink ink = { 0 };
	int style = -1, over = -1;
	for (size_t i = 0; i < (size_t)s->rows * (size_t)s->cols; i++) {
		const struct cell *from = &s->cells[i];
		struct frame_cell *to = &f->wanted[i];
		if (from->style != style || from->over != over)
			ink = t->ink(t->data, from->style, from->over);
		style = from->style;
		over = from->over;
		memcpy(to->runes, from->runes, sizeof to->runes);
		to->width = from->width;
		to->ink = ink;
	}
}

/* Where a character in the last place would scroll everything it stays as it is. */
static void frame_spare_last(struct frame *f)
{
	size_t last = (size_t)f->rows * (size_t)f->cols - 1;
	if (!f->terminal->wraps_at_once)
		return;
	if (f->wanted[last].width == 0 && last > 0)
		f->wanted[last - 1] = frame_blank(f->wanted[last - 1].ink.bg);
	f->wanted[last] = f->shown[last];
}

/* ---- telling the terminal ---- */

static void frame_put(struct frame *f, struct buf *out, enum frame_way way, int a, int b)
{
	if (f->terminal->can[way])
		f->terminal->put(f->terminal->data, out, way, a, b);
}

/* Two sequences that end and begin as "…m\e[…" become one: "…;…". */
static void frame_put_sgr(struct buf *out, size_t from, struct str s)
{
	bool joins = out->n > from && out->p[out->n - 1] == 'm' && str_has_prefix(s, STR("\x1b[")) &&
	             s.p[s.n - 1] == 'm';
	if (joins) {
		out->p[out->n - 1] = ';';
		s = str_slice(s, 2, s.n);
	}
	buf_append(out, s);
}

static void frame_put_way(struct frame *f, struct buf *out, size_t from, enum frame_way way, int a)
{
	buf_clear(&f->sgr);
	frame_put(f, &f->sgr, way, a, 0);
	frame_put_sgr(out, from, buf_str(&f->sgr));
}

static const struct frame_attribute {
	unsigned bit;
	enum frame_way on;
	const char *off;
} frame_attributes[] = {
	{ THEME_BOLD, FRAME_BOLD, "\x1b[22m" }, { THEME_DIM, FRAME_DIM, "\x1b[22m" },
	{ THEME_UNDERLINE, FRAME_UNDERLINE, "\x1b[24m" },
	{ THEME_REVERSE, FRAME_REVERSE, "\x1b[27m" }, { THEME_ITALIC, FRAME_ITALIC, "\x1b[23m" },
};
enum { FRAME_ATTRIBUTES = sizeof frame_attributes / sizeof *frame_attributes };

/* Takes attributes off, or everything where that cannot be done one by one. */
static void frame_take_off(struct frame *f, struct buf *out, size_t from, struct frame_ink want)
{
	unsigned off = f->has_ink ? f->ink.attributes & ~want.attributes : 0;
	bool colours = f->has_ink && ((want.fg < 0 && f->ink.fg >= 0) ||
	                              (want.bg < 0 && f->ink.bg >= 0));
	if (!f->has_ink || colours || (off && !f->terminal->takes_off_one)) {
		frame_put_way(f, out, from, FRAME_RESET, 0);
		f->ink = (struct frame_ink){ -1, -1, 0 };
		f->has_ink = true;
		return;
	}
	for (size_t i = 0; i < FRAME_ATTRIBUTES; i++) {
		if (!(off & frame_attributes[i].bit))
			continue;
		frame_put_sgr(out, from, str_of(frame_attributes[i].off));
		/* Bold and dim go together. */
		if (frame_attributes[i].bit & (THEME_BOLD | THEME_DIM)) {
			off &= ~(unsigned)(THEME_BOLD | THEME_DIM);
			f->ink.attributes &= ~(unsigned)(THEME_BOLD | THEME_DIM);
		}
	}
	f->ink.attributes &= ~off;
}

static void frame_set_ink(struct frame *f, struct buf *out, struct frame_ink want)
{
	size_t from = out->n;
	frame_take_off(f, out, from, want);
	for (size_t i = 0; i < FRAME_ATTRIBUTES; i++)
		if (want.attributes & ~f->ink.attributes & frame_attributes[i].bit)
			frame_put_way(f, out, from, frame_attributes[i].on, 0);
	if (want.fg != f->ink.fg)
		frame_put_way(f, out, from, FRAME_FOREGROUND, want.fg);
	if (want.bg != f->ink.bg)
		frame_put_way(f, out, from, FRAME_BACKGROUND, want.bg);
	f->ink = want;
}

/* The ink to write the cell with: a blank takes what is in force, if it can. */
static struct frame_ink frame_ink_for(const struct frame *f, const struct frame_cell *c)
{
	struct frame_ink ink = c->ink;
	if (!frame_is_blank(c) || !f->has_ink)
		return ink;
	ink.fg = f->ink.fg;
	ink.attributes = f->ink.attributes & ~(unsigned)(THEME_UNDERLINE | THEME_REVERSE);
	return ink;
}

static bool frame_needs_ink(const struct frame *f, const struct frame_cell *c)
{
	struct frame_ink ink = frame_ink_for(f, c);
	return !f->has_ink || memcmp(&ink, &f->ink, sizeof ink) != 0;
}

/* ---- moving ---- */

/* Writing again what stands between may be shorter than going there. */
static bool frame_walk(struct frame *f, struct buf *out, int col)
{
	const struct frame_cell *cells = frame_row(f, f->wanted, f->row);
	int most = f->terminal->can[FRAME_FORWARD] ? 4 : FRAME_MOVE_COST;
	if (col - f->col > most)
		return false;
	for (int i = f->col; i < col; i++)
		if (cells[i].runes[0] < ' ' || cells[i].runes[0] > '~' || cells[i].runes[1] ||
		    frame_needs_ink(f, &cells[i]))
			return false;
	for (; f->col < col; f->col++)
		buf_append_char(out, (char)cells[f->col].runes[0]);
	return true;
}

static void frame_go(struct frame *f, struct buf *out, int row, int col)
{
	if (f->row == row && f->col == col)
		return;
	if (f->row == row && f->col < col && frame_walk(f, out, col))
		return;
	/* Output is raw: a line feed goes straight down. */
	if (f->row >= 0 && row == f->row + 1 && (col == 0 || col == f->col))
		buf_append_text(out, col == f->col ? "\n" : "\r\n");
	else if (f->row == row && col == 0)
		buf_append_char(out, '\r');
	else if (f->row == row && f->col < col && f->terminal->can[FRAME_FORWARD])
		frame_put(f, out, FRAME_FORWARD, col - f->col, 0);
	else
		frame_put(f, out, FRAME_MOVE, row, col);
	f->row = row;
	f->col = col;
}

/* ---- rows ---- */

static void frame_write(struct frame *f, struct buf *out, const struct frame_cell *c)
{
	if (frame_needs_ink(f, c))
		frame_set_ink(f, out, frame_ink_for(f, c));
	for (int i = 0; i < 1 + TEXT_MARKS && c->runes[i]; i++)
		buf_append_rune(out, c->runes[i]);
	f->col += (int)c->width;
	/* At the edge, or where the terminal's idea of a width may be another. */
	if (f->col >= f->cols || c->runes[1] || c->runes[0] >= FRAME_EMOJI)
		f->row = -1;
}

/* Blanks from col on: how many, of the same background. */
static int frame_blanks(const struct frame *f, const struct frame_cell *cells, int col)
{
	int n = 0;
	while (col + n < f->cols && frame_is_blank(&cells[col + n]) &&
	       cells[col + n].ink.bg == cells[col].ink.bg)
		n++;
	return n;
}

/* Erases instead of writing blanks; returns how many columns that did, 0 for none. */
static int frame_erase(struct frame *f, struct buf *out, const struct frame_cell *cells,
                       const struct frame_cell *shown, int row, int col)
{
	const struct frame_terminal *t = f->terminal;
	int n = frame_blanks(f, cells, col), last = col + n;
	bool to_end = last == f->cols;
	if (n == 0 || (cells[col].ink.bg >= 0 && !t->erases_in_colour))
		return 0;
	while (last > col && frame_same(&cells[last - 1], &shown[last - 1]))
		last--;
	if (to_end ? !t->can[FRAME_CLEAR_LINE] || last - col < 4
	           : !t->can[FRAME_ERASE] || last - col < FRAME_ERASE_FROM)
		return 0;
	frame_go(f, out, row, col);
	if (frame_needs_ink(f, &cells[col]))
		frame_set_ink(f, out, frame_ink_for(f, &cells[col]));
	if (to_end)
		frame_put(f, out, FRAME_CLEAR_LINE, 0, 0);
	else
		frame_put(f, out, FRAME_ERASE, last - col, 0);
	return to_end ? n : last - col;
}

static void frame_draw_row(struct frame *f, struct buf *out, int row)
{
	const struct frame_cell *cells = frame_row(f, f->wanted, row);
	const struct frame_cell *shown = frame_row(f, f->shown, row);
	for (int col = 0; col < f->cols; ) {
		if (frame_same(&cells[col], &shown[col])) {
			col++;
			continue;
		}
		/* The left half writes both. */
		if (cells[col].width == 0 && (col == 0 || cells[col - 1].width != 2)) {
			col++;
			continue;
		}
		col -= cells[col].width == 0;
		int erased = frame_erase(f, out, cells, shown, row, col);
		if (erased) {
			col += erased;
			continue;
		}
		frame_go(f, out, row, col);
		frame_write(f, out, &cells[col]);
		col += cells[col].width ? (int)cells[col].width : 1;
	}
}

/* ---- scrolling ---- */

static uint64_t frame_hash(const struct frame *f, struct frame_cell *cells, int row)
{
	const struct frame_cell *c = frame_row(f, cells, row);
	uint64_t hash = 0;
	/* Without the last column: a scroll bar stands there and stays. */
	for (int i = 0; i + 1 < f->cols; i++) {
		hash = (hash ^ c[i].runes[0]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash;
}

/* By how many rows most of what changed has moved: negative is down; 0: none. */
static int frame_find_shift(const struct frame *f, int *ret_first, int *ret_last)
{
	uint64_t *old = xcalloc((size_t)f->rows, sizeof *old);
	uint64_t *new = xcalloc((size_t)f->rows, sizeof *new);
	int best = 0, most = 2;
	for (int row = 0; row < f->rows; row++) {
		old[row] = frame_hash(f, f->shown, row);
		new[row] = frame_hash(f, f->wanted, row);
	}
	for (int shift = 1 - f->rows; shift < f->rows; shift++) {
		int n = 0, first = -1, last = -1;
		for (int row = 0; shift && row < f->rows; row++) {
			if (row + shift < 0 || row + shift >= f->rows || new[row] != old[row + shift] ||
			    new[row] == old[row])
				continue;
			n++;
			first = first < 0 ? row : first;
			last = row;
		}
		if (n > most) {
			most = n;
			best = shift;
			*ret_first = shift > 0 ? first : first + shift;
			*ret_last = shift > 0 ? last + shift : last;
		}
	}
	free(old);
	free(new);
	return best;
}

static int frame_differences(const struct frame *f, int row, const struct frame_cell *from)
{
	const struct frame_cell *cells = frame_row(f, f->wanted, row);
	struct frame_cell blank = frame_blank(f->terminal->erases_in_colour ? cells[0].ink.bg : -1);
	int n = 0;
	for (int col = 0; col < f->cols; col++)
		n += !frame_same(&cells[col], from ? &from[col] : &blank);
	return n;
}

static void frame_shift_shown(struct frame *f, int first, int last, int shift, int bg)
{
	size_t size = (size_t)f->cols * sizeof *f->shown;
	int up = shift > 0 ? shift : 0, down = shift < 0 ? -shift : 0;
	memmove(frame_row(f, f->shown, first + down), frame_row(f, f->shown, first + up),
	        (size_t)(last - first + 1 - up - down) * size);
	for (int i = 0; i < up + down; i++) {
		struct frame_cell *row = frame_row(f, f->shown, up ? last - i : first + i);
		for (int col = 0; col < f->cols; col++)
			row[col] = frame_blank(bg);
	}
}

/* Rows that only moved are moved by the terminal; it can so only with whole rows. */
static void frame_scroll(struct frame *f, struct buf *out)
{
	const struct frame_terminal *t = f->terminal;
	int first = 0, last = 0, saved = 0;
	int shift = t->can[FRAME_REGION] ? frame_find_shift(f, &first, &last) : 0;
	enum frame_way way = shift > 0 ? FRAME_SCROLL_UP : FRAME_SCROLL_DOWN;
	if (!shift || !t->can[way])
		return;
	for (int row = first; row <= last; row++) {
		int from = row + shift;
		bool inside = from >= first && from <= last;
		saved += frame_differences(f, row, frame_row(f, f->shown, row)) -
		         frame_differences(f, row, inside ? frame_row(f, f->shown, from) : NULL);
	}
	if (saved < FRAME_SCROLL_COST)
		return;
	struct frame_cell blank = frame_blank(frame_row(f, f->wanted, last)->ink.bg);
	if (frame_needs_ink(f, &blank))
		frame_set_ink(f, out, frame_ink_for(f, &blank));
	frame_put(f, out, FRAME_REGION, first, last);
	frame_put(f, out, FRAME_MOVE, shift > 0 ? last : first, 0);
	for (int i = 0; i < abs(shift); i++)
		frame_put(f, out, way, 0, 0);
	frame_put(f, out, FRAME_REGION, 0, f->rows - 1);
	f->row = -1;
	frame_shift_shown(f, first, last, shift, t->erases_in_colour ? blank.ink.bg : -1);
}

/* ---- frames ---- */

static void frame_clear(struct frame *f, struct buf *out)
{
	struct frame_ink ink = f->terminal->ink(f->terminal->data, STYLE_TEXT, STYLE_NONE);
	frame_set_ink(f, out, ink);
	frame_put(f, out, FRAME_CLEAR, 0, 0);
	f->row = f->col = 0;
	f->shown = xrealloc(f->shown, (size_t)f->rows * (size_t)f->cols, sizeof *f->shown);
	for (size_t i = 0; i < (size_t)f->rows * (size_t)f->cols; i++)
		f->shown[i] = frame_blank(f->terminal->erases_in_colour ? ink.bg : -1);
}

static void frame_cursor(struct frame *f, const struct surface *s, struct buf *out)
{
	bool shows = s->cursor_row >= 0;
	if (shows)
		frame_go(f, out, s->cursor_row, s->cursor_col < s->cols ? s->cursor_col : s->cols - 1);
	if (!f->has_cursor || f->is_shown != shows)
		frame_put(f, out, shows ? FRAME_SHOW : FRAME_HIDE, 0, 0);
	f->has_cursor = true;
	f->is_shown = shows;
}

void frame_draw(struct frame *f, const struct surface *s, struct buf *out)
{
	bool all = !f->shown || f->rows != s->rows || f->cols != s->cols;
	if (all) {
		frame_forget(f);
		f->rows = s->rows;
		f->cols = s->cols;
		f->wanted = xrealloc(f->wanted, (size_t)s->rows * (size_t)s->cols, sizeof *f->wanted);
	}
	frame_want(f, s);
	if (all)
		frame_clear(f, out);
	else
		frame_scroll(f, out);
	frame_spare_last(f);
	for (int row = 0; row < f->rows; row++)
		frame_draw_row(f, out, row);
	struct frame_cell *shown = f->shown;
	f->shown = f->wanted;
	f->wanted = shown;
	frame_cursor(f, s, out);
}
