#ifndef CORE_JOB_LOST_H
#define CORE_JOB_LOST_H

#include <stdint.h>

/* What a build's folder holds for nothing once its job has died: the journal's reserve
 * and the engine's own files.  What the job has said (stderr) stays. */

/* In bytes. */
uint64_t lost_keeps(const char *dir);
/* Removes it.  Only where no job lives: its lock was free after it had been held. */
void lost_release(const char *dir);

#endif
