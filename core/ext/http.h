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
/* What goes wrong in any transfer passes here before it is told, to be said better by who
 * knows more of the way there. */
typedef void http_fault_fn(void *data, struct error *err);
void http_on_fault(struct http *, http_fault_fn *, void *data);

/* unix_path, or host (an IPv6 address in brackets) and port.  tls: of a host alone; its
 * certificate must be good for server_name (NULL: host).  ca, cert, key: PEM files; NULL:
 * the system's authorities, no certificate of ours. */
struct http_address {
	const char *unix_path;
	const char *host;
	uint16_t port;
	bool tls;
	const char *ca, *cert, *key, *server_name;
	const char *shown;              /* in messages; NULL: as unix:// or tcp:// */
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
	const char *method, *path;              /* "GET", "POST", "PUT", "DELETE"; path and
	                                         * query, escaped */
	struct http_address at;
	const char *const *headers;             /* "Name: value", NULL-terminated, or NULL */
	int64_t timeout_ms;                     /* for the whole of it; 0: none */
};

/* An answer's headers may have this many bytes together (ERROR_LIMIT). */
enum { HTTP_HEAD_MAX = 64 * 1024 };

/* Borrows the request for the call.  No proxy, no redirect, no credentials of the
 * environment.  A peer that does not answer or goes away is ERROR_UNREACHABLE; one whose
 * certificate is no good, or who does not take ours, ERROR_REFUSED. */
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

/* What tells one state of a resource from another: an ETag, a Last-Modified (of ftp: the
 * file's time).  "" or NULL: the server does not say. */
struct http_state {
	const char *etag, *modified;
};
/* Longer ones, and such with bytes beyond printable ASCII, count as not said. */
enum { HTTP_STATE_MAX = 1000 };

/* Asks for url (http, https, ftp); the strings are borrowed for the call. */
struct http_fetch {
	const char *url;
	struct http_state known;        /* what is here already: the answer may be UNCHANGED */
	/* The first `from` bytes, of `total` (0: unknown), are here, of the state `part`, which
	 * http_fetch_begin gave. */
	uint64_t from, total;
	const char *part;
};

/* The answer begins: bytes from `from` on will come, which is 0 or what was asked. */
struct http_begin {
	struct http_state state;        /* of the whole resource */
	const char *part;               /* as for http_fetch; NULL: what is cut cannot go on */
	uint64_t from, total;           /* total 0: unknown */
};

/* ANEW: nothing of what is here helps; to be asked again with the URL alone. */
enum http_fetched { HTTP_FETCHED, HTTP_UNCHANGED, HTTP_ANEW };

/* Redirects are followed, never to file:.  Messages name the URL and where it has led
 * to, never with user, password or query. */
struct http_fetch_events {
	/* Once before any bytes of a good answer, also of an empty one; lent for the call. */
	bool (*begin)(void *data, const struct http_begin *, struct error *err);
	bool (*bytes)(void *data, struct str bytes, struct error *err);
	void (*done)(void *data, enum http_fetched, const struct error *err);
	void *data;
};
struct http_transfer *http_fetch(struct http *, const struct http_fetch *,
                                 const struct http_fetch_events *);
/* Appends the URL as messages show it: without user, password and query. */
struct buf;
void http_append_shown(struct buf *, struct str url);

/* Appends text as one part of a URL's path or query (RFC 3986: what is not
 * unreserved becomes %XX). */
void http_append_escaped(struct buf *, struct str text);

#endif
