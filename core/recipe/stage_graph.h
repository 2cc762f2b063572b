#ifndef CORE_RECIPE_STAGE_GRAPH_H
#define CORE_RECIPE_STAGE_GRAPH_H

#include "core/recipe/recipe.h"

/* The stages of a recipe drawn as text, in their order: on the left lines from each stage to
 * those that use it, then its name, what it stands on, and whether it is the target or not
 * needed for it; below it a row for each thing that it copies or mounts from elsewhere.
 * Names are made fit for a terminal. */
struct stage_row {
	int stage;                      /* -1: a line between */
	struct str text;
};
/* Rows in the arena.  ascii: nothing but ASCII. */
size_t stage_graph(struct arena *, const struct recipe *, bool ascii,
                   const struct stage_row **ret_rows);

#endif
