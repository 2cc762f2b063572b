#ifndef CORE_OS_LOCK_H
#define CORE_OS_LOCK_H

#include <sys/types.h>

#include "core/base/error.h"

/* A file that says "this process is alive and in charge" (POSIX record lock, so
 * the kernel names its holder and lets go however the holder ends).
 *
 * Closing any fd of the file in the holder's process drops the lock, and a child
 * does not inherit it: the holder must not ask lock_holder about its own file. */

/* Makes the file if need be and locks it; the lock lives as long as the fd, which
 * is the caller's.  ERROR_REFUSED when another process holds it. */
bool lock_take(const char *path, int *ret_fd, struct error *);
/* The same, waiting until nobody else holds it: for workers alone. */
bool lock_await(const char *path, int *ret_fd, struct error *);
/* The process that holds it; 0: nobody, or there is no such file.  -1: somebody
 * that this process cannot see (another pid namespace, another machine). */
pid_t lock_holder(const char *path);

/* An fd that becomes readable when the process ends, close-on-exec and the
 * caller's; -1 when the system has no such thing or the process is gone. */
int lock_watch_process(pid_t);

#endif
