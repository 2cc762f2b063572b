#ifndef CORE_HISTORY_CRITICAL_H
#define CORE_HISTORY_CRITICAL_H

#include "core/history/times.h"
#include "core/journal/build.h"
#include "core/recipe/recipe.h"

/* Which steps a build waits for.  BuildKit runs stages side by side: a step comes after
 * the one before it in its stage, and after the last ones of the stages that it is made,
 * copies or mounts from.  Other builders do one step after the other.  Tasks of ours come
 * before the image.  What the engine does beside (step.add) is no part of it. */
struct critical;

struct critical_step {
	struct str stage, name;
	unsigned line;                  /* in the recipe's text; 0: no instruction */
	bool is_task;                   /* of ours, before the image */
	bool is_meta;                   /* makes no layer, takes no time */
};
/* steps: by their numbers; copied.  recipe NULL or engine not "buildkit": one after the
 * other.  recipe is not needed afterwards. */
struct critical *critical_new(const struct critical_step *steps, size_t n,
                              const struct recipe *recipe, const char *engine);
void critical_free(struct critical *);
OWN_DEFINE(critical)
/* The steps of build.start, as JSON and as read back; recipe: what was sent, or NULL. */
struct critical *critical_of_steps(const struct value *steps, const struct recipe *,
                                   const char *engine);
struct critical *critical_of_build(const struct build *, const struct recipe *);
/* The same with the Dockerfile that is kept in the build's folder. */
struct critical *critical_of_folder(const struct build *, const char *dir);
size_t critical_count(const struct critical *);
const struct critical_step *critical_step(const struct critical *, size_t step);

/* The longest way through: seconds[] of each step (below 0 counts as 0).  ret_path, with
 * room for all steps, or NULL: its steps in order, those that take no time left out. */
double critical_path(const struct critical *, const double *seconds, int *ret_path,
                     size_t *ret_npath);

/* What is to come, as a range.  A sum of p90s would be reached by next to no build, so
 * CRITICAL_DRAWS builds are imagined: each takes a former build by chance; steps that ran
 * in it take what they took there (what makes one slow makes others slow too), further
 * ones what they took in a run drawn by chance; then comes that former build's work beside
 * its steps.  The range are the percentiles of the longest ways (nearest rank).  Chance is
 * the same in every call. */
enum { CRITICAL_DRAWS = 200 };
struct critical_range {
	double p25, p50, p90;           /* seconds; 0 when nothing is to come */
	size_t unknown;                 /* steps to come of which no run is known: 0 in the sums */
};

/* What a step will do. */
enum critical_will { CRITICAL_RUNS, CRITICAL_IS_CACHED };
/* A whole build, by what each step will do. */
struct critical_range critical_expect(const struct critical *, const struct times *,
                                      const enum critical_will *will);

/* What remains of a running build at `now` (seconds since the epoch): nothing of steps that
 * have ended, of running ones what runs that lasted longer took beyond that, of waiting
 * ones all, unless they were forecast to be hits.  false: nothing is known.  A step that
 * runs longer than ever is taken to end now, and is_late is set. */
struct eta {
	struct critical_range left;
	bool is_late;
};
bool eta_range(const struct build *, const struct critical *, const struct times *, double now,
               struct eta *ret_eta);

#endif
