#ifndef CORE_ENGINE_DOCKER_ATTACH_H
#define CORE_ENGINE_DOCKER_ATTACH_H

#include "core/engine/docker_call.h"

/* Input and output of a container as one connection: POST /containers/ID/attach, which
 * stops being HTTP with its answer ("Hijacking" in docker's API).  libcurl cannot, so it
 * is a socket of ours. */
struct docker_attach;

/* From the loop. */
struct attach_events {
	void (*open)(void *data);       /* the container may be started now */
	void (*bytes)(void *data, int stream, struct str bytes);
	void (*drained)(void *data);    /* all input is on its way */
	/* Once: status 101 or 200 and no err: the output has ended; else why there is none. */
	void (*ended)(void *data, int status, struct str answer, const struct error *err);
	void *data;
};

/* id as it stands in a path.  tty: its output is one stream.  NULL: err says why. */
struct docker_attach *docker_attach_new(struct docker *, const char *id, bool tty,
                                        const struct attach_events *, struct error *);
void docker_attach_free(struct docker_attach *);
void docker_attach_input(struct docker_attach *, struct str bytes);
void docker_attach_input_end(struct docker_attach *);
size_t docker_attach_unsent(const struct docker_attach *);
/* Of its terminal, once it runs; whether the engine could is told nobody. */
void docker_attach_resize(struct docker_attach *, unsigned rows, unsigned cols);

/* The head of an HTTP answer: its status and size, false while it is not whole.  status
 * 0: it is none. */
enum { ATTACH_HEAD_MAX = 16 << 10 };
bool attach_read_head(struct str bytes, int *ret_status, size_t *ret_size);

#endif
