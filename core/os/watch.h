#ifndef CORE_OS_WATCH_H
#define CORE_OS_WATCH_H

#include "core/os/loop.h"

/* Tells when files change: by inotify, or, where that is not to be had or is
 * over its limit, by looking every second, which watch_is_polling admits.
 * Paths that do not exist yet may be watched: their nearest folder is. */
struct watch;

/* path: one that was added, as it was given, and has changed, appeared or gone.
 * Several changes of one path within a turn come once.  Adding, clearing and
 * freeing are allowed inside. */
typedef void watch_fn(struct watch *, const char *path, void *data);

struct watch *watch_new(struct loop *, watch_fn *, void *data);
void watch_free(struct watch *);
OWN_DEFINE(watch)
/* A file: its contents, and whether it is there, links on the way included.  A
 * folder: the names in it.  A path added before is fine.  What changes after this
 * call is told; so is what changes between watch_clear and adding it again. */
void watch_add(struct watch *, const char *path);
void watch_clear(struct watch *);
/* True when some path is looked at each second.  MORTAR_NO_INOTIFY=1 in the
 * environment of watch_new makes it so for all. */
bool watch_is_polling(const struct watch *);

#endif
