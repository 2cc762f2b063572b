#ifndef CORE_HISTORY_FORECAST_TIMES_H
#define CORE_HISTORY_FORECAST_TIMES_H

#include "core/history/critical.h"
#include "core/history/forecast.h"

/* Fills in the seconds: of each step if it is run anew, whatever its verdict; of the whole
 * build, hits taking none (critical_expect), with the critical path by the usual times
 * (p50).  Where steps that will run were never timed, the whole is what the others take:
 * forecast_untimed counts them.  steps: build.start's; the forecast's engine decides
 * whether stages run side by side.  Made in the arena. */
void forecast_add_times(struct arena *, struct forecast *, const struct value *steps,
                        const struct recipe *, const struct times *);
/* Steps that are no hits and of which no run is known. */
size_t forecast_untimed(const struct forecast *);

/* "2m05s-2m40s", "40s" where both ends read the same, "40s + 2 never timed", or "" when
 * nothing is known. */
void forecast_append_range(struct buf *, const struct forecast *);

#endif
