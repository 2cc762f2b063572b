#ifndef CORE_ENGINE_SERVICE_H
#define CORE_ENGINE_SERVICE_H

#include "core/engine/endpoint.h"

/* The service of an engine that a probe has found, for questions of one's own: the way there
 * and HTTP on it. */
struct service {
	struct endpoint *endpoint;
	struct http *http;              /* its faults are explained by the endpoint */
	struct http_address at;
};

/* spec: of struct engine_facts.  The loop is borrowed. */
bool service_init(struct service *, struct loop *, const char *spec, struct error *);
/* Cuts what still runs, without a word.  {0} is fine. */
void service_finish(struct service *);
#define owned_service __attribute__((cleanup(service_finish)))

#endif
