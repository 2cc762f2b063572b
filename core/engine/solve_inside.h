#ifndef CORE_ENGINE_SOLVE_INSIDE_H
#define CORE_ENGINE_SOLVE_INSIDE_H

#include "core/engine/solve_plan.h"
#include "core/engine/work.h"
#include "core/plan/spec.h"

/* What the files of solve_plan share. */

struct solve_pairs { struct pair *items; size_t n, cap; };

struct solve_maker {
	struct arena *arena;
	const struct image_task *task;
	const struct solve_facts *facts;
	unsigned buildkit;
	struct solve_plan *plan;
	struct solve_pairs attrs;
	struct error *err;
};

void solve_pairs_add(struct solve_maker *, struct solve_pairs *, struct str name, struct str value);
/* Every option of that name in order: false of each ends it. */
typedef bool solve_option_fn(struct solve_maker *, struct str value, void *data);
bool solve_each(struct solve_maker *, const char *option, solve_option_fn *, void *data);

/* "dockerd 20.10.24" */
const char *solve_daemon(const struct solve_maker *);
/* False with ERROR_REFUSED: `what` came with BuildKit 0.`buildkit`.  instead: which other
 * engines have it, or NULL. */
bool solve_needs(struct solve_maker *, unsigned buildkit, const char *what, const char *instead);
/* False with ERROR_REFUSED: a dockerd whose images lie in its own store lacks `what`. */
bool solve_needs_store(struct solve_maker *, const char *what, const char *instead);

bool solve_caches(struct solve_maker *);
bool solve_outputs(struct solve_maker *);

#endif
