#ifndef CORE_ENGINE_LAYERS_H
#define CORE_ENGINE_LAYERS_H

#include "core/engine/engine.h"
#include "core/ext/archive_stream.h"

/* The layers of an image and the files in them, from the archive that engines give out:
 * docker save's old layout (ID/layer.tar) and its OCI layout (blobs/sha256/HEX), and
 * podman's.  Read as it comes: nothing of it is unpacked or kept but names, sizes, modes
 * and digests. */
enum layer_kind {
	LAYER_FILE, LAYER_DIR, LAYER_LINK,
	LAYER_OTHER,                    /* device, pipe */
	LAYER_WHITEOUT,                 /* path is deleted, and all beneath it */
	LAYER_OPAQUE,                   /* of path, a folder, lower layers show nothing */
};

struct layer_file {
	const char *path;               /* without a leading '/'; any bytes */
	enum layer_kind kind;
	mode_t mode;
	uint64_t size;                  /* bytes that the layer holds of it; a hard link: 0 */
	uint64_t digest[2];             /* of content or link target: the first half of SHA-256 */
	const char *same_as;            /* a hard link: the other path, or NULL */
};

struct image_layer {
	const char *created_by;         /* the instruction, as the image's history has it; "" */
	const struct layer_file *files; /* by bytes of the path, once each */
	size_t nfiles;
	uint64_t size;                  /* of its files together */
	uint64_t wasted;                /* of it what later layers overwrite or delete */
};

/* A file of the image as a container sees it. */
struct image_file {
	const struct layer_file *file;
	size_t layer;
};

struct image_layers {
	const struct image_layer *layers;       /* lowest first */
	size_t n;
	const struct image_file *files;         /* by bytes of the path */
	size_t nfiles;
	uint64_t size, wasted;
};

/* What one image may bring; more is ERROR_LIMIT. */
struct layers_limits {
	uint64_t bytes;                 /* of all files, unpacked */
	size_t entries;
	size_t names;                   /* bytes of their paths */
};
#define LAYERS_LIMITS \
	((struct layers_limits){ .bytes = (uint64_t)256 << 30, .entries = 1000000, \
	                         .names = 256 << 20 })

/* more gives the archive's bytes.  In the arena. */
bool layers_read(struct arena *, archive_more_fn *more, void *data, struct layers_limits,
                 struct image_layers *ret_layers, struct error *);
/* The same of an image that the engine of a probe has, by id or name.  Blocks while the
 * engine sends it: for workers.  ERROR_MISSING: the engine has no such image (any more). */
bool layers_ask(struct arena *, const struct engine_facts *, const char *image,
                struct image_layers *ret_layers, struct error *);

#endif
