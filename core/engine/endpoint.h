#ifndef CORE_ENGINE_ENDPOINT_H
#define CORE_ENGINE_ENDPOINT_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"
#include "core/ext/http.h"
#include "core/os/loop.h"

/* Where an engine is, and the way to it.
 *
 *	unix:///path                                dockerd, or podman's service
 *	tcp://host[:port][?TLS]                     2375, with TLS 2376
 *	ssh://[user@]host[:port][/socket]           `docker system dial-stdio` there, or that socket
 *	podman+ssh://[user@]host[:port][/socket]    podman's socket there
 *	buildkit+unix:///path                       buildkitd
 *	buildkit+tcp://host[:port][?TLS]            1234
 *	kube-pod://POD[?namespace=&container=&context=]   buildkitd in a pod, by kubectl
 *	context:NAME                                a context of the docker command line
 *	NAME                                        one of `named`, whose value is any of the above
 *	NULL, ""                                    what the docker command line would take:
 *	                                            DOCKER_HOST, DOCKER_CONTEXT, its configuration
 *
 * TLS: ca=, cert=, key= (PEM files), server_name=, each escaped as in any URL; tls=1 without
 * them means the system's authorities, tls=0 none whatever the environment says.  An address
 * tcp:// that says nothing of it takes DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, unless it
 * comes from `named` or a context.
 *
 * Nothing waits here: ssh and kubectl are reached through a private socket of ours which
 * listens at once; each connection to it is a child.  So what is wrong with them shows when
 * the address is used, and endpoint_explain says it.  ssh shares one login for all of this
 * user's processes, and asks nobody anything (endpoint_login). */
struct endpoint;

enum endpoint_speaks { ENDPOINT_DOCKER, ENDPOINT_BUILDKIT };

struct endpoint_options {
	const char *spec;
	const struct pair *named;       /* name → spec */
	size_t nnamed;
};

/* Borrows the options for the call, the loop as long as it lives.  ERROR_USAGE: the spec says
 * nothing that can be used; ERROR_PROJECT, ERROR_REFUSED: what it leads to cannot be. */
struct endpoint *endpoint_new(struct loop *, const struct endpoint_options *, struct error *);
/* Ends its children and connections, without a word. */
void endpoint_free(struct endpoint *);
OWN_DEFINE(endpoint)

/* All live as long as the endpoint. */
const struct http_address *endpoint_address(const struct endpoint *);
enum endpoint_speaks endpoint_speaks(const struct endpoint *);
/* For people and journals: no credential, no control character. */
const char *endpoint_shown(const struct endpoint *);
/* For endpoint_new, in another process and whatever its environment: names and contexts
 * resolved.  Holds paths, no secret. */
const char *endpoint_spec(const struct endpoint *);
/* What a first answer may take longer than from a daemon here: a login, a pod. */
int64_t endpoint_patience_ms(const struct endpoint *);
/* err says that the address could not be reached, or broke: what ssh or kubectl said of it
 * becomes the message.  Otherwise it stays as it is. */
void endpoint_explain(const struct endpoint *, struct error *err);

/* Whether a spec may be one at all, rather than a name: for engine_new. */
bool endpoint_is_spec(const char *spec);
/* Whether it says that a login, or kubectl, comes first; what a context says is not looked
 * up. */
bool endpoint_is_far(const char *spec);
/* What the docker command line would take, as a spec; in the arena. */
struct arena;
const char *endpoint_of_docker(struct arena *);

/* Logging in before anything else goes there, where a person can be asked what ssh has to
 * ask; the login then stands for those who cannot.  Argument vectors, in the arena. */
struct endpoint_login {
	const struct endpoint_spec *to;
	const char *const *check;       /* exit 0: the user has a login of one's own there */
	const char *const *quiet;       /* logs in without a question */
	const char *const *asking;      /* for a terminal */
};
/* False: there is nothing to log in to, or the login still stands. */
bool endpoint_login(struct arena *, const struct endpoint_options *,
                    struct endpoint_login *ret_login);
/* Whether the quiet way has failed, as it ended (wait(2)) and said, for want of somebody who
 * could be asked. */
bool endpoint_login_asks(const struct endpoint_login *, int status, struct str complaint);

#endif
