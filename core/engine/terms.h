#ifndef CORE_ENGINE_TERMS_H
#define CORE_ENGINE_TERMS_H

#include "core/engine/work.h"
#include "core/plan/spec.h"

/* Options of a task in the terms of engines that are no BuildKit. */

/* Each value of an option in order. */
typedef bool terms_value_fn(void *data, struct str value, struct error *);
bool terms_each(const struct image_task *, const char *name, terms_value_fn *, void *data,
                struct error *);

enum terms_engine { TERMS_CLASSIC, TERMS_PODMAN, TERMS_BUILDAH, TERMS_BUILDKIT };

/* False: ERROR_REFUSED names the first option that this engine lacks and what has it,
 * ERROR_USAGE an option whose text is wrong.  version: as the engine tells its own; one that
 * cannot be read is taken for the oldest. */
bool terms_can(const struct image_task *, enum terms_engine, const char *version, struct error *);
/* Version text is at least this ("1.29.0-dev" is 1.29). */
bool terms_is_since(const char *version, unsigned major, unsigned minor);
/* The output that is a file or a folder: false where there is none. */
bool terms_output(struct arena *, const struct image_task *, struct output *ret_output);
/* An image with its names is wanted too. */
bool terms_want_image(const struct image_task *);
/* The repository that a cache of podman's and buildah's lies in. */
struct str terms_cache_ref(struct arena *, struct str value, enum cache_way);

#endif
