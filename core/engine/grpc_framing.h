#ifndef CORE_ENGINE_GRPC_FRAMING_H
#define CORE_ENGINE_GRPC_FRAMING_H

#include "core/base/error.h"

/* Messages as gRPC lays them into a stream: a byte that says whether it is compressed (we
 * speak of no compression, so never), four of its length, it.  They come in any pieces. */
enum { GRPC_FRAMING_HEAD = 5 };

/* {0} with max set is one at rest.  max: the largest message that is taken. */
struct grpc_framing {
	struct buf in;
	size_t max;
};

/* Tells each whole message, lent for the call; a false of `message` ends it there, and the
 * framing may be gone.  False: ERROR_LIMIT or ERROR_PROTOCOL. */
typedef bool grpc_framing_fn(void *data, struct str message);
bool grpc_framing_feed(struct grpc_framing *, struct str bytes, grpc_framing_fn *message,
                       void *data, struct error *);
/* Nothing of a message has come without the rest of it. */
bool grpc_framing_is_whole(const struct grpc_framing *);
void grpc_framing_finish(struct grpc_framing *);

/* The head of a message of n bytes. */
void grpc_framing_head(size_t n, char ret_head[GRPC_FRAMING_HEAD]);

#endif
