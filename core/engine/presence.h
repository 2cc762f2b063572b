#ifndef CORE_ENGINE_PRESENCE_H
#define CORE_ENGINE_PRESENCE_H

#include "core/engine/engine.h"

/* Which images an engine has just now: what a forecast cannot know by itself.  For dockerd;
 * others are not asked. */

/* Later answers are not waited for. */
enum { PRESENCE_MS = 1500 };

struct presence {
	struct pair *images;            /* by name or id; the value becomes its id, p NULL: not there */
	size_t nimages;
	bool wants_daemon;              /* the id below too */
	struct str daemon;              /* that dockerd has given itself; n 0: it tells none */
};

/* Blocks until the engine has answered: for jobs and workers.  What is found lives in the
 * arena.  false: it was not, or not to the end. */
bool engine_presence_ask(struct arena *, const struct engine_facts *, struct presence *,
                         struct error *);

/* ---- the answers, for tests ---- */
/* key: "Id" of an image, "ID" of the daemon. */
bool engine_presence_read(struct arena *, struct str json, const char *key, struct str *ret_id,
                          struct error *);

#endif
