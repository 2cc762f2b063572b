#ifndef TUI_VIEW_MESSAGES_H
#define TUI_VIEW_MESSAGES_H

#include "tui/messages.h"
#include "tui/view.h"

/* All that was said so far, borrowed; new messages show as they come. */
struct view *view_messages_new(const struct messages *);

#endif
