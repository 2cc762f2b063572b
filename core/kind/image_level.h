#ifndef CORE_KIND_IMAGE_LEVEL_H
#define CORE_KIND_IMAGE_LEVEL_H

#include "core/plan/plan.h"

/* Cache levels at any instruction of a Dockerfile, which stays as it is on the disk.
 *
 * What is behind the boundary is run anew by an argument of ours (RECIPE_LEVEL_ARG, its value
 * the build's id) that is declared before the first RUN behind it, and before the first RUN of
 * every later stage that the target needs: every engine keys a RUN by the arguments it sees,
 * and what stands on it by it.  A BuildKit is told besides to use no cache for those later
 * stages (and for the boundary's own, when nothing of it but FROM is before the boundary), so
 * that what is there before a RUN is made anew too; elsewhere COPY and its kin are compared
 * by what they copy, as ever.
 *
 * The level's recipe has those ARGs as instructions with line 0; all others keep `at`, causes,
 * group and the line numbers of the recipe they come from (core/recipe/insert.h). */

/* The level that the selection asks for (NULL: the first of the table):
 *   a name or an alias of `levels` (ended by a NULL name): "all" and "none" are set as such,
 *     of others the name alone, for the kind to go on from;
 *   a line of the Dockerfile, "12": up to the instruction there from the cache;
 *   a stage, by its name or, where it has none, as "stage-0": up to its end.
 * The recipe is the plan's, which keeps what the level needs.  false: there is no such level,
 * which is in problems with what there is. */
bool image_level(struct plan *, const struct level *levels, const struct selection *,
                 struct problems *, struct level_effect *ret_effect);
/* The effect of a kind's own level at a mark: everything up to that instruction of the plan's
 * recipe (an index, -1: nothing) from the cache. */
struct level_effect image_level_after(struct plan *, const char *name,
                                      int last_cached_instruction);

#endif
