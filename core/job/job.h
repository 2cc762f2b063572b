#ifndef CORE_JOB_JOB_H
#define CORE_JOB_JOB_H

#include <sys/types.h>

#include "core/job/request.h"
#include "core/os/loop.h"

/* ---- parent side ---- */

/* `mortar job ID`, in its own session, for an id of request_new_id: it gets its
 * libraries ready and waits for its request, so that who knows early that there will be
 * a job can read the project meanwhile. */
struct launch;
struct launch *job_launch(const char *id, struct error *);
/* The same for a build that is only watched: the job reads its output from `input`,
 * which stays the caller's. */
struct launch *job_launch_watching(const char *id, int input, struct error *);
/* Without job_start the job ends and the build's folder is gone.  NULL is fine. */
void launch_free(struct launch *);
OWN_DEFINE(launch)
/* Writes request.json and lets the launched job of the same id begin; NULL: launches one.
 * true: its journal exists and holds build.start.  Otherwise err says why and the build's
 * folder is gone again.  Blocks until the job has planned and its engine has answered
 * (milliseconds; seconds when the engine is silent).  A SIGINT meanwhile ends the job:
 * false, ERROR_CANCELLED. */
bool job_start(const struct request *, struct launch *, struct error *);
/* The job's side: blocks until its request is there; false: nobody wants it any more. */
bool launch_await(void);
/* Asks the job that holds the lock to stop (SIGTERM).  false when none runs.  A job whose
 * engine has not answered yet never was: its folder goes. */
bool job_cancel(const char *dir, struct error *);

/* Worker: JSON lines on its stdout, dies with its parent.  line: one parsed line,
 * lent for the call; NULL with ok or not when it has ended. */
struct worker;
typedef void worker_line_fn(void *data, const struct value *line, bool ended_well);
struct worker *worker_start(struct loop *, const char *verb, const struct value *argument,
                            worker_line_fn *, void *data, struct error *);
/* The same of a verb that stays (core/job/worker.h): it can be asked again, and ends with
 * worker_free. */
struct worker *worker_start_staying(struct loop *, const char *verb, const struct value *argument,
                                    worker_line_fn *, void *data, struct error *);
/* One more argument to such a one: if it has not come to the one before, it leaves that out. */
void worker_tell(struct worker *, const struct value *argument);
void worker_free(struct worker *);
OWN_DEFINE(worker)
/* Asks one that cleans up behind itself to stop (SIGTERM), or to make it short
 * (SIGUSR1); its lines and its end are still told. */
void worker_stop(struct worker *, bool at_once);
/* Leaves its lines where they are until it is told to go on: who cannot take more of
 * them stops it from saying more. */
void worker_pause(struct worker *, bool on);
/* Asks it to stop and forgets it: nothing is told any more, it ends by itself.  NULL is
 * fine. */
void worker_leave(struct worker *);

/* ---- child side: main() of `mortar job ID` and `mortar worker VERB` ---- */
int job_main(const char *id);
int worker_main(const char *verb);

#endif
