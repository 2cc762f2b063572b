#ifndef CORE_ENGINE_BUILDKIT_H
#define CORE_ENGINE_BUILDKIT_H

#include "core/engine/control.h"
#include "core/engine/solve_plan.h"
#include "core/engine/work.h"

/* Images by a BuildKit: one connection a build, the session tunnelled in it, Solve and Status
 * side by side.  Of the context goes what the daemon has not got. */
struct buildkit_work;

/* Where, borrowed by its works. */
struct buildkit_site {
	const struct http_address *at;
	enum control_way way;
	struct solve_facts facts;
	bool is_known;                  /* facts have what its workers tell */
	struct arena *arena;            /* of that */
	/* What lies between us and the daemon may know more of a broken line; may be NULL. */
	void (*explain)(void *data, struct error *err);
	void *data;
	struct buildkit_work *works;
	unsigned nworks;
};

struct work *buildkit_image(struct engine *, struct buildkit_site *, const struct image_task *,
                            const struct engine_sink *);
/* What ListWorkers told; a work asks for it where nobody has. */
void buildkit_learn(struct buildkit_site *, const struct pb_worker *, size_t n);
/* Without a word, when the engine is freed. */
void buildkit_drop(struct buildkit_site *);

/* The engine for an endpoint that speaks ENDPOINT_BUILDKIT, which it takes. */
struct endpoint;
struct engine *buildkit_new(struct endpoint *, const struct engine_options *, struct loop *);

#endif
