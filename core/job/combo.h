#ifndef CORE_JOB_COMBO_H
#define CORE_JOB_COMBO_H

#include "core/base/arena.h"
#include "core/base/buf.h"

/* Profiles in their order, as one of several combinations in which a project is built. */
struct combo {
	const char *const *profiles;
	size_t n;                       /* 0: the base alone */
};

/* "gpu,stateful"; "base" without profiles, and "base," for a profile of that name alone. */
void combo_append_name(struct buf *, const struct combo *);
/* What such a name means, in the arena; empty names are passed over. */
struct combo combo_parse(struct arena *, struct str name);
/* In the arena. */
struct combo combo_copy(struct arena *, const char *const *profiles, size_t n);
bool combo_is(const struct combo *, const char *const *profiles, size_t n);

#endif
