#ifndef CORE_ENGINE_DOCKER_COPY_H
#define CORE_ENGINE_DOCKER_COPY_H

#include "core/engine/copies.h"
#include "core/engine/docker.h"

/* The copies of a run by PUT and GET /containers/ID/archive, which take tars, one after the
 * other. */
struct docker_copy;

enum docker_copy_way { DOCKER_COPY_IN, DOCKER_COPY_OUT };

/* err NULL: all that are due are there.  Once, from the loop; the copy may be freed in it. */
typedef void docker_copied_fn(void *data, const struct error *err);

/* Borrows the task and the container's id.  accepted: of the way out, how the container has
 * ended. */
struct docker_copy *docker_copy_new(struct docker *, const struct run_task *, const char *container,
                                    enum docker_copy_way, bool accepted, docker_copied_fn *done,
                                    void *data);
/* Stops it, without a word; NULL is fine. */
void docker_copy_free(struct docker_copy *);

#endif
