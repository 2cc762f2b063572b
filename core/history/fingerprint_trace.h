#ifndef CORE_HISTORY_FINGERPRINT_TRACE_H
#define CORE_HISTORY_FINGERPRINT_TRACE_H

#include "core/history/fingerprint_files.h"

/* Private to fingerprints: where a path of a stage comes from.  Both builders compare what
 * COPY --from= takes by its content, so what the stage does beside that path does not count. */
struct fingerprint_origin {
	int link;               /* the last that may have changed the path; -1: nothing did */
	struct str content;     /* hash of what stands there, when no command had a hand in it */
};

/* path from the root of the stage, without wildcards.  All links of the stage are there. */
struct fingerprint_origin fingerprint_trace(struct fingerprint_files *,
                                            const struct fingerprint_chain *, int stage,
                                            struct str path);

#endif
