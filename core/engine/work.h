#ifndef CORE_ENGINE_WORK_H
#define CORE_ENGINE_WORK_H

#include "core/engine/engine.h"

/* Of runs that take input. */
struct work_input {
	void (*bytes)(struct work *, struct str bytes);
	void (*end)(struct work *);
	size_t (*unsent)(const struct work *);
	void (*resize)(struct work *, unsigned rows, unsigned cols);
};

/* The start of every engine's work, for the files of this room. */
struct work {
	struct engine *engine;
	struct engine_sink sink;        /* the caller's */
	void (*cancel)(struct work *);  /* NULL: the engine's */
	const struct work_input *input; /* NULL: it takes none */
};

/* Parts of a sink between a decoder and the caller, whose data is the work: they pass on. */
void work_log(void *work, uint64_t key, int stream, struct str bytes, double t);
void work_progress(void *work, uint64_t key, struct str id, uint64_t current, uint64_t total);
void work_warning(void *work, struct str text);

/* Engines of their own; what they are given but for endpoints is copied. */
enum docker_builder { DOCKER_ANY, DOCKER_BUILDKIT, DOCKER_CLASSIC, DOCKER_PODMAN };
/* endpoint: taken; NULL: what the docker command line would take, for podman the places of
 * its own. */
struct endpoint;
struct engine *docker_new(struct endpoint *, enum docker_builder, const struct engine_options *,
                          struct loop *, struct error *);
struct engine *buildah_new(const struct engine_options *, struct loop *, struct error *);

/* The value of an option of the task, p NULL when it is not set. */
struct str work_option(const struct image_task *, const char *name);
/* True when it is set to anything but "", "0", "false" and "no". */
bool work_option_is_on(const struct image_task *, const char *name);
/* What to send: the level's recipe or the task's. */
const struct recipe *work_recipe(const struct image_task *);
/* Every build argument in order, those of the level last; a value without p is the
 * build's id.  each returns nothing; names are without "build-arg:". */
typedef void work_pair_fn(void *data, struct str name, struct str value);
void work_each_arg(const struct image_task *, const char *build_id, work_pair_fn *, void *data);
/* The build arguments that a proxy sets; before those of work_each_arg, which may say
 * otherwise.  They are predefined: no ARG is needed, and no builder keeps their values. */
void work_each_proxy(const struct image_task *, work_pair_fn *, void *data);
/* False: one would stay in the image and that was not allowed (ERROR_REFUSED). */
bool work_secrets_allowed(const struct image_task *, struct error *);
void work_each_label(const struct image_task *, work_pair_fn *, void *data);

#endif
