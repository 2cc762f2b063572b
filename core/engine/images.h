#ifndef CORE_ENGINE_IMAGES_H
#define CORE_ENGINE_IMAGES_H

#include "core/engine/engine.h"

/* The images that an engine has, by their names.  For lists; no build needs it. */
struct engine_image {
	const char *name, *tag;         /* "svc", "1.0-gpu": localhost/, docker.io/library/ left out */
	const char *id;                 /* as the engine has it, may be short */
	uint64_t size;                  /* bytes; buildah tells three digits of it */
	double created;                 /* seconds since the epoch */
};
struct engine_images { struct engine_image *items; size_t n; };

/* Those of this repository, newest first, in the arena.  The facts are a probe's.  Blocks
 * until the engine has answered: for workers. */
bool engine_images_list(struct arena *, const struct engine_facts *, struct str repository,
                        struct engine_images *ret_images, struct error *);

/* ---- the answers, for tests ---- */
bool engine_images_read_docker(struct arena *, struct str json, struct str repository,
                               struct engine_images *ret_images, struct error *);
bool engine_images_read_buildah(struct arena *, struct str json, struct str repository,
                                struct engine_images *ret_images, struct error *);

#endif
