#ifndef CORE_JOB_RUNNING_H
#define CORE_JOB_RUNNING_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* Which builds run, without asking each of thousands: a job leaves an empty file of its
 * id in the state folder's `running` while it lives.  A hint alone: the truth is the
 * lock in the build's folder. */

/* By the job, once it holds its lock, and when it ends.  Failures are nobody's loss. */
void running_add(const char *id);
void running_remove(const char *id);
/* The ids of builds whose jobs live, newest first, in the arena; what killed jobs have
 * left is removed, what their builds hold for nothing too (lost.h).  Never asks about
 * `self`, whose lock must not be touched (NULL: no build of this process).  NULL: err says
 * why nothing can be told. */
const char *const *running_list(struct arena *, const char *self, size_t *ret_count,
                                struct error *);

#endif
