#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "tui/around.h"
#include "tui/mouse.h"
#include "tui/surface.h"
#include "tui/theme.h"

/* The terminal: keys out of it, surfaces onto it.  term_curses.c is the only file
 * that knows how; tests have another (tests/fake/term_fake.c). */
struct term;

/* Takes the terminal on stdin and stdout over: raw, alternate screen.  The theme is
 * borrowed; what may be used around the picture is copied, and asked for at once.  From
 * here to term_free a failed CHECK gives it back first.  NULL: err says what the terminal
 * lacks. */
struct term *term_open(const struct theme *, const struct around *, struct error *err);
void term_free(struct term *);
OWN_DEFINE(term)

/* What the terminal can do, without taking it over: for doctor.  Before term_open, never
 * while one is open. */
struct term_facts {
	const char *name;               /* TERM; lent by the environment; NULL: not set */
	bool is_terminal;               /* stdout is one */
	bool is_known, can_place;       /* in terminfo; its cursor goes where it is told */
	bool has_alternate, has_rgb, can_define;        /* smcup; RGB; ccc */
	bool no_color;                  /* NO_COLOR is set to something */
	int colours;                    /* in terminfo; below 1: none */
	unsigned used;                  /* that the workbench will use: 0, 8, 16, 256, 1 << 24 */
	bool defines;                   /* it will define its own among these 256 */
	int rows, cols;                 /* 0: not told */
};
struct term_facts term_facts(void);

/* The next key typed (a character or enum key), or KEY_NONE when all are taken;
 * never waits.  Watch stdin for POLLIN to know when to ask. */
uint32_t term_key(struct term *);
/* Behind a KEY_POINTER: what the mouse did. */
struct mouse_event term_mouse_event(const struct term *);
/* Asks the terminal to tell of its mouse, or no more; while an editor or the shell has it,
 * and at the end, it is asked no more.  False: it has none. */
bool term_mouse(struct term *, bool on);
/* Bytes that change no cell of the screen. */
void term_write(struct term *, struct str bytes);
void term_size(const struct term *, int *ret_rows, int *ret_cols);
/* After SIGWINCH: asks for the size again. */
void term_resize(struct term *);
/* Sends what differs from what was drawn last, at once. */
void term_draw(struct term *, const struct surface *);
/* The next term_draw sends everything. */
void term_redraw(struct term *);

/* The theme has other colours now: all is drawn anew. */
void term_recolour(struct term *);

/* What the terminal has told so far; term_key takes it in. */
struct term_told {
	bool has_background;            /* within TERM_ANSWER_MS of the question */
	uint32_t background;            /* 0xRRGGBB */
	bool synchronized;              /* frames are sent as one */
	bool has_focus;                 /* true until it tells otherwise */
};
enum { TERM_ANSWER_MS = 1000 };
struct term_told term_told(const struct term *);
/* Window title and progress; sends what differs from before. */
void term_tell(struct term *, struct str title, enum around_progress, int percent);
/* A bell, and a notice where the terminal shows them. */
void term_notice(struct term *, struct str title, struct str text);

/* Gives the terminal to somebody else (an editor) and takes it back. */
void term_leave(struct term *);
void term_return(struct term *);
/* Gives it back to the shell and stops this process group until it is continued. */
void term_stop(struct term *);
/* Only stops, where somebody else has the terminal. */
void term_halt(void);

#endif
