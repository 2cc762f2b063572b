#ifndef CORE_EXT_HTTP_H
#define CORE_EXT_HTTP_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* HTTP/1.1 (and plain downloads) from the loop: the door to libcurl.  A call
 * starts and returns; everything after is a callback. */
struct loop;
struct http;                    /* the transfers of one loop */
struct http_transfer;

/* Loads libcurl, which takes some 6 ms; http_new does it otherwise. */
void http_load(void);
/* The loop is borrowed.  Freeing cuts what still runs, without a callback; it is
 * allowed inside callbacks. */
struct http *http_new(struct loop *);
void http_free(struct http *);
OWN_DEFINE(http)

/* unix_path, or host (an IPv6 address in brackets) and port. */
struct http_address {
	const char *unix_path;
	const char *host;
	uint16_t port;
};

/* FAILED: the transfer is cut, so that the other side never sees a good end. */
enum http_body { HTTP_BODY_DATA, HTTP_BODY_DONE, HTTP_BODY_FAILED };

struct http_events {
	/* What to send, chunked; NULL: nothing.  *ret_bytes is lent until the next call. */
	enum http_body (*pull)(void *data, struct str *ret_bytes, struct error *err);
	/* The answer has begun: its status.  NULL: not wanted. */
	void (*head)(void *data, int status);
	/* What came (never empty); false cuts the transfer with *err.  NULL: not wanted. */
	bool (*bytes)(void *data, struct str bytes, struct error *err);
	/* Once, unless cancelled; err NULL: the whole answer came.  The transfer is gone
	 * afterwards; its status can still be asked for here. */
	void (*done)(void *data, const struct error *err);
	void *data;
};

struct http_request {
	const char *method, *path;              /* "GET", "POST", "DELETE"; path and query, escaped */
	struct http_address at;
	const char *const *headers;             /* "Name: value", NULL-terminated, or NULL */
	int64_t timeout_ms;                     /* for the whole of it; 0: none */
};

/* An answer's headers may have this many bytes together (ERROR_LIMIT). */
enum { HTTP_HEAD_MAX = 64 * 1024 };

/* Borrows the request for the call.  No proxy, no redirect, no credentials of the
 * environment.  A peer that does not answer or goes away is ERROR_UNREACHABLE. */
struct http_transfer *http_start(struct http *, const struct http_request *,
                                 const struct http_events *);
/* The answer's status, 0 while there is none. */
int http_status(const struct http_transfer *);
/* A header of the answer, without blanks around it; p NULL: it has none.  Lent until the
 * transfer is gone. */
struct str http_header(const struct http_transfer *, const char *name);
/* The connection is closed at once; no callback follows; NULL is fine. */
void http_cancel(struct http_transfer *);

/* Asks the peer to become something else: POST path with "Upgrade: protocol".
 * status is that of its answer (101: it would); the connection is then closed.
 * Cancelled like any transfer; ends by itself after timeout_ms. */
typedef void http_upgrade_fn(void *data, int status, const struct error *err);
struct http_transfer *http_upgrade(struct http *, const struct http_request *,
                                   const char *protocol, http_upgrade_fn *, void *data);

/* Brings url (http, https, ftp, file) to file, which is whole or as it was: written
 * beside it, then renamed.  Redirects are followed, never to file:.  total is 0
 * while unknown.  Messages never show the user and password of a URL. */
struct http_fetch_events {
	void (*progress)(void *data, uint64_t current, uint64_t total);         /* or NULL */
	void (*done)(void *data, const struct error *err);
	void *data;
};
struct http_transfer *http_fetch(struct http *, const char *url, const char *file,
                                 const struct http_fetch_events *);

/* Appends text as one part of a URL's path or query (RFC 3986: what is not
 * unreserved becomes %XX). */
struct buf;
void http_append_escaped(struct buf *, struct str text);

#endif
