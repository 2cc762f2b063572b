#ifndef CORE_JOB_FORESEE_H
#define CORE_JOB_FORESEE_H

#include "core/engine/engine.h"
#include "core/history/forecast_make.h"
#include "core/job/mask.h"
#include "core/job/steps.h"
#include "core/journal/build.h"

/* A forecast of a plan on an engine, and what a build teaches for the next one.  Blocks on
 * the engine for at most two answers of PRESENCE_MS each: for jobs and workers. */
struct foresight {
	struct arena *arena;
	struct forecast forecast;
	/* foresee*.c's own */
	const struct image_task *image;         /* NULL: the plan makes none */
	struct fingerprint_chain chain;
	struct forecast_store *store;
	struct stat_cache *digests;
	bool has_digests;                       /* they are its own */
	struct str daemon;
	const struct mask *mask;
	struct str salt;
	const struct steps *steps;
	size_t task;
};

struct foresight_ask {
	const struct plan *plan;
	const struct steps *steps;
	const struct settings *settings;
	const struct mask *mask;
	const struct engine_facts *facts;       /* NULL: no engine is asked */
	const char *build;                      /* the id of the build that begins, or NULL */
	struct listings *listings;              /* kept by who asks again and again, or NULL */
	struct stat_cache *digests;             /* the same; saved by him */
	bool is_filled;                         /* whatever else: the context is all there */
};

/* Borrows what is asked with until foresight_finish; facts for the call alone.  Never fails:
 * what keeps it from knowing is in forecast.note, and its steps are unknown.  Scans the
 * image's context unless tasks before it have still to fill it. */
void foresight_make(struct foresight *ret, const struct foresight_ask *);
void foresight_finish(struct foresight *);

/* False: not all of the context was there, or nothing is known of the engine. */
bool foresight_is_whole(const struct foresight *);
/* fingerprints and forecast.json in the build's folder. */
bool foresight_write(const struct foresight *, const char *dir, struct error *);
/* The build in that folder has ended so: what its engine now has is known to the next. */
bool foresight_learn(struct foresight *, const struct build *, const char *dir, struct error *);

/* ---- private to foresee*.c and worker_advice.c ---- */
/* False: what is fetched will be another one, or was never fetched. */
bool foresee_is_filled(const struct plan *);
/* Former builds of that project on the engine, newest first; engine NULL: of any. */
const struct forecast_former *foresee_formers(struct arena *, const char *root, const char *engine,
                                              const char *address, const char *but, size_t *ret_n,
                                              const char **ret_engine);

#endif
