#ifndef CORE_JOB_SHELL_SITE_H
#define CORE_JOB_SHELL_SITE_H

#include "core/base/arena.h"
#include "core/journal/build.h"
#include "core/recipe/recipe.h"

/* Where in a Dockerfile a shell is asked for, and what a RUN has there: pure, of a recipe
 * and what a journal says. */

/* Which step: NULL the one that failed; "7" its number as the plan and the journal have it;
 * ":12" or "stage:12" the instruction that line 12 of the Dockerfile belongs to; else a part
 * of a step's text that no other has.  ERROR_USAGE says what there is. */
bool shell_site_find(const struct build *, const struct recipe *, const char *step, int *ret_step,
                     struct error *);

struct shell_site {
	int instruction;
	/* The Dockerfile up to it: what comes before in its stage is the last there is. */
	struct str text;
	bool copies;                    /* files of the context come before it */
	struct str command;             /* as a shell takes it: of a RUN alone, else n 0 */
	const char *shell;              /* an absolute path that a SHELL before it names, or NULL */
	const char *const *env;         /* the ARGs that it sees as NAME=value, NULL-terminated */
	struct str mounts;              /* what its RUN --mount has and the shell has not; n 0: none */
};

/* args: the build arguments, in order.  Texts in the arena.  false: there is nothing before
 * this instruction (ERROR_USAGE). */
bool shell_site_make(struct arena *, const struct recipe *, int instruction,
                     const struct pair *args, size_t nargs, struct shell_site *ret_site,
                     struct error *);

#endif
