#ifndef CORE_RECIPE_INSTRUCTION_CHECK_H
#define CORE_RECIPE_INSTRUCTION_CHECK_H

#include "core/recipe/recipe.h"

/* What is wrong with one instruction by itself: unknown keyword or flag, values
 * that flags do not take, the number of arguments (BuildKit's
 * frontend/dockerfile/instructions).  Inside recipe/ only. */
void instruction_check(struct arena *, const struct instruction *, struct problems *);

#endif
