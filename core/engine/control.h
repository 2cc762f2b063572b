#ifndef CORE_ENGINE_CONTROL_H
#define CORE_ENGINE_CONTROL_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/ext/http.h"
#include "core/ext/pb.h"
#include "core/ext/pb_control.h"
#include "core/os/loop.h"

/* moby.buildkit.v1.Control over one connection: what BuildKit's daemons and dockerd's
 * builder take (buildkit api/services/control/control.proto).  A call starts and returns;
 * everything after is a callback from the loop.  Calls run side by side. */
struct control;
struct control_call;

enum control_way {
	CONTROL_UPGRADE,        /* dockerd: POST /grpc, with Upgrade: h2c */
	CONTROL_DIRECT,         /* buildkitd, and dockerd from API 1.53 on */
};

struct control_events {
	/* The other side has answered: once, before any call's end.  Calls may be made before. */
	void (*ready)(void *data);
	/* The connection is over, once and last: NULL, the other side ended it.  Calls that were
	 * under way have been told before.  Not after control_free. */
	void (*ended)(void *data, const struct error *err);
	void *data;
};

/* How a call ended.  Lent for the callback. */
struct control_end {
	bool ok;
	int status;             /* gRPC's; -1: none came, the connection broke or spoke no gRPC */
	/* When not ok: the daemon's refusal by its meaning (grpc.h), or what happened to the
	 * connection. */
	struct error error;
	struct str message;     /* the daemon's words whole */
	struct str details;     /* for pb_details_parse; n 0: none */
};
enum { CONTROL_STATUS_UNIMPLEMENTED = 12 };

/* Borrows the address until it is freed. */
struct control *control_open(struct loop *, const struct http_address *, enum control_way,
                             const struct control_events *, struct error *);
/* Closes the connection without a word; allowed inside callbacks; NULL is fine. */
void control_free(struct control *);
OWN_DEFINE(control)

/* All of them: done comes once, from the loop, and the call is gone.  What it is asked is
 * borrowed for the call alone, what is told is lent for the callback. */
typedef void control_done_fn(void *data, const struct control_end *);

/* Builds, and lasts as long as that.  answer: its ExporterResponse. */
typedef void control_solved_fn(void *data, const struct control_end *, const struct pair *answer,
                               size_t n);
struct control_call *control_solve(struct control *, const struct pb_solve *, control_solved_fn *,
                                   void *data);
/* The progress of a build.  dockerd: of one of this client's, from now on; buildkitd: of
 * anybody's, from its start, also when it is over. */
typedef void control_trace_fn(void *data, const struct pb_trace *);
struct control_call *control_status(struct control *, struct str ref, control_trace_fn *each,
                                    control_done_fn *, void *data);
/* A tunnel for a session (session.h), whose metadata says what it serves. */
struct control_session_events {
	void (*bytes)(void *data, struct str bytes);
	void (*drained)(void *data);    /* what control_session_send left unsent is on its way */
	control_done_fn *done;
	void *data;
};
struct control_call *control_session(struct control *, const struct pair *metadata, size_t n,
                                     const struct control_session_events *);
void control_session_send(struct control_call *, struct str bytes);
size_t control_session_unsent(const struct control_call *);

typedef void control_workers_fn(void *data, const struct control_end *, const struct pb_worker *,
                                size_t n);
struct control_call *control_workers(struct control *, control_workers_fn *, void *data);
/* buildkitd from 0.11 on (CONTROL_STATUS_UNIMPLEMENTED before, and by dockerd). */
typedef void control_info_fn(void *data, const struct control_end *, const struct pb_version *);
struct control_call *control_info(struct control *, control_info_fn *, void *data);
/* filters: NULL-terminated, or NULL. */
typedef void control_usages_fn(void *data, const struct control_end *, const struct pb_usage *,
                               size_t n);
struct control_call *control_disk_usage(struct control *, const char *const *filters,
                                        control_usages_fn *, void *data);
/* each: what was removed. */
typedef void control_usage_fn(void *data, const struct pb_usage *);
struct control_call *control_prune(struct control *, const struct pb_prune *,
                                   control_usage_fn *each, control_done_fn *, void *data);
/* Builds that were and, unless early_exit, those that come. */
typedef void control_history_fn(void *data, const struct pb_history *);
struct control_call *control_history(struct control *, const struct pb_history_request *,
                                     control_history_fn *each, control_done_fn *, void *data);

/* Ends it at the other side as well (of a build: its RUN stops); no callback follows and the
 * call is gone.  NULL is fine. */
void control_cancel(struct control_call *);

#endif
