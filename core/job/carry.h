#ifndef CORE_JOB_CARRY_H
#define CORE_JOB_CARRY_H

#include "core/plan/run.h"

/* What a run's container has given (run_task.copies_out, which the engine has put into the
 * task's own folder) becomes files of the project. */
struct carry;

enum carried_how { CARRIED_NEW, CARRIED_CHANGED, CARRIED_SAME };
struct carried {
	const char *path;               /* below the project's root */
	const char *from;               /* in the container: the copy that brought it */
	uint64_t size;
	enum carried_how how;
};
typedef void carried_fn(void *data, const struct carried *);

/* Before the run, since it notes what the files are: one that somebody changes meanwhile is
 * not overwritten.  Borrows the task. */
struct carry *carry_new(const struct run_task *);
void carry_free(struct carry *);
OWN_DEFINE(carry)
/* Writes what the copies due after such an end have given: those after_failure (failed), or
 * the others.  All of it is looked at before anything is written, and where a write fails what
 * was written before is taken back: files up to CARRY_KEPT bytes as they were, larger ones not.
 * Nothing goes through a link, above a copy's path or over a folder.  Each file that is there
 * now is told. */
bool carry_place(struct carry *, bool failed, carried_fn *, void *data, struct error *);
enum { CARRY_KEPT = 64 << 20 };

#endif
