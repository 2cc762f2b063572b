#ifndef CORE_HISTORY_WHY_INSIDE_H
#define CORE_HISTORY_WHY_INSIDE_H

#include "core/history/fingerprint.h"
#include "core/history/why.h"

/* For why*.c alone: the question while it is asked. */
struct why_asking {
	struct arena *arena;
	const struct build *build, *before;     /* before NULL: there is none */
	struct forecast forecast;
	struct fingerprints now, then;
	bool has_forecast, has_now, has_then;
	struct why *why;
};

/* What the two fingerprints of a step say; false: they do not know it. */
bool why_by_fingerprints(const struct why_asking *, int step, struct forecast_step *ret);
/* Which of the files that the engine asked for a COPY or ADD takes; false: none, or that
 * explains nothing. */
bool why_by_transfer(const struct why_asking *, int step, struct forecast_step *ret);
/* What Dockerfile, level and the steps above say. */
void why_by_texts(const struct why_asking *, int step, struct forecast_step *ret);

/* The last step above it in its stage that ran, or -1. */
int why_parent(const struct why_asking *, int step);
/* The step of the build before that is the same one (stage and text; the n-th such for
 * the n-th), or -1. */
int why_same(const struct why_asking *, int step);

#endif
