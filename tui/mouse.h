#ifndef TUI_MOUSE_H
#define TUI_MOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/surface.h"

/* What a mouse does, and what it may be done to. */
enum mouse_what { MOUSE_PRESS, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
enum { MOUSE_WHEEL_LINES = 3, MOUSE_DOUBLE_MS = 400 };

struct mouse_event {
	enum mouse_what what;
	int row, col;                   /* from 0 */
};

/* The parameters of an SGR report (xterm's 1006), read a character at a time: what stands
 * between "\e[<" and its M or m.  {0} is the start of one. */
struct mouse_report {
	unsigned numbers[3], n;
	bool bad;
};
enum mouse_read { MOUSE_MORE, MOUSE_EVENT, MOUSE_NOTHING };
/* EVENT: *ret_event is one.  NOTHING: the report is over and about nothing of ours. */
enum mouse_read mouse_read(struct mouse_report *, uint32_t c, struct mouse_event *ret_event);

/* Places of the picture that are no line of a list but do something. */
enum mouse_spot_kind { SPOT_PANE, SPOT_ACTION };
struct mouse_spot {
	struct area at;
	enum mouse_spot_kind kind;
	int n;                          /* which pane; which enum action */
};
enum { MOUSE_SPOTS = 32 };
struct mouse_spots {
	struct mouse_spot of[MOUSE_SPOTS];
	size_t n;
};
/* The columns [col, pen's) of the pen's row. */
void mouse_spot(struct mouse_spots *, const struct pen *, int col, enum mouse_spot_kind, int n);
const struct mouse_spot *mouse_spot_at(const struct mouse_spots *, int row, int col);
bool mouse_is_in(struct area, int row, int col);

#endif
