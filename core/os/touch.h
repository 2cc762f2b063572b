#ifndef CORE_OS_TOUCH_H
#define CORE_OS_TOUCH_H

#include <stdbool.h>

#include "core/base/own.h"

/* Which of many folders something has happened in: a name came or went, or a file right
 * in it was written to or got another mode.  By inotify(7) alone: what it cannot see is
 * not taken on, and whoever asked looks for himself.  What is written through a mapping or
 * through another hard link elsewhere shows only when the file is closed, or not at all. */
struct touch;

/* Never NULL; without inotify no folder is taken on. */
struct touch *touch_new(void);
void touch_free(struct touch *);
OWN_DEFINE(touch)

/* Takes on an open folder; the fd stays the caller's.  A name for it (above 0), the same
 * for the same folder; 0: it cannot be seen (limit, network file system, no /proc), or a
 * quarter of the watches that this user may have are taken. */
int touch_add(struct touch *, int fd);
/* Readable when something has happened; -1: never. */
int touch_fd(const struct touch *);
/* Tells what has happened since; never waits.  gone: the folder is no more, its name is
 * free.  false: events were lost, anything may have happened. */
bool touch_read(struct touch *, void (*each)(void *data, int folder, bool gone), void *data);

#endif
