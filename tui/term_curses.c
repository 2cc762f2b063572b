/* The terminal by ncurses: its modes, its keys and, by terminfo, what it can be told.
 * What is told it frame.c makes: ncurses' own windows stay empty. */
#include "tui/frame.h"
#include "tui/keymap.h"
#include "tui/palette.h"
#include "tui/reply.h"
#include "tui/term.h"
#include "tui/term_curses.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/clock.h"

/* What one style over one background is. */
struct term_ink {
	bool known;
	struct frame_ink ink;
};

struct term {
	SCREEN *screen;
	WINDOW *keys;                   /* a pad: reading from it draws nothing */
	const struct theme *theme;
	unsigned colours;               /* term_count_colours */
	bool defines;                   /* term_defines_colours */
	unsigned never;                 /* attributes that do not go with colours */
	struct frame_terminal terminal;
	const char *ways[FRAME_WAYS];   /* terminfo's */
	struct frame *frame;
	struct palette palette;
	struct buf out, farewell;       /* farewell: gives cursor and colours back */
	struct term_ink inks[STYLE_COUNT][STYLE_COUNT + 1];
	struct around around;
	struct reply reply;
	size_t given;                   /* of reply's typed keys */
	bool mouse;                     /* it was asked to tell of it */
	bool reports;                   /* in the middle of such a telling */
	struct mouse_report report;
	struct mouse_event event;
	int64_t asked;                  /* clock_monotonic_ms; 0: nothing more is awaited */
	struct term_told told;
	struct buf title;               /* as sent last */
	enum around_progress progress;
	int percent;
};

/* ncurses' codes for what it calls no key. */
enum { TERM_FOCUS_IN = KEY_MAX + 1, TERM_FOCUS_OUT, TERM_REPORT };

/* For a failed CHECK; there is one terminal a process. */
static const struct term *term_taken;

static void term_send(const struct buf *bytes)
{
	for (size_t at = 0; at < bytes->n; ) {
		ssize_t n = write(STDOUT_FILENO, bytes->p + at, bytes->n - at);
		if (n < 0 && errno != EINTR)
			return;
		at += n > 0 ? (size_t)n : 0;
	}
}

/* Presses, drags and the wheel, in decimal (SGR): what ncurses would ask for depends on
 * terminfo, and has no drags. */
static const char term_mouse_on[] = "\x1b[?1002h\x1b[?1006h";
static const char term_mouse_off[] = "\x1b[?1006l\x1b[?1002l";

static void term_send_text(const char *text)
{
	struct buf bytes = { .p = (char *)(uintptr_t)text, .n = strlen(text) };
	term_send(&bytes);
}

static void term_say_farewell(const struct term *t)
{
	if (t->mouse)
		term_send_text(term_mouse_off);
	term_send(&t->farewell);
}

static void term_rescue(void)
{
	if (term_taken)
		term_say_farewell(term_taken);
	endwin();
}

/* ---- what it can be told ---- */

static const char *term_string(const char *name)
{
	const char *s = tigetstr(name);
	return s == (const char *)-1 || !s || !s[0] ? NULL : s;
}

/* Without the pauses ("$<5>") that terminals of glass needed. */
static void term_append(struct buf *out, const char *s)
{
	while (s && *s) {
		const char *pause = strstr(s, "$<"), *end = pause ? strchr(pause, '>') : NULL;
		buf_append(out, (struct str){ s, end ? (size_t)(pause - s) : strlen(s) });
		s = end ? end + 1 : NULL;
	}
}

static void term_put(void *data, struct buf *out, enum frame_way way, int a, int b)
{
	const struct term *t = data;
	const char *s = tiparm(t->ways[way], a, b);
	const char *csi = way == FRAME_RESET ? strstr(s, "\x1b[") : NULL;
	const char *end = csi ? strchr(csi, 'm') : NULL;
	/* Of "\e(B\e[m" and "\e[m^O" the half that we undo: we never change character sets. */
	if (end)
		buf_append(out, (struct str){ csi, (size_t)(end + 1 - csi) });
	else
		term_append(out, s);
}

static void term_learn(struct term *t)
{
	static const char *const names[FRAME_WAYS] = {
		[FRAME_MOVE] = "cup", [FRAME_FORWARD] = "cuf", [FRAME_CLEAR] = "clear",
		[FRAME_CLEAR_LINE] = "el", [FRAME_ERASE] = "ech", [FRAME_REGION] = "csr",
		[FRAME_SCROLL_UP] = "ind", [FRAME_SCROLL_DOWN] = "ri", [FRAME_FOREGROUND] = "setaf",
		[FRAME_BACKGROUND] = "setab", [FRAME_RESET] = "sgr0", [FRAME_BOLD] = "bold",
		[FRAME_DIM] = "dim", [FRAME_UNDERLINE] = "smul", [FRAME_REVERSE] = "rev",
		[FRAME_ITALIC] = "sitm", [FRAME_HIDE] = "civis", [FRAME_SHOW] = "cnorm",
	};
	const char *underline_off = term_string("rmul");
	for (size_t i = 0; i < FRAME_WAYS; i++) {
		t->ways[i] = term_string(names[i]);
		t->terminal.can[i] = t->ways[i];
	}
	t->terminal.erases_in_colour = tigetflag("bce") > 0;
	t->terminal.wraps_at_once = tigetflag("am") > 0 && tigetflag("xenl") <= 0;
	/* Who takes an underline off alone does as ECMA-48 says. */
	t->terminal.takes_off_one = underline_off && strcmp(underline_off, "\x1b[24m") == 0;
	t->terminal.put = term_put;
	t->terminal.data = t;
}

/* ---- colours ---- */

/* "ncv": bits in the order of attributes that go not with colours. */
static unsigned term_never(void)
{
	int bits = tigetnum("ncv");
	if (bits < 0)
		return 0;
	return (bits & 2 ? THEME_UNDERLINE : 0u) | (bits & 4 ? THEME_REVERSE : 0u) |
	       (bits & 16 ? THEME_DIM : 0u) | (bits & 32 ? THEME_BOLD : 0u) |
	       (bits & 1 << 15 ? THEME_ITALIC : 0u);
}

/* Terminfo counts in thousandths; rounded so that its sum gives the byte again. */
static void term_define(struct term *t, unsigned index, uint32_t rgb)
{
	int part[3];
	for (unsigned i = 0; i < 3; i++)
		part[i] = ((int)(rgb >> (16 - 8 * i) & 0xff) * 1000 + 254) / 255;
	term_append(&t->out, tiparm(tigetstr("initc"), (int)index, part[0], part[1], part[2]));
}

static int term_own(struct term *t, uint32_t rgb)
{
	bool is_new;
	unsigned index = palette_index(&t->palette, rgb, &is_new);
	if (is_new)
		term_define(t, index, rgb);
	return (int)index;
}

/* The first numbers may be a palette's even where colours are direct. */
static int term_direct(uint32_t rgb)
{
	return (int)(rgb < 0x100 ? rgb | 0x100 : rgb);
}

/* As many as the terminal has, and the theme wants. */
static void term_learn_colours(struct term *t)
{
	t->colours = term_count_colours();
	t->defines = term_defines_colours();
	if (t->theme->colours < t->colours) {
		t->colours = t->theme->colours;
		t->defines = false;
	}
}

/* The number that the terminal has for a colour of the theme that is its own. */
static int term_own_number(const struct term *t, uint32_t colour)
{
	unsigned number = colour & 15;
	if (colour == THEME_DEFAULT)
		return -1;
	if (!theme_is_terminals(colour))
		number = theme_nearest(colour, 16);
	return (int)(t->colours < 16 ? number & 7 : number);
}

static struct frame_ink term_look(struct term *t, enum style style, enum style over)
{
	struct look look = theme_look(t->theme, style, over);
	if (t->colours == 0)
		return (struct frame_ink){ -1, -1, look.mono };
	struct frame_ink ink = { .attributes = look.attributes & ~t->never };
	if (theme_is_terminals(look.fg) || theme_is_terminals(look.bg)) {
		ink.fg = term_own_number(t, look.fg);
		ink.bg = term_own_number(t, look.bg);
	} else if (t->colours > 256) {
		ink.fg = term_direct(look.fg);
		ink.bg = term_direct(look.bg);
	} else if (t->defines) {
		ink.fg = term_own(t, look.fg);
		ink.bg = term_own(t, look.bg);
	} else {
		struct paint paint = theme_paint(t->theme, style, over, t->colours);
		ink = (struct frame_ink){ (int)paint.fg, (int)paint.bg, paint.attributes & ~t->never };
	}
	return ink;
}

static struct frame_ink term_ink(void *data, enum style style, enum style over)
{
	struct term *t = data;
	struct term_ink *i = &t->inks[style][over < STYLE_COUNT ? over : STYLE_COUNT];
	if (!i->known)
		*i = (struct term_ink){ true, term_look(t, style, over) };
	return i->ink;
}

static void term_make_farewell(struct term *t)
{
	around_end(&t->around, &t->farewell);
	if (t->ways[FRAME_RESET])
		term_put(t, &t->farewell, FRAME_RESET, 0, 0);
	if (t->colours)
		term_append(&t->farewell, term_string("op"));
	if (t->defines)
		term_append(&t->farewell, term_string("oc"));
	if (t->ways[FRAME_SHOW])
		term_put(t, &t->farewell, FRAME_SHOW, 0, 0);
}

/* ---- taking it over ---- */

static void term_set_modes(struct term *t)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	/* Somebody before us may have left it so; half a frame is none. */
	if (flags >= 0 && flags & O_NONBLOCK)
		fcntl(STDOUT_FILENO, F_SETFL, flags & ~O_NONBLOCK);
	raw();
	noecho();
	nonl();
	t->keys = newpad(1, 1);
	CHECK(t->keys);
	nodelay(t->keys, TRUE);
	keypad(t->keys, TRUE);
	intrflush(t->keys, FALSE);
	define_key("\x1b[I", TERM_FOCUS_IN);
	define_key("\x1b[O", TERM_FOCUS_OUT);
	define_key("\x1b[<", TERM_REPORT);
	refresh();
}

/* The answers come when they come: nobody waits for them. */
static void term_begin(struct term *t)
{
	owned_buf struct buf out = { 0 };
	around_begin(&t->around, &out);
	around_ask(&t->around, &out);
	t->asked = t->around.asks ? clock_monotonic_ms() : 0;
	t->told.has_focus = true;
	term_send(&out);
}

/* An answer that comes when we are gone would be typed into the shell. */
static void term_await_last(struct term *t)
{
	enum { WAIT_MS = 200 };
	int64_t end = clock_monotonic_ms() + WAIT_MS;
	wtimeout(t->keys, WAIT_MS);
	while (t->asked && clock_monotonic_ms() < end && term_key(t) != KEY_NONE)
		continue;
}

struct term *term_open(const struct theme *theme, const struct around *around, struct error *err)
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
	if (screen && (!term_string("cup") || !term_string("clear"))) {
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
	t->around = *around;
	term_learn(t);
	t->terminal.ink = term_ink;
	term_learn_colours(t);
	t->never = term_never();
	term_make_farewell(t);
	t->frame = frame_new(&t->terminal);
	term_set_modes(t);
	term_taken = t;
	check_set_hook(term_rescue);
	term_begin(t);
	return t;
}

void term_free(struct term *t)
{
	if (!t)
		return;
	check_set_hook(NULL);
	term_taken = NULL;
	term_say_farewell(t);
	term_await_last(t);
	endwin();
	delwin(t->keys);
	delscreen(t->screen);
	frame_free(t->frame);
	buf_finish(&t->out);
	buf_finish(&t->farewell);
	buf_finish(&t->title);
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

/* What the terminal tells by sequences that begin like a key; false: it is one. */
static bool term_tells(struct term *t, wint_t code)
{
	t->reports = code == TERM_REPORT;
	t->report = (struct mouse_report){ 0 };
	if (code == TERM_FOCUS_IN || code == TERM_FOCUS_OUT)
		t->told.has_focus = code == TERM_FOCUS_IN;
	return code == TERM_FOCUS_IN || code == TERM_FOCUS_OUT || code == TERM_REPORT;
}

static uint32_t term_typed(struct term *t)
{
	wint_t code;
	for (;;)
		switch (wget_wch(t->keys, &code)) {
		case OK:
			/* A NUL (Ctrl-Space) is no key of ours, but not the end either. */
			if (!t->reports)
				return code ? (uint32_t)code : KEY_NAMED;
			enum mouse_read read = mouse_read(&t->report, (uint32_t)code, &t->event);
			t->reports = read == MOUSE_MORE;
			if (read == MOUSE_EVENT && t->mouse)
				return KEY_POINTER;
			break;
		case KEY_CODE_YES:
			if (!term_tells(t, code))
				return term_named(code);
			break;
		default:
			return KEY_NONE;
		}
}

static bool term_is_in_time(const struct term *t)
{
	return t->asked && clock_monotonic_ms() - t->asked < TERM_ANSWER_MS;
}

static void term_answered(struct term *t, enum reply_kind kind)
{
	if (kind == REPLY_BACKGROUND && term_is_in_time(t)) {
		t->told.has_background = true;
		t->told.background = t->reply.rgb;
	} else if (kind == REPLY_SYNCHRONIZED) {
		t->told.synchronized = t->around.synchronized;
	} else if (kind == REPLY_END) {
		t->asked = 0;
	}
}

uint32_t term_key(struct term *t)
{
	struct reply *r = &t->reply;
	for (;;) {
		if (t->given < r->typed)
			return r->keys[t->given++];
		uint32_t key = term_typed(t);
		bool held = r->n > r->typed;
		/* ESC alone is a key; the rest of an answer may be on its way. */
		if (key == KEY_NONE && (!held || (reply_has_begun(r) && term_is_in_time(t))))
			return KEY_NONE;
		if (key != KEY_NONE && !held && (key != KEY_ESCAPE || !t->around.asks))
			return key;
		t->given = 0;
		if (key == KEY_NONE)
			reply_release(r);
		else
			term_answered(t, reply_feed(r, key));
	}
}

struct mouse_event term_mouse_event(const struct term *t)
{
	return t->event;
}

bool term_mouse(struct term *t, bool on)
{
	const char *name = getenv("TERM");
	if (on && (!term_string("kmous") || (name && strcmp(name, "linux") == 0)))
		return false;
	t->mouse = on;
	term_send_text(on ? term_mouse_on : term_mouse_off);
	return true;
}

void term_write(struct term *t, struct str bytes)
{
	buf_clear(&t->out);
	buf_append(&t->out, bytes);
	term_send(&t->out);
}

struct term_told term_told(const struct term *t)
{
	return t->told;
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

void term_draw(struct term *t, const struct surface *s)
{
	/* Colours that are new with this frame are defined first. */
	owned_buf struct buf frame = { 0 };
	buf_clear(&t->out);
	frame_draw(t->frame, s, &frame);
	buf_append(&t->out, buf_str(&frame));
	if (t->told.synchronized)
		around_frame(&t->out);
	term_send(&t->out);
}

void term_redraw(struct term *t)
{
	frame_forget(t->frame);
}

void term_recolour(struct term *t)
{
	memset(t->inks, 0, sizeof t->inks);
	term_learn_colours(t);
	term_redraw(t);
}

/* ---- around the picture ---- */

void term_tell(struct term *t, struct str title, enum around_progress progress, int percent)
{
	owned_buf struct buf out = { 0 };
	if (!str_eq(title, buf_str(&t->title))) {
		buf_clear(&t->title);
		buf_append(&t->title, title);
		around_title(&t->around, title, &out);
	}
	if (progress != t->progress || percent != t->percent)
		around_progress(&t->around, progress, percent, &out);
	t->progress = progress;
	t->percent = percent;
	term_send(&out);
}

void term_notice(struct term *t, struct str title, struct str text)
{
	owned_buf struct buf out = { 0 };
	around_notice(&t->around, title, text, &out);
	term_send(&out);
}

/* ---- somebody else's turn ---- */

void term_leave(struct term *t)
{
	term_say_farewell(t);
	def_prog_mode();
	endwin();
}

void term_return(struct term *t)
{
	reset_prog_mode();
	keypad(t->keys, TRUE);
	refresh();
	buf_clear(&t->out);
	buf_clear(&t->title);
	t->progress = AROUND_NO_PROGRESS;
	around_begin(&t->around, &t->out);
	for (unsigned i = 0; i < 256; i++)
		if (t->palette.taken[i])
			term_define(t, i, t->palette.rgb[i]);
	term_send(&t->out);
	if (t->mouse)
		term_send_text(term_mouse_on);
	term_resize(t);
}

void term_halt(void)
{
	sigset_t stop, before;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	/* The loop holds it back, so that the terminal can be given back first.  The whole
	 * group, or the shell would wait for who started us (make, sudo). */
	sigprocmask(SIG_UNBLOCK, &stop, &before);
	kill(0, SIGTSTP);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void term_stop(struct term *t)
{
	term_leave(t);
	term_halt();
	term_return(t);
}
