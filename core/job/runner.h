#ifndef CORE_JOB_RUNNER_H
#define CORE_JOB_RUNNER_H

#include "core/engine/engine.h"
#include "core/job/record.h"
#include "core/job/steps.h"

/* Runs a plan: one task after the other, each telling the journal what it does.
 * After a failure or a cancel only tasks that say `always` still run. */
struct runner;

struct runner_result {
	bool ok, cancelled;
	struct str image;               /* the image's name, where the plan has not got it whole */
	struct str image_id;            /* of plan_image's task; n 0: not told */
	struct str digest;              /* of the first push; n 0: nothing was pushed */
	struct error error;             /* when not ok */
};
typedef void runner_done_fn(void *data, const struct runner_result *);

struct runner_setup {
	struct loop *loop;
	const struct plan *plan;
	struct engine *engine;
	struct steps *steps;
	struct record *record;
	bool is_held;                   /* image tasks wait for runner_release */
	/* An image task begins, its context scanned; may be NULL. */
	void (*image_begins)(void *data);
	/* The engine is gone, which no build of ours is to blame for.  True: runner_continue
	 * comes, not from in here; false or NULL: the task has failed. */
	bool (*engine_lost)(void *data, const struct error *why);
	void *data;
	unsigned abilities;             /* of the engine, as probed */
	const char *id;                 /* of the build; NULL: containers have no label of it */
	const char *scratch;            /* a private folder of the build, for what comes out of
	                                 * containers */
	unsigned push_ms;               /* before the second try of a push; 0: a second */
};

/* Borrows the setup's parts.  done: once, from the loop. */
struct runner *runner_new(const struct runner_setup *, runner_done_fn *done, void *data);
void runner_free(struct runner *);
OWN_DEFINE(runner)
/* What image tasks waited for is in the plan. */
void runner_release(struct runner *);
/* The image task whose engine was lost begins again on that one; NULL: on none, err is its
 * failure.  Nothing when it was cancelled meanwhile. */
void runner_continue(struct runner *, struct engine *, unsigned abilities,
                     const struct error *err);
/* Stops the task that runs; done still comes, at the latest RUNNER_CANCEL_MS later, or,
 * when the engine tells that it is busy, as soon as that has ended or cancel is called
 * once more. */
enum { RUNNER_CANCEL_MS = 10000 };
void runner_cancel(struct runner *);
/* The same for a fault of ours, such as a full disk. */
void runner_fail(struct runner *, const struct error *);

#endif
