#ifndef TESTS_FAKE_LINE_H
#define TESTS_FAKE_LINE_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/os/loop.h"

/* The listening side of connections, for peers: a unix socket or a port of the loopback,
 * with TLS if there is a certificate. */
struct fake_listener;
struct line;

struct listener_options {
	const char *unix_path;          /* NULL: a port that nobody else has */
	const char *ca, *cert, *key;    /* PEM; cert: TLS; ca: clients must show one of it */
	const char *alpn;
	/* One has called; it must be answered or closed. */
	void (*accepted)(void *data, struct line *);
	void *data;
};
struct fake_listener *fake_listener_new(struct loop *, const struct listener_options *,
                                        struct error *);
uint16_t fake_listener_port(const struct fake_listener *);
/* And closes all its lines, without events. */
void fake_listener_free(struct fake_listener *);

struct line_events {
	void (*bytes)(void *data, struct str);
	void (*drained)(void *data);
	void (*ended)(void *data, const struct error *);        /* the line is gone then */
	void *data;
};
void fake_line_answer(struct line *, const struct line_events *);
void fake_line_send(struct line *, struct str bytes);
size_t fake_line_unsent(const struct line *);
/* What was sent still goes if it can; no event follows. */
void fake_line_close(struct line *);

#endif
