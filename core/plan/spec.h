#ifndef CORE_PLAN_SPEC_H
#define CORE_PLAN_SPEC_H

#include <stdint.h>

#include "core/plan/plan.h"

/* Options of an image task whose texts have parts, in the docker CLI's words.  The command
 * line checks them with these readers and whoever builds reads them again.  What is wrong is
 * ERROR_USAGE and says what would be right.  What is returned is in the arena or borrows the
 * text. */

/* output: "type=local,dest=DIR", where DIR alone means the same. */
enum output_type {
	OUTPUT_IMAGE,           /* "image"; "registry" is one that is pushed */
	OUTPUT_LOCAL,           /* "local": the files, into a folder */
	OUTPUT_TAR,             /* "tar": the files, as an archive */
	OUTPUT_OCI,             /* "oci": the image, as an archive of an OCI layout */
	OUTPUT_DOCKER,          /* "docker": the image, as docker save writes it */
	OUTPUT_NONE,            /* "cacheonly": built, and nothing comes of it but the cache */
};
struct output {
	enum output_type type;
	const char *dest;               /* NULL of image and cacheonly alone */
	bool push;                      /* of an image: type=registry, push=true */
	const struct pair *attrs;       /* what else was said */
	size_t nattrs;
};
bool output_read(struct arena *, struct str text, struct output *ret_output, struct error *);
/* The text that reads as this. */
void output_append(struct buf *, const struct output *);
/* "local" */
const char *output_name(enum output_type);

/* cache-from, cache-to: "type=registry,ref=IMAGE", where IMAGE alone means the same;
 * "type=inline"; "type=local,src=DIR" (dest=DIR of cache-to). */
enum cache_way { CACHE_FROM, CACHE_TO };
struct cache_spec {
	struct str type;
	const struct pair *attrs;
	size_t nattrs;
};
bool cache_read(struct arena *, struct str text, enum cache_way, struct cache_spec *ret_cache,
                struct error *);

/* secret: "id=ID[,src=FILE][,env=NAME]"; without either the variable ID where there is one
 * (variable, which asks), else the file ID.  The file as it was written. */
bool secret_read(struct arena *, struct str text, bool (*variable)(const char *name),
                 struct secret *ret_secret, struct error *);

/* add-host: "NAME=ADDRESS" or "NAME:ADDRESS"; IPv6 may stand in brackets, host-gateway is
 * the engine's own machine. */
struct host { struct str name, address; };
bool host_read(struct str text, struct host *ret_host, struct error *);

/* ulimit: "nofile=1024" or "nofile=1024:2048", -1 is no limit. */
struct ulimit { struct str name; int64_t soft, hard; };
bool ulimit_read(struct str text, struct ulimit *ret_limit, struct error *);

/* shm-size: bytes, or with b, k, m, g behind; 64m. */
bool size_read(struct str text, uint64_t *ret_bytes, struct error *);

/* platform: "OS/ARCHITECTURE[/VARIANT]" as containerd writes them, several with commas. */
bool platform_check(struct str text, struct error *);

/* ssh: "ID" for the agent of SSH_AUTH_SOCK, or "ID=SOCKET"; value n 0: none named. */
bool ssh_read(struct str text, struct pair *ret_ssh, struct error *);

/* provenance, sbom: true, false or attributes such as "mode=max", "generator=IMAGE"; off:
 * ret_attrs p NULL. */
bool attest_read(struct arena *, struct str text, struct str *ret_attrs, struct error *);

/* build-context: "NAME=PATH", or docker-image://IMAGE, an address of https or git.  The name
 * as BuildKit compares it: docker.io/library/alpine:latest is alpine. */
bool build_context_read(struct arena *, struct str text, struct pair *ret_context,
                        struct error *);
/* A folder here, no address. */
bool build_context_is_local(struct str value);

/* The attribute of that name; p NULL: none. */
struct str spec_find(const struct pair *attrs, size_t n, const char *name);

#endif
