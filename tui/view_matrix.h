#ifndef TUI_VIEW_MATRIX_H
#define TUI_VIEW_MATRIX_H

#include "tui/project.h"
#include "tui/view.h"

/* Combinations of the project's profiles side by side, and their builds as a batch.
 * Borrows the project, which has been read once.  NULL: err says why the builds cannot be
 * looked at. */
struct view *view_matrix_new(struct loop *, struct project *, struct error *);

#endif
