#ifndef CORE_ENGINE_DOCKER_RUN_INSIDE_H
#define CORE_ENGINE_DOCKER_RUN_INSIDE_H

#include "core/engine/docker_attach.h"
#include "core/engine/docker_copy.h"
#include "core/engine/docker_sweep.h"
#include "core/engine/frames.h"

/* What docker_run.c, docker_run_copy.c and docker_run_input.c share: a container while it is
 * there. */
struct docker_run {
	struct work base;
	struct docker_run *next, **link;
	struct run_task task;           /* with our labels */
	struct arena *arena;
	struct docker_sweep *sweep;
	struct docker_call call;
	struct http_transfer *attach;   /* of one without input */
	struct docker_attach *terminal; /* of an interactive one */
	struct docker_copy *copy;       /* in before the start or out after the end */
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
/* The container is as it is to be: its output gets a reader, then it starts. */
void docker_run_listen(struct docker_run *);
/* As attach and its events tell: its answer's head, output, the end of it. */
void docker_run_attached(void *run, int status);
void docker_run_output(void *run, int stream, struct str bytes);
void docker_run_silent(void *run, int status, struct str refusal, const struct error *);

/* In docker_run_copy.c.  It is made: what it is to find there comes first. */
void docker_run_bring(struct docker_run *);
/* It has ended and has said all: what is wanted of it comes out before it goes. */
void docker_run_leave(struct docker_run *);
/* Removes the container where something is being copied. */
void docker_run_stop_copy(struct docker_run *);

/* In docker_run_input.c. */
void docker_run_attach(struct docker_run *);
extern const struct work_input docker_run_input;

#endif
