#ifndef CORE_ENGINE_FRAMES_H
#define CORE_ENGINE_FRAMES_H

#include <stdint.h>

#include "core/base/error.h"

/* Output of a container without a terminal, as dockerd and podman send it: pieces,
 * each behind a head of eight bytes (which stream, three of nothing, the size with its
 * highest byte first).  Fed in any pieces; {0} is a stream before its first byte. */
struct frames {
	unsigned char head[8];
	unsigned nhead;
	int stream;
	uint64_t left;                  /* bytes of the piece still to come */
};

/* stream: 1 stdout, 2 stderr.  The bytes are lent, never empty; a piece that comes in
 * parts is told in parts. */
typedef void frames_fn(void *data, int stream, struct str bytes);
/* ERROR_PROTOCOL for what is no such stream. */
bool frames_feed(struct frames *, struct str bytes, frames_fn *, void *data, struct error *err);
/* False when the stream ended within a piece. */
bool frames_are_whole(const struct frames *);

#endif
