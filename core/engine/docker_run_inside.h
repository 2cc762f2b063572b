#ifndef CORE_ENGINE_DOCKER_RUN_INSIDE_H
#define CORE_ENGINE_DOCKER_RUN_INSIDE_H

#include "core/engine/docker_attach.h"
#include "core/engine/docker_sweep.h"
#include "core/engine/frames.h"

/* What docker_run.c and docker_run_input.c share: a container while it is there. */
struct docker_run {
	struct work base;
	struct docker_run *next, **link;
	struct run_task task;           /* with our labels */
	struct arena *arena;
	struct docker_sweep *sweep;
	struct docker_call call;
	struct http_transfer *attach;   /* of one without input */
	struct docker_attach *terminal; /* of an interactive one */
	struct buf refusal;             /* the body of an attach that was refused */
	struct frames frames;
	const struct run_port *ports;   /* asked for */
	size_t nports;
	const char *container;          /* id; NULL while there is none */
	struct run_report report;
	struct arena *texts;            /* of the report */
	struct error err;               /* the first fault */
	uint64_t timer, guard;
	unsigned asks;                  /* to stop */
	bool creating, started, attached, removing, cancelled;
	bool silent;                    /* the output's stream has ended */
	bool heard;                     /* bytes came since the guard was set */
};

static inline struct docker *docker_run_engine(const struct docker_run *r)
{
	return (struct docker *)r->base.engine;
}

/* In docker_run.c.  The first fault is the one that is told. */
void docker_run_fault(struct docker_run *, const struct error *);
void docker_run_remove(struct docker_run *);
/* As attach and its events tell: its answer's head, output, the end of it. */
void docker_run_attached(void *run, int status);
void docker_run_output(void *run, int stream, struct str bytes);
void docker_run_silent(void *run, int status, struct str refusal, const struct error *);

/* In docker_run_input.c. */
void docker_run_attach(struct docker_run *);
extern const struct work_input docker_run_input;

#endif
