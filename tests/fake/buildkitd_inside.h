#ifndef TESTS_FAKE_BUILDKITD_INSIDE_H
#define TESTS_FAKE_BUILDKITD_INSIDE_H

#include "core/engine/grpc.h"
#include "tests/fake/buildkitd.h"
#include "tests/fake/line.h"
#include "tests/fake/proto.h"

/* Private: what the files of the peer share. */

enum { BUILD_EVENTS = 4096, WORDS = 64 };

struct buildkitd {
	struct loop *loop;
	struct fake_listener *listener;
	char *script, *folder, *fault;
	bool is_dockerd;
	struct peer *peers;
	struct build *builds;           /* ended ones too */
	struct early *early;
	struct buf log;
};

/* A call of Control.  lost: the client has taken it back or is gone; the call is gone then. */
struct served {
	struct peer *peer;
	struct grpc_call *call;
	const char *method;
	void (*lost)(void *data, const struct error *);
	void *data;
};

/* A connection. */
struct peer {
	struct buildkitd *owner;
	struct peer *next;
	struct line *line;
	struct grpc *grpc;              /* NULL: not upgraded yet, or misbehaving */
	struct buf head;
	const char *flood;
	struct session_peer *sessions;
	bool is_gone;
	uint64_t going;
};

/* The session that a client has opened: we are the client in it. */
struct session_peer {
	struct peer *peer;
	struct session_peer *next;
	char *id;
	struct grpc_call *tunnel;       /* NULL: closed */
	struct grpc *grpc;
	struct ask *ask;                /* at most one at a time */
};

struct watcher {
	struct watcher *next;
	struct build *build;
	struct served *call;
	size_t told;
};

/* A Status for a build that is not there yet: it is waited for a while. */
struct early {
	struct early *next;
	struct served *call;
	char *ref;
	uint64_t timer;
};

struct build {
	struct buildkitd *owner;
	struct build *next;
	struct arena *arena;
	char *ref, *session;
	struct peer *peer;              /* of its Solve; NULL: gone */
	struct served *solve;           /* NULL: answered or gone */
	const char *at, *line;          /* in the script, NULL: at its end; where its line began */
	struct buf events[BUILD_EVENTS];        /* messages of Status */
	size_t nevents;
	struct watcher *watchers;
	uint64_t timer;
	double began;
	bool waits, survives, is_done, never_was;
	struct buf answer;              /* of SolveResponse, once good */
	struct buf status;              /* google.rpc.Status, once bad */
	struct {
		const char *id;
		struct str digest;
		struct buf announced;       /* what every snapshot of it holds */
		double started, completed;
	} vertices[128];
	size_t nvertices;
};

void buildkitd_say(struct buildkitd *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A call of a peer, for its grpc_methods. */
bool fake_control_begin(void *peer, const char *method, const struct pair *metadata, size_t n,
                   struct grpc_call *, struct grpc_call_events *ret_events);
void served_send(struct served *, const struct buf *message);
/* It is gone afterwards. */
void served_answer(struct served *, int code, const char *message);
/* details: a google.rpc.Status, or empty. */
void served_answer_details(struct served *, int code, const char *message, struct str details);
void peer_drop(struct peer *);
void peer_flood(struct peer *, const char *kind);

/* The next directive, and so on, until one has to wait. */
void fake_build_go_on(struct build *);
void fake_build_cancel(struct build *);
void fake_build_tell(struct build *);
void fake_build_event(struct build *, struct str message);
void fake_build_free(struct build *);
/* The next word of a line, unquoted; p NULL: none. */
struct str script_word(struct arena *, const char **at);

struct session_peer *session_peer_find(struct buildkitd *, const char *id);
void session_peer_begin(struct peer *, struct grpc_call *, const struct pair *, size_t n,
                        struct grpc_call_events *ret_events);
void session_peer_free(struct session_peer *);
/* What a directive asks of the session; fake_build_go_on when it has its answer. */
void session_peer_ask(struct session_peer *, struct build *, const struct str *words, size_t n);

#endif
