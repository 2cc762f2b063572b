#ifndef CORE_HISTORY_FORECAST_MAKE_H
#define CORE_HISTORY_FORECAST_MAKE_H

#include "core/base/map.h"
#include "core/history/fingerprint_chain.h"
#include "core/history/forecast.h"
#include "core/history/forecast_store.h"

/* Verdicts: a chain against what an engine has built.  Pure: nothing is asked for here. */

/* A former build on the same engine, to say what has changed since. */
struct forecast_former {
	struct str id;
	struct fingerprints prints;
	const struct value *settings;   /* its settings.json, or NULL */
};

struct forecast_subject {
	struct fingerprint_chain *chain;
	const struct level_effect *level;
	const struct forecast_store *store;
	const struct forecast_former *formers;  /* newest first */
	size_t nformers;
	const struct settings *settings;        /* for causes, or NULL */
	bool asked_bases;               /* an id that is missing is an image that is not there */
	/* What links stand on and the engine has no more; NULL: it was not asked. */
	const struct map *gone;
};

/* Fills the chain's keys as well. */
void forecast_make(struct arena *, const struct forecast_subject *, struct forecast *ret_forecast);
/* How a link ended, for what is learned of it. */
struct forecast_end {
	bool ended_well, cached;
	struct str layer;               /* n 0: not told */
	double ran;                     /* 0: it did not */
};
/* Keys once more, now that it is known what came out, and what the store is to know of it.
 * ends: one for each link. */
struct forecast_known *forecast_learn(struct arena *, struct fingerprint_chain *,
                                      const struct forecast_store *,
                                      const struct forecast_end *ends, size_t *ret_n);

/* ---- private to forecast_*.c ---- */
struct forecast_maker {
	struct arena *arena;
	const struct forecast_subject *s;
	struct forecast_step *of;       /* for each link, also those that make no layer */
	const struct forecast_former *against;
};
/* Why a link that was not served before is not: fills all but the verdict. */
void forecast_explain(const struct forecast_maker *, size_t link);
/* "path:line pointer" of the setting behind an instruction that is not as the former build
 * had it; n 0: none. */
struct str forecast_cause(const struct forecast_maker *, const struct instruction *);

#endif
