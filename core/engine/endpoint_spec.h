#ifndef CORE_ENGINE_ENDPOINT_SPEC_H
#define CORE_ENGINE_ENDPOINT_SPEC_H

#include "core/engine/address.h"
#include "core/engine/endpoint.h"

/* An endpoint's spec taken apart; which ones there are: endpoint.h, but for names and
 * contexts, which lead to one of these. */
enum endpoint_way { ENDPOINT_DIRECT, ENDPOINT_SSH, ENDPOINT_KUBE };

struct endpoint_spec {
	enum endpoint_way way;
	enum endpoint_speaks speaks;
	bool is_podman;                 /* by ssh: podman's socket there */
	struct http_address at;         /* direct */
	struct address_said said;
	/* ssh: what cannot be taken for an option, nor for anything else by a shell, here, there
	 * or in the user's own ssh_config.  user and path may be NULL, port 0. */
	const char *user, *host, *path;
	uint16_t port;
	/* kube: the last three may be NULL. */
	const char *pod, *namespace, *container, *context;
};

/* What is returned borrows from spec and the arena. */
bool endpoint_spec_parse(struct arena *, const char *spec, struct endpoint_spec *ret_spec,
                         struct error *err);
/* Whether it may be the path of a socket on another machine: absolute, and plain to every
 * shell and to ssh. */
bool endpoint_is_remote_path(struct str);
/* The text that leads there, whatever the environment says. */
void endpoint_spec_append(struct buf *, const struct endpoint_spec *);
/* The same for people and journals, without TLS. */
void endpoint_spec_append_shown(struct buf *, const struct endpoint_spec *);

#endif
