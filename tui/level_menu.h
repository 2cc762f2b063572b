#ifndef TUI_LEVEL_MENU_H
#define TUI_LEVEL_MENU_H

#include "tui/popup.h"
#include "tui/project.h"

/* The popup of `B`: which cache level, then Enter builds.  Choosing one shows at
 * once, in the Dockerfile behind it, what will run anew. */
struct popup *level_menu_new(struct project *);

#endif
