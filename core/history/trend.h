#ifndef CORE_HISTORY_TREND_H
#define CORE_HISTORY_TREND_H

#include "core/history/list.h"
#include "core/history/times.h"

/* How long builds like one took, and each of its steps, build after build: those of the
 * same project, folder, profiles and engine, up to that build. */
enum { TREND_BUILDS = 40 };

struct trend_point {
	double seconds;                 /* -1: that build did not come to the step, or nobody knows */
	bool cached, failed;
};

struct trend_step {
	struct str name, stage;
	struct times_range usual;       /* n 0: no run is known */
	const struct trend_point *points;       /* one a build */
};

struct trend {
	struct history_item like;
	const struct history_item *builds;      /* oldest first; cancelled ones are left out */
	const size_t *known, *cached;   /* of each: steps that times tell of, and from the cache */
	size_t nbuilds;
	const struct trend_step *steps; /* as the build has them, those that make layers */
	size_t nsteps;
};

/* Everything in the arena.  ERROR_MISSING where the folder holds no build.  Reads many
 * small files: for commands and workers. */
bool trend_read(struct arena *, const char *dir, struct trend *ret_trend, struct error *);
/* The document of `mortar history trend --json`, in the arena. */
struct value *trend_describe(struct arena *, const struct trend *);

#endif
