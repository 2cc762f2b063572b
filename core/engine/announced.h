#ifndef CORE_ENGINE_ANNOUNCED_H
#define CORE_ENGINE_ANNOUNCED_H

#include "core/base/buf.h"

/* A step's name as BuildKit announces it, taken apart:
 *
 *     [one 2/4] RUN x                            an instruction
 *     [linux/amd64 web one 2/4] RUN x            the same, for a platform and a service
 *     [internal] load build definition from …    the engine's own work
 */
struct announced {
	struct str stage;               /* "one", "linux/amd64 web one"; n 0: none */
	struct str text;                /* RUN x; of the engine's own work the whole name */
	unsigned ordinal, total;        /* 2 of 4; 0: no instruction */
};
struct announced announced_parse(struct str name);

/* The instruction as the Dockerfile may have it: FROM docker.io/library/busybox:1 as
 * FROM busybox:1. */
void announced_append_text(struct buf *, struct str text);
/* FROM, and what it makes no layer of itself: ENV, CMD … */
bool announced_is_from(struct str text);
bool announced_is_meta(struct str text);
/* Of "FROM --platform=p base AS one": base, and one (n 0: it has none). */
struct str announced_from_base(struct str text);
struct str announced_from_name(struct str text);

#endif
