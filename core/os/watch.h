#ifndef CORE_OS_WATCH_H
#define CORE_OS_WATCH_H

#include "core/os/loop.h"

/* Tells when files change: by inotify, or, where that is not to be had or is
 * over its limit, by looking every second, which watch_is_polling admits.
 * Paths that do not exist yet may be watched: their nearest folder is. */
struct watch;

/* path: one that was added and has changed, appeared or gone. Several changes
 * of one path within a turn come once. */
typedef void watch_fn(struct watch *, const char *path, void *data);

struct watch *watch_new(struct loop *, watch_fn *, void *data);
void watch_free(struct watch *);
OWN_DEFINE(watch)
void watch_add(struct watch *, const char *path);
void watch_clear(struct watch *);
bool watch_is_polling(const struct watch *);

#endif
