#ifndef CORE_KIND_IMAGE_NAMES_H
#define CORE_KIND_IMAGE_NAMES_H

#include "core/plan/plan.h"

/* Names of an image: given when it is made, given afterwards, sent to registries. */

/* Names given with --tag, else `name` (kept by the plan), without those that the image can
 * have only when it is made (PUSH_CONTENT). */
const char *const *image_tags(struct plan *, const struct selection *, const char *name);
/* Adds the image task, named by its first --tag, which becomes the plan's image if one comes
 * out; then tasks that give it the names that it can have only then, and with the option push
 * one for each name that sends it.  A name to push that names no registry is an error. */
void image_add(struct plan *, const struct selection *, const struct task *, struct problems *);

#endif
