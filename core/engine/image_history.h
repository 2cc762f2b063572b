#ifndef CORE_ENGINE_IMAGE_HISTORY_H
#define CORE_ENGINE_IMAGE_HISTORY_H

#include "core/engine/engine.h"

/* What an image is made of, as its engine tells it: an entry for each instruction of it and of
 * the images below, oldest first. */
struct image_history_entry {
	struct str text;                /* as it was written, as far as engines keep that */
	uint64_t size;                  /* bytes; 0: it has made no layer, or an empty one */
};
struct image_history {
	const struct image_history_entry *entries;
	size_t n;
};

/* In the arena.  Blocks until the engine has answered: for workers.  ERROR_REFUSED: buildah and
 * buildkitd tell no such thing. */
bool image_history_ask(struct arena *, const struct engine_facts *, const char *image,
                       struct image_history *ret_history, struct error *);
/* The answer, for tests. */
bool image_history_read(struct arena *, struct str json, struct image_history *ret_history,
                        struct error *);

#endif
