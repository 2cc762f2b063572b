#ifndef CORE_KIND_IMAGE_CAUSES_H
#define CORE_KIND_IMAGE_CAUSES_H

#include "core/kind/image_settings.h"
#include "core/recipe/recipe.h"

/* Gives the instructions of a Dockerfile that was read the settings they follow from: ARG NAME
 * the build argument that gives NAME, the FROM of the stage that is built the target.  under:
 * the selection with the settings in front of it. */
void image_causes(struct recipe *, const struct image_settings *, const struct selection *,
                  const struct selection *under);

#endif
