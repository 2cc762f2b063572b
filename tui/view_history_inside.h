#ifndef TUI_VIEW_HISTORY_INSIDE_H
#define TUI_VIEW_HISTORY_INSIDE_H

#include "core/base/map.h"
#include "core/history/filter.h"
#include "core/os/watch.h"
#include "tui/folds.h"
#include "tui/list.h"
#include "tui/view_history.h"

/* The history view's state, for its own files alone: view_history.c (life, keys),
 * _read (listing, slices, news), _order (filter, sorting, groups), _rows (drawing), _marks
 * (marked builds). */

/* The fields that are columns, in the same order. */
enum column {
	COLUMN_WHEN = FIELD_WHEN, COLUMN_PROJECT = FIELD_PROJECT, COLUMN_PROFILES = FIELD_PROFILES,
	COLUMN_LEVEL = FIELD_LEVEL, COLUMN_ENGINE = FIELD_ENGINE, COLUMN_TOOK = FIELD_TOOK,
	COLUMN_RESULT = FIELD_RESULT, COLUMN_ID = FIELD_ID, COLUMN_COUNT,
};

/* A build of the list; kept while the view lives, so that a new listing reads only what
 * is new. */
struct history_entry {
	struct history_item item;       /* id and dir always, the rest once read */
	size_t at;                      /* place in the listing: 0 is the newest */
	bool read, asked, matches;      /* asked: matches is known */
	bool marked;
	struct history_series *series;  /* builds like this one */
	struct history_entry *older;    /* the one before it in the series, or NULL */
};

/* Builds of one project, folder, selection and engine: their times can be compared. */
struct history_series {
	struct history_entry *newest;
};

struct history_group {
	struct str name;                /* of the rows' arena */
	size_t n, of[HISTORY_LOST + 1]; /* builds, and by state */
	bool folded;
};

struct history_row {
	struct history_entry *entry;    /* NULL: the head of its group */
	size_t group;
};

struct view_history {
	struct view view;
	struct loop *loop;
	const char *builds;             /* the folder; interned */
	struct watch *watch;

	struct arena *arena;            /* of the entries, grows with what was ever listed */
	struct map known;               /* id → entry */
	struct map series;              /* what is common → series */
	struct history_entry **entries; /* as listed, newest first */
	size_t n, next, nread, cap;     /* next: the first not looked at yet */
	unsigned tries;                 /* looks at folders without a journal, so far */

	struct arena *rows_arena;
	struct history_row *rows;       /* what is shown, in order */
	struct history_group *groups;
	size_t ngroups, nmatching;
	struct list list;
	struct folds folds;             /* names of groups */

	struct history_filter *wanted;  /* the filter as it is asked; NULL: all */
	struct buf filter, needle, line;
	bool filters;                   /* what is typed is the filter */
	enum column column;             /* the one that keys act on */
	enum column sort, group;        /* COLUMN_COUNT: none */
	bool sorts_down;

	bool entered;                   /* it was in front before */
	char *asked;                    /* the id a popup asks about */
	uint64_t slice, look, settle;   /* timers */
};

/* The build under the cursor, or NULL: also on the head of a group. */
const struct history_item *history_here(const struct view_history *);

/* In view_history_nav.c. */
extern const struct view_nav view_history_nav;
/* ---- marks ---- */
/* So many builds from the cursor on, or the whole group under its head; the cursor moves
 * behind them.  They are marked unless the first was. */
void history_mark(struct view_history *, unsigned count);
/* false: there was none. */
bool history_unmark_all(struct view_history *);
size_t history_count_marked(const struct view_history *);
/* Exports, reports, deletes (after a y) or pins what is marked, else what is under the
 * cursor; false: nothing is. */
bool history_keep(struct view_history *, const char *what);
void history_pin_marked(struct view_history *);
void history_ask_marked(struct view_history *);

/* ---- read ---- */
/* The list anew; what was read already stays (anew: is read again). */
bool history_reload(struct view_history *, bool anew, struct error *);
void history_reload_or_say(struct view_history *, bool anew);
/* One build, now. */
void history_read_again(struct view_history *, struct history_entry *);
void history_watch(struct view_history *);
void history_read_finish(struct view_history *);

/* ---- order ---- */
/* What the user typed; false: it is wrong, and the old filter stays. */
bool history_set_filter(struct view_history *, struct str text, struct error *);
/* Rows of the entries that the filter lets pass; the cursor stays on its build.  anew:
 * the filter is another. */
void history_order(struct view_history *, bool anew);
void history_order_finish(struct view_history *);
/* By the column; then the other way round; then not any more. */
void history_sort(struct view_history *);
/* Both false where a column does not serve for it. */
bool history_group(struct view_history *);
/* Only builds with the value under the cursor in this column; or all again. */
bool history_only(struct view_history *);
/* fold: 0 unfolds, 1 folds, -1 turns it round; false: nothing to fold here. */
bool history_fold(struct view_history *, int fold);
bool history_fold_all(struct view_history *, bool folded);
bool history_to_head(struct view_history *, bool down);

/* ---- rows ---- */
const char *history_column_name(enum column);
/* The text of a cell. */
void history_cell(const struct history_entry *, enum column, struct buf *out);
void history_draw(struct view *, struct surface *, struct area);

#endif
