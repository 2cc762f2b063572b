#ifndef CORE_ENGINE_DOCKER_CONTAINER_H
#define CORE_ENGINE_DOCKER_CONTAINER_H

#include "core/engine/engine.h"

/* Containers in dockerd's words: what is sent to make one, what is read of one. */

/* The ports that an image exposes, of GET /images/ID/json.  Texts and list in the
 * arena. */
bool container_read_exposed(struct arena *, struct str answer, const struct run_port **ret_ports,
                            size_t *ret_count, struct error *);
/* Completes the task's env by what of env_under the image, of the same answer, has not. */
bool container_add_env(struct arena *, struct str answer, struct run_task *, struct error *);
/* The ports to publish: those of the task, and of those exposed the ones it does not
 * name; none where the network has none of its own. */
const struct run_port *container_ports(struct arena *, const struct run_task *,
                                       const struct run_port *exposed, size_t nexposed,
                                       size_t *ret_count);
/* True where the container has the machine's own network. */
bool container_is_on_host(const struct run_task *);
/* The body of POST /containers/create. */
void container_write_create(struct buf *, const struct run_task *, const struct run_port *ports,
                            size_t nports);

/* Of GET /containers/ID/json: health, probe, exit code, ports and name into *report,
 * whose other fields stay.  Texts are in the arena.  runs: it has not ended. */
bool container_read(struct arena *, struct str answer, struct run_report *report, bool *ret_runs,
                    struct error *);

/* Why a container was not made, started or removed: one sentence (ERROR_REFUSED). */
void container_refusal(int status, struct str answer, const struct run_task *,
                       struct error *ret_err);

#endif
