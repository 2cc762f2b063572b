#ifndef CORE_KIND_IMAGE_OPTIONS_H
#define CORE_KIND_IMAGE_OPTIONS_H

#include "core/plan/plan.h"

/* What kinds that build one image make alike of a selection. */

/* Their options of option.def that engines alone care for. */
#define IMAGE_OPTIONS "secret", "ssh", "add-host", "shm-size", "ulimit", "cgroup-parent", \
	"cache-from", "cache-to", "output", "provenance", "sbom", "no-cache-filter", "build-context"

/* Options for the engine as they were given, behind `first`, copied into the plan; secrets
 * beside those that the task has, one of the same id instead of it; contexts that lie here.
 * The task's level is set, and its recipe, or
 * that is NULL.  What cannot be (a folder that is not there, a stage that
 * the recipe has not) goes to problems. */
void image_options(struct plan *, const struct selection *, const struct pair *first,
                   size_t nfirst, struct files *, struct problems *, struct image_task *);
/* Whether an image comes out, which then has a name: not where only files do. */
bool image_comes_out(const struct image_task *);

#endif
