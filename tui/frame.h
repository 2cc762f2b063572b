#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include "tui/surface.h"

/* Surfaces as the bytes that a terminal has to be sent: as few as the difference to
 * what it shows allows.  Knows what things cost, not which terminal it is: that is
 * told in a struct frame_terminal (by terminfo in term_curses.c, by hand in tests).
 *
 * Why not ncurses' own: it sends both colours of a pair at each change of one, for
 * blanks too, and sets the terminal back after each update (measured: 390 to 510
 * bytes for a cursor that moves a line, of which 70 % were colours). */

/* What a terminal may be told; names of terminfo. */
enum frame_way {
	FRAME_MOVE,             /* cup: row, column */
	FRAME_FORWARD,          /* cuf: columns */
	FRAME_CLEAR,            /* clear */
	FRAME_CLEAR_LINE,       /* el: to the end of the line */
	FRAME_ERASE,            /* ech: columns, the cursor stays */
	FRAME_REGION,           /* csr: first row, last row; the cursor goes anywhere */
	FRAME_SCROLL_UP,        /* ind: at the region's last row */
	FRAME_SCROLL_DOWN,      /* ri: at the region's first row */
	FRAME_FOREGROUND,       /* setaf: colour */
	FRAME_BACKGROUND,       /* setab: colour */
	FRAME_RESET,            /* sgr0: attributes and colours */
	FRAME_BOLD, FRAME_DIM, FRAME_UNDERLINE, FRAME_REVERSE, FRAME_ITALIC,
	FRAME_HIDE,             /* civis */
	FRAME_SHOW,             /* cnorm */
	FRAME_WAYS,
};

/* What a cell looks like there. */
struct frame_ink {
	int fg, bg;             /* colours by the terminal's numbers; -1: its own */
	unsigned attributes;    /* of enum theme_attribute */
};

struct frame_terminal {
	bool can[FRAME_WAYS];   /* FRAME_MOVE and FRAME_CLEAR it must */
	bool erases_in_colour;  /* bce: what is erased or scrolled in has the background */
	bool takes_off_one;     /* SGR 22, 23, 24 and 27 are understood */
	bool wraps_at_once;     /* a character in the last column of the last row scrolls */
	/* Appends the sequence; parameters as above, from 0. */
	void (*put)(void *data, struct buf *out, enum frame_way, int a, int b);
	struct frame_ink (*ink)(void *data, enum style style, enum style over);
	void *data;
};

struct frame;

/* The terminal is borrowed. */
struct frame *frame_new(const struct frame_terminal *);
void frame_free(struct frame *);
OWN_DEFINE(frame)
/* Nothing is known of what the terminal shows: the next frame clears it first. */
void frame_forget(struct frame *);
/* Appends what turns the frame before into this one; nothing when they look alike. */
void frame_draw(struct frame *, const struct surface *, struct buf *out);

#endif
