#ifndef CORE_ENGINE_DOCKER_CONTEXT_H
#define CORE_ENGINE_DOCKER_CONTEXT_H

#include "core/context/tar.h"
#include "core/engine/docker_secrets.h"
#include "core/engine/decoder.h"
#include "core/engine/work.h"

/* A context as dockerd takes it: one tar with the Dockerfile in it.
 *
 * A Dockerfile that is a file of the context is sent under its own name.  Any other
 * gets a name that the context does not use.  The classic builder then takes it away
 * again, since a .dockerignore of ours lists it (moby builder/remotecontext, removeDockerfile).
 * podman is told so by a .containerignore, which goes before .dockerignore there: what the
 * context's own says is done already, and buildah would read some patterns differently.
 * BuildKit does not look into .dockerignore when the context is a tar (seen on
 * 20.10.24), so there a COPY of the whole context sees the file: its name is always the
 * same, so that the cache suffers only when the Dockerfile changes, and a warning says so.
 * Secrets, which are podman's alone, are further files; all is borrowed. */
struct docker_context;

struct docker_context *docker_context_new(const struct context *, const struct recipe *,
                                          enum docker_builder, const struct docker_secret *,
                                          size_t nsecrets);
void docker_context_free(struct docker_context *);
OWN_DEFINE(docker_context)
/* The parameter `dockerfile` of /build. */
const char *docker_context_dockerfile(const struct docker_context *);
/* The first instruction whose COPY or ADD takes our Dockerfile with it, or -1. */
int docker_context_leak(const struct docker_context *);
enum pull docker_context_pull(struct docker_context *, struct str *ret_bytes, struct error *);

#endif
