#ifndef TUI_WHICH_KEY_H
#define TUI_WHICH_KEY_H

#include "tui/keymap.h"
#include "tui/surface.h"

/* The keys that may follow those typed so far, with what they do.  Behind a number alone:
 * those that take one. */

/* How long nothing must be typed before they show. */
enum { WHICH_KEY_MS = 300 };

/* As a box at the bottom of the area; false where it is too small for one. */
bool which_key_draw(const struct keymap *, unsigned where, struct surface *, struct area);
/* The same on one line. */
void which_key_draw_line(const struct keymap *, unsigned where, struct pen *);

#endif
