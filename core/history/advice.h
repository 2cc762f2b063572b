#ifndef CORE_HISTORY_ADVICE_H
#define CORE_HISTORY_ADVICE_H

#include "core/history/fingerprint.h"
#include "core/journal/build.h"
#include "core/recipe/recipe.h"
#include "core/value/problem.h"

/* Which order of a Dockerfile's instructions would have saved how much, told from builds that
 * were kept.  Pure.  Seconds count only where a step really ran, and ran for that cause
 * alone: its instruction and all that it is made from by itself were as in the build before,
 * and of what stands above it only the instruction that the advice is about had changed. */
struct advice {
	int instruction;                /* of the recipe that is asked about: what is to be moved */
	struct str text;                /* one sentence; escape it before a terminal sees it */
	double seconds;                 /* that these builds would have saved together */
	size_t builds;                  /* in which it would have saved something */
};

/* A kept build with what its steps were made from. */
struct advice_build {
	const struct build *build;
	const struct fingerprints *prints;
};

struct advice_subject {
	const struct recipe *recipe;    /* that would be sent now */
	const struct str *names;        /* what builds call each of its instructions */
	const struct advice_build *builds;      /* of one engine, newest first; neighbours are
	                                         * compared */
	size_t nbuilds;
};
/* Most seconds first, in the arena; the texts too. */
size_t advice_make(struct arena *, const struct advice_subject *, const struct advice **ret_advice);

/* Each as the note `cache-order` at its instruction. */
void advice_report(const struct recipe *, const struct advice *, size_t n, struct problems *);

/* "advice" of `mortar plan --json`: [{line, text, seconds, builds}]; in the arena. */
struct value *advice_value(struct arena *, const struct recipe *, const struct advice *, size_t n);

#endif
