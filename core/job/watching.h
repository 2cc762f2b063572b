#ifndef CORE_JOB_WATCHING_H
#define CORE_JOB_WATCHING_H

#include "core/job/request.h"
#include "core/os/loop.h"

/* A job that runs no build but reads the output of one (core/engine/watched.h) and keeps
 * it as any build is kept.  The output comes through a file that the parent passes on,
 * so that it is read to its end whoever goes away: the build's own client never writes
 * into the void. */

/* The number of that file in the environment of `mortar job`. */
#define WATCHING_VARIABLE "MORTAR_WATCH_FD"

/* Reads to the end and returns the exit code.  status: for status_tell. */
int watching_run(struct loop *, const struct request *, const char *dir, int status);

#endif
