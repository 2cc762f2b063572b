#ifndef CORE_ENGINE_PLATFORM_H
#define CORE_ENGINE_PLATFORM_H

#include "core/base/arena.h"
#include "core/base/str.h"

/* "linux/amd64", "linux/arm/v7": what images are made for, as OCI's image index names it, out
 * of a machine's name as uname(2), dockerd and podman tell it ("x86_64", "aarch64", "amd64").
 * In the arena; NULL when either is empty. */
const char *platform_name(struct arena *, struct str os, struct str machine);
/* Whether both mean the same: case does not count, "linux/arm64/v8" is "linux/arm64". */
bool platform_same(struct str, struct str);

#endif
