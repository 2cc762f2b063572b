#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "tui/surface.h"
#include "tui/theme.h"

/* The terminal: keys out of it, surfaces onto it.  term_curses.c is the only file
 * that knows how; tests have another (tests/fake/term_fake.c). */
struct term;

/* Takes the terminal on stdin and stdout over: raw, alternate screen.  The theme is
 * borrowed.  From here to term_free a failed CHECK gives it back first.  NULL: err
 * says what the terminal lacks. */
struct term *term_open(const struct theme *, struct error *err);
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
void term_size(const struct term *, int *ret_rows, int *ret_cols);
/* After SIGWINCH: asks for the size again. */
void term_resize(struct term *);
/* Sends what differs from what was drawn last, at once. */
void term_draw(struct term *, const struct surface *);
/* The next term_draw sends everything. */
void term_redraw(struct term *);

/* Gives the terminal to somebody else (an editor) and takes it back. */
void term_leave(struct term *);
void term_return(struct term *);
/* Gives it back to the shell and stops this process group until it is continued. */
void term_stop(struct term *);
/* Only stops, where somebody else has the terminal. */
void term_halt(void);

#endif
