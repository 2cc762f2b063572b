#ifndef CORE_JOB_RUN_H
#define CORE_JOB_RUN_H

#include "core/base/arena.h"
#include "core/os/loop.h"
#include "core/plan/run.h"

/* A container of the image that a build made, as a front end has it: a worker speaks to
 * the engine, and removes the container when it ends, when it is asked to, and when the
 * front end is gone, by whatever hand. */
struct run;

/* What to run, of the build's journal; texts in the arena. */
struct run_build {
	const char *id, *image, *image_id;
	const char *engine;             /* spec of engine_new: where the image is */
};

struct run_options {
	const char *engine;             /* instead of the build's; or NULL */
	const struct pair *named;       /* the user's named engines */
	size_t nnamed;
	const char *const *argv, *const *env, *const *ports;    /* NULL-terminated, or NULL */
	const char *network;            /* or NULL */
};

/* How it came to its end.  error.code NONE: it ended by itself (the report has its exit
 * code), and is removed. */
struct run_end {
	bool cancelled;                 /* it was asked to stop */
	struct error error;
};

/* Lent for the call. */
struct run_events {
	void (*engine)(void *data);     /* run_engine is known from now on */
	void (*log)(void *data, int stream, struct str bytes, double t);
	void (*changed)(void *data);    /* run_state says what */
	void (*warning)(void *data, struct str text);
	/* Once; nothing follows, and the run is there until it is freed. */
	void (*ended)(void *data, const struct run_end *);
	void *data;
};

/* build: as request_find takes it.  ERROR_USAGE for one that made no image. */
bool run_find(struct arena *, const char *build, struct run_build *ret_build, struct error *);
/* Returns at once; borrows nothing. */
struct run *run_start(struct loop *, const struct run_build *, const struct run_options *,
                      const struct run_events *, struct error *);
/* Lent until the next callback. */
const struct run_report *run_state(const struct run *);
/* "dockerd 20.10.24"; "" while it is not known. */
const char *run_engine(const struct run *);
/* First it has ten seconds, then, asked again, it is killed; ended comes. */
void run_stop(struct run *);
/* No events come until it is switched off; the container waits when it has printed more
 * than there is room for on the way. */
void run_pause(struct run *, bool on);
/* Without a word; a container that is there still the worker removes. */
void run_free(struct run *);
OWN_DEFINE(run)

#endif
