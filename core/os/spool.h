#ifndef CORE_OS_SPOOL_H
#define CORE_OS_SPOOL_H

#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* A file whose bytes come one piece after the other.  Until spool_finish has
 * succeeded, path holds what it held: the pieces go to a file beside it, which
 * spool_free removes. */
struct spool;

/* mode is that of the finished file, less the umask. */
struct spool *spool_new(const char *path, mode_t mode, struct error *err);
bool spool_append(struct spool *, struct str bytes, struct error *err);
/* On the disk (fsync) under its name. */
bool spool_finish(struct spool *, struct error *err);
void spool_free(struct spool *);
OWN_DEFINE(spool)

#endif
