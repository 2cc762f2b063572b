#ifndef CORE_HISTORY_CACHE_MODEL_H
#define CORE_HISTORY_CACHE_MODEL_H

#include <stdbool.h>

/* How an engine's cache decides, where engines differ.  Both were watched at dockerd
 * 20.10 (tests/e2e/forecast.test compares what is said here with what they do); buildkitd is
 * BuildKit as well. */
struct cache_model {
	const char *engine;             /* engine_facts' name */
	/* ENV, LABEL and their kin are links of the chain; else they are not looked at, and
	 * what a RUN sees of them is part of the RUN. */
	bool chains_all;
	/* A RUN is keyed by the ARGs of its stage that no ENV hides; else by all variables. */
	bool keys_args;
	/* ARGs end with their stage; else stages on it have them too. */
	bool ends_args;
	/* COPY is keyed by what it copies and its destination as written; else by its sources'
	 * paths too, and the destination from the root. */
	bool keys_contents;
	/* A level's no_cache_stages count. */
	bool forces_stages;
	/* The engine says the image that each step made: what stands on it stands on that. */
	bool tells_layers;
};

/* NULL: nothing is known of how it decides (podman, buildah). */
const struct cache_model *cache_model_find(const char *engine);

#endif
