#ifndef CORE_ENGINE_ADDRESS_H
#define CORE_ENGINE_ADDRESS_H

#include "core/base/arena.h"
#include "core/ext/http.h"

/* Where an engine listens, as people write it: unix:///path, tcp://host:port (http://
 * means the same; port 2375 when none is given).  What is returned borrows from spec and
 * the arena. */
bool address_parse(struct arena *, const char *spec, struct http_address *ret_at,
                   struct error *err);
/* DOCKER_HOST, or dockerd's own default. */
const char *address_of_docker(void);

#endif
