#ifndef TUI_FOLLOW_TTY_H
#define TUI_FOLLOW_TTY_H

#include "core/journal/build.h"

/* A build as a tree redrawn in place on a terminal's stderr, at most ten times a
 * second: groups with their steps, the last lines of what runs.  When it ends the
 * whole tree stays, and the whole log of a failed step. */
struct follow_tty;

/* Borrows all; draws from the loop. */
struct follow_tty *follow_tty_new(struct loop *, const struct build *, struct journal *);
/* Seconds run by this clock (borrowed; seconds since the epoch) and not by the system's. */
void follow_tty_clock(struct follow_tty *, const double *now);
void follow_tty_free(struct follow_tty *);
void follow_tty_dirty(struct follow_tty *);
/* Shows or takes away the question: cancel or detach. */
void follow_tty_ask(struct follow_tty *, bool asks);
/* A line that stays below the tree; text is not copied. */
void follow_tty_note(struct follow_tty *, const char *text);
/* The last picture and the summary. */
void follow_tty_end(struct follow_tty *);

#endif
