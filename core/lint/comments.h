#ifndef CORE_LINT_COMMENTS_H
#define CORE_LINT_COMMENTS_H

#include "core/recipe/recipe.h"

/* The comments of a Dockerfile that was read.  Inside lint/ only. */

struct comment {
	struct str text;                /* behind the #, without blanks around */
	struct span at;
};
/* The comment lines between the instruction before and this one, in order and in the
 * arena, without the directives at the top of the file; what follows the last instruction
 * where there is none of that number. */
size_t comments_above(struct arena *, const struct recipe *, size_t instruction,
                      struct comment **ret_comments);
/* The text's directive "# check=…" up to its first blank; p NULL: there is none. */
struct str comments_check(const struct recipe *, struct span *ret_at);
/* "check = …" of a comment up to its first blank; p NULL: it is something else. */
struct str comment_check(struct str comment);

#endif
