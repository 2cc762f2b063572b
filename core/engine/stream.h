#ifndef CORE_ENGINE_STREAM_H
#define CORE_ENGINE_STREAM_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/value/value.h"

/* dockerd's answers that come bit by bit: one JSON object a line, in any pieces.
 * {0} is a stream before its first byte. */
struct stream {
	struct buf line;
};

/* A message longer than this is refused (ERROR_LIMIT). */
#define STREAM_MESSAGE_MAX ((size_t)16 << 20)

/* The message and its strings are lent for the call.  false ends the feeding. */
typedef bool stream_fn(void *data, const struct value *message, struct error *err);
/* ERROR_PROTOCOL for what is no JSON object. */
bool stream_feed(struct stream *, struct str bytes, stream_fn *, void *data, struct error *err);
/* Takes a last message without a line's end; half a message is ERROR_PROTOCOL. */
bool stream_end(struct stream *, stream_fn *, void *data, struct error *err);
void stream_finish(struct stream *);

/* The text of a member that is a string, else {NULL, 0}. */
struct str stream_text(const struct value *object, const char *key);

#endif
