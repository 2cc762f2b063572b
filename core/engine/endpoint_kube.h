#ifndef CORE_ENGINE_ENDPOINT_KUBE_H
#define CORE_ENGINE_ENDPOINT_KUBE_H

#include "core/engine/endpoint_relay.h"
#include "core/engine/endpoint_spec.h"

/* The way by kubectl: each link is a `buildctl dial-stdio` in the pod. */
struct endpoint_kube;

/* to: lives as long as this. */
struct endpoint_kube *endpoint_kube_new(struct loop *, const struct endpoint_spec *to,
                                        struct error *);
void endpoint_kube_free(struct endpoint_kube *);
const char *endpoint_kube_socket(const struct endpoint_kube *);
/* As endpoint_ssh_why. */
bool endpoint_kube_why(const struct endpoint_kube *, struct error *ret_why);

/* For tests: in the arena, NULL-terminated. */
const char *const *kube_argv(struct arena *, const struct endpoint_spec *);

#endif
