#ifndef CORE_JOB_ADVICE_ASK_H
#define CORE_JOB_ADVICE_ASK_H

#include "core/history/advice.h"
#include "core/job/job.h"

/* The advice on a request's Dockerfile, made by a worker (`advice`): it plans the project, looks
 * at its context and reads the builds that were kept, so that nobody else waits. */
struct advice_asking;
/* Called once, from the loop; ret NULL with why.  The advice lives in the arena given. */
typedef void advice_told_fn(void *data, const struct advice *, size_t n, const struct error *why);
/* Borrows the request for the call. */
struct advice_asking *advice_ask(struct loop *, struct arena *, const struct request *,
                                 advice_told_fn *, void *data, struct error *);
void advice_asking_free(struct advice_asking *);
OWN_DEFINE(advice_asking)

/* The same for a command line, which waits for it. */
bool advice_wait(struct arena *, const struct request *, const struct advice **ret_advice,
                 size_t *ret_n, struct error *);

#endif
