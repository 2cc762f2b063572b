#ifndef TUI_EARLY_H
#define TUI_EARLY_H

#include "core/job/job.h"
#include "core/plan/plan.h"

/* What a build will need and takes seconds, made while the project is looked at: its
 * certificate, by a worker that nobody hears of.  One that a build waits for is made once. */
struct early {
	struct loop *loop;
	struct worker *worker;          /* NULL: none works */
	uint64_t timer;                 /* until it begins; 0: none */
	const char *dir, *common_name;  /* interned: asked for already; NULL: nothing yet */
};

/* EARLY_MS later, so that the first picture comes first, and once for each place; nothing
 * when there is a certificate, or the plan (NULL is fine) needs none.  A worker that
 * cannot be had is no harm: the build makes it. */
enum { EARLY_MS = 200 };
void early_begin(struct early *, struct loop *, const struct plan *);
/* What is not ready is given up, and leaves nothing behind. */
void early_finish(struct early *);

#endif
