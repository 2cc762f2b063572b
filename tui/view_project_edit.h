#ifndef TUI_VIEW_PROJECT_EDIT_H
#define TUI_VIEW_PROJECT_EDIT_H

#include "core/base/map.h"
#include "core/config/changes.h"
#include "tui/edit_places.h"
#include "tui/prompt.h"
#include "tui/view.h"

/* Editing in the project view: from the key to the saved file.  What is typed stands in
 * the merged pane; which file it goes into is asked by a popup; view_project_edit*.c. */
enum edit_op { EDIT_NONE, EDIT_CHANGE, EDIT_ADD, EDIT_REMOVE, EDIT_UNCOVER };

struct view_edit {
	enum edit_op op;                /* NONE: nothing is being edited */
	bool typing;                    /* a line is open, even while the popup lies over it */
	bool asking;                    /* the popup is there, with those places */
	bool array;                     /* ADD: to an array */
	struct arena *arena;            /* of this edit; NULL between two */
	const char *path;               /* of the document it is shown in */
	struct str pointer;             /* there: of the value, or of what it is added to */
	struct str was, filled;         /* its JSON text as the file had it, as it was put there */
	struct str seen;                /* as the file has it now */
	struct edit_site site;          /* lent by the settings: of the last question */
	struct edit_places places;
	const char *head;               /* what is done, in a line */
	const char *question;           /* all that the popup says */
	struct prompt prompt;
	struct changes *changes;
	/* Texts of the Dockerfile's instructions before the last edit, until the next key. */
	struct arena *before_arena;
	struct map before;
};

struct view_project;
void view_edit_init(struct view_edit *);
void view_edit_finish(struct view_edit *);

/* c a x D u <C-r>; false: acts on nothing. */
bool view_edit_act(struct view_project *, enum action);
/* For view_ops. */
bool view_edit_key(struct view *, uint32_t key);
const char *view_edit_typing(const struct view *);
/* The project was read anew; the panes hold it already. */
void view_edit_reread(struct view_project *);
/* The next key: marks of the last edit go. */
void view_edit_forget(struct view_project *);

/* In view_project_edit_save.c: writes what the place says and shows it. */
void view_edit_save(struct view_project *, const struct edit_place *);
bool view_edit_undo(struct view_project *, bool redo);
/* In view_project_edit.c. */
void view_edit_end(struct view_project *);

#endif
