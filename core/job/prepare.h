#ifndef CORE_JOB_PREPARE_H
#define CORE_JOB_PREPARE_H

#include "core/plan/plan.h"

/* Runs the tasks of a plan that come before its image — fetching, the certificate —
 * so that the image's context can be scanned, and scans it.  In workers and a loop
 * of its own: blocks until all is there, so never in the screen's process. */
bool prepare_context(const struct plan *, struct error *);

#endif
