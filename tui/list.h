#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/keymap.h"
#include "tui/surface.h"

/* Lines with a cursor and a window on them: a tree, a text, a log.  Who owns the
 * lines says how many there are (n) and draws them; this only moves.  {0} is an
 * empty one. */
struct list {
	size_t n, cursor, top;
	size_t height;          /* rows shown when last drawn */
	int shift;              /* columns scrolled sideways */
	struct area at;         /* where it was drawn last (list_at); no rows: it is not shown */
};

/* Notes where its rows stand, for the mouse. */
void list_at(struct list *, struct area);
/* The window and the cursor by so many lines, as a page moves them. */
void list_scroll(struct list *, bool down, size_t lines);

/* Sets the number of lines; cursor and window stay inside. */
void list_set_count(struct list *, size_t n);
/* Notes how many rows there are and moves the window so that the cursor shows. */
void list_show(struct list *, int rows);
/* Cursor to the line; the window follows at the next list_show. */
void list_go(struct list *, size_t line);
/* Does what a motion says (DOWN … BOTTOM; LEFT and RIGHT scroll sideways by
 * sideways columns, 0: they are no motions here), count times.  false: no motion. */
bool list_move(struct list *, enum action, unsigned count, int sideways);
/* True when the motion would not change anything any more: at an end. */
bool list_is_at_end(const struct list *, enum action);
/* Where not all lines fit: a scroll mark in the last column of the area.  Returns
 * what is left for the lines; notes the rows as list_show does. */
struct area list_draw_bar(struct list *, struct surface *, struct area);

#endif
