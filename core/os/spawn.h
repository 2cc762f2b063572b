#ifndef CORE_OS_SPAWN_H
#define CORE_OS_SPAWN_H

#include <sys/types.h>

#include "core/base/error.h"

/* Child processes by argument vector, never through a shell.  fork is always
 * followed by exec; a failing exec is an ordinary error of spawn_start ("cannot
 * run 'buildah': No such file or directory", errno in .sys).
 *
 * A child has no fd of ours but those named here, no signal blocked or ignored.
 *
 * guard: a small process of ours in the child's group (the one fork without exec)
 * that ends what is left of the group when we die, by whatever hand, or close
 * child.guard: SIGTERM, and SIGKILL two seconds later.  For programs whose own
 * children outlive them.
 * The caller waits for it (loop_child, or waitpid). */
enum spawn_fd { SPAWN_INHERIT = -1, SPAWN_NULL = -2, SPAWN_PIPE = -3 };

struct spawn {
	const char *const *argv;        /* NULL-terminated; argv[0] is looked up in our PATH */
	const char *const *env;         /* NAME=value, NULL-terminated, over ours; or NULL */
	const char *dir;                /* working directory, or NULL */
	int in, out, err;               /* an fd (borrowed) or one of enum spawn_fd */
	bool session;                   /* setsid: no terminal, survives ours */
	bool orphan;                    /* nobody's child: it is not waited for, its pid not told */
	bool unheard;                   /* not waited for until it has become the program: what
	                                 * keeps it from that is not told */
	bool group;                     /* its own process group */
	bool die_with_parent;           /* SIGTERM when we die (Linux: PR_SET_PDEATHSIG) */
	bool guard;                     /* with group: see above */
	int keep_fd, keep_other;        /* more fds kept open under their numbers; 0: none */
};

struct child {
	pid_t pid;                      /* 0: an orphan */
	int in, out, err;               /* our ends of the pipes, else -1; the caller's to close */
	int guard;                      /* 0: none; the caller's to close when the child has ended */
};

/* All pipes are close-on-exec, ours non-blocking. */
bool spawn_start(const struct spawn *, struct child *ret_child, struct error *err);
/* Runs to the end: stdout (at most limit bytes, more sets ret_out->full) is appended
 * to *ret_out; with limit 0 or ret_out NULL it goes where spawn->out says.  Exit
 * status as wait(2) in *ret_status.  SPAWN_PIPE elsewhere means SPAWN_NULL.  Blocks:
 * only for commands that end by themselves at once, outside the screen. */
bool spawn_run(const struct spawn *, size_t limit, struct buf *ret_out, int *ret_status,
               struct error *err);
/* Signals every process of a child started with `group` or `session`; false when
 * none is left. */
bool spawn_kill_group(pid_t, int signal);
/* Gives those of fds 0 to 2 that are closed something to be, so that no file of ours
 * gets their number and then what is printed: reading tells the end, writing EBADF.
 * The first thing a program does. */
void spawn_keep_standard(void);
/* The path of this very program, for workers and jobs; lives for the process.  It
 * works after an upgrade has replaced the file, and runs the old one then. */
const char *spawn_self(void);
/* True when a program of this name can be found in PATH, of which only absolute
 * folders count: the working directory may be anybody's project. */
bool spawn_find(const char *name);

#endif
