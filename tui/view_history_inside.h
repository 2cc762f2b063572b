#ifndef TUI_VIEW_HISTORY_INSIDE_H
#define TUI_VIEW_HISTORY_INSIDE_H

#include "core/history/list.h"
#include "tui/list.h"
#include "tui/view_history.h"

/* The history view's state, for view_history.c (reading, keys) and
 * view_history_rows.c (drawing). */
struct view_history {
	struct view view;
	struct loop *loop;
	const char *builds;             /* the folder; interned */
	struct watch *watch;
	struct arena *arena;            /* of all below */
	const char *const *ids;         /* newest first */
	struct history_item *items;     /* of those that could be read */
	size_t *shown;                  /* indexes into items that pass the filter */
	size_t nids, nitems, next;      /* next: the first id not read yet */
	struct list list;
	struct buf filter, needle, line;
	bool filters;                   /* what is typed is the filter */
	bool entered;                   /* it was in front before */
	char *asked;                    /* the id a popup asks about */
	uint64_t slice, look, settle;   /* timers */
};

/* The build under the cursor, or NULL. */
const struct history_item *history_here(const struct view_history *);
/* What is searched and filtered: all that a row can show. */
void history_row_text(const struct history_item *, struct buf *out);
void history_draw(struct view *, struct surface *, struct area);

#endif
