#ifndef CORE_ENGINE_LAYERS_DIFF_H
#define CORE_ENGINE_LAYERS_DIFF_H

#include "core/engine/layers.h"

/* Two images file by file: as a container sees them, and layer by layer. */
enum layers_change { LAYERS_ADDED, LAYERS_REMOVED, LAYERS_CHANGED, LAYERS_MODE };

struct layers_difference {
	enum layers_change change;
	const char *path;
	uint64_t size_a, size_b;
	bool whiteout;                  /* of a layer: it is a deletion that comes or goes */
};
struct layers_differences {
	const struct layers_difference *files;  /* those that change most bytes first */
	size_t n, counts[LAYERS_MODE + 1];
};

/* Layers of both in pairs: made by the same instruction, in order. */
struct layers_pair {
	size_t a, b;                    /* STR_NONE: the other image has none */
	struct layers_differences differences;
};

struct layers_diff {
	const struct image_layers *a, *b;
	struct layers_differences files;
	const struct layers_pair *pairs;
	size_t npairs;
};

/* In the arena; borrows both. */
void layers_diff_make(struct arena *, const struct image_layers *a, const struct image_layers *b,
                      struct layers_diff *ret_diff);
/* The object "image" of docs/formats.md, "compare": of each list of files the first
 * `most`; in the arena. */
struct value *layers_diff_value(struct arena *, const struct layers_diff *, size_t most);

#endif
