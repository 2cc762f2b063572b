#ifndef CORE_CONFIG_CHANGES_H
#define CORE_CONFIG_CHANGES_H

#include "core/base/error.h"
#include "core/base/own.h"

/* Files saved, with undo and redo across files.  Nothing that another program has
 * changed meanwhile is ever overwritten: every write says what the file must still
 * hold (save_over in os/save.h, where the window is told that remains). */
struct changes;
struct changes *changes_new(void);
void changes_free(struct changes *);
OWN_DEFINE(changes)

/* At most so many steps can be undone, of together so many bytes; older ones are
 * forgotten. */
enum { CHANGES_STEPS = 200, CHANGES_BYTES = 64 << 20 };

/* path becomes text (p NULL: is removed).  expected: what it holds still, p NULL: it is
 * not there; if not so ERROR_CHANGED, and nothing is written.  what: a short sentence for
 * undo's message ("/a/b in config.json").  What had been undone cannot be redone any
 * more.  A text that is the expected one is no step. */
bool changes_save(struct changes *, const char *path, struct str expected, struct str text,
                  const char *what, struct error *);
/* The saves between them are one step, undone and redone together; `what` names it. */
void changes_begin(struct changes *, const char *what);
void changes_end(struct changes *);

/* A step of one or several files, as undo or redo has just done it. */
struct changes_done {
	const char *path, *what;        /* path: of its first file; lent until the next call */
	size_t nfiles;
};
/* DONE; or NOTHING is left to undo (redo); or FAILED, when every file is as it was
 * before: ERROR_CHANGED when one of them is not as we left it. */
enum changes_result { CHANGES_DONE, CHANGES_NOTHING, CHANGES_FAILED };
enum changes_result changes_undo(struct changes *, struct changes_done *, struct error *);
enum changes_result changes_redo(struct changes *, struct changes_done *, struct error *);

#endif
