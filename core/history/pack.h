#ifndef CORE_HISTORY_PACK_H
#define CORE_HISTORY_PACK_H

#include "core/base/error.h"
#include "core/base/str.h"

/* A build as one file, ID.mortar, for a colleague or another machine: a tar.gz of
 * mortar.json ({"format": 1, "id", "mortar"}) and what its folder holds for reading
 * (docs/formats.md).  What was asked for (request.json) stays behind: nothing that is
 * imported can be started again. */

/* A build's file holds at most so many bytes unpacked. */
#define PACK_BYTES_MAX ((uint64_t)4 << 30)

/* Each piece of the file, in order; false ends it, err being set. */
typedef bool pack_bytes_fn(void *data, struct str bytes, struct error *);
/* ERROR_USAGE for a build that runs.  Blocks: for commands and workers. */
bool history_export(const char *dir, pack_bytes_fn *, void *data, struct error *);
/* Into a file, whole or not at all; it replaces what is there if it may. */
bool history_export_file(const char *dir, const char *file, bool replaces, struct error *);

/* The file may be hostile: ERROR_PROJECT says what is wrong with it, and nothing of it
 * stays.  Gives the build the id it had, the next free one where there is a build of that
 * id (or where it lies in the future), and the file `imported`; its folder, interned. */
const char *history_import(const char *file, struct error *);

#endif
