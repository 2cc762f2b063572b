#ifndef CORE_JOB_BATCH_H
#define CORE_JOB_BATCH_H

#include "core/job/request.h"
#include "core/os/loop.h"

/* A job whose steps are builds: one for each of the request's combos, so many at a time,
 * each a job of its own that goes on when this one is killed.  Work that builds share is
 * begun by one of them before the others start.  A build that fails stops none of the
 * others; SIGTERM cancels those that run and starts no more.
 *
 * dir: the batch's folder; status: as status_tell takes it.  Returns the exit code: that
 * of those that failed where they agree, else 1. */
int batch_run(struct loop *, const struct request *, const char *dir, int status);

#endif
