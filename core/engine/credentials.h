#ifndef CORE_ENGINE_CREDENTIALS_H
#define CORE_ENGINE_CREDENTIALS_H

#include "core/base/arena.h"
#include "core/os/loop.h"

/* What the user logs in with at a registry, found as docker's command line finds it:
 * $DOCKER_CONFIG/config.json, else ~/.docker/config.json, with its auths, credHelpers and
 * credsStore (docker-credential-NAME get, github.com/docker/docker-credential-helpers).
 * Nobody is ever asked.  No message has a credential in it. */
struct credential {
	struct str user, secret;        /* user n 0: the secret is a token */
	bool is_identity_token;         /* buys access tokens (OAuth2 refresh token) */
	bool is_registry_token;         /* is the access token itself (bearer) */
};

/* Lent for the call.  credential NULL and err NULL: none is known, which is fine for what
 * is public.  err: the file or its helper is wrong; who can do without a credential may
 * warn and go on as without one. */
typedef void credentials_told_fn(void *data, const struct credential *, const struct error *err);

/* Tells once, from the loop, never from inside this call; borrows nothing.  host:
 * "registry.example.org:5000"; docker.io by any of its names (docker.io, index.docker.io,
 * registry-1.docker.io, https://index.docker.io/v1/).  A helper that has not answered
 * after CREDENTIALS_MS is killed, which is an error. */
struct credentials_ask;
struct credentials_ask *credentials_ask(struct loop *, const char *host, credentials_told_fn *told,
                                        void *data);
enum { CREDENTIALS_MS = 20000 };
/* Before it has told; ends the helper; nothing is told any more.  NULL is fine. */
void credentials_cancel(struct credentials_ask *);

/* The name by which docker keeps a registry: "https://index.docker.io/v1/" for docker.io
 * by any name, else the host itself. */
const char *credentials_key(const char *host);
/* The file that is read, whether there is one or not; in the arena. */
const char *credentials_path(struct arena *);

/* What the text of a config.json says of a host: pure.  A file of more than
 * CREDENTIALS_FILE_MAX bytes is refused before it comes to this. */
enum { CREDENTIALS_FILE_MAX = 1 << 20 };
enum credentials_kind { CREDENTIALS_NONE, CREDENTIALS_KNOWN, CREDENTIALS_HELPER };
struct credentials_found {
	enum credentials_kind kind;
	struct credential known;
	const char *helper;             /* a program's name: docker-credential-… */
};
/* path is for messages.  Results in the arena. */
bool credentials_find(struct arena *, const char *path, struct str text, const char *host,
                      struct credentials_found *ret_found, struct error *);
/* What a helper printed when it ended well, pure; user "<token>" makes it an identity token. */
bool credentials_of_helper(struct arena *, const char *helper, struct str text,
                           struct credential *ret_credential, struct error *);

#endif
