#ifndef TUI_VIEW_PROJECT_FIX_H
#define TUI_VIEW_PROJECT_FIX_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "tui/keymap.h"

/* Findings mended or ignored where they stand (f gF I): what would be written is shown, and
 * written when the user says so, as a step of the view's changes. */
struct view_fix {
	struct arena *arena;            /* of what is asked about; NULL: nothing */
	const char *path;               /* of the file, absolute */
	const char *name;               /* as people know it */
	const char *what;               /* a sentence about the step, for undo */
	struct str before, after;       /* the file's text */
};

struct view_project;
void view_fix_finish(struct view_fix *);
/* false: the action is another. */
bool view_fix_act(struct view_project *, enum action);

/* For tests: "-" lines that go and "+" lines that come, with the line before each change;
 * lines as popup_new_text has them.  At most `most` lines, then how many more there are. */
void view_fix_preview(struct str before, struct str after, size_t most, struct buf *out);

#endif
