#ifndef TUI_PALETTE_H
#define TUI_PALETTE_H

#include <stdbool.h>
#include <stdint.h>

/* Colours of our own in a terminal's 256, for those that let a program redefine them.
 * Each takes the free index whose usual colour is nearest: so a terminal that only
 * says it can, as many do, shows about the right one.  The first 16 are the user's. */
struct palette {
	uint32_t rgb[256];
	bool taken[256];
};

/* The index that stands for the colour, the same each time; *ret_new: it has to be
 * defined now.  When all are taken: the nearest of xterm's colours, undefined. */
unsigned palette_index(struct palette *, uint32_t rgb, bool *ret_new);

#endif
