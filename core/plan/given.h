#ifndef CORE_PLAN_GIVEN_H
#define CORE_PLAN_GIVEN_H

#include "core/plan/plan.h"
#include "core/recipe/values.h"

/* The variables of the task's recipe, or of the one that its level sends, with what its build
 * is given: its platform, build-args, proxy and secrets that become arguments.  Of these, of a
 * proxy with credentials and of what a level has new in every build nothing is known but the
 * names.  ends_args: see values.h. */
struct values *given_values(const struct image_task *, const struct recipe *, bool ends_args);

#endif
