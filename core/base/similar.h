#ifndef CORE_BASE_SIMILAR_H
#define CORE_BASE_SIMILAR_H

#include "core/base/str.h"

/* "did you mean …": among names tried one after the other, the one that was probably
 * meant.  Start with {.typed = …}; best stays NULL while none is near: at most two
 * letters mistyped, left out or added, and fewer than the name has. */
struct similar {
	struct str typed;
	const char *best;               /* borrowed from the caller */
	unsigned distance;              /* of best */
};
/* A name longer than SIMILAR_MAX bytes, or typed to be so, is never near. */
enum { SIMILAR_MAX = 32 };
void similar_try(struct similar *, const char *name);

#endif
