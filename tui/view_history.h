#ifndef TUI_VIEW_HISTORY_H
#define TUI_VIEW_HISTORY_H

#include "core/base/error.h"
#include "tui/view.h"

/* All builds of this user, newest first.  NULL: err says why they cannot be read. */
struct view *view_history_new(struct loop *, struct error *err);

#endif
