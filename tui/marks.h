#ifndef TUI_MARKS_H
#define TUI_MARKS_H

#include "tui/jumps.h"

/* Marked lines: a letter for each kind of view, kept while the workbench runs.  {0} has
 * none. */
enum { MARKS_LETTERS = 26, MARKS_PLACES = 32 };
struct marks {
	struct place of[MARKS_PLACES][MARKS_LETTERS];
};
void marks_finish(struct marks *);
void marks_set(struct marks *, char letter, unsigned where, struct str subject, struct str line);
/* NULL: this letter marks nothing in views of this kind. */
const struct place *marks_get(const struct marks *, char letter, unsigned where);

#endif
