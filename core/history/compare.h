#ifndef CORE_HISTORY_COMPARE_H
#define CORE_HISTORY_COMPARE_H

#include "core/base/sequence.h"
#include "core/history/context_diff.h"
#include "core/journal/build.h"
#include "core/value/compare.h"

/* Two builds side by side, A first: a pure function of their two folders.  What a build
 * did not keep (an old one, or one that was imported) is said to be unknown and is never
 * told from something else. */

/* What is said of a build in one word or line. */
struct compare_fact {
	const char *name;               /* "level", "engine" … */
	struct str a, b;                /* n 0: unknown or none */
	bool differs;
};

/* A configuration document; path as settings.json has it. */
struct compare_document {
	const char *path;
	struct comparison comparison;
};

/* A base image as a Dockerfile names it; p NULL: that build has none of this name; n 0:
 * its engine did not tell the id. */
struct compare_base {
	const char *name;
	struct str a, b;
	bool differs;
};

/* A step of A and the step of B that is the same one: of the same stage and text, else
 * the one that stands in its place. */
struct compare_step {
	const struct step *a, *b;       /* NULL: only the other build has it */
	int index_a, index_b;           /* as events number them; -1 */
	bool text_differs;
	double seconds_a, seconds_b;
	struct str why;                 /* why B's ran; n 0: it did not, or nothing is known */
	int root;                       /* of compare.steps: the one from which B's run follows,
	                                 * itself where it does not follow; -1: B's did not run */
};

struct compare_side {
	const char *dir, *id;
	const struct build *build;
	double seconds;                 /* of the build; of one that runs, as far as told */
	size_t layers, cached;          /* steps that make layers, and those from the cache */
};

struct compare {
	struct arena *arena;
	struct compare_side a, b;
	const struct compare_fact *facts;
	size_t nfacts;
	const struct compare_document *documents;       /* those that differ */
	size_t ndocuments;
	bool has_settings, has_dockerfile, has_context; /* both builds kept them */
	struct sequence_lines dockerfile;
	size_t gone, come;              /* lines of it */
	struct context_diff context;    /* of files that some step copies */
	const struct compare_base *bases;
	size_t nbases;
	const struct compare_step *steps;               /* in B's order, A's own where they stood */
	size_t nsteps;
	struct str explanation;         /* one line: where the difference in time comes from */
};

/* ERROR_MISSING where one of the folders holds no build.  Reads both journals whole: for
 * commands and workers. */
struct compare *compare_new(const char *dir_a, const char *dir_b, struct error *);
void compare_free(struct compare *);
OWN_DEFINE(compare)
/* The document of `mortar compare --json`, in the arena; borrows the comparison. */
struct value *compare_value(struct arena *, const struct compare *);

/* How a step ended, in a word: "cached", "ran", "failed", "cancelled", "running",
 * "waiting", "skipped". */
const char *compare_state(const struct step *);
/* Whether it was worked on, not served from the cache. */
bool compare_ran(const struct step *);

#endif
