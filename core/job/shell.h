#ifndef CORE_JOB_SHELL_H
#define CORE_JOB_SHELL_H

#include "core/base/arena.h"
#include "core/os/loop.h"

/* A shell in the state before a step of a build: a worker that has this process's
 * terminal, or whatever its standard input and output are, speaks to the engine, and
 * removes at the end what it made for it. */
struct shell;

struct shell_options {
	const char *dir;                /* of the build: builds/<id> */
	const char *step;               /* as shell_site_find takes it, or NULL */
	const char *engine;             /* instead of the build's; or NULL */
	const struct pair *named;       /* the user's named engines */
	size_t nnamed;
	const char *const *argv;        /* instead of a shell; NULL-terminated, or NULL */
};

/* code: what the shell or the command ended with, when err is NULL. */
typedef void shell_ended_fn(void *data, int code, const struct error *err);

/* Returns at once; borrows nothing.  Until it has ended nobody else reads the terminal.
 * ended comes once. */
struct shell *shell_start(struct loop *, const struct shell_options *, shell_ended_fn *ended,
                          void *data, struct error *);
/* Asks it to end: what runs in it is killed. */
void shell_stop(struct shell *);
/* The same, and forgets it.  NULL is fine. */
void shell_free(struct shell *);
OWN_DEFINE(shell)

#endif
