#ifndef CORE_JOB_POOL_H
#define CORE_JOB_POOL_H

#include "core/history/forecast.h"
#include "core/job/request.h"
#include "core/os/loop.h"
#include "core/project/preferences.h"

struct engine_facts;
struct plan;

/* A pool: several engines under one name, [pools.NAME] of the user's config.toml.  A build
 * whose request has one (request.h) is made on one of its engines, the best that there is when
 * it begins; if that dies, on the best of the others.  Nothing is queued and nothing is kept
 * running for it: what runs where is read off the builds that are there. */

/* Where the request's engine names a pool, its engines; they borrow the preferences. */
void pool_of_request(struct request *, const struct preferences *);

/* For what is done where an image is: false when that engine is a pool, which has many. */
bool pool_is_none(const struct preferences *, const char *engine, struct error *);

/* What is known of one engine when somebody looks for one. */
struct pool_engine {
	const char *name;               /* as the pool lists it: a spec of engine_new */
	struct error why;               /* why it is left out; code 0: it answers */
	bool is_tried;                  /* the build has lost it already */
	const char *engine, *address;   /* as of engine_facts; NULL when it does not answer */
	const char *platform;           /* what it builds without emulation: "linux/amd64"; NULL: not
	                                 * told */
	unsigned cpus;                  /* 0: not told */
	size_t running;                 /* builds of ours there */
	size_t limit;                   /* so many at a time; 0: any number */
	/* What of the build would be done there, by the forecast for it or by what this engine has
	 * built: instructions, of which so many are in its cache and so many may be. */
	size_t steps, hits, maybe;      /* steps 0: nothing is known */
	double seconds;                 /* what the build takes there by former ones; < 0: unknown */
	size_t wait;                    /* instructions of it that another build is at just now */
	struct forecast forecast;       /* the one that was asked for; engine n 0: none */
};

enum pool_answer {
	POOL_TAKE,                      /* that one, now */
	POOL_WAIT,                      /* all are taken, or one of them has in a moment what the
	                                 * others would have to make */
	POOL_NONE,                      /* none answers, or all were tried */
};

/* What a build is made for. */
struct pool_want {
	const char *platform;           /* its target-platform, else that of this machine */
	bool is_asked;                  /* somebody has said so: an engine that does not tell its own
	                                 * will hardly do */
};
/* In the arena. */
struct pool_want pool_want(struct arena *, const struct selection *);

/* The engine for a build, ret_at.  Engines of another platform only where no other answers;
 * else the one where the build is done first: what it has to run there, slowed down by what
 * runs there already.  Pure; equal ones: the first. */
enum pool_answer pool_pick(const struct pool_engine *, size_t n, const struct pool_want *,
                           size_t *ret_at);
/* Why that one, for a person: "7 of 9 steps are in its cache; nothing else is built there". */
void pool_append_reason(struct buf *, const struct pool_engine *, size_t n,
                        const struct pool_want *, size_t at);
/* All that keeps engines out: "a: cannot reach …; b: …".  Nothing when none is out. */
void pool_append_left_out(struct buf *, const struct pool_engine *, size_t n);
/* POOL_NONE as an error, ERROR_UNREACHABLE, with the reason of each. */
void pool_none(const char *pool, const struct pool_engine *, size_t n, struct error *err);

/* ---- asking (pool_ask.c) ---- */

/* Later answers are not waited for: that engine is left out. */
enum { POOL_ASK_MS = 5000 };

struct pool_asking;
/* The engines as the request lists them, those that do not answer too; lent until
 * pool_asking_free. */
typedef void pool_told_fn(void *data, struct pool_engine *, size_t n);
struct pool_ask {
	const struct request *request;  /* borrowed until told */
	const bool *tried;              /* one for each engine: not asked; NULL: none */
	const char *root;               /* the project's folder, to know who has built it before; or
	                                 * NULL */
	bool wants_forecast;            /* else steps and seconds stay unknown */
};
/* Each engine is asked by workers of its own, all at once.  told: once, from the loop. */
struct pool_asking *pool_ask(struct loop *, const struct pool_ask *, pool_told_fn *told,
                             void *data);
void pool_asking_free(struct pool_asking *);
OWN_DEFINE(pool_asking)

/* The same for who may wait: the engine that is picked, as the pool calls it, and why; in the
 * arena.  False: none answers. */
bool pool_choose(struct arena *, const struct pool_ask *, const char **ret_engine,
                 const char **ret_why, struct error *);

/* ---- the shared cache (pool_cache.c) ---- */

/* Where the engines of the request's pool share a project's cache, "REGISTRY/REPO:TAG", in the
 * arena; NULL: nowhere. */
const char *pool_cache(struct arena *, const struct request *, const char *project);
/* Sets cache-from and cache-to of the plan's image tasks for the engine of these facts, as far
 * as it can: at the pool's cache, under the project's name.  dockerd keeps a cache in an image
 * alone, so what it makes is of use to others once it is pushed.  Nothing is done where the
 * user has said cache-from or cache-to himself, or the pool has no cache.  What was set for
 * another engine is taken back. */
void pool_share_cache(struct arena *, const struct request *, struct plan *,
                      const struct engine_facts *);

#endif
