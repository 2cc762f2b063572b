#ifndef CORE_ENGINE_PUSH_H
#define CORE_ENGINE_PUSH_H

#include "core/base/map.h"
#include "core/engine/credentials.h"
#include "core/engine/engine.h"
#include "core/engine/stream.h"

/* What engines that push share. */

/* dockerd's answer to POST /images/NAME/push, and podman's, which has the end of it alone:
 * a layer that is sent becomes progress, one that is there a line of log, both of key 0.
 * Zeroed but for the sink it is one before its first byte. */
struct push_stream {
	const struct engine_sink *sink;
	struct stream lines;
	struct arena *arena;
	struct map layers;              /* short ids → struct push_layer, PUSH_LAYERS_MAX at most */
	size_t nsent, nthere;
	struct buf digest;              /* "sha256:…", n 0: not told (yet) */
	struct buf error;               /* the engine's own words; empty: none */
};
enum { PUSH_LAYERS_MAX = 1000 };
/* false: nothing more can be made of it. */
bool push_stream_feed(struct push_stream *, struct str bytes, struct error *);
bool push_stream_end(struct push_stream *, struct error *);
void push_stream_finish(struct push_stream *);

/* Whose fault it is that a push failed, by the engine's words. */
enum push_fault {
	PUSH_FAULT_PASSING,             /* the network's, or an overloaded registry's */
	PUSH_FAULT_LOGIN,               /* no login, a wrong one, or not enough rights */
	PUSH_FAULT_OTHER,
};
enum push_fault push_fault(struct str message);
/* Appends an engine's words without the queries of URLs, which may be signed. */
void push_append_shown(struct buf *, struct str text);
/* How the credential for a push was come by, for messages. */
struct push_login {
	bool is_known;
	const char *path;               /* of docker's config.json */
	struct error why;               /* code set: it could not be had */
};
/* Makes of the engine's words what the work ends with: error and is_passing. */
void push_failed(struct str message, const char *name, const struct push_login *,
                 struct work_result *ret_result);

/* "NAME:TAG" in two, "latest" where no tag is. */
void push_split(struct str name, struct str *ret_repository, struct str *ret_tag);
/* Appends the name as registries know it: "docker.io/library/app:latest" for "app". */
void push_append_reference(struct buf *, struct str name);
/* In the arena: "127.0.0.1:5000" of "127.0.0.1:5000/app". */
const char *push_registry(struct arena *, const char *name);
/* Whether a host (with a port or without) is this machine, so that it may do without TLS:
 * 127.0.0.0/8, [::1] and localhost, as dockerd has it. */
bool push_is_loopback(struct str host);
/* Appends dockerd's X-Registry-Auth (base64url of JSON) for a registry; NULL: none. */
void push_append_header(struct buf *, const char *registry, const struct credential *);
/* Appends the auth.json of podman and buildah (containers-auth.json(5)) that has this alone. */
void push_append_authfile(struct buf *, const char *registry, const struct credential *);

#endif
