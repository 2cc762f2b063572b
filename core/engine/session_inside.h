#ifndef CORE_ENGINE_SESSION_INSIDE_H
#define CORE_ENGINE_SESSION_INSIDE_H

#include "core/engine/grpc.h"
#include "core/engine/session.h"

/* Private to session*.c: the session, and the start of whatever serves a call of it. */

/* A message of the daemon has at most this many bytes: 4 MiB of a file and its frame. */
enum { SESSION_MESSAGE_MAX = (4 << 20) + (64 << 10), SESSION_METADATA_MAX = 16 };

struct session_call;

/* Of one method.  free: what is not session_call's; the rest may be NULL. */
struct session_call_ops {
	void (*message)(struct session_call *, struct str bytes);
	void (*drained)(struct session_call *);
	/* The daemon sends no more. */
	void (*end)(struct session_call *);
	void (*free)(struct session_call *);
};

/* Made by xcalloc, freed here. */
struct session_call {
	const struct session_call_ops *ops;
	struct session *session;
	struct grpc_call *call;
	struct session_call *next, **link;
};

/* What a call begins with; in lower case, lent for the call. */
struct session_request {
	const struct pair *metadata;
	size_t n;
};

struct session_method {
	const char *name;               /* "/package.Service/Method" */
	/* NULL: it is refused with code and why. */
	struct session_call *(*begin)(struct session *, const struct session_request *,
	                              int *ret_code, const char **ret_why);
	/* Whether this session has it; NULL: always. */
	bool (*has)(const struct session *);
};

struct session {
	struct loop *loop;
	struct session_options o;
	struct session_events on;
	struct grpc *grpc;
	struct arena *arena, *scratch;  /* scratch: of the message at hand */
	struct session_dir *dirs;       /* as o.dirs, each with a context */
	struct context **made;          /* those of ours */
	struct pair metadata[SESSION_METADATA_MAX];
	size_t nmetadata;
	const char *id;
	struct session_call *calls;
	unsigned holds;                 /* events of ours under way: who frees us then waits */
	bool is_freed, has_failed;
};

extern const struct session_method session_sync, session_send, session_secret,
	session_credentials, session_health, session_check_agent, session_forward_agent;

/* Around whatever comes from elsewhere than the session's own pipe (a socket, a helper), since
 * the owner may free the session in any event. */
void session_hold(struct session *);
void session_release(struct session *);

/* The call has ended; it is gone. */
void session_answer(struct session_call *, int code, struct str message);
/* By a fault of ours, which becomes the build's error; the call is gone. */
void session_fail(struct session_call *, const struct error *);
/* The build's error, where it is the first. */
void session_failed(struct session *, const struct error *);
/* By what the daemon said, which is nonsense; the call is gone. */
void session_refuse(struct session_call *, const struct error *);
void session_warn(struct session *, struct str text);

/* The value of the metadata; p NULL: there is none. */
struct str session_request_get(const struct session_request *, const char *name);

/* FileSend into a folder, beside session_send's own. */
struct session_call *session_folder_new(struct session *, const char *path, struct error *);

#endif
