#include "core/job/prepare.h"

#include "core/job/job.h"
#include "core/job/kept.h"
#include "core/job/runner_inside.h"
#include "core/job/worker.h"
#include "core/os/save.h"

struct prepare {
	struct loop *loop;
	bool ok, failed;
	struct error *err;
};

static void prepare_line(void *data, const struct value *line, bool ended_well)
{
	struct prepare *p = data;
	if (line) {
		p->failed |= worker_error(line, p->err);
		return;
	}
	p->ok = ended_well && !p->failed;
	if (!ended_well && !p->failed)
		error_set(p->err, ERROR_SYSTEM, "a worker of ours has died");
	loop_stop(p->loop);
}

static bool prepare_task(const struct task *task, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	owned(loop) struct loop *loop = loop_new();
	if (kept_task(task))
		return true;
	struct prepare p = { .loop = loop, .err = err };
	owned(worker) struct worker *worker =
		worker_start(loop, runner_worker_verb(task), runner_worker_argument(arena, task),
		             prepare_line, &p, err);
	if (!worker || !loop_run(loop, err))
		return false;
	if (!p.ok)
		runner_worker_failed(task, err);
	return p.ok;
}

bool prepare_context(const struct plan *plan, struct error *err)
{
	const struct image_task *image = plan_image(plan);
	/* Private folders first: what is made below them has their owner's modes. */
	if (!save_cache_dir("requirements", err) || !save_state_dir("projects", err))
		return false;
	for (size_t i = 0; i < plan->ntasks; i++) {
		enum task_kind kind = plan->tasks[i].kind;
		if ((kind == TASK_FETCH || kind == TASK_STAGE) && !prepare_task(&plan->tasks[i], err))
			return false;
	}
	return !image || context_scan(image->context, err);
}
