#ifndef TUI_MERGED_H
#define TUI_MERGED_H

#include "core/value/json.h"
#include "tui/folds.h"
#include "tui/list.h"
#include "tui/project.h"

/* One document after the cascade, as JSON text that folds; each line knows its
 * value, so its origin and what follows from it. */
struct merged_line {
	struct json_line json;
	unsigned parent, last;          /* lines: of the container around it; its closing one */
	unsigned ordinal;               /* among its siblings, from 0 */
	struct str key;                 /* in the arena; p NULL in arrays and at the root */
	bool folded, linked;
};

struct prompt;
struct merged {
	struct arena *arena;
	struct buf text;
	struct merged_line *lines;
	unsigned nlines;
	unsigned *visible;              /* lines that are not inside a fold */
	struct list list;               /* over visible */
	struct folds folds;             /* by document path and pointer */
	size_t document;                /* STR_NONE: none */
	const char *path;               /* of the document, in the arena */
	const struct value *value;      /* NULL: nothing to show */
	const struct document *of;      /* whose value it is; borrowed until the next reading */
	bool stale;                     /* the last one that held */
	bool links;                     /* some line is linked */
	const struct prompt *prompt;    /* typed in where the cursor is; borrowed; NULL */
	bool below;                     /* … on a row of its own below that line */
};

void merged_finish(struct merged *);
/* Shows the document of these settings (NULL value: nothing).  The cursor stays at
 * its pointer when the document is the same as before. */
void merged_show(struct merged *, const struct settings *, size_t document, bool stale);
/* The line under the cursor, or NULL; appends the pointer of its value. */
const struct merged_line *merged_line(const struct merged *);
void merged_pointer(const struct merged *, const struct merged_line *, struct buf *);
/* What the line's value shadows; line must be of the last merged_show. */
struct origin_stack;
void merged_origins(const struct merged *, const struct merged_line *, struct origin_stack *);
/* Cursor to the pointer's line, unfolding what hides it; false when there is none. */
bool merged_go(struct merged *, struct str pointer);
/* The same for what was written at this place. */
bool merged_go_span(struct merged *, struct span);
/* Marks the lines of the value at the pointer. */
void merged_link_none(struct merged *);
void merged_link(struct merged *, struct str pointer);
/* FOLD … FOLD_ALL, LEFT, RIGHT, SECTION_UP and _DOWN at the cursor; false: nothing
 * to do. */
bool merged_act(struct merged *, enum action);
/* The next line from the cursor that holds the text (search.h); false: none. */
bool merged_search(struct merged *, struct str needle, bool down);
void merged_draw(struct merged *, struct surface *, struct area, const struct project *,
                 bool focused);

#endif
