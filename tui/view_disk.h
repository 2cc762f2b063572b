#ifndef TUI_VIEW_DISK_H
#define TUI_VIEW_DISK_H

#include "tui/view.h"

/* What an engine holds on its disk, a table a kind; what is marked can be removed after a look
 * at what that costs.  engine and named as for disk_new. */
struct view *view_disk_new(struct loop *, const char *engine, const struct pair *named,
                           size_t nnamed);

#endif
