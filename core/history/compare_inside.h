#ifndef CORE_HISTORY_COMPARE_INSIDE_H
#define CORE_HISTORY_COMPARE_INSIDE_H

#include "core/history/compare.h"
#include "core/history/why.h"

/* For compare*.c alone: the comparison while it is made. */
struct compare_making {
	struct compare compare;         /* first: what is handed out */
	struct build *a, *b;
	struct why why;                 /* of B, against A */
};

/* Steps of both, in pairs. */
void compare_pair_steps(struct compare_making *);
/* Files of the contexts and base images, from the fingerprints. */
void compare_context(struct compare_making *);
/* The line on top. */
void compare_explain(struct compare_making *);

#endif
