#include "core/ext/http_inside.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

/* HTTP_CONNECT_MS: an engine is near; one that does not take a connection for
 * this long is not there. */
__typeof__(curl) curl;

enum { HTTP_CONNECT_MS = 5000, HTTP_UPLOAD = 256 * 1024, HTTP_RECEIVE = 128 * 1024 };

static void http_drive(struct http *h, curl_socket_t fd, int what);

static void http_ready(struct loop *l, int fd, short revents, void *data)
{
	(void)l;
	int what = 0;
	if (revents & (POLLIN | POLLHUP))
		what |= CURL_CSELECT_IN;
	if (revents & POLLOUT)
		what |= CURL_CSELECT_OUT;
	if (revents & (POLLERR | POLLNVAL))
		what |= CURL_CSELECT_ERR;
	http_drive(data, fd, what);
}

static int http_on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
	struct http *h = data;
	(void)easy;
	(void)socket_data;
	short events = 0;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= POLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= POLLOUT;
	if (what == CURL_POLL_REMOVE)
		loop_unwatch(h->loop, fd);
	else
		loop_watch(h->loop, fd, events, http_ready, h);
	return 0;
}

static void http_timer_ran(struct loop *l, void *data)
{
	(void)l;
	struct http *h = data;
	h->timer = 0;
	http_drive(h, CURL_SOCKET_TIMEOUT, 0);
}

static int http_on_timer(CURLM *multi, long delay_ms, void *data)
{
	struct http *h = data;
	(void)multi;
	loop_untimer(h->loop, h->timer);
	h->timer = delay_ms < 0 ? 0 : loop_timer(h->loop, delay_ms, http_timer_ran, h);
	return 0;
}

void http_load(void)
{
	LAZY_LOAD(curl, CURL_CALLS, &curl);
	CHECK(curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

struct http *http_new(struct loop *l)
{
	struct http *h = xcalloc(1, sizeof *h);
	h->loop = l;
	http_load();
	h->multi = curl.multi_init();
	CHECK(h->multi);
	curl.multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, http_on_socket);
	curl.multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl.multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, http_on_timer);
	curl.multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	return h;
}

void http_on_fault(struct http *h, http_fault_fn *fn, void *data)
{
	h->on_fault = fn;
	h->fault_data = data;
}

void http_fault(struct http *h, struct error *err)
{
	if (h->on_fault)
		h->on_fault(h->fault_data, err);
}

static void http_destroy(struct http *h)
{
	while (h->transfers)
		http_transfer_free(h->transfers);
	curl.multi_cleanup(h->multi);
	loop_untimer(h->loop, h->timer);
	free(h);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	for (struct http_transfer *t = h->transfers; t; t = t->next)
		t->cancelled = true;
	h->freed = true;
	if (!h->depth)
		http_destroy(h);
}

void http_transfer_free(struct http_transfer *t)
{
	CHECK(!t->http->inside);
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	if (t->finish)
		t->finish(t);
	curl.multi_remove_handle(t->http->multi, t->easy);
	curl.easy_cleanup(t->easy);
	curl.slist_free_all(t->headers);
	buf_finish(&t->peer);
	http_tls_free(t);
	free(t);
}

void http_transfer_end(struct http_transfer *t, const struct error *err)
{
	if (t->ended)
		t->ended(t, err);
	else if (t->events.done)
		t->events.done(t->events.data, err);
}

int http_status(const struct http_transfer *t)
{
	long status = 0;
	curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

struct str http_header(const struct http_transfer *t, const char *name)
{
	struct curl_header *header;
	if (curl.easy_header(t->easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return (struct str){ 0 };
	return str_trim(str_of(header->value));
}

void http_cancel(struct http_transfer *t)
{
	if (!t)
		return;
	t->cancelled = true;
	if (!t->http->inside && !t->http->depth)
		http_transfer_free(t);
}

/* What libcurl's code means to somebody who wants an engine. */
static void http_explain_plain(struct http_transfer *t, CURLcode code, struct error *ret_err)
{
	const char *peer = buf_text(&t->peer);
	long sys = 0;
	curl.easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &sys);
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		error_set(ret_err, ERROR_UNREACHABLE, "nothing answers at %s: %s", peer,
		          sys ? strerror((int)sys) : curl.easy_strerror(code));
		return;
	case CURLE_COULDNT_RESOLVE_HOST:
		error_set(ret_err, ERROR_UNREACHABLE, "%s: no such host", peer);
		return;
	case CURLE_OPERATION_TIMEDOUT:
		error_set(ret_err, ERROR_UNREACHABLE, "%s does not answer in time", peer);
		return;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		error_set(ret_err, ERROR_UNREACHABLE, "%s closed the connection", peer);
		return;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		error_set(ret_err, ERROR_PROTOCOL, "what answers at %s does not speak HTTP", peer);
		return;
	default:
		error_set(ret_err, ERROR_UNREACHABLE, "%s: %s", peer, curl.easy_strerror(code));
	}
}

static void http_explain(struct http_transfer *t, CURLcode code, struct error *ret_err)
{
	if (!http_tls_explain(t, code, ret_err))
		http_explain_plain(t, code, ret_err);
	http_fault(t->http, ret_err);
}

static void http_collect(struct http *h)
{
	CURLMsg *m;
	int left;
	while (!h->freed && (m = curl.multi_info_read(h->multi, &left))) {
		struct http_transfer *t = NULL;
		CURLcode code = m->data.result;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl.easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		if (t->cancelled)
			continue;
		if (code != CURLE_OK && !t->failed)
			http_explain(t, code, &t->err);
		bool ok = code == CURLE_OK && !t->failed;
		/* An upgrade goes on by itself after its connection stands. */
		if (!ok || !t->ended)
			t->cancelled = true;
		http_transfer_end(t, ok ? NULL : &t->err);
	}
}

static void http_sweep(struct http *h)
{
	for (struct http_transfer *t = h->transfers, *next; t; t = next) {
		next = t->next;
		if (t->cancelled)
			http_transfer_free(t);
	}
}

static void http_start_waiting(struct http *h)
{
	for (struct http_transfer *t = h->transfers; t; t = t->next)
		if (t->waiting)
			http_transfer_start(t);
}

static void http_drive(struct http *h, curl_socket_t fd, int what)
{
	int running;
	h->depth++;
	h->inside++;
	curl.multi_socket_action(h->multi, fd, what, &running);
	h->inside--;
	http_collect(h);
	if (--h->depth)
		return;
	if (h->freed) {
		http_destroy(h);
		return;
	}
	http_sweep(h);
	http_start_waiting(h);
}

/* A callback's own failure is worth more than libcurl's word for it. */
static void http_fail(struct http_transfer *t, const struct error *err)
{
	if (!t->failed)
		t->err = *err;
	t->failed = true;
}

static size_t http_on_bytes(char *p, size_t size, size_t count, void *data)
{
	struct http_transfer *t = data;
	struct error err = { 0 };
	size_t n = size * count;
	if (t->cancelled)
		return 0;
	if (n == 0 || !t->events.bytes)
		return n;
	if (t->events.bytes(t->events.data, (struct str){ p, n }, &err))
		return t->cancelled ? 0 : n;
	http_fail(t, &err);
	return 0;
}

static size_t http_on_header(char *p, size_t size, size_t count, void *data)
{
	struct http_transfer *t = data;
	struct error err = { 0 };
	struct str line = str_trim((struct str){ p, size * count });
	t->head_size += size * count;
	/* An empty line ends the headers; those of 100 Continue are not the answer's. */
	if (!line.n && t->events.head && !t->cancelled && http_status(t) >= 200)
		t->events.head(t->events.data, http_status(t));
	if (t->head_size <= HTTP_HEAD_MAX)
		return size * count;
	error_set(&err, ERROR_LIMIT, "%s sent headers of more than %d bytes", buf_text(&t->peer),
	          HTTP_HEAD_MAX);
	http_fail(t, &err);
	return 0;
}

static size_t http_on_body(char *p, size_t size, size_t count, void *data)
{
	struct http_transfer *t = data;
	struct error err = { 0 };
	size_t room = size * count;
	while (!t->body.n && !t->cancelled && !t->failed) {
		switch (t->events.pull(t->events.data, &t->body, &err)) {
		case HTTP_BODY_DATA:
			break;
		case HTTP_BODY_DONE:
			return t->cancelled ? CURL_READFUNC_ABORT : 0;
		case HTTP_BODY_FAILED:
			http_fail(t, &err);
		}
	}
	if (t->cancelled || t->failed)
		return CURL_READFUNC_ABORT;
	size_t n = t->body.n < room ? t->body.n : room;
	memcpy(p, t->body.p, n);
	t->body = str_slice(t->body, n, t->body.n);
	return n;
}

struct http_transfer *http_transfer_new(struct http *h, const struct http_events *events)
{
	struct http_transfer *t = xcalloc(1, sizeof *t);
	t->http = h;
	t->easy = curl.easy_init();
	CHECK(t->easy);
	if (events)
		t->events = *events;
	t->next = h->transfers;
	t->link = &h->transfers;
	if (t->next)
		t->next->link = &t->next;
	h->transfers = t;
	curl.easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl.easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS);
	curl.easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl.easy_setopt(t->easy, CURLOPT_BUFFERSIZE, (long)HTTP_RECEIVE);
	curl.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, http_on_bytes);
	curl.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl.easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, http_on_header);
	curl.easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	curl.easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->said);
	return t;
}

void http_transfer_start(struct http_transfer *t)
{
	struct http *h = t->http;
	t->waiting = h->inside > 0;
	if (t->waiting)
		return;
	h->inside++;
	CHECK(curl.multi_add_handle(h->multi, t->easy) == CURLM_OK);
	h->inside--;
}

void http_append_address(struct buf *b, const struct http_address *at)
{
	if (at->shown)
		buf_append_text(b, at->shown);
	else if (at->unix_path)
		buf_printf(b, "unix://%s", at->unix_path);
	else
		buf_printf(b, "tcp://%s:%u", at->host, at->port);
}

void http_transfer_address(struct http_transfer *t, const struct http_address *at,
                           const char *path)
{
	owned_buf struct buf url = { 0 };
	http_append_address(&t->peer, at);
	if (at->unix_path) {
		curl.easy_setopt(t->easy, CURLOPT_UNIX_SOCKET_PATH, at->unix_path);
		buf_append(&url, STR("http://localhost"));
	} else {
		buf_printf(&url, "%s://%s:%u", at->tls ? "https" : "http",
		           at->tls && at->server_name ? at->server_name : at->host, at->port);
	}
	if (at->tls)
		http_tls_address(t, at);
	buf_append_text(&url, path ? path : "/");
	curl.easy_setopt(t->easy, CURLOPT_URL, buf_text(&url));
	curl.easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, at->tls ? "https" : "http");
	curl.easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
	curl.easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
	curl.easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

static void http_add_header(struct http_transfer *t, const char *line)
{
	struct curl_slist *longer = curl.slist_append(t->headers, line);
	CHECK(longer);
	t->headers = longer;
}

struct http_transfer *http_start(struct http *h, const struct http_request *r,
                                 const struct http_events *events)
{
	struct http_transfer *t = http_transfer_new(h, events);
	http_transfer_address(t, &r->at, r->path);
	http_add_header(t, "Expect:");
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		http_add_header(t, r->headers[i]);
	if (strcmp(r->method, "POST") == 0)
		curl.easy_setopt(t->easy, CURLOPT_POST, 1L);
	else if (strcmp(r->method, "PUT") == 0)
		curl.easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
	else if (strcmp(r->method, "GET") != 0)
		curl.easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method);
	if (events->pull) {
		http_add_header(t, "Transfer-Encoding: chunked");
		curl.easy_setopt(t->easy, CURLOPT_READFUNCTION, http_on_body);
		curl.easy_setopt(t->easy, CURLOPT_READDATA, t);
		curl.easy_setopt(t->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)HTTP_UPLOAD);
	} else if (strcmp(r->method, "POST") == 0) {
		curl.easy_setopt(t->easy, CURLOPT_POSTFIELDS, "");
		curl.easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, 0L);
	}
	curl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	curl.easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	http_transfer_start(t);
	return t;
}

void http_append_escaped(struct buf *b, struct str text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                            "0123456789-._~";
	for (size_t i = 0; i < text.n; i++) {
		if (memchr(plain, text.p[i], sizeof plain - 1))
			buf_append_char(b, text.p[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)text.p[i]);
	}
}
