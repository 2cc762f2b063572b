#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include <stdint.h>

#include "core/base/str.h"
#include "core/os/loop.h"

/* A fake engine: an HTTP server on a unix socket, driven by the test's own loop,
 * that replays what was recorded, in pieces, and fails where it is told to. */
struct server;

enum server_then {
	SERVER_CLOSE,           /* the answer is over: close */
	SERVER_HOLD,            /* leave the connection open, saying nothing more */
	SERVER_VANISH,          /* close it and every other, stop listening */
};

/* Lent until the server is freed. */
struct server_answer {
	const char *request;    /* how the first line begins: "GET /version" */
	struct str bytes;       /* head and all; server_append_answer makes them */
	size_t piece;           /* bytes a write; 0: seven */
	bool after_body;        /* only when the request's body has ended */
	enum server_then then;
};

struct server *server_new(struct loop *, const char *path);
/* The same on a port of the loopback that nobody else has. */
struct server *server_new_port(struct loop *, uint16_t *ret_port);
void server_free(struct server *);
/* The latest answer that fits is used; without one: 404. */
void server_on(struct server *, const struct server_answer *);
/* "HTTP/1.1 200 OK" with a body as chunks of `chunk` bytes; whole: with the last chunk. */
void server_append_answer(struct buf *, int status, struct str body, size_t chunk, bool whole);
/* Everything request number n (from 0) sent, dechunked; p NULL: none such. */
struct str server_request(const struct server *, size_t n);
size_t server_requests(const struct server *);
/* Connections closed by the other side while an answer was held or under way. */
size_t server_dropped(const struct server *);
/* Closes the connection of request n, whatever it was doing. */
void server_end(struct server *, size_t n);
/* True when the request's body came to its proper end. */
bool server_ended(const struct server *, size_t n);

#endif
