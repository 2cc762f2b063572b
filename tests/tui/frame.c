#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <cmocka.h>

#include "core/base/utf8.h"
#include "tui/frame.h"

/* ---- a terminal: what ECMA-48 says of the sequences that are told it ---- */

enum { GLASS_CELLS = 64 * 64 };

struct glass_cell {
	uint32_t runes[1 + TEXT_MARKS];
	int width, fg, bg;
	unsigned attributes;
};

struct glass {
	int rows, cols, row, col, top, bottom;
	bool bce, pending, wraps_at_once;
	struct glass_cell pen;          /* colours and attributes in force */
	struct glass_cell cells[GLASS_CELLS];
};

static struct glass_cell *glass_at(struct glass *g, int row, int col)
{
	assert_in_range(row, 0, g->rows - 1);
	assert_in_range(col, 0, g->cols - 1);
	return &g->cells[row * g->cols + col];
}

static void glass_erase(struct glass *g, int row, int col, int n)
{
	for (int i = 0; i < n && col + i < g->cols; i++)
		*glass_at(g, row, col + i) = (struct glass_cell){
			.runes = { ' ' }, .width = 1, .fg = -1, .bg = g->bce ? g->pen.bg : -1,
		};
}

static void glass_scroll(struct glass *g, int by)
{
	int rows = g->bottom - g->top;
	memmove(glass_at(g, g->top + (by < 0), 0), glass_at(g, g->top + (by > 0), 0),
	        (size_t)rows * (size_t)g->cols * sizeof *g->cells);
	glass_erase(g, by > 0 ? g->bottom : g->top, 0, g->cols);
}

static void glass_line_feed(struct glass *g)
{
	if (g->row == g->bottom)
		glass_scroll(g, 1);
	else
		g->row++;
}

static void glass_colours(struct glass *g, const int *p, int n)
{
	static const struct {
		int code;
		unsigned on, off;
	} attributes[] = {
		{ 1, THEME_BOLD, 0 }, { 2, THEME_DIM, 0 }, { 3, THEME_ITALIC, 0 },
		{ 4, THEME_UNDERLINE, 0 }, { 7, THEME_REVERSE, 0 }, { 22, 0, THEME_BOLD | THEME_DIM },
		{ 23, 0, THEME_ITALIC }, { 24, 0, THEME_UNDERLINE }, { 27, 0, THEME_REVERSE },
	};
	for (int i = 0; i < n; i++) {
		if (p[i] == 0) {
			g->pen = (struct glass_cell){ .fg = -1, .bg = -1 };
		} else if (p[i] == 38 || p[i] == 48) {
			assert_true(i + 2 < n && p[i + 1] == 5);
			*(p[i] == 38 ? &g->pen.fg : &g->pen.bg) = p[i + 2];
			i += 2;
			continue;
		}
		for (size_t k = 0; k < sizeof attributes / sizeof *attributes; k++)
			if (attributes[k].code == p[i])
				g->pen.attributes = (g->pen.attributes | attributes[k].on) & ~attributes[k].off;
	}
}

static void glass_control(struct glass *g, char final, const int *p, int n)
{
	g->pending = false;
	switch (final) {
	case 'H': g->row = p[0] - 1; g->col = p[1] - 1; break;
	case 'C': g->col += p[0]; break;
	case 'K': glass_erase(g, g->row, g->col, g->cols); break;
	case 'X': glass_erase(g, g->row, g->col, p[0]); break;
	case 'r': g->top = p[0] - 1; g->bottom = p[1] - 1; g->row = g->col = 0; break;
	case 'm': glass_colours(g, p, n); break;
	case 'J':
		for (int row = 0; row < g->rows; row++)
			glass_erase(g, row, 0, g->cols);
		g->row = g->col = 0;
		break;
	default: fail_msg("unknown sequence: CSI %c", final);
	}
}

static void glass_write(struct glass *g, uint32_t rune)
{
	int width = rune < 0x300 ? 1 : wcwidth((wchar_t)rune);
	if (width == 0) {
		struct glass_cell *base = glass_at(g, g->row, g->col - !g->pending);
		int mark = 1;
		base -= base->width == 0;
		while (base->runes[mark])
			mark++;
		base->runes[mark] = rune;
		return;
	}
	assert_false(g->pending);
	struct glass_cell *cell = glass_at(g, g->row, g->col);
	*cell = g->pen;
	cell->runes[0] = rune;
	cell->width = width;
	if (width == 2) {
		struct glass_cell *right = glass_at(g, g->row, g->col + 1);
		*right = g->pen;
		right->width = 0;
	}
	g->col += width;
	if (g->col < g->cols)
		return;
	g->col--;
	g->pending = true;
	if (g->wraps_at_once && g->row == g->bottom)
		fail_msg("the screen scrolled");
}

static void glass_feed(struct glass *g, struct str s)
{
	for (size_t at = 0, size; at < s.n; at += size) {
		uint32_t rune = utf8_decode(str_slice(s, at, s.n), &size);
		int p[16] = { 0 }, n = 0;
		if (rune == '\n') {
			glass_line_feed(g);
		} else if (rune == '\r') {
			g->col = 0;
			g->pending = false;
		} else if (rune == 0x1b && s.p[at + 1] == 'M') {
			size = 2;
			glass_scroll(g, -1);
		} else if (rune == 0x1b) {
			assert_int_equal(s.p[at + 1], '[');
			for (size = 2; s.p[at + size] < '@'; size++) {
				if (s.p[at + size] == ';')
					n++;
				else
					p[n] = p[n] * 10 + s.p[at + size] - '0';
			}
			glass_control(g, s.p[at + size++], p, n + 1);
		} else {
			assert_true(rune >= ' ');
			glass_write(g, rune);
		}
	}
}

/* ---- the sequences ---- */

static void ways_put(void *data, struct buf *out, enum frame_way way, int a, int b)
{
	(void)data;
	switch (way) {
	case FRAME_MOVE: buf_printf(out, "\x1b[%d;%dH", a + 1, b + 1); break;
	case FRAME_FORWARD: buf_printf(out, "\x1b[%dC", a); break;
	case FRAME_CLEAR: buf_append_text(out, "\x1b[H\x1b[J"); break;
	case FRAME_CLEAR_LINE: buf_append_text(out, "\x1b[K"); break;
	case FRAME_ERASE: buf_printf(out, "\x1b[%dX", a); break;
	case FRAME_REGION: buf_printf(out, "\x1b[%d;%dr", a + 1, b + 1); break;
	case FRAME_SCROLL_UP: buf_append_text(out, "\n"); break;
	case FRAME_SCROLL_DOWN: buf_append_text(out, "\x1bM"); break;
	case FRAME_FOREGROUND: buf_printf(out, "\x1b[38;5;%dm", a); break;
	case FRAME_BACKGROUND: buf_printf(out, "\x1b[48;5;%dm", a); break;
	case FRAME_RESET: buf_append_text(out, "\x1b[m"); break;
	case FRAME_BOLD: buf_append_text(out, "\x1b[1m"); break;
	case FRAME_DIM: buf_append_text(out, "\x1b[2m"); break;
	case FRAME_UNDERLINE: buf_append_text(out, "\x1b[4m"); break;
	case FRAME_REVERSE: buf_append_text(out, "\x1b[7m"); break;
	case FRAME_ITALIC: buf_append_text(out, "\x1b[3m"); break;
	default: break;
	}
}

/* Made up, but some look alike and some differ in an attribute alone. */
static struct frame_ink ways_ink(void *data, enum style style, enum style over)
{
	static const unsigned attributes[] = {
		0, THEME_BOLD, THEME_DIM | THEME_BOLD, THEME_UNDERLINE, THEME_REVERSE, THEME_ITALIC, 0,
	};
	bool has_colours = data == NULL;
	return (struct frame_ink){
		.fg = has_colours ? 16 + (int)style % 9 : -1,
		.bg = has_colours ? over == STYLE_NONE ? 100 : 101 + (int)over % 3 : -1,
		.attributes = attributes[style % 7],
	};
}

static struct frame_terminal terminal_full(void)
{
	struct frame_terminal t = {
		.erases_in_colour = true, .takes_off_one = true, .put = ways_put, .ink = ways_ink,
	};
	for (size_t i = 0; i < FRAME_WAYS; i++)
		t.can[i] = true;
	return t;
}

static struct frame_terminal terminal_poor(void)
{
	struct frame_terminal t = { .put = ways_put, .ink = ways_ink, .wraps_at_once = true };
	t.can[FRAME_MOVE] = t.can[FRAME_CLEAR] = t.can[FRAME_RESET] = true;
	t.can[FRAME_BOLD] = t.can[FRAME_REVERSE] = t.can[FRAME_UNDERLINE] = true;
	t.can[FRAME_DIM] = t.can[FRAME_ITALIC] = true;
	t.can[FRAME_FOREGROUND] = t.can[FRAME_BACKGROUND] = true;
	return t;
}

/* ---- both together ---- */

struct stand {
	struct frame_terminal terminal;
	struct frame *frame;
	struct glass *glass;
	struct buf out;
};

static void stand_begin(struct stand *s, struct frame_terminal terminal, int rows, int cols)
{
	*s = (struct stand){ .terminal = terminal };
	s->frame = frame_new(&s->terminal);
	s->glass = calloc(1, sizeof *s->glass);
	*s->glass = (struct glass){
		.rows = rows, .cols = cols, .bottom = rows - 1, .bce = terminal.erases_in_colour,
		.wraps_at_once = terminal.wraps_at_once, .pen = { .fg = -1, .bg = -1 },
	};
	for (int row = 0; row < rows; row++)
		glass_erase(s->glass, row, 0, cols);
}

static void stand_end(struct stand *s)
{
	frame_free(s->frame);
	free(s->glass);
	buf_finish(&s->out);
}

static void expect_cell(struct stand *s, const struct surface *surface, int row, int col)
{
	const struct cell *want = &surface->cells[row * surface->cols + col];
	const struct glass_cell *have = glass_at(s->glass, row, col);
	struct frame_ink ink = ways_ink(s->terminal.data, want->style, want->over);
	bool last = row == surface->rows - 1 && col + want->width >= surface->cols;
	if (s->terminal.wraps_at_once && (last || (want->width == 0 && col == surface->cols - 1)))
		return;
	bool blank = want->runes[0] == ' ' && !want->runes[1] &&
	             !(ink.attributes & (THEME_UNDERLINE | THEME_REVERSE));
	if (memcmp(have->runes, want->runes, sizeof have->runes) != 0 || have->width != want->width)
		fail_msg("row %d, column %d: %x/%d, not %x/%d", row, col, have->runes[0], have->width,
		         want->runes[0], want->width);
	if (want->width == 0)
		return;
	if (blank)
		ink.attributes = have->attributes & ~(unsigned)(THEME_UNDERLINE | THEME_REVERSE);
	if (have->bg != ink.bg || (!blank && have->fg != ink.fg) ||
	    have->attributes != ink.attributes)
		fail_msg("row %d, column %d: %d on %d, %x; not %d on %d, %x", row, col, have->fg, have->bg,
		         have->attributes, ink.fg, ink.bg, ink.attributes);
}

/* Draws it; what the terminal then shows must be it.  Returns the bytes it took. */
static size_t stand_draw(struct stand *s, const struct surface *surface)
{
	buf_clear(&s->out);
	frame_draw(s->frame, surface, &s->out);
	glass_feed(s->glass, buf_str(&s->out));
	for (int row = 0; row < surface->rows; row++)
		for (int col = 0; col < surface->cols; col++)
			expect_cell(s, surface, row, col);
	return s->out.n;
}

/* ---- tests ---- */

static unsigned chance(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* A change as views make them: a word, a fill, a background, everything one row up. */
static void change(struct surface *s, unsigned *seed)
{
	static const char *const words[] = {
		"a", "word", "\u65e5\u672c\u8a9e", "e\u0301e\u0301", "\u2500\u2500\u2500\u2500\u2500",
		"  two  words  ", "\U0001f680 launched", "                         ",
	};
	struct area a = {
		(int)chance(seed, (unsigned)s->rows), (int)chance(seed, (unsigned)s->cols),
		1 + (int)chance(seed, 4), 1 + (int)chance(seed, 40),
	};
	struct ink ink = { (uint8_t)chance(seed, STYLE_COUNT), STYLE_NONE };
	switch (chance(seed, 6)) {
	case 0: surface_fill(s, a, ink); break;
	case 1: surface_lay(s, a, chance(seed, 2) ? STYLE_CURSOR : STYLE_LINKED); break;
	case 2:
		memmove(s->cells, s->cells + s->cols,
		        (size_t)(s->rows - 1) * (size_t)s->cols * sizeof *s->cells);
		break;
	case 3:
		memmove(s->cells + 2 * s->cols, s->cells,
		        (size_t)(s->rows - 2) * (size_t)s->cols * sizeof *s->cells);
		break;
	default: {
		struct pen pen = pen_at(s, a, 0);
		pen.over = chance(seed, 3) ? STYLE_NONE : STYLE_FOUND;
		pen_word(&pen, words[chance(seed, sizeof words / sizeof *words)], ink);
		if (chance(seed, 2))
			pen_fill(&pen, ink);
	}
	}
}

static void try_changes(struct frame_terminal terminal)
{
	for (unsigned seed = 1; seed < 40; seed++) {
		struct stand s;
		int rows = 3 + (int)seed % 9, cols = seed % 5 ? 40 : 3 + (int)seed % 7;
		unsigned state = seed;
		owned(surface) struct surface *surface = surface_new(rows, cols);
		stand_begin(&s, terminal, rows, cols);
		for (int i = 0; i < 200; i++) {
			for (unsigned n = chance(&state, 4); n > 0; n--)
				change(surface, &state);
			stand_draw(&s, surface);
		}
		stand_end(&s);
	}
}

static void test_frame__the_terminal_shows_the_surface(void **state)
{
	(void)state;
	struct frame_terminal t = terminal_full();
	try_changes(t);
	t.erases_in_colour = false;
	try_changes(t);
	t.takes_off_one = false;
	try_changes(t);
	t.data = &t;
	try_changes(t);
	try_changes(terminal_poor());
}

static void test_frame__nothing_is_sent_for_nothing(void **state)
{
	(void)state;
	struct stand s;
	owned(surface) struct surface *surface = surface_new(5, 40);
	stand_begin(&s, terminal_full(), 5, 40);
	stand_draw(&s, surface);
	assert_int_equal(stand_draw(&s, surface), 0);
	/* Another style of a blank is not seen. */
	surface_fill(surface, area_rows(surface_area(surface), 1, 2), INK(FAINT));
	assert_int_equal(stand_draw(&s, surface), 0);
	frame_forget(s.frame);
	assert_true(stand_draw(&s, surface) > 0);
	stand_end(&s);
}

static void expect_bytes(struct stand *s, const struct surface *surface, const char *bytes)
{
	stand_draw(s, surface);
	assert_string_equal(buf_text(&s->out), bytes);
}

static void test_frame__colours_change_alone_and_together(void **state)
{
	(void)state;
	struct stand s;
	owned(surface) struct surface *surface = surface_new(3, 40);
	stand_begin(&s, terminal_full(), 3, 40);
	stand_draw(&s, surface);
	struct pen pen = pen_at(surface, surface_area(surface), 1);
	/* Styles 0 and 7 differ in the foreground, 1 is bold too. */
	pen_text(&pen, STR("ab"), (struct ink){ 0, STYLE_NONE });
	pen_text(&pen, STR("  cd"), (struct ink){ 7, STYLE_NONE });
	pen_text(&pen, STR(" e"), (struct ink){ 1, STYLE_NONE });
	pen_text(&pen, STR("f"), (struct ink){ 0, STYLE_NONE });
	expect_bytes(&s, surface, "\nab  \x1b[38;5;23mcd \x1b[1;38;5;17me\x1b[22;38;5;16mf");
	stand_end(&s);
}

static void test_frame__blanks_are_erased(void **state)
{
	(void)state;
	struct stand s;
	owned(surface) struct surface *surface = surface_new(3, 40);
	stand_begin(&s, terminal_full(), 3, 40);
	stand_draw(&s, surface);
	surface_lay(surface, area_rows(surface_area(surface), 0, 1), STYLE_CURSOR);
	int bg = ways_ink(NULL, STYLE_TEXT, STYLE_CURSOR).bg;
	char want[64];
	snprintf(want, sizeof want, "\x1b[48;5;%dm\x1b[K", bg);
	expect_bytes(&s, surface, want);
	stand_end(&s);
}

/* Lines that have little in common. */
static void lines(struct surface *s, struct area a, int first)
{
	for (int row = 0; row < a.rows; row++) {
		struct pen pen = pen_at(s, a, row);
		unsigned n = (unsigned)(first + row) * 2654435761u;
		pen_printf(&pen, INK(TEXT), "%08x %08x %08x", n, n * 31, n * 77);
		pen_fill(&pen, INK(TEXT));
	}
}

static void test_frame__whole_rows_are_scrolled(void **state)
{
	(void)state;
	struct stand s;
	owned(surface) struct surface *surface = surface_new(20, 60);
	struct area a = area_rows(surface_area(surface), 2, 15);
	stand_begin(&s, terminal_full(), 20, 60);
	lines(surface, a, 100);
	assert_true(stand_draw(&s, surface) > 15 * 25);
	lines(surface, a, 101);
	assert_true(stand_draw(&s, surface) < 80);
	lines(surface, a, 98);
	assert_true(stand_draw(&s, surface) < 150);
	/* Half of each row stays: that no terminal scrolls. */
	surface_fill(surface, area_cols(surface_area(surface), 0, 20), INK(TEXT));
	lines(surface, area_cols(a, 0, 25), 1);
	stand_draw(&s, surface);
	lines(surface, area_cols(a, 30, 30), 99);
	stand_draw(&s, surface);
	stand_end(&s);
}

static void test_frame__any_size_follows_any(void **state)
{
	(void)state;
	static const int sizes[][2] = { { 1, 1 }, { 2, 1 }, { 1, 9 }, { 7, 30 }, { 3, 3 }, { 1, 1 } };
	struct stand s;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		owned(surface) struct surface *surface = surface_new(sizes[i][0], sizes[i][1]);
		stand_begin(&s, terminal_full(), sizes[i][0], sizes[i][1]);
		lines(surface, surface_area(surface), 1);
		surface->cursor_row = sizes[i][0] - 1;
		surface->cursor_col = sizes[i][1] + 3;
		stand_draw(&s, surface);
		assert_int_equal(s.glass->row, sizes[i][0] - 1);
		assert_int_equal(s.glass->col, sizes[i][1] - 1);
		stand_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame__the_terminal_shows_the_surface),
		cmocka_unit_test(test_frame__nothing_is_sent_for_nothing),
		cmocka_unit_test(test_frame__colours_change_alone_and_together),
		cmocka_unit_test(test_frame__blanks_are_erased),
		cmocka_unit_test(test_frame__whole_rows_are_scrolled),
		cmocka_unit_test(test_frame__any_size_follows_any),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
