#ifndef CORE_ENGINE_ENDPOINT_CONTEXT_H
#define CORE_ENGINE_ENDPOINT_CONTEXT_H

#include "core/engine/endpoint_spec.h"
#include "core/os/files.h"

/* The contexts of the docker command line, read from its own store: config.json,
 * contexts/meta/SHA256-OF-NAME/meta.json, contexts/tls/SHA256-OF-NAME/docker/{ca,cert,key}.pem. */

/* $DOCKER_CONFIG, or ~/.docker; absolute. */
const char *context_docker_dir(struct arena *);
/* What the docker command line would take, as a spec: DOCKER_HOST, else "context:NAME" of
 * DOCKER_CONTEXT or of its configuration, else the default socket.  A configuration that
 * cannot be read names no context, as with docker. */
const char *context_of_docker(struct arena *, struct files *, const char *docker_dir);
/* Where the context leads; its TLS material is in ret_spec.  "default" is DOCKER_HOST or the
 * default socket.  ERROR_USAGE names those there are. */
bool context_resolve(struct arena *, struct files *, const char *docker_dir, const char *name,
                     struct endpoint_spec *ret_spec, struct error *err);
/* Lets the environment decide about TLS where the spec says nothing of it:
 * DOCKER_TLS_VERIFY, DOCKER_CERT_PATH or docker_dir. */
bool context_environment_tls(struct arena *, struct files *, const char *docker_dir,
                             struct endpoint_spec *, struct error *err);
/* For tests: what a meta.json says. */
struct context_meta {
	const char *name, *host;        /* "" : not told */
	bool skips_verify;
};
bool context_read_meta(struct arena *, struct str json, struct context_meta *ret_meta,
                       struct error *err);

#endif
