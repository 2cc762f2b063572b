#ifndef CORE_JOB_REPLAN_H
#define CORE_JOB_REPLAN_H

#include "core/job/request.h"
#include "core/kind/kind.h"

/* A request planned again, from the files as its asker saw them: the same text gives
 * the same plan, so what was on the screen is built. */
struct replan {
	struct arena *arena;
	struct files *disk, *files;
	struct problems *problems;
	const struct kind *kind;
	struct target target;
	struct settings *settings;
	struct plan *plan;
};

/* {0} before.  Borrows the request until finished.  false: the first error that the
 * project has, with its place (ERROR_PROJECT); warnings stay in problems. */
bool replan_make(struct replan *, const struct request *, struct error *);
void replan_finish(struct replan *);

/* Every document as one object keyed by path, as `mortar config` prints it. */
struct value *replan_settings(const struct replan *, struct arena *);

#endif
