/* The terminal by ncurses, wide characters and colours by terminfo. */
#include "tui/keymap.h"
#include "tui/term.h"
#include "tui/term_curses.h"

#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "core/base/check.h"

/* What one style over one background is to ncurses. */
struct term_pair {
	bool known;
	attr_t attributes;
	int pair;
};

struct term {
	SCREEN *screen;
	const struct theme *theme;
	unsigned colours;               /* 0: none; 1 << 24: direct */
	struct surface *shown;          /* what the terminal shows; NULL: nothing is known */
	struct term_pair pairs[STYLE_COUNT][STYLE_COUNT + 1];
};

/* ncurses knows the terminal that is open by itself. */
static void term_rescue(void)
{
	endwin();
}

static void term_set_modes(void)
{
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	idlok(stdscr, TRUE);
	curs_set(0);
}

struct term *term_open(const struct theme *theme, struct error *err)
{
	const char *name = getenv("TERM");
	if (!name || !name[0]) {
		error_set(err, ERROR_USAGE, "TERM is not set, so nothing is known of this terminal: "
		          "export TERM=xterm-256color, for example");
		return NULL;
	}
	set_escdelay(25);
	SCREEN *screen = newterm(NULL, stdout, stdin);
	/* A "dumb" one opens, but cannot be drawn on. */
	if (screen && !tigetstr("cup")) {
		endwin();
		delscreen(screen);
		screen = NULL;
	}
	if (!screen) {
		error_set(err, ERROR_USAGE, "the terminal '%s' is not known here or cannot place its "
		          "cursor: set TERM to one that is (tic adds one)", name);
		return NULL;
	}
	/* Ours to handle, in the loop; ncurses would draw from a signal handler. */
	signal(SIGTSTP, SIG_DFL);
	struct term *t = xcalloc(1, sizeof *t);
	t->screen = screen;
	t->theme = theme;
	term_set_modes();
	t->colours = term_count_colours();
	if (t->colours && start_color() == ERR)
		t->colours = 0;
	check_set_hook(term_rescue);
	return t;
}

void term_free(struct term *t)
{
	if (!t)
		return;
	check_set_hook(NULL);
	curs_set(1);
	endwin();
	delscreen(t->screen);
	surface_free(t->shown);
	free(t);
}

/* ---- keys ---- */

static uint32_t term_named(wint_t code)
{
	static const struct {
		wint_t code;
		uint32_t key;
	} keys[] = {
		{ KEY_UP, KEY_ARROW_UP }, { KEY_DOWN, KEY_ARROW_DOWN }, { KEY_LEFT, KEY_ARROW_LEFT },
		{ KEY_RIGHT, KEY_ARROW_RIGHT }, { KEY_PPAGE, KEY_PAGE_UP }, { KEY_NPAGE, KEY_PAGE_DOWN },
		{ KEY_HOME, KEY_GO_HOME }, { KEY_END, KEY_GO_END }, { KEY_BTAB, KEY_BACK_TAB },
		{ KEY_BACKSPACE, KEY_RUBOUT }, { KEY_DC, KEY_REMOVE }, { KEY_ENTER, KEY_RETURN },
		{ KEY_RESIZE, KEY_RESIZED },
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].code == code)
			return keys[i].key;
	if (code > KEY_F0 && code < KEY_F0 + 64)
		return KEY_FUNCTION + (uint32_t)(code - KEY_F0);
	return KEY_NAMED;
}

uint32_t term_key(struct term *t)
{
	(void)t;
	wint_t code;
	switch (wget_wch(stdscr, &code)) {
	case OK:
		/* A NUL (Ctrl-Space) is no key of ours, but not the end either. */
		return code ? (uint32_t)code : KEY_NAMED;
	case KEY_CODE_YES:
		return term_named(code);
	default:
		return KEY_NONE;
	}
}

/* ---- size ---- */

void term_size(const struct term *t, int *ret_rows, int *ret_cols)
{
	(void)t;
	*ret_rows = LINES > 0 ? LINES : 1;
	*ret_cols = COLS > 0 ? COLS : 1;
}

void term_resize(struct term *t)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	term_redraw(t);
}

/* ---- drawing ---- */

static attr_t term_attributes(unsigned a)
{
	attr_t out = A_NORMAL;
	out |= a & THEME_BOLD ? A_BOLD : 0;
	out |= a & THEME_DIM ? A_DIM : 0;
	out |= a & THEME_UNDERLINE ? A_UNDERLINE : 0;
	out |= a & THEME_REVERSE ? A_REVERSE : 0;
	out |= a & THEME_ITALIC ? A_ITALIC : 0;
	return out;
}

/* The first eight numbers are the palette's even where colours are direct. */
static int term_direct(uint32_t rgb)
{
	return rgb < 8 ? 0 : (int)rgb;
}

static const struct term_pair *term_pair(struct term *t, enum style style, enum style over)
{
	struct term_pair *p = &t->pairs[style][over < STYLE_COUNT ? over : STYLE_COUNT];
	if (p->known)
		return p;
	p->known = true;
	if (t->colours == 0) {
		p->attributes = term_attributes(theme_look(t->theme, style, over).mono);
	} else if (t->colours > 256) {
		struct look look = theme_look(t->theme, style, over);
		p->attributes = term_attributes(look.attributes);
		p->pair = alloc_pair(term_direct(look.fg), term_direct(look.bg));
	} else {
		struct paint paint = theme_paint(t->theme, style, over, t->colours);
		p->attributes = term_attributes(paint.attributes);
		p->pair = alloc_pair((int)paint.fg, (int)paint.bg);
	}
	if (p->pair < 0)
		p->pair = 0;
	return p;
}

static void term_draw_row(struct term *t, const struct surface *s, int row)
{
	for (int col = 0; col < s->cols; col++) {
		const struct cell *cell = &s->cells[(size_t)row * (size_t)s->cols + (size_t)col];
		wchar_t text[2 + TEXT_MARKS] = { 0 };
		cchar_t out;
		if (cell->width == 0)
			continue;
		for (int i = 0; i < 1 + TEXT_MARKS; i++)
			text[i] = (wchar_t)cell->runes[i];
		const struct term_pair *p = term_pair(t, cell->style, cell->over);
		int pair = p->pair;
		if (setcchar(&out, text, p->attributes, (short)pair, &pair) == ERR)
			continue;
		mvadd_wch(row, col, &out);
	}
}

static bool term_same_row(const struct surface *a, const struct surface *b, int row)
{
	size_t size = (size_t)a->cols * sizeof *a->cells;
	size_t at = (size_t)row * (size_t)a->cols;
	return memcmp(a->cells + at, b->cells + at, size) == 0;
}

void term_draw(struct term *t, const struct surface *s)
{
	bool all = !t->shown || t->shown->rows != s->rows || t->shown->cols != s->cols;
	if (!t->shown)
		t->shown = surface_new(s->rows, s->cols);
	else if (all)
		surface_resize(t->shown, s->rows, s->cols);
	if (all)
		clearok(stdscr, TRUE);
	for (int row = 0; row < s->rows; row++)
		if (all || !term_same_row(s, t->shown, row))
			term_draw_row(t, s, row);
	memcpy(t->shown->cells, s->cells, (size_t)s->rows * (size_t)s->cols * sizeof *s->cells);
	if (s->cursor_row >= 0)
		move(s->cursor_row, s->cursor_col < s->cols ? s->cursor_col : s->cols - 1);
	curs_set(s->cursor_row >= 0);
	wnoutrefresh(stdscr);
	doupdate();
}

void term_redraw(struct term *t)
{
	surface_free(t->shown);
	t->shown = NULL;
}

/* ---- somebody else's turn ---- */

void term_leave(struct term *t)
{
	(void)t;
	def_prog_mode();
	curs_set(1);
	endwin();
}

void term_return(struct term *t)
{
	reset_prog_mode();
	curs_set(0);
	term_resize(t);
}

void term_stop(struct term *t)
{
	term_leave(t);
	/* The whole group, or the shell would wait for who started us (make, sudo). */
	kill(0, SIGTSTP);
	term_return(t);
}
