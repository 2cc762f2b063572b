#ifndef TUI_VIEW_HELP_H
#define TUI_VIEW_HELP_H

#include "tui/view.h"

/* All keys, searchable: those that are valid in the view it was called from first
 * (its ops->where), then the others; made from keymap.def. */
struct view *view_help_new(const struct view_ops *from);

#endif
