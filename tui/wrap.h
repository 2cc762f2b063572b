#ifndef TUI_WRAP_H
#define TUI_WRAP_H

#include "tui/surface.h"

/* A sentence over several rows, cut between words where that wastes little room. */

/* Rows that it takes at this width, at most `most`; at least 1. */
int wrap_rows(struct str text, int cols, int most);
/* From the area's first row on; the last row is cut with the usual sign. */
void wrap_draw(struct surface *, struct area, struct str text, struct ink);

#endif
