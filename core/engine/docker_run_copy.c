/* What a container gets before its start and what comes of it after its end. */
#include "core/engine/docker_run_inside.h"

static void run_copied(struct docker_run *r, const struct error *err)
{
	docker_copy_free(r->copy);
	r->copy = NULL;
	if (err)
		docker_run_fault(r, err);
}

static void run_copied_in(void *data, const struct error *err)
{
	struct docker_run *r = data;
	run_copied(r, err);
	if (err)
		docker_run_remove(r);
	else
		docker_run_listen(r);
}

static void run_copied_out(void *data, const struct error *err)
{
	struct docker_run *r = data;
	run_copied(r, err);
	docker_run_remove(r);
}

void docker_run_bring(struct docker_run *r)
{
	if (r->task.copies_in)
		r->copy = docker_copy_new(docker_run_engine(r), &r->task, r->container, DOCKER_COPY_IN,
		                          false, run_copied_in, r);
	else
		docker_run_listen(r);
}

void docker_run_leave(struct docker_run *r)
{
	bool accepted = run_accepts(&r->task, r->report.exit_code);
	if (r->removing || r->copy)
		return;
	if (r->cancelled || !r->task.copies_out)
		docker_run_remove(r);
	else
		r->copy = docker_copy_new(docker_run_engine(r), &r->task, r->container, DOCKER_COPY_OUT,
		                          accepted, run_copied_out, r);
}

void docker_run_stop_copy(struct docker_run *r)
{
	if (!r->copy)
		return;
	docker_copy_free(r->copy);
	r->copy = NULL;
	r->cancelled = true;
	docker_run_remove(r);
}
