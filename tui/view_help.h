#ifndef TUI_VIEW_HELP_H
#define TUI_VIEW_HELP_H

#include "tui/view.h"

/* The keys that are valid in the view it was called from (its ops->where) and
 * everywhere, made from keymap.def. */
struct view *view_help_new(const struct view_ops *from);

#endif
