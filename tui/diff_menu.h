#ifndef TUI_DIFF_MENU_H
#define TUI_DIFF_MENU_H

#include "tui/popup.h"
#include "tui/project.h"

/* The popup of `d`: what to compare this selection with.  Enter opens the diff view, or
 * turns the one given (NULL: none is open) to it. */
struct popup *diff_menu_new(struct project *, struct view *diff);

#endif
