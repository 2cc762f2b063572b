#ifndef CORE_KIND_SIDE_H
#define CORE_KIND_SIDE_H

#include "core/kind/kind.h"

/* A project as some files and some selection make it: one of the two that are compared. */
struct side {
	struct problems *problems;
	struct settings *settings;      /* NULL: there is nothing to show */
	struct plan *plan;              /* NULL: problems keep it from being made */
};

/* Everything borrowed must outlive the side.  A profile that no file knows there is a
 * note, and no error as where somebody asks for it: another selection or another time may
 * have none of its files. */
void side_read(struct side *, const struct kind *, const struct target *, const struct selection *,
               struct files *);
void side_finish(struct side *);

/* That note. */
bool side_is_unknown(const struct problem *);

/* The first error that keeps the plan from being made, or NULL. */
const struct problem *side_error(const struct side *);

#endif
