#ifndef CORE_JOB_WORKER_SHELL_H
#define CORE_JOB_WORKER_SHELL_H

#include "core/engine/engine.h"
#include "core/job/job_announce.h"
#include "core/job/shell_site.h"
#include "core/job/worker.h"
#include "core/os/tty.h"

/* What the files of the worker `shell` share: which state is asked for, and the way to it. */
struct worker_shell {
	struct worker_io *io;
	struct loop *loop;
	struct mask *mask;
	const char *dir;                /* of the build */
	struct build *build;            /* its journal */
	struct job_facts facts;         /* request and plan, as far as they can be had */
	struct error why_no_plan;       /* code NONE: there is one */
	struct source *source;          /* the Dockerfile that was built */
	struct recipe *parsed, *cut;    /* NULL, or ours: it, and what is built of it */
	const struct recipe *recipe;    /* the same, with its causes where they are known */
	struct problems *problems;
	int step;
	struct shell_site site;
	const char *scratch;
	struct engine *engine;
	const struct engine_facts *engine_facts;
	struct work *work;              /* a build or a run */
	struct image_task task;         /* the build up to the step */
	const char *tag;                /* its temporary name, NULL: none */
	struct buf line;                /* of the build's log, until it ends */
	uint64_t key;                   /* whose it is */
	const struct instruction *naming;       /* of the build: begun, not named yet */
	uint64_t name_timer;
	struct str image;               /* of which the container is to be */
	bool from_layer;                /* one that the builder has kept */
	const char *const *argv;        /* of the command asked for, or NULL: a shell */
	unsigned candidate;             /* which shell is being tried */
	struct run_task run;
	struct tty *tty;
	bool has_terminal;              /* both ways */
	bool was_made, ran, stopped, reads;
	int code;
	struct error err;
};

/* A line on stderr, fit for a terminal, secrets masked. */
__attribute__((format(printf, 2, 3)))
void worker_shell_say(const struct worker_shell *, const char *fmt, ...);
/* The work was asked to stop, or is not wanted: what is next is the end. */
void worker_shell_end(struct worker_shell *);

/* In worker_shell_find.c: everything up to the engine; may block. */
bool worker_shell_find(struct worker_shell *, struct error *);
/* In worker_shell_build.c: builds up to the step; worker_shell_run comes next. */
void worker_shell_build(struct worker_shell *);
/* In worker_shell_run.c: the container of w->image; worker_shell_end comes next. */
void worker_shell_run(struct worker_shell *);

#endif
