/* A container that takes input. */
#include "core/engine/docker_run_inside.h"

static void run_attach_open(void *data)
{
	docker_run_attached(data, 200);
}

static void run_attach_output(void *data, int stream, struct str bytes)
{
	struct docker_run *r = data;
	r->heard = true;
	docker_run_output(r, stream, bytes);
}

static void run_attach_drained(void *data)
{
	struct docker_run *r = data;
	if (r->base.sink.drained)
		r->base.sink.drained(r->base.sink.data);
}

void docker_run_attach(struct docker_run *r)
{
	struct attach_events on = { run_attach_open, run_attach_output, run_attach_drained,
	                            docker_run_silent, r };
	struct error err = { 0 };
	r->terminal = docker_attach_new(docker_run_engine(r), r->container, r->task.tty, &on, &err);
	if (r->terminal)
		return;
	docker_run_fault(r, &err);
	docker_run_remove(r);
}

static void run_input(struct work *w, struct str bytes)
{
	struct docker_run *r = (struct docker_run *)w;
	if (r->terminal)
		docker_attach_input(r->terminal, bytes);
}

static void run_input_end(struct work *w)
{
	struct docker_run *r = (struct docker_run *)w;
	if (r->terminal)
		docker_attach_input_end(r->terminal);
}

static size_t run_unsent(const struct work *w)
{
	const struct docker_run *r = (const struct docker_run *)w;
	return r->terminal ? docker_attach_unsent(r->terminal) : 0;
}

static void run_resize(struct work *w, unsigned rows, unsigned cols)
{
	struct docker_run *r = (struct docker_run *)w;
	r->task.rows = rows;
	r->task.cols = cols;
	if (r->started && r->task.tty)
		docker_attach_resize(r->terminal, rows, cols);
}

const struct work_input docker_run_input = { run_input, run_input_end, run_unsent, run_resize };
