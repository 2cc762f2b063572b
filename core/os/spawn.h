#ifndef CORE_OS_SPAWN_H
#define CORE_OS_SPAWN_H

#include <sys/types.h>

#include "core/base/error.h"

/* Child processes by argument vector, never through a shell.  fork is always
 * followed by exec; a failing exec is an ordinary error of spawn_start. */
enum spawn_fd { SPAWN_INHERIT = -1, SPAWN_NULL = -2, SPAWN_PIPE = -3 };

struct spawn {
	const char *const *argv;        /* NULL-terminated; argv[0] is looked up in PATH */
	const char *const *env;         /* NAME=value, NULL-terminated, over ours; or NULL */
	const char *dir;                /* working directory, or NULL */
	int in, out, err;               /* an fd (borrowed) or one of enum spawn_fd */
	bool session;                   /* setsid: no terminal, survives ours */
	bool group;                     /* its own process group */
	bool die_with_parent;           /* SIGTERM when we die (Linux: PR_SET_PDEATHSIG) */
	int keep_fd;                    /* one more fd kept open under its number; 0: none */
};

struct child {
	pid_t pid;
	int in, out, err;               /* our ends of the pipes, else -1; the caller's to close */
};

/* All pipes are close-on-exec, ours non-blocking. */
bool spawn_start(const struct spawn *, struct child *ret_child, struct error *err);
/* Runs to the end: stdout (at most limit bytes, 0: none wanted) into *ret_out,
 * which may be NULL; exit status as wait(2) in *ret_status.  Blocks: only for
 * commands that end by themselves at once, outside the screen. */
bool spawn_run(const struct spawn *, size_t limit, struct buf *ret_out, int *ret_status,
               struct error *err);
/* The path of this very program, for workers and jobs; lives for the process. */
const char *spawn_self(void);
/* True when a program of this name can be found in PATH. */
bool spawn_find(const char *name);

#endif
