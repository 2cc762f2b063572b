#ifndef TUI_VIEW_HISTORY_H
#define TUI_VIEW_HISTORY_H

#include "core/base/error.h"
#include "tui/view.h"

/* All builds of this user, newest first.  NULL: err says why they cannot be read. */
struct view *view_history_new(struct loop *, struct error *err);
/* The folders of the builds that are marked, newest first, else of the one under the cursor,
 * at most so many; returns how many there are.  Lent until the view is freed.  0 also for
 * another view. */
size_t view_history_marked(const struct view *, const char **ret_dirs, size_t most);

#endif
