#ifndef CORE_JOB_LINT_ASK_H
#define CORE_JOB_LINT_ASK_H

#include "core/job/job.h"

/* What the rules find in what a request plans, those about its build context too: a worker
 * (`lint`) plans it and looks at the context, so that nobody else waits. */
struct lint_asking;
/* Called once, from the loop, with findings of findings.h, lent for the call; NULL with why. */
typedef void lint_told_fn(void *data, const struct value *findings, const struct error *why);
/* Borrows the request for the call. */
struct lint_asking *lint_ask(struct loop *, const struct request *, lint_told_fn *, void *data,
                             struct error *);
/* Whether that was called. */
bool lint_asking_is_told(const struct lint_asking *);
/* Whoever is asked is stopped; also from the call. */
void lint_asking_free(struct lint_asking *);
OWN_DEFINE(lint_asking)

#endif
