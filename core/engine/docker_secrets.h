#ifndef CORE_ENGINE_DOCKER_SECRETS_H
#define CORE_ENGINE_DOCKER_SECRETS_H

#include "core/base/arena.h"
#include "core/engine/work.h"

/* Secrets on their way to what answers at a docker socket.  podman's service takes them as
 * files of the context, which it moves out of there before the build (podman 4.3,
 * pkg/api/handlers/compat/images_build.go); BuildKit takes them through a session alone
 * (buildkit.h), which what stands before a dockerd may refuse; the classic builder has no
 * mounts. */

/* ERROR_REFUSED says what takes them. */
bool docker_secrets_can(const struct image_task *, enum docker_builder, struct error *);
/* Calls each for those that are build arguments, by their variable's name. */
void docker_secrets_each_arg(const struct image_task *, work_pair_fn *, void *data);

/* For podman: each with a path that the context does not use and its value, in the arena. */
struct docker_secret { const char *id, *path; struct str bytes; };
bool docker_secrets_read(struct arena *, const struct image_task *,
                         struct docker_secret **ret_secrets, size_t *ret_n, struct error *);
/* The parameter `secrets` of podman's /build: ["id=ID,src=PATH"]. */
void docker_secrets_append(struct buf *, const struct docker_secret *, size_t n);

#endif
