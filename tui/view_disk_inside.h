#ifndef TUI_VIEW_DISK_INSIDE_H
#define TUI_VIEW_DISK_INSIDE_H

#include "core/base/map.h"
#include "core/job/disk.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/view_disk.h"

/* The disk view's state, for its own files alone: view_disk.c (life, keys), _order (which rows,
 * in which order), _draw, _prune (what goes, and its going). */
enum disk_column {
	DISK_COLUMN_NAME, DISK_COLUMN_SIZE, DISK_COLUMN_SHARED, DISK_COLUMN_AGE, DISK_COLUMN_STATE,
	DISK_COLUMN_ID, DISK_COLUMNS,
};

enum disk_busy { DISK_RESTS, DISK_ASKS, DISK_PREVIEWS, DISK_REMOVES };

struct view_disk {
	struct view view;
	struct loop *loop;
	struct disk *disk;

	struct disk_listing listing;    /* n 0, engine NULL: nothing is known yet */
	bool *marked, *gone;            /* of each item */
	struct map ids[DISK_KINDS];     /* id → item + 1 */
	struct error why;               /* code set: why nothing is known */
	enum disk_busy busy;
	struct buf waiting;             /* for what; empty: nothing */
	double since;                   /* when it began */
	size_t removed;                 /* so far */

	enum disk_kind kind;            /* that is shown */
	size_t *rows[DISK_KINDS];       /* items, in order */
	struct list lists[DISK_KINDS];
	enum disk_column column, sort;  /* the one that keys act on; DISK_COLUMNS: as listed */
	bool sorts_down;
	struct buf filter, needle, line;
	bool filters;                   /* what is typed is the filter */
};

/* The item under the cursor; STR_NONE: there is none. */
size_t disk_here(const struct view_disk *);
size_t disk_count_marked(const struct view_disk *, uint64_t *ret_bytes);

/* ---- order ---- */
/* All kinds anew; the cursors stay on their things. */
void disk_order(struct view_disk *);
void disk_sort(struct view_disk *);
/* The text of a cell. */
void disk_cell(const struct disk_item *, enum disk_column, struct buf *out);
const char *disk_column_name(enum disk_kind, enum disk_column);
/* All of a row in one line, for searching. */
struct str disk_row_text(const void *view, size_t row);

/* ---- draw ---- */
void disk_draw(struct view *, struct surface *, struct area);

/* ---- prune ---- */
extern const struct disk_events view_disk_events;
void disk_ask_again(struct view_disk *);
/* Shows what would go with what is marked, else with what is under the cursor. */
bool disk_prune_marked(struct view_disk *);
/* The same with what nobody needs of this kind. */
void disk_prune_kind(struct view_disk *);

#endif
