#ifndef CORE_EXT_ARCHIVE_MAKE_H
#define CORE_EXT_ARCHIVE_MAKE_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/own.h"

/* The other door to libarchive: a tar.gz of a few files, piece by piece.  The same files
 * make the same bytes. */
struct archive_maker;

/* Gets the bytes of the archive; false ends the making, err being set. */
typedef bool archive_bytes_fn(void *data, struct str bytes, struct error *);

struct archive_maker *archive_maker_new(archive_bytes_fn *, void *data, struct error *);
void archive_maker_free(struct archive_maker *);
OWN_DEFINE(archive_maker)
/* A file of exactly size bytes, mode 0600, begins. */
bool archive_make_file(struct archive_maker *, const char *path, uint64_t size, int64_t mtime,
                       struct error *);
bool archive_make_bytes(struct archive_maker *, struct str bytes, struct error *);
/* Nothing follows. */
bool archive_make_end(struct archive_maker *, struct error *);

#endif
