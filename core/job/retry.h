#ifndef CORE_JOB_RETRY_H
#define CORE_JOB_RETRY_H

#include "core/job/request.h"

/* Builds again what a build was asked for. */

/* false: it was made elsewhere and brought here (`history import`), so neither its files nor
 * its engine are (ERROR_USAGE). */
bool retry_is_ours(const char *dir, struct error *);
/* What the build in dir (builds/<id>) was asked for, as it was. */
struct request *retry_read(const char *dir, struct error *);
/* Starts it as a new job, from the files as they are now; level NULL: at its own.  The new
 * build's folder, interned. */
const char *retry_start(const char *dir, const char *level, struct error *);

#endif
