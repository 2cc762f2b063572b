#ifndef CORE_KIND_POETRY_STAGE_H
#define CORE_KIND_POETRY_STAGE_H

#include "core/recipe/recipe.h"
#include "core/value/problem.h"

/* Where in a Dockerfile Poetry is.  Told from the words of RUN: a base image may have it too,
 * which nobody can see here. */

/* What a RUN has to do with Poetry: it puts it there, or has it work on the project. */
enum poetry_use { POETRY_USE_NONE, POETRY_USE_INSTALLS = 1, POETRY_USE_WORKS = 2 };
unsigned poetry_use(const struct instruction *);

/* The stage that has Poetry: `wanted` (a name or number; n 0: the first whose RUNs speak of it,
 * else the one called builder, else the only one).  -1: an error was told. */
int poetry_stage(const struct recipe *, struct str wanted, struct problems *);
/* The first instruction of the stage that is not needed for Poetry to be there and work on other
 * manifests: what copies manifests, or works on them.  The stage's end where Poetry comes with
 * those. */
unsigned poetry_stage_bare(const struct recipe *, int stage);
unsigned poetry_stage_end(const struct recipe *, int stage);
/* The recipe's text before an instruction. */
struct str poetry_stage_text(const struct recipe *, unsigned instruction);

#endif
