#ifndef TUI_ENDINGS_H
#define TUI_ENDINGS_H

#include "core/base/error.h"
#include "core/history/list.h"
#include "core/os/loop.h"

/* Waits for builds to end, whichever view is in front: by the job's process, so that a
 * build that says nothing wakes nobody. */
struct endings;

/* item: the build as it is now, lent for the call. */
typedef void endings_fn(void *data, const struct history_item *item);

struct endings *endings_new(struct loop *, endings_fn *, void *data);
void endings_free(struct endings *);
/* Tells once when the build in this folder ends; one that does not run, or is waited
 * for already, is let be. */
void endings_wait(struct endings *, const char *dir);

#endif
