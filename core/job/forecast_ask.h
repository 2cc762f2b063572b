#ifndef CORE_JOB_FORECAST_ASK_H
#define CORE_JOB_FORECAST_ASK_H

#include "core/history/forecast.h"
#include "core/job/job.h"

/* The forecast of a request, made by a worker: it reads the project, hashes its context and
 * speaks to the engine, so that nobody else waits. */
struct forecast_asking;
/* Called once, from the loop; NULL with why.  The forecast lives in the arena given. */
typedef void forecast_told_fn(void *data, const struct forecast *, const struct error *why);
/* engine: ask it as well; else base images and cache are taken to be as the last build
 * left them.  Borrows the request for the call. */
struct forecast_asking *forecast_ask(struct loop *, struct arena *, const struct request *,
                                     bool engine, forecast_told_fn *, void *data, struct error *);
void forecast_asking_free(struct forecast_asking *);
OWN_DEFINE(forecast_asking)

/* The same for a command line, which waits for it. */
bool forecast_wait(struct arena *, const struct request *, bool engine,
                   struct forecast *ret_forecast, struct error *);

#endif
