#ifndef CORE_OS_PART_H
#define CORE_OS_PART_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* A file on its way that outlives who brings it, so that the next one goes on where it
 * was cut.  Unlike a spool its name is known; one process at a time (core/os/lock.h). */
struct part;

/* The file, made empty if need be, cut to size bytes, which it must have. */
struct part *part_open(const char *path, uint64_t size, struct error *);
bool part_append(struct part *, struct str bytes, struct error *);
/* Closes it where it is; NULL is fine. */
void part_free(struct part *);
OWN_DEFINE(part)

/* How many bytes it has; 0: none, or no such file. */
uint64_t part_size(const char *path);
/* On the disk (fsync) with this mode, then under its last name. */
bool part_finish(const char *path, const char *file, mode_t mode, struct error *);

#endif
