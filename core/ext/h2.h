#ifndef CORE_EXT_H2_H
#define CORE_EXT_H2_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* HTTP/2 in either role, on bytes alone: it is fed what came and asked what goes out.
 * The door to nghttp2.
 *
 * What the other side can make us keep is bounded: a list of headers H2_HEADERS_MAX,
 * H2_STREAMS_MAX streams, H2_WINDOW of a stream's bytes, frames and bytes without any data
 * between them H2_IDLE_FRAMES_MAX and H2_IDLE_BYTES_MAX, frames of ours that wait
 * H2_QUEUE_MAX.  More is an error of h2_feed.  PING and SETTINGS are answered here. */
struct h2;
struct h2_stream;               /* lives until `closed` was told or h2_free */

enum {
	H2_WINDOW = 4 << 20,
	H2_HEADERS_MAX = 64 << 10,
	H2_STREAMS_MAX = 1000,
	H2_IDLE_FRAMES_MAX = 100000,
	H2_IDLE_BYTES_MAX = 8 << 20,
	H2_QUEUE_MAX = 10000,
};
enum h2_role { H2_CLIENT, H2_SERVER };
/* Of RFC 9113, section 7, those that are used. */
enum h2_code { H2_NO_ERROR = 0, H2_INTERNAL_ERROR = 2, H2_REFUSED_STREAM = 7, H2_CANCEL = 8 };

/* All from inside h2_feed, but drained and closed from inside h2_pull too.  Everything but
 * h2_feed and h2_pull may be called in them, h2_free too. */
struct h2_events {
	/* The other side's head, and then perhaps its trailers; lent.  A server's stream begins
	 * with it. */
	void (*head)(void *data, struct h2_stream *, const struct pair *, size_t n, bool is_trailer);
	void (*bytes)(void *data, struct h2_stream *, struct str bytes);
	/* The other side has said everything. */
	void (*end)(void *data, struct h2_stream *);
	/* Less than H2_LOW of what was sent waits, after more than H2_HIGH did.  May be NULL. */
	void (*drained)(void *data, struct h2_stream *);
	/* Once a stream, unless h2_reset did it; the stream is gone afterwards.  code: an
	 * enum h2_code, or another of the RFC's. */
	void (*closed)(void *data, struct h2_stream *, uint32_t code);
	void *data;
};
enum { H2_HIGH = 256 << 10, H2_LOW = 64 << 10 };

struct h2 *h2_new(enum h2_role, const struct h2_events *);
void h2_free(struct h2 *);
OWN_DEFINE(h2)

/* False: the connection is of no use any more; what h2_pull still gives says why to the
 * other side. */
bool h2_feed(struct h2 *, struct str bytes, struct error *);
/* The next bytes to go out, lent until the next call of any function here; empty: none for
 * now. */
bool h2_pull(struct h2 *, struct str *ret_bytes, struct error *);

/* The other side's SETTINGS are here: it does speak HTTP/2. */
bool h2_is_met(const struct h2 *);
/* The other side takes no new streams (GOAWAY), or they are used up.  *ret_code and
 * *ret_text (lent, hostile): what it said; both may be NULL. */
bool h2_is_leaving(const struct h2 *, uint32_t *ret_code, struct str *ret_text);
/* What h2_feed or h2_pull has failed with, or will: streams are closed before they say so. */
bool h2_has_failed(const struct h2 *, struct error *ret_err);
/* Streams that are open. */
size_t h2_streams(const struct h2 *);

/* A client's new stream; NULL: the other side takes none.  data is for h2_stream_data. */
struct h2_stream *h2_open(struct h2 *, const struct pair *headers, size_t n, void *data);
/* A server's head. */
void h2_answer(struct h2_stream *, const struct pair *headers, size_t n);
/* A server's head that is the whole answer.  After it, as after h2_send_end of a server, the
 * client is told to send no more. */
void h2_answer_only(struct h2_stream *, const struct pair *headers, size_t n);
/* Copies them; they go as the other side's windows open. */
void h2_send(struct h2_stream *, struct str bytes);
/* What is sent ends here, with trailers if n is not 0. */
void h2_send_end(struct h2_stream *, const struct pair *trailers, size_t n);
size_t h2_unsent(const struct h2_stream *);
/* Ends it at once; nothing is told of it any more, it is gone.  H2_NO_ERROR: where both
 * sides have ended anyway, nothing is sent. */
void h2_reset(struct h2_stream *, uint32_t code);
/* On: what comes is not asked for any longer, so at most H2_WINDOW bytes still do. */
void h2_hold(struct h2_stream *, bool on);

void h2_stream_set_data(struct h2_stream *, void *data);
void *h2_stream_data(const struct h2_stream *);
int32_t h2_stream_id(const struct h2_stream *);
/* "CANCEL" of 8; "code 77" is "unknown". */
const char *h2_code_name(uint32_t code);

#endif
