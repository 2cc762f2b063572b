#ifndef TUI_ACTION_LIST_H
#define TUI_ACTION_LIST_H

#include "tui/popup.h"

/* The command palette: whatever can be done from a view, found by typing some of its
 * letters.  Actions that are valid there with their keys, what the project's kind does in
 * a container, the newest builds, the project's profiles and files; a number is a line to go to. */

/* What was chosen last, newest first; kept while the workbench runs.  Interned. */
enum { RECENT_MAX = 16 };
struct recent {
	const char *names[RECENT_MAX];
	size_t n;
};

/* where: of the view it is opened over.  The app and what was chosen are borrowed. */
struct popup *action_list_new(struct app *, unsigned where, struct recent *);

#endif
