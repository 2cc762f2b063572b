#ifndef CORE_RECIPE_RECIPE_PARSE_H
#define CORE_RECIPE_RECIPE_PARSE_H

#include "core/recipe/recipe.h"

/* The instructions of a source, without stages and unchecked, and a recipe that
 * lives in the arena and owns it.  Never NULL: errors are in problems, and the
 * instructions that were right are there.  ret_instructions: the same list, to be
 * completed.  derived: all spans are nowhere.  Inside recipe/ only. */
struct recipe *recipe_parse_text(struct arena *, const struct source *, bool derived,
                                 struct problems *, struct instruction **ret_instructions);

#endif
