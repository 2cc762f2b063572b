#ifndef CORE_HISTORY_WHY_H
#define CORE_HISTORY_WHY_H

#include "core/history/forecast.h"
#include "core/journal/build.h"

/* Why steps of a build ran instead of coming from the cache, told afterwards: from the
 * forecast that was made before it, corrected by what then happened; for what that leaves
 * open from the fingerprints of both builds, and from the files that the engine asked for; for
 * builds without these from their texts alone. */
enum why_source { WHY_FORECAST, WHY_FINGERPRINTS, WHY_TEXTS, WHY_TRANSFER };
/* "forecast", "fingerprints", "texts", "transfer". */
const char *why_source_name(enum why_source);

struct why_step {
	/* step, why, sentence, files, cause and parent; a verdict of UNKNOWN where nobody can
	 * tell why, a miss else. */
	struct forecast_step forecast;
	enum why_source source;
	int root;               /* the step from which this run follows in the end; or itself */
};

struct why {
	const struct why_step *steps;   /* ascending: those that make layers and ran */
	size_t nsteps;
	struct str against;             /* the build it is compared with; n 0: there is none */
	struct str note;                /* what was not recorded; n 0: nothing */
};

/* before: the build it is compared with where the forecast says nothing, or NULL.  In the
 * arena; the builds are borrowed for the call and for their texts. */
void why_make(struct arena *, const char *dir, const struct build *, const char *before_dir,
              const struct build *before, struct why *ret_why);
/* The entry of a step, or NULL: it did not run, or makes no layer. */
const struct why_step *why_find(const struct why *, int step);

/* The folder of the newest earlier build of the same project and kind: on the same engine,
 * with the same profiles if there is one.  In the arena; NULL: there is none.
 * any_engine: also one that another engine has made. */
const char *why_before(struct arena *, const char *dir, bool any_engine);

/* What a sentence calls a step: "24 COPY dist /opt", cut; in the arena. */
struct str why_label(struct arena *, const struct build *, int step);

/* The document of `mortar why --json`, in the arena; step -1: all. */
struct value *why_value(struct arena *, const struct build *, const struct why *, int step);

#endif
