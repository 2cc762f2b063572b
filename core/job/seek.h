#ifndef CORE_JOB_SEEK_H
#define CORE_JOB_SEEK_H

#include "core/engine/engine.h"
#include "core/job/pool.h"

/* The engine of a job: the one that its request names, or the best of its pool; and once that
 * is lost, the best of the others, each at most once. */
struct seek;

struct seek_found {
	struct engine *engine;          /* lives as long as the seek, lost or not */
	const struct engine_facts *facts;       /* the same; probed just now */
	const char *member;             /* what the pool calls it; NULL: there is no pool */
	struct str reason;              /* why it was picked; n 0: nobody was asked */
	struct str left_out;            /* engines that do not answer, and why; n 0: none */
};

struct seek_setup {
	struct loop *loop;
	const struct request *request;  /* borrowed, as is the rest */
	const char *scratch;            /* of struct engine_options */
	const char *root;               /* the project's folder */
	/* From the loop: the answer to seek_start and to each seek_next that has said true.
	 * found NULL: there is none, err says why. */
	void (*told)(void *data, const struct seek_found *found, const struct error *err);
	void *data;
};

/* An engine that has not answered a probe by then does not. */
enum { SEEK_PROBE_MS = 5000 };

struct seek *seek_new(const struct seek_setup *);
void seek_free(struct seek *);
OWN_DEFINE(seek)
/* False: there cannot be one, such as of an address that is none. */
bool seek_start(struct seek *, struct error *err);
/* The engine that was found is lost.  False: it is no pool's. */
bool seek_next(struct seek *, const struct error *why);

#endif
