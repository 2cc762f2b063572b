#ifndef CORE_KIND_IMAGE_OPTIONS_H
#define CORE_KIND_IMAGE_OPTIONS_H

#include "core/plan/plan.h"

/* What kinds that build one image make alike of a selection. */

/* Options for the engine as they were given (network, pull, platform, proxy, target,
 * allow-secret-in-layer, build-arg:N, label:K), behind `first`, copied into the plan. */
void image_options(struct plan *, const struct selection *, const struct pair *first,
                   size_t nfirst, struct image_task *);
/* Names given with --tag, else `name` (kept by the plan). */
const char *const *image_tags(struct plan *, const struct selection *, const char *name);

#endif
