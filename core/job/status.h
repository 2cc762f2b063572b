#ifndef CORE_JOB_STATUS_H
#define CORE_JOB_STATUS_H

#include "core/base/error.h"

/* How a job tells its parent that it has begun, or why it could not: one JSON line
 * through a pipe whose number stands in the environment. */
#define STATUS_VARIABLE "MORTAR_STATUS_FD"

/* Child: the pipe, which then is no longer passed on; -1: nobody asks. */
int status_open(void);
/* err NULL: it has begun.  Closes fd; -1 is fine. */
void status_tell(int fd, const struct error *err);
/* Parent: what a line says; false with the child's error, or with one of ours when
 * the line is none. */
bool status_parse(struct str line, struct error *err);

#endif
