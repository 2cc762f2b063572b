/* An image task whose engine is gone: on to another one. */
#include "core/job/runner_inside.h"

/* Neither a cancel nor what the build itself has done wrong gets a second engine. */
bool runner_hands_over(struct runner *r, const struct work_result *result)
{
	return !result->ok && !result->cancelled && r->result.ok &&
	       result->error.code == ERROR_UNREACHABLE && r->s.engine_lost &&
	       r->s.engine_lost(r->s.data, &result->error);
}

void runner_continue(struct runner *r, struct engine *engine, unsigned abilities,
                     const struct error *err)
{
	if (!r->is_lost)
		return;
	r->is_lost = false;
	if (!engine) {
		runner_task_done(r, TASK_FAILED, err);
		return;
	}
	r->s.engine = engine;
	r->s.abilities = abilities;
	runner_start_image(r);
}

void runner_stop_lost(struct runner *r)
{
	if (!r->is_lost)
		return;
	r->is_lost = false;
	runner_task_done(r, TASK_FAILED, &r->result.error);
}
