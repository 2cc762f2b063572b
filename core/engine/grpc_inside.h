#ifndef CORE_ENGINE_GRPC_INSIDE_H
#define CORE_ENGINE_GRPC_INSIDE_H

#include "core/engine/grpc.h"
#include "core/engine/grpc_framing.h"
#include "core/ext/h2.h"

/* Private: what the files of a gRPC connection share. */

/* stream NULL: there is none (any more).  A call is kept while one of its events runs. */
struct grpc_call {
	struct grpc *grpc;
	struct grpc_call *next, *prev;
	struct h2_stream *stream;
	struct grpc_call_events events;
	struct grpc_framing framing;
	bool has_head, is_over, is_late;
	unsigned events_running;
};

struct grpc {
	struct loop *loop;
	struct grpc_pipe pipe;
	bool is_server;
	struct grpc_methods methods;
	grpc_ended_fn *ended;
	void *data;
	struct h2 *h2;
	struct grpc_call *calls;
	size_t message_max, held;       /* held: bytes of messages that are not whole */
	uint64_t wake, meet;            /* timers */
	int64_t meet_ms;
	bool is_over, is_closed;        /* closed: the pipe is */
	struct error over;              /* code 0: over in good order */
	unsigned events_running;
	bool is_freed;
};

struct grpc_call *grpc_call_new(struct grpc *);
/* Nothing is told of it any more; it is gone once none of its events runs. */
void grpc_call_drop(struct grpc_call *);
/* Something is to be sent; inside an event that is done after it anyway. */
void grpc_wake(struct grpc *);
/* In the next turn at the earliest. */
void grpc_wake_later(struct grpc *);

#endif
