#ifndef TUI_JUMPS_H
#define TUI_JUMPS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"

/* Places the user has been at, oldest first, and where in that list they are.  {0} is an
 * empty one. */
struct place {
	unsigned where;                 /* of enum where: the kind of view; 0: none */
	char *subject;                  /* what the view was about; "" nothing in particular */
	char *line;                     /* view_ops.place */
};
void place_set(struct place *, unsigned where, struct str subject, struct str line);
void place_finish(struct place *);

enum { JUMPS_MAX = 100 };
struct jumps {
	struct place places[JUMPS_MAX];
	size_t n, at;                   /* at == n: not on the way back */
};
void jumps_finish(struct jumps *);
/* A jump begins here: what lay ahead is forgotten; the same place twice counts once. */
void jumps_push(struct jumps *, unsigned where, struct str subject, struct str line);
/* From here back or forth; NULL at that end. */
const struct place *jumps_back(struct jumps *, unsigned where, struct str subject, struct str line);
const struct place *jumps_forth(struct jumps *);

#endif
