#ifndef CORE_ENGINE_ENDPOINT_SSH_H
#define CORE_ENGINE_ENDPOINT_SSH_H

#include "core/engine/endpoint_relay.h"
#include "core/engine/ssh_words.h"

/* The way by ssh: one login for all, in which each link is either a `docker system dial-stdio`
 * on the other side or a connection to a socket there. */
struct endpoint_ssh;

/* to: lives as long as this. */
struct endpoint_ssh *endpoint_ssh_new(struct loop *, const struct endpoint_spec *to,
                                      struct error *);
void endpoint_ssh_free(struct endpoint_ssh *);
const char *endpoint_ssh_socket(const struct endpoint_ssh *);
/* Why the last link could not be carried, or broke; false: nothing is known. */
bool endpoint_ssh_why(const struct endpoint_ssh *, struct error *ret_why);
/* The path of the socket by which all of this user's processes share the login to `to`. */
const char *endpoint_ssh_control(struct arena *, const struct endpoint_spec *to, struct error *);

#endif
