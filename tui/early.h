#ifndef TUI_EARLY_H
#define TUI_EARLY_H

#include "core/job/job.h"
#include "core/plan/plan.h"

/* What a build will need and takes seconds, made while the project is looked at: its
 * certificate, by a worker that nobody hears of.  One that a build waits for is made once. */
struct early {
	struct worker *worker;          /* NULL: none works */
	const char *dir;                /* interned: asked for already; NULL: nothing yet */
};

/* Once for each place; nothing when there is a certificate, or the plan (NULL is fine)
 * needs none.  A worker that cannot be had is no harm: the build makes it. */
void early_begin(struct early *, struct loop *, const struct plan *);
/* What is not ready is given up, and leaves nothing behind. */
void early_finish(struct early *);

#endif
