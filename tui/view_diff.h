#ifndef TUI_VIEW_DIFF_H
#define TUI_VIEW_DIFF_H

#include "tui/diff.h"
#include "tui/view.h"

/* What this selection changes: the documents that differ, pointer by pointer, and the
 * Dockerfile, against another selection or a git revision; read again with the project. */

/* The project is borrowed; against is copied. */
struct view *view_diff_new(struct project *, const struct diff_against *);
/* The same view against something else. */
void view_diff_set(struct view *, const struct diff_against *);
/* Asks for profiles or a revision (kind) and goes on with what is typed. */
void view_diff_ask(struct view *, enum diff_kind);

#endif
