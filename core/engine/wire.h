#ifndef CORE_ENGINE_WIRE_H
#define CORE_ENGINE_WIRE_H

#include "core/ext/http.h"
#include "core/os/loop.h"

/* Plain bytes to and from where an address points: a connection, TLS where it says so, and
 * where asked an HTTP/1.1 upgrade first. */
struct wire;

/* All from the loop. */
struct wire_events {
	/* It is there: what is sent goes.  Once, before all others but ended. */
	void (*open)(void *data);
	/* Lent for the call, never empty. */
	void (*bytes)(void *data, struct str bytes);
	/* What was sent is all on its way.  May be NULL. */
	void (*drained)(void *data);
	/* Once; err NULL: the other side ended it, after open.  Nothing follows. */
	void (*ended)(void *data, const struct error *err);
	void *data;
};

enum { WIRE_OPEN_MS = 20000 };

struct wire_options {
	const struct http_address *at;
	const char *alpn;               /* with TLS: "h2", or NULL */
	/* A path such as "/grpc": POST with `Upgrade: h2c`, open after its 101.  An answer of
	 * another status is ERROR_REFUSED with its message.  NULL: none. */
	const char *upgrade;
	/* NULL, or lines "Name: value" of ours for it, the last NULL. */
	const char *const *upgrade_headers;
	int64_t open_ms;                /* until open; 0: WIRE_OPEN_MS */
};

/* Copies what it needs.  NULL: nothing can be there, or the TLS files are no good. */
struct wire *wire_new(struct loop *, const struct wire_options *, const struct wire_events *,
                      struct error *);
/* Copies them; before open they wait, after ended they are dropped. */
void wire_send(struct wire *, struct str bytes);
/* The end of what is sent; what comes is still told. */
void wire_send_end(struct wire *);
/* Bytes that are not on their way yet. */
size_t wire_unsent(const struct wire *);
/* Closes it; no event follows; allowed inside events.  NULL is fine. */
void wire_free(struct wire *);
OWN_DEFINE(wire)

#endif
