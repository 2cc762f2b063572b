#ifndef CORE_OS_INOTIFY_USE_H
#define CORE_OS_INOTIFY_USE_H

#include <stdbool.h>
#include <sys/types.h>

/* How much of inotify (Linux inotify(7)) this user may have, and has. */
struct inotify_use {
	bool is_known;                          /* the kernel tells its limits */
	unsigned long long max_watches, max_instances;
	/* By the user's processes that can be read.  An instance that a child inherited
	 * counts twice: nothing in /proc tells the two apart. */
	unsigned long long watches, instances;
	unsigned processes, unread;             /* looked at, and those that refuse it */
};

/* proc: where the kernel's files lie, "/proc" but in tests.  Limits are the lesser
 * of sys/fs/inotify and the user namespace's sys/user. */
void inotify_use_read(const char *proc, uid_t user, struct inotify_use *ret_use);
/* Whether so much is in use that the next program may not get what it asks for. */
bool inotify_use_is_near(unsigned long long used, unsigned long long limit);

#endif
