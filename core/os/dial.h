#ifndef CORE_OS_DIAL_H
#define CORE_OS_DIAL_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/os/loop.h"

/* A connection to a socket that listens, for bytes in both directions at once. */
struct dial;

/* unix_path, or host (an IPv6 address in brackets) and port. */
struct dial_address {
	const char *unix_path;
	const char *host;
	uint16_t port;
};

/* All from the loop. */
struct dial_events {
	/* Lent for the call, never empty. */
	void (*bytes)(void *data, struct str bytes);
	/* What was sent is all on its way; may be NULL. */
	void (*drained)(void *data);
	/* Once, unless freed before: the other side has ended it (err NULL) or it broke. */
	void (*ended)(void *data, const struct error *err);
	void *data;
};

/* Blocks while a host's name is looked up; its addresses are tried one after the other.
 * NULL: nothing can listen there. */
struct dial *dial_new(struct loop *, const struct dial_address *, const struct dial_events *,
                      struct error *);
/* For those who want to know that it is there, before anything comes: called with the data
 * of the events. */
void dial_tell_connected(struct dial *, void (*connected)(void *data));
/* Copies them; what has ended takes no more. */
void dial_send(struct dial *, struct str bytes);
/* The end of what is sent; what comes is still told. */
void dial_send_end(struct dial *);
/* Bytes that are not on their way yet. */
size_t dial_unsent(const struct dial *);
/* Closes it, without a word; allowed inside its events.  NULL is fine. */
void dial_free(struct dial *);
OWN_DEFINE(dial)

#endif
