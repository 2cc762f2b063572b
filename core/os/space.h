#ifndef CORE_OS_SPACE_H
#define CORE_OS_SPACE_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

/* Room on a file system, as somebody without privileges may use it (statvfs). */
struct space {
	uint64_t free, total;           /* bytes */
	uint64_t free_inodes, inodes;   /* inodes 0: the file system counts none (btrfs) */
};

bool space_look(const char *path, struct space *ret_space, struct error *);
/* The path, or the nearest folder above it that is there: where it would come to lie. */
const char *space_nearest(struct arena *, const char *path);
/* "812 B", "64 MiB", "78.5 GiB". */
void space_append_bytes(struct buf *, uint64_t bytes);
/* Sizes of all files below, links not followed; what cannot be read counts nothing.
 * A single file is its own size; absent: 0. */
uint64_t space_used(const char *path);

#endif
