#ifndef CORE_ENGINE_DOCKER_OPTIONS_H
#define CORE_ENGINE_DOCKER_OPTIONS_H

#include "core/base/arena.h"
#include "core/engine/work.h"

/* Options of a task as parameters of /build: dockerd's classic builder
 * (api/server/router/build/build_routes.go of moby 20.10), podman's service
 * (pkg/api/handlers/compat/images_build.go of podman 4.3 and 4.4), and BuildKit where no
 * session can be had. */

/* version: the engine's.  False: ERROR_REFUSED says which option this builder lacks and what
 * has it, ERROR_USAGE what is wrong with one's text. */
bool docker_options_can(const struct image_task *, enum docker_builder, const char *version,
                        struct error *);
/* Appends them to the path, of a task that docker_options_can took.  host: one more entry
 * "NAME:ADDRESS" for RUN steps, or NULL. */
void docker_options_append(struct buf *path, const struct image_task *, enum docker_builder,
                           const char *version, const char *host);
/* Appends NAME=VALUE, with '?' or '&' before it. */
void docker_options_add(struct buf *path, const char *name, struct str value);

#endif
