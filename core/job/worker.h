#ifndef CORE_JOB_WORKER_H
#define CORE_JOB_WORKER_H

#include "core/job/job.h"

/* The child side of workers: each verb blocks as long as it likes, since nobody but
 * its own process waits.  A verb reads its argument, writes JSON lines with
 * worker_say and returns; a failure is told as {"error": text, "code": number}. */

/* The environment's name for a worker's other end, of one whose standard input and output
 * are a person's: a socket's number. */
#define WORKER_VARIABLE "MORTAR_WORKER_FD"

struct worker_io {
	struct arena *arena;            /* for the whole run, or until worker_wait is asked again */
	const struct value *argument;
	struct buf input;               /* a verb that stays: what was not read as a line yet */
};

/* For verbs that stay (worker.c's table): each line they are given is a whole argument. */
enum worker_call {
	WORKER_ASKED,                   /* io->argument is a new one, the last that was given */
	WORKER_TOUCHED,                 /* fd is readable, or wait_ms have passed */
	WORKER_LEFT,                    /* nobody will ask any more */
};
/* Blocks; all that was in io->arena is gone unless it returns WORKER_TOUCHED.  fd -1: none;
 * wait_ms -1: as long as it takes. */
enum worker_call worker_wait(struct worker_io *, int fd, int64_t wait_ms);
/* One line to the parent; false when nobody listens any more. */
bool worker_say(const struct value *line);
/* The argument's "request", the caller's to free; NULL: there is none of ours. */
struct request *worker_request(const struct worker_io *, struct error *);
/* The argument's member as text, or NULL. */
const char *worker_text(const struct worker_io *, const char *key);

/* The argument's member {NAME: ENDPOINT} as the names that an engine may have. */
const struct pair *worker_engines(const struct worker_io *, const char *key, size_t *ret_n);
/* That member, for who starts the worker. */
struct value *worker_engines_value(struct arena *, const struct pair *named, size_t n);

bool worker_forecast(struct worker_io *, struct error *);
bool worker_git(struct worker_io *, struct error *);
bool worker_advice(struct worker_io *, struct error *);
bool worker_certificate(struct worker_io *, struct error *);
/* True when dir holds a certificate that will do, with its key. */
bool worker_certificate_is_good(const char *dir);
bool worker_fetch(struct worker_io *, struct error *);
bool worker_compare(struct worker_io *, struct error *);
bool worker_disk(struct worker_io *, struct error *);
bool worker_doctor(struct worker_io *, struct error *);
bool worker_lines(struct worker_io *, struct error *);
bool worker_lint(struct worker_io *, struct error *);
bool worker_images(struct worker_io *, struct error *);
bool worker_layers(struct worker_io *, struct error *);
bool worker_places(struct worker_io *, struct error *);
bool worker_keep(struct worker_io *, struct error *);
bool worker_probe(struct worker_io *, struct error *);
bool worker_revision(struct worker_io *, struct error *);
bool worker_run(struct worker_io *, struct error *);
bool worker_shell(struct worker_io *, struct error *);
bool worker_stages(struct worker_io *, struct error *);

/* The fault a line tells, as the parent sees it; false: it tells none. */
bool worker_error(const struct value *line, struct error *ret_err);

#endif
