#ifndef CORE_OS_ERRAND_H
#define CORE_OS_ERRAND_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/os/loop.h"

/* A child that does one thing and ends, waited for by the loop.  It is in a process group of
 * its own and dies with us. */
struct errand;

struct errand_spec {
	const char *const *argv;        /* as of struct spawn; borrowed for the call */
	int socket;                     /* its standard input and output, borrowed for the call;
	                                 * -1: no input, what it prints is told */
	int64_t limit_ms;               /* killed by then; 0: as long as it takes */
};

struct errand_end {
	int status;                     /* as wait(2) */
	bool is_late;                   /* killed for that */
	struct str out, err;            /* the first ERRAND_MAX bytes of each; lent for the call */
};
enum { ERRAND_MAX = 16 << 10 };

/* Once, from the loop; the errand is gone then.  Processes that it leaves behind are not
 * waited for, even if they hold its output open. */
typedef void errand_fn(void *data, const struct errand_end *);

/* NULL: there is no such program. */
struct errand *errand_new(struct loop *, const struct errand_spec *, errand_fn *, void *data,
                          struct error *);
/* Asks it to end when it still runs after so long. */
void errand_hurry(struct errand *, int64_t ms);
/* Kills it; nothing is told.  NULL is fine. */
void errand_free(struct errand *);
OWN_DEFINE(errand)

#endif
