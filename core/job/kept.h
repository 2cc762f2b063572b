#ifndef CORE_JOB_KEPT_H
#define CORE_JOB_KEPT_H

#include "core/ext/crypto.h"
#include "core/plan/plan.h"

/* Tasks of ours whose result is still there from an earlier build: that is told from a
 * few stat(2), so that no process has to be started for them. */

/* True when doing the task would change nothing and asking nobody tells it: a fetch of
 * file://, any with the sha256 it has, a certificate; false is always safe. */
bool kept_task(const struct task *);

/* What is known of a fetched file, remembered beside it in FILE.kept. */
struct kept {
	const char *sha256;             /* of the file; NULL: nothing is known */
	const char *etag, *modified;    /* what its server said of it, or NULL */
	bool is_untouched;              /* the file is as it was then, by stat(2) */
};
/* Empty when there is nothing, or it is of another address.  In the arena. */
struct kept kept_read(struct arena *, const struct fetch_task *);
/* After a fetch: what file, source and unpacked folder are now; now is clock_now().  Of a
 * source that has changed in the last two seconds no more than the digest is remembered: a
 * further change might leave its times as they are. */
void kept_note(const struct fetch_task *, const struct kept *, double now);

#endif
