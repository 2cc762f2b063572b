#ifndef CORE_OS_WATCH_H
#define CORE_OS_WATCH_H

#include "core/os/loop.h"

/* Tells when files change: by inotify, or, where that is not to be had, is over its
 * limit or cannot see everything, by looking every second, which watch_lack admits.
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
/* From now on it rests for so long after each thing told, and tells then what has changed
 * meanwhile: a file that is written to a thousand times a second wakes nobody as often. */
void watch_set_pace(struct watch *, int64_t ms);

/* Why some path is looked at each second. */
enum watch_lack {
	WATCH_LACKS_NOTHING,            /* none is */
	WATCH_LACKS_WATCHES,            /* inotify: ENOSPC */
	WATCH_LACKS_INSTANCES,          /* EMFILE: of inotify, or files of this process */
	WATCH_LACKS_FILES,              /* ENFILE, ENOMEM: of the system */
	WATCH_LACKS_INOTIFY,            /* there is none */
	WATCH_LACKS_RIGHTS,             /* a folder on the way may not be read */
	WATCH_LACKS_SIGHT,              /* others change this file system unseen: nfs, fuse … */
	WATCH_LACK_COUNT,
};
/* The first there is.  MORTAR_NO_INOTIFY=1 in the environment of watch_new makes it
 * WATCH_LACKS_INOTIFY for all. */
enum watch_lack watch_lack(const struct watch *);
/* What is lacking and what helps, as a part of a sentence; "" for nothing. */
const char *watch_lack_text(enum watch_lack);
/* Whether changes made elsewhere stay unseen on a file system with this statfs f_type. */
bool watch_is_blind(unsigned long type);

#endif
