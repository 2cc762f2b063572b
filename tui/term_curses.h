#ifndef TUI_TERM_CURSES_H
#define TUI_TERM_CURSES_H

#include <stdbool.h>

/* Private: what the files that see <curses.h> share. */

/* How many colours the terminal that terminfo now speaks of (newterm, setupterm) shall be
 * told: 0 (none, or NO_COLOR), 8, 16, 256, or 1 << 24 where a colour's number is its
 * 0xRRGGBB. */
unsigned term_count_colours(void);
/* Whether of the 256 we define ours, each in the place of the nearest. */
bool term_defines_colours(void);

#endif
