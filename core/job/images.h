#ifndef CORE_JOB_IMAGES_H
#define CORE_JOB_IMAGES_H

#include "core/base/error.h"
#include "core/os/loop.h"
#include "core/value/value.h"

/* The images that an engine has under a name, asked in a worker. */
struct image_found {
	const char *name, *tag, *id;
	uint64_t size;                  /* bytes */
	double created;                 /* seconds since the epoch */
};
struct images_found {
	/* {"name", "product", "version", "address"} of the engine that answered, or NULL. */
	const struct value *engine;
	const struct image_found *items;        /* newest first */
	size_t n;
	const struct error *why;        /* NULL, or why they are not known */
};

struct images_request {
	const char *engine;             /* spec of engine_new, or a pool's name */
	const struct pair *named;
	size_t nnamed;
	const char *const *pool;        /* its engines, of which one that answers is asked */
	size_t npool;
	const char *repository;
};
struct images_asking;
/* Called once, from the loop; what was found lives in the arena given to images_ask. */
typedef void images_fn(void *data, const struct images_found *);
struct images_asking *images_ask(struct loop *, struct arena *, const struct images_request *,
                                 images_fn *, void *data, struct error *);
void images_asking_free(struct images_asking *);
OWN_DEFINE(images_asking)

#endif
