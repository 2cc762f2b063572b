#ifndef CORE_ENGINE_GRPC_H
#define CORE_ENGINE_GRPC_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/os/loop.h"

/* gRPC over one HTTP/2 connection, in either role, on any pipe of bytes: a wire, or a
 * tunnel inside another call.
 *
 * Events come from the loop and from inside grpc_feed, grpc_drained and grpc_closed, never
 * from the call that somebody else made.  Everything may be called inside events. */
struct grpc;
struct grpc_call;

/* unsent: bytes of ours that the pipe has not got rid of.  When there are GRPC_PIPE of them
 * no more are put there, until grpc_drained says that there is room again. */
struct grpc_pipe {
	void (*send)(void *data, struct str bytes);
	size_t (*unsent)(void *data);
	void *data;
};

enum {
	GRPC_HIGH = 256 << 10,          /* a sender pauses above this … */
	GRPC_LOW = 64 << 10,            /* … and is told below that */
	GRPC_PIPE = GRPC_HIGH + 1,      /* so that a call can be the pipe of another connection */
	GRPC_MESSAGE_MAX = 16 << 20,
	GRPC_MEET_MS = 20000,
};

/* Codes of gRPC that somebody here looks at. */
enum grpc_code {
	GRPC_OK = 0,
	GRPC_CANCELLED = 1,
	GRPC_UNKNOWN = 2,
	GRPC_INVALID_ARGUMENT = 3,
	GRPC_DEADLINE_EXCEEDED = 4,
	GRPC_NOT_FOUND = 5,
	GRPC_ALREADY_EXISTS = 6,
	GRPC_PERMISSION_DENIED = 7,
	GRPC_RESOURCE_EXHAUSTED = 8,
	GRPC_UNIMPLEMENTED = 12,
	GRPC_INTERNAL = 13,
	GRPC_UNAVAILABLE = 14,
	GRPC_UNAUTHENTICATED = 16,
};

struct grpc_status {
	int code;
	struct str message;             /* decoded, hostile */
	struct str details;             /* grpc-status-details-bin, decoded; n 0: none */
};

/* data is the call's; everything is lent for the call of the function. */
struct grpc_call_events {
	/* The other side's metadata, names in lower case, those of HTTP/2 left out; a client's
	 * alone (begin has a server's).  May be NULL. */
	void (*head)(void *data, const struct pair *metadata, size_t n);
	/* A whole message. */
	void (*message)(void *data, struct grpc_call *, struct str bytes);
	/* After grpc_send had left more than GRPC_HIGH unsent: less than GRPC_LOW now.  May be
	 * NULL. */
	void (*drained)(void *data, struct grpc_call *);
	/* Server: the client sends no more.  May be NULL. */
	void (*end)(void *data, struct grpc_call *);
	/* Once, and nothing follows; the call is gone.  A client's: how it ended.  err: it was
	 * cut, the connection is gone (ERROR_UNREACHABLE), the other side broke the rules
	 * (ERROR_PROTOCOL), a message was too large (ERROR_LIMIT).  A server's: err always, as
	 * when the client takes the call back (ERROR_CANCELLED).  Not after grpc_cancel or
	 * grpc_answer. */
	void (*done)(void *data, const struct grpc_status *, const struct error *err);
	void *data;
};

struct grpc_methods {
	/* method: "/pkg.Service/Method".  false: it is answered with GRPC_UNIMPLEMENTED.  The
	 * call may be answered in here; then what is returned says nothing. */
	bool (*begin)(void *data, const char *method, const struct pair *metadata, size_t n,
	              struct grpc_call *, struct grpc_call_events *ret_events);
	void *data;
};

/* ended: once, after every call has had its done: nothing can be called any more.  err
 * NULL: the other side has said goodbye, nothing was under way. */
typedef void grpc_ended_fn(void *data, const struct error *);

struct grpc *grpc_client(struct loop *, const struct grpc_pipe *, grpc_ended_fn *, void *data);
struct grpc *grpc_server(struct loop *, const struct grpc_pipe *, const struct grpc_methods *,
                         grpc_ended_fn *, void *data);
/* Calls are dropped without an event.  NULL is fine. */
void grpc_free(struct grpc *);
OWN_DEFINE(grpc)

/* What came out of the pipe; that it has room again; that it is closed (err NULL: properly,
 * by the other side). */
void grpc_feed(struct grpc *, struct str bytes);
void grpc_drained(struct grpc *);
void grpc_closed(struct grpc *, const struct error *);

/* Instead of GRPC_MESSAGE_MAX, for what comes in calls from now on, and of GRPC_MEET_MS until
 * the other side has begun to speak HTTP/2; 0 leaves one as it is. */
void grpc_limit(struct grpc *, size_t message_max, int64_t meet_ms);

/* A call of a client; without a connection its done says so from the loop.  Names of
 * metadata in lower case. */
struct grpc_call *grpc_call(struct grpc *, const char *method, const struct pair *metadata,
                            size_t n, const struct grpc_call_events *);
/* Copies it. */
void grpc_send(struct grpc_call *, struct str message);
void grpc_send_end(struct grpc_call *);
size_t grpc_unsent(const struct grpc_call *);
/* On: messages come no longer, but for what is on its way (at most 4 MiB). */
void grpc_hold(struct grpc_call *, bool on);
/* Server: how it ended, after what was sent; the call is gone. */
void grpc_answer(struct grpc_call *, int code, struct str message);
void grpc_answer_status(struct grpc_call *, const struct grpc_status *);
/* RST_STREAM CANCEL; the call is gone, no event follows. */
void grpc_cancel(struct grpc_call *);

/* A status that is not GRPC_OK as our error: "what: message", code by meaning. */
void grpc_status_error(const struct grpc_status *, const char *what, struct error *);
const char *grpc_code_name(int code);

#endif
