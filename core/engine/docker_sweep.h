#ifndef CORE_ENGINE_DOCKER_SWEEP_H
#define CORE_ENGINE_DOCKER_SWEEP_H

#include "core/engine/docker_call.h"

/* Removes the containers and the temporary names of images of ours that nobody else will
 * remove (run_owner.h), one after the other, and warns of each. */
struct docker_sweep;

/* done: once, from the loop, whatever came of it. */
struct docker_sweep *docker_sweep_new(struct docker *, const struct engine_sink *,
                                      void (*done)(void *data), void *data);
void docker_sweep_free(struct docker_sweep *);

#endif
