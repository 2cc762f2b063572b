#ifndef TUI_VIEW_DIFF_INSIDE_H
#define TUI_VIEW_DIFF_INSIDE_H

#include "core/job/revision.h"
#include "tui/app.h"
#include "tui/diff_rows.h"
#include "tui/list.h"
#include "tui/view_diff.h"

/* The diff view's state, for view_diff*.c alone. */
enum diff_pane { DIFF_CONFIG, DIFF_DOCKERFILE, DIFF_PANES };
enum diff_asks { DIFF_ASKS_SEARCH, DIFF_ASKS_PROFILES, DIFF_ASKS_REVISION };

struct view_diff {
	struct view view;
	struct project *project;                /* borrowed */
	struct arena *arena;                    /* of against */
	struct diff_against against;
	struct selection selection;             /* of the other side */
	struct files *disk;                     /* its files, when they are not git's */
	struct revision *asked;                 /* a worker that has not answered, or NULL */
	struct revision *revision;              /* whose files before was read from, or NULL */
	struct side before;
	struct diff diff;
	struct diff_rows rows[DIFF_PANES];
	struct list lists[DIFF_PANES];
	enum diff_pane focus;
	bool zoom;
	struct buf fault;                       /* why there is nothing to compare with */
	struct buf needle, scratch;
	enum diff_asks asks;                    /* what the line is for that is being typed */
};

/* In view_diff_draw.c. */
void view_diff_draw(struct view *, struct surface *, struct area);
/* The row under the cursor of the pane, or NULL. */
const struct diff_row *view_diff_row(const struct view_diff *, enum diff_pane);
/* The document of that row, or STR_NONE. */
size_t view_diff_document(const struct view_diff *);

#endif
