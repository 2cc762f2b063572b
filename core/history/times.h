#ifndef CORE_HISTORY_TIMES_H
#define CORE_HISTORY_TIMES_H

#include "core/journal/build.h"
#include "core/value/value.h"

/* How long steps took in former builds of a project on an engine (name and address):
 * read from times.json, which the job leaves in a build's folder.  Builds that were
 * imported or watched do not count.
 *
 * The same step is one of the same stage and name.  A run is a step that ended well and
 * did not come from the cache.  Percentiles are nearest rank: of n runs in order the
 * ⌈p·n⌉th, so each is a time that was really taken; of one run all are that. */
struct times;

/* Further folders of builds than the newest so many are not looked into. */
enum { TIMES_LOOK_MAX = 500 };

/* The newest `most` builds that ended, whatever their end.  project: its name; root: its
 * folder; engine NULL: the one of the newest of them, for who has not asked an engine yet;
 * address NULL: the one of the newest on that engine.
 * NULL when the history cannot be read; without builds an empty one. */
struct times *times_read(const char *root, const char *project, const char *engine,
                         const char *address, size_t most, struct error *);
void times_free(struct times *);
OWN_DEFINE(times)
size_t times_builds(const struct times *);

struct times_range {
	size_t n;                       /* runs */
	double p25, p50, p90, last;     /* seconds; last: of the newest */
};
/* Of n seconds, newest first, which are put in order. */
void times_percentiles(double *seconds, size_t n, struct times_range *ret_range);
/* false: no run is known, *ret_range is n 0. */
bool times_step(const struct times *, struct str stage, struct str name,
                struct times_range *ret_range);
/* Of builds of this level that ended well, from build.start to build.done. */
bool times_build(const struct times *, struct str level, struct times_range *ret_range);

struct times_point {
	const char *build;              /* its id; lives with the times */
	double started;                 /* of the build, seconds since the epoch */
	double seconds;
	size_t lines;                   /* of its log */
	bool cached, failed;
};
/* What became of the step in the newest `max` builds that came to it, oldest first. */
size_t times_series(const struct times *, struct str stage, struct str name,
                    struct times_point *ret, size_t max);

/* times.json of a build that has ended (docs/formats.md): what the job writes.  address: the
 * engine's; lines: of each step's log; path: seconds of its critical path. */
struct value *times_describe(struct arena *, const struct build *, struct str address,
                             const size_t *lines, double path);

/* For who imagines builds out of former ones (core/history/critical.h). */
struct times_run {
	size_t build;                   /* below times_builds; 0 is the newest */
	double seconds;
};
/* The runs, newest first; lent as long as the times live. */
const struct times_run *times_runs(const struct times *, struct str stage, struct str name,
                                   size_t *ret_n);
/* What a build took beyond its critical path: engine and context, before, between and
 * after the steps.  -1: it did not end well, so nobody knows. */
double times_overhead(const struct times *, size_t build);

#endif
