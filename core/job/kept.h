#ifndef CORE_JOB_KEPT_H
#define CORE_JOB_KEPT_H

#include "core/plan/plan.h"

/* Tasks of ours whose result is still there from an earlier build: that is told from a
 * few stat(2), so that no process has to be started for them. */

/* True when doing the task would change nothing.  Only a fetch of file:// and a
 * certificate can be told; false is always safe. */
bool kept_task(const struct task *);
/* After a fetch of file://: remembers beside `file` what the source, the copy and the
 * unpacked folder (NULL: none) are; now is clock_now().  Nothing is remembered of a source
 * that has changed in the last two seconds: a further change might leave its times as they
 * are. */
void kept_note(const char *url, const char *file, const char *unpack, double now);

#endif
