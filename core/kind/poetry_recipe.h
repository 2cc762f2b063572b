#ifndef CORE_KIND_POETRY_RECIPE_H
#define CORE_KIND_POETRY_RECIPE_H

#include "core/kind/poetry.h"

/* The Dockerfile that follows from a Poetry project: Poetry itself, the manifests and the
 * dependencies without the project, the project, and a runtime stage that takes nothing but
 * the environment. */

/* Groups of the recipe; the cache levels of the same names end with them. */
enum poetry_group_index { POETRY_STEP_POETRY, POETRY_STEP_DEPS, POETRY_STEP_PROJECT,
                          POETRY_STEP_RUNTIME };
#define POETRY_STAGE_BUILDER "builder"  /* the stage that has Poetry */
#define POETRY_STAGE_RUNTIME "runtime"
#define POETRY_PLACE "/app"             /* of the project in both stages */

/* cache_mounts: the builder has them; target: a stage's name or number, n 0: the last.  NULL
 * when errors have been told, here or before. */
struct recipe *poetry_derive(struct arena *, const struct poetry *, bool cache_mounts,
                             struct str target, struct problems *);
/* The last instruction that a level serves from the cache: of that group or, where it has
 * none, of those before it. */
int poetry_mark(const struct recipe *, enum poetry_group_index);

#endif
