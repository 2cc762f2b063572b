#ifndef CORE_HISTORY_REMOVE_H
#define CORE_HISTORY_REMOVE_H

#include "core/base/error.h"

/* Taking builds away for good, and keeping some from it.  dir is a build's folder. */

/* ERROR_USAGE for a build that runs (here or where this process cannot see it) or is
 * pinned; absent is success.  The folder leaves the list of builds at once, whole, by a
 * rename; readers that have the journal open read on.  What an earlier removal that was
 * interrupted has left is removed as well. */
bool history_remove(const char *dir, struct error *);

/* A pinned build is not removed: an empty file `pin` in its folder says so. */
bool history_pin(const char *dir, bool pinned, struct error *);
bool history_is_pinned(const char *dir);

#endif
