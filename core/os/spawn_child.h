#ifndef CORE_OS_SPAWN_CHILD_H
#define CORE_OS_SPAWN_CHILD_H

#include "core/os/spawn.h"

/* The child's side of spawn.c, between fork and exec.  All is prepared before the
 * fork; nothing here allocates. */
struct spawn_child {
	const struct spawn *spec;
	const char *program;
	char **environment;
	int fds[3];             /* what becomes 0, 1, 2; -1: stays */
	int report;             /* takes one spawn_fault; its end means success */
	pid_t parent;
	int guard;              /* the end of a pipe that tells of ours; -1: no guard */
};

struct spawn_fault {
	int sys;
	bool is_dir;            /* the working directory was the trouble */
};

_Noreturn void spawn_child_run(struct spawn_child *);

#endif
