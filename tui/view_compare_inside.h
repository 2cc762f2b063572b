#ifndef TUI_VIEW_COMPARE_INSIDE_H
#define TUI_VIEW_COMPARE_INSIDE_H

#include "core/job/compare_ask.h"
#include "tui/app.h"
#include "tui/compare_rows.h"
#include "tui/list.h"
#include "tui/view_compare.h"

/* The compare view's state, for view_compare*.c alone. */
enum compare_asked { COMPARE_ASKED_BUILDS, COMPARE_ASKED_LOG, COMPARE_ASKED_IMAGE, COMPARE_ASKS };

struct view_compare {
	struct view view;
	char *dir_a, *dir_b;            /* dir_a NULL: not known yet, or there is none */
	struct compare_ask *asked[COMPARE_ASKS];        /* workers that have not answered */
	struct arena *arenas[COMPARE_ASKS];             /* of their answers */
	struct compare_parts parts;
	struct buf fault, image_note;   /* why there is nothing; what of the image is known */
	struct compare_rows rows;
	size_t *shown, nshown;          /* rows that are not folded away */
	bool folded[COMPARE_SECTIONS];
	bool goes_to_log;               /* the cursor, once it is there */
	struct list list;
	struct buf needle, scratch;
};

/* In view_compare_draw.c. */
void view_compare_draw(struct view *, struct surface *, struct area);
/* The row under the cursor, or NULL. */
const struct compare_row *view_compare_row(const struct view_compare *);

#endif
