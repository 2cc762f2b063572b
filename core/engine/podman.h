#ifndef CORE_ENGINE_PODMAN_H
#define CORE_ENGINE_PODMAN_H

#include "core/base/arena.h"
#include "core/os/loop.h"
#include "core/value/value.h"

/* podman's service answers as dockerd does (podman-system-service(1)); what is its own:
 * where it listens, how it is told from dockerd, how a build of it is stopped. */

/* The n-th place where it may listen: CONTAINER_HOST alone, or the user's socket and then
 * the system's.  NULL: no further one. */
const char *podman_place(struct arena *, unsigned n);
/* All of them: "A or B". */
void podman_append_places(struct buf *);
/* Nothing answers there: what was tried, and how to start it. */
void podman_absent(const struct error *why, struct error *ret_err);
/* Whether an answer to /version is podman's. */
bool podman_answers(const struct value *version);

/* The name by which a build's processes are known (contained_kill): put into its
 * containers' /etc/hosts, which no cache looks at, with an address that is nobody's. */
void podman_append_host(struct buf *, struct str work_id);
#define PODMAN_HOST_ADDRESS "240.0.0.1"

/* Stops a build.  podman (4.3) has no request for it; when its client goes it stops before
 * the next step, but goes on with a RUN.  So the RUN's processes are ended here, where they
 * are on this machine and ours to end; the service then cleans up by itself. */
struct podman_stop;
struct podman_stop_events {
	/* Once, when nothing could be ended: the build lasts as long as its RUN. */
	void (*busy)(void *data, struct str why);
	void (*warning)(void *data, struct str text);
	/* The connection is to be closed now: no RUN is at work. */
	void (*close)(void *data);
	/* Nothing more is to be done; the stop may be freed. */
	void (*over)(void *data);
	void *data;
};

/* in_run: a RUN is at work, so the connection stays open until it ends.  All events come
 * from the loop. */
struct podman_stop *podman_stop_new(struct loop *, struct str work_id, bool in_run,
                                    const struct podman_stop_events *);
void podman_stop_free(struct podman_stop *);
/* The RUN that was at work has ended, or another step has begun. */
void podman_stop_moved(struct podman_stop *);
/* For a build whose connection is lost: ends what runs of it, once. */
void podman_stop_now(struct str work_id);

#endif
