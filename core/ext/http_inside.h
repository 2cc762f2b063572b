#ifndef CORE_EXT_HTTP_INSIDE_H
#define CORE_EXT_HTTP_INSIDE_H

#include <curl/curl.h>

#include "core/ext/http.h"
#include "core/ext/lazy.h"
#include "core/os/loop.h"

#define CURL_CALLS(CALL) CALL(easy_cleanup) CALL(easy_getinfo) CALL(easy_header) \
	CALL(easy_init) CALL(easy_recv) CALL(easy_send) CALL(easy_setopt) CALL(easy_strerror) \
	CALL(global_init) CALL(multi_add_handle) CALL(multi_cleanup) CALL(multi_info_read) \
	CALL(multi_init) CALL(multi_remove_handle) CALL(multi_setopt) CALL(multi_socket_action) \
	CALL(slist_append) CALL(slist_free_all)

/* What the files of the door share.  Nobody else includes this. */

/* Filled by http_load. */
extern LAZY_TABLE(curl, CURL_CALLS) curl;

struct http {
	struct loop *loop;
	CURLM *multi;
	struct http_transfer *transfers;
	uint64_t timer;
	http_fault_fn *on_fault;
	void *fault_data;
	unsigned inside;        /* calls of libcurl below us: no handle may be removed now */
	unsigned depth;         /* of http_drive: memory stays until it is 0 */
	bool freed;
};

struct http_transfer {
	struct http *http;
	struct http_transfer *next, **link;
	CURL *easy;
	struct curl_slist *headers;
	struct http_events events;
	void (*finish)(struct http_transfer *);         /* what `own` needs when it goes */
	/* libcurl is done with it; default: events.done. */
	void (*ended)(struct http_transfer *, const struct error *err);
	void *own;                                      /* of http_upgrade and http_fetch */
	struct str body;                                /* pulled, not yet taken */
	size_t head_size;
	struct buf peer;                                /* for messages */
	struct http_tls *tls;                           /* NULL: none */
	char said[CURL_ERROR_SIZE];                     /* libcurl's own words */
	bool cancelled, failed;
	bool waiting;                                   /* to be started, see http_transfer_start */
	struct error err;                               /* when failed */
};

/* A transfer that libcurl does not know yet, with the settings all have. */
struct http_transfer *http_transfer_new(struct http *, const struct http_events *);
/* From now on it runs; from inside a callback of libcurl as soon as that is over. */
void http_transfer_start(struct http_transfer *);
/* Takes it out of libcurl and frees it. */
void http_transfer_free(struct http_transfer *);
/* Tells the end, then frees. */
void http_transfer_end(struct http_transfer *, const struct error *err);
/* "unix:///path" or "tcp://host:port". */
void http_append_address(struct buf *, const struct http_address *);
/* Sets where the transfer goes; path NULL: no more than the address. */
void http_transfer_address(struct http_transfer *, const struct http_address *, const char *path);

/* Sets TLS for an address that has it; at->host is where the connection goes, the name in
 * the URL the one that its certificate must have. */
void http_tls_address(struct http_transfer *, const struct http_address *);
void http_tls_free(struct http_transfer *);
/* False: what libcurl says is nothing of TLS. */
bool http_tls_explain(struct http_transfer *, CURLcode, struct error *);
/* By who asked to hear of faults. */
void http_fault(struct http *, struct error *);

#endif
