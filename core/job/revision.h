#ifndef CORE_JOB_REVISION_H
#define CORE_JOB_REVISION_H

#include "core/job/job.h"
#include "core/os/files.h"

/* The files of a project as a git revision has them, for a screen that never waits: a
 * worker reads the repository, what it found is a struct files. */
struct revision;

/* done: once, when the files are there (revision_files) or err says why not.  texts of the
 * request are not looked at.  NULL: no worker could be started. */
typedef void revision_done_fn(void *data, const struct error *err);
struct revision *revision_ask(struct loop *, const struct request *, const char *name,
                              revision_done_fn *, void *data, struct error *);
/* NULL until they are there; lent for as long as the revision lives. */
struct files *revision_files(struct revision *);
/* Not inside done. */
void revision_free(struct revision *);
OWN_DEFINE(revision)

#endif
