#ifndef TUI_PANES_H
#define TUI_PANES_H

#include <stdbool.h>

#include "tui/surface.h"

/* Borders between panes, moved by hand: kept for each view while the workbench runs.
 * {0} has none moved. */
enum { PANES_BORDERS = 8, PANES_LEAST = 10 };

struct panes_border {
	unsigned where;                 /* of enum where: whose; 0: free */
	unsigned index;                 /* from the left */
	int by;                         /* columns it was moved to the right */
	struct area at;                 /* where it was drawn last; no rows: not on the screen */
};

struct panes {
	struct panes_border borders[PANES_BORDERS];
};

/* The column of the area at which a border stands that would be at `usual`; both sides keep
 * PANES_LEAST columns where there are so many.  Notes where it is drawn. */
int panes_place(struct panes *, unsigned where, unsigned index, struct area, int usual);
/* Before a frame: none is on the screen. */
void panes_clear(struct panes *);
/* False: that border is not on the screen. */
bool panes_move(struct panes *, unsigned where, unsigned index, int by);
/* The view's borders where they would be of themselves; false: they are. */
bool panes_even(struct panes *, unsigned where);
/* The border at this cell, or NULL. */
struct panes_border *panes_at(struct panes *, int row, int col);

#endif
