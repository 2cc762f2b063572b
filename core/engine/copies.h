#ifndef CORE_ENGINE_COPIES_H
#define CORE_ENGINE_COPIES_H

#include "core/context/tar.h"
#include "core/plan/run.h"

/* What goes between a project and a container (struct run_copy), whatever the engine: a tar
 * each way. */

/* The folder of the container that it lies in, "/" at least, and its name there. */
struct str copies_folder(const struct run_copy *);
struct str copies_name(const struct run_copy *);

/* The way in: entries begin with the copy's name. */
struct copies_pack;
/* *ret_pack NULL: there is no such thing here, and need not be. */
bool copies_pack_new(const struct run_task *, const struct run_copy *,
                     struct copies_pack **ret_pack, struct error *);
void copies_pack_free(struct copies_pack *);
OWN_DEFINE(copies_pack)
/* *ret_bytes is lent until the next pull. */
enum pull copies_pack_pull(struct copies_pack *, struct str *ret_bytes, struct error *);

/* The way out.  A copy is due after such an end of the container. */
bool copies_is_due(const struct run_copy *, bool accepted);
/* Where the tar of the task's copy number n is written, DIR/N.tar, which copies_unpack makes
 * DIR/N of: all of it or nothing, whatever stands in it (ext/archive.h). */
const char *copies_tar(struct arena *, const struct run_task *, size_t n);
bool copies_unpack(const struct run_task *, size_t n, struct error *);
/* A tar of more is ERROR_LIMIT. */
#define COPIES_BYTES_MAX ((uint64_t)16 << 30)

#endif
