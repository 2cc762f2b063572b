#ifndef TUI_PROBLEM_PANEL_H
#define TUI_PROBLEM_PANEL_H

#include "core/base/buf.h"
#include "core/value/problem.h"
#include "tui/list.h"

/* The panel of problems: a line each, in the order of files and places, which ]d goes
 * through as well.  It stays while files are edited, and its cursor on its problem.  {0}
 * is a closed one. */
struct problem_panel {
	bool open;
	bool has_keys;                  /* keys go here and not to a pane */
	struct list list;
	struct buf here;                /* the problem under the cursor, to find it again */
};

void problem_panel_finish(struct problem_panel *);
/* After every reading; problems may be NULL. */
void problem_panel_fill(struct problem_panel *, const struct problems *);
/* Cursor to this problem. */
void problem_panel_go(struct problem_panel *, const struct problems *, size_t i);
/* To the next one with the text (search.h); false: none. */
bool problem_panel_search(struct problem_panel *, const struct problems *, struct str needle,
                          bool down);
/* How many rows it would like, of so many. */
int problem_panel_rows(const struct problem_panel *, int rows);
void problem_panel_draw(struct problem_panel *, struct surface *, struct area,
                        const struct problems *);

/* As problem_print, but from the project's root, without severity or schema. */
void problem_panel_text(const struct problem *, struct buf *);
/* "!", "?" or "i", and how it looks. */
const char *problem_panel_sign(enum severity, struct ink *ret_ink);

#endif
