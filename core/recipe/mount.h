#ifndef CORE_RECIPE_MOUNT_H
#define CORE_RECIPE_MOUNT_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* The value of RUN --mount=: fields of a CSV line, key=value or a key alone
 * (frontend/dockerfile/instructions/commands_runmount.go).  The first field with
 * that key (in any case); {NULL, 0} when there is none.  In the arena. */
struct str mount_get(struct arena *, struct str mount, const char *key);
/* False: a key, a type or their mix that builders do not know. */
bool mount_check(struct arena *, struct str mount, struct error *err);

#endif
