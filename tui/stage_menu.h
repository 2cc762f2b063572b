#ifndef TUI_STAGE_MENU_H
#define TUI_STAGE_MENU_H

#include "core/recipe/recipe.h"
#include "tui/popup.h"

/* The stages of a Dockerfile as a graph, the cursor on `here` (-1: none); Enter goes to one.
 * go is called once, after the popup has closed; data must live as long as the view beneath.
 * All that it shows is copied. */
struct popup *stage_menu_new(const struct recipe *, int here, void (*go)(void *data, int stage),
                             void *data);

#endif
