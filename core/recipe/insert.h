#ifndef CORE_RECIPE_INSERT_H
#define CORE_RECIPE_INSERT_H

#include "core/recipe/recipe.h"

/* A recipe that is sent with instructions of ours in it which the file that was read has not.
 * They have line 0; every other instruction keeps the line, the place, the group and the
 * causes that it has in the file, so that people read of their own lines. */

/* The argument that a cache level puts before a RUN. */
#define RECIPE_LEVEL_ARG "MORTAR_CACHE_LEVEL"

/* Another recipe with "ARG RECIPE_LEVEL_ARG" before each of these instructions (indices,
 * ascending).  Borrows the first one's spans, parts, causes and groups.  NULL: the text would
 * be too large. */
struct recipe *recipe_insert_args(const struct recipe *, const unsigned *before, size_t n);
/* Gives a recipe that was parsed from such a text the lines of the file again. */
void recipe_hide_args(struct recipe *);

/* Lines of the text that is sent, from those of the file and back.  A line of ours is that of
 * the instruction behind it. */
unsigned recipe_sent_line(const struct recipe *, size_t instruction);
unsigned recipe_file_line(const struct recipe *, unsigned sent_line);

#endif
