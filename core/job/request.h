#ifndef CORE_JOB_REQUEST_H
#define CORE_JOB_REQUEST_H

#include "core/config/settings.h"
#include "core/job/combo.h"

/* The engines of a pool that the request may use (pool.h). */
struct request_pool {
	const char *const *engines;     /* specs of engine_new; n 0: the request's engine is no pool */
	size_t n;
	const char *first;              /* the asker has picked this one; NULL: the job picks */
	const char *cache;              /* "REGISTRY/REPO" that they share; NULL: none */
};

/* What a user asked for: request.json in the build's folder.  texts are the
 * configuration files as the asker saw them, so that what was on the screen is
 * built, not what is on disk a second later. */
struct request {
	struct arena *arena;            /* NULL when the parts are borrowed */
	const char *id;
	const char *argument;           /* absolute path, or name:version */
	const char *kind;               /* a kind's name */
	const char *engine;             /* spec of engine_new, or the name of the pool below */
	struct request_pool pool;
	const struct pair *named;       /* the user's named engines */
	size_t nnamed;
	struct selection selection;
	const struct pair *texts;       /* absolute path → text */
	size_t ntexts;
	unsigned long long log_limit;
	const char *retry_of;           /* id, or NULL */
	const char *watch;              /* whose output is only read: a name of watched.h; or NULL */
	const char *batch;              /* id of the batch that this build belongs to, or NULL */
	/* A batch: a build for each of them instead of the selection's profiles, so many at a
	 * time.  None: a build. */
	const struct combo *combos;
	size_t ncombos, jobs;
};
/* What a batch takes at most. */
enum { REQUEST_COMBOS_MAX = 256, REQUEST_JOBS_MAX = 64 };

void request_write(struct buf *, const struct request *);
/* NULL when text is no request of ours. */
struct request *request_read(struct str text, struct error *);
/* The same as a tree, in the arena, which borrows the request; back it is a copy. */
struct value *request_value(struct arena *, const struct request *);
struct request *request_read_value(const struct value *, struct error *);
void request_free(struct request *);
OWN_DEFINE(request)

/* A new build's id: sorts by time, unique among all builds of the user:
 * "20261121-061803-7f3a"; its folder is made (0700).  Interned. */
const char *request_new_id(struct error *);
/* builds/<id>; id may be a unique prefix, or NULL or "last" for the newest (of those that
 * were not imported, unless there is no other).  The
 * full path, interned; NULL: err says what there is. */
const char *request_find(const char *id, struct error *);
/* All builds' ids, newest first, in the arena. */
const char *const *request_list(struct arena *, size_t *ret_count, struct error *);

#endif
