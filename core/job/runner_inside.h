#ifndef CORE_JOB_RUNNER_INSIDE_H
#define CORE_JOB_RUNNER_INSIDE_H

#include "core/job/carry.h"
#include "core/job/job.h"
#include "core/job/runner.h"

/* What runner.c and its ways to do a task share: runner_image.c, runner_run.c and runner_push.c
 * by the engine, runner_worker.c by a process of ours. */

enum task_state { TASK_WAITING, TASK_DONE, TASK_FAILED, TASK_SKIPPED };

/* A step as last told. */
struct runner_step {
	uint64_t key;                   /* the engine's */
	int step;                       /* the journal's */
	bool running, ended;
	double seconds;                 /* of the last step.done */
};

/* What an image task has made. */
struct runner_made {
	struct buf image_id, digest;    /* n 0: not told */
};

struct runner {
	struct runner_setup s;
	runner_done_fn *done;
	void *data;
	enum task_state *states;
	size_t task;                    /* the one that runs, or the last */
	bool is_waiting;                /* for runner_release; nothing runs */
	uint64_t next_timer, cancel_timer;
	struct runner_result result;
	struct runner_made *made;       /* of each task */
	struct buf digest;              /* of the first push */
	/* an image task */
	struct work *work;
	bool is_busy;                   /* cancelled, and the engine goes on */
	bool is_lost;                   /* the engine is gone; another is looked for */
	bool gave_up;                   /* the engine is not waited for any more */
	struct runner_step *steps;      /* of this work */
	size_t nsteps, cap;
	int context_step;               /* that loads the context, or -1; what it is to say */
	struct buf context_note;
	/* a push task */
	struct push_task pushing;
	unsigned push_fails;
	int64_t push_since_ms;          /* the first of them */
	uint64_t push_timer;            /* until the next try; nothing runs meanwhile */
	/* a run task */
	struct run_task running;
	struct run_report ran;          /* texts are the engine's: not to be read later */
	struct carry *carry;
	uint64_t kill_timer;
	/* The name of the image that runs need, where the plan gives it none; NULL: none. */
	const char *temporary;
	struct image_task tagged;       /* that task with the name */
	/* a worker task */
	struct worker *worker;
	double started;
	bool cached;
	struct error worker_error;
	bool has_worker_error;
};

void runner_start_image(struct runner *);
/* The sink's; and a step of the engine's own was announced. */
void runner_transferred(void *data, const struct transfer_report *);
void runner_loads(struct runner *, int step, struct str name);
void runner_start_worker(struct runner *);
void runner_start_push(struct runner *);
void runner_start_run(struct runner *);
/* Asks the container to stop, and kills it when it does not. */
void runner_stop_run(struct runner *);
/* The image task as the engine is to have it: one that only runs need has a name until the
 * end, where the engine forgets images without one. */
const struct image_task *runner_image_task(struct runner *);
/* The task ends between two tries. */
void runner_stop_push(struct runner *);
/* A task that is one step of the journal, from now on. */
void runner_single_step(struct runner *, int step);
/* runner_lost.c.  The image task has ended so: true when it will go on elsewhere. */
bool runner_hands_over(struct runner *, const struct work_result *);
/* Nobody looks for an engine any more. */
void runner_stop_lost(struct runner *);
/* The worker that does a fetch or stage task, and what it is told. */
const char *runner_worker_verb(const struct task *);
struct value *runner_worker_argument(struct arena *, const struct task *);
/* Says in err whose fault that worker's is and where the project asks for it. */
void runner_worker_failed(const struct task *, struct error *err);
/* Steps still running end with the task. */
void runner_end_steps(struct runner *, bool ok);
/* The task has ended: on to the next, from the loop. */
void runner_task_done(struct runner *, enum task_state, const struct error *);
/* step.done, by the report's cached, seconds, error and layer. */
void runner_step_done(struct runner *, int step, bool ok, const struct step_report *);

#endif
