#ifndef CORE_RECIPE_STAGES_H
#define CORE_RECIPE_STAGES_H

#include "core/recipe/recipe.h"

/* Stages of the instructions that stand in the recipe: their bounds, what each
 * needs, and which of them the target needs.  Inside recipe/ only. */

/* Numbers the instructions' stages and fills recipe->stages and ->target, in its
 * arena.  False when references do not fit (errors in problems). */
bool stages_find(struct recipe *, struct instruction *instructions, struct str target,
                 struct problems *);

/* The stage of that name in any case (of several the last), or -1. */
int stages_named(const struct recipe *, struct str name);

#endif
