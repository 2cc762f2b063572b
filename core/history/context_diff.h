#ifndef CORE_HISTORY_CONTEXT_DIFF_H
#define CORE_HISTORY_CONTEXT_DIFF_H

#include "core/history/fingerprint.h"
#include "core/history/forecast.h"

/* Files of two contexts as fingerprints have them: what came, went and changed. */
struct context_file {
	enum forecast_change change;
	struct str path;                /* any bytes */
	uint64_t size_a, size_b;
};
struct context_diff {
	const struct context_file *files;       /* by path */
	size_t n, counts[FILE_MODE + 1];
};

/* Of what the steps copy, or (steps NULL) of all files that some step copies.  In the
 * arena; borrows the fingerprints. */
void context_diff_make(struct arena *, const struct fingerprints *a,
                       const struct fingerprint_step *step_a, const struct fingerprints *b,
                       const struct fingerprint_step *step_b, struct context_diff *ret_diff);
/* "added", "removed", "changed", "mode"; and as a sentence ends: "mode changed". */
const char *context_diff_name(enum forecast_change);
const char *context_diff_verb(enum forecast_change);

#endif
