/* Asking a peer whether it would speak another protocol.  libcurl has no word for
 * it that leaves the connection to us, so it only connects; the few bytes are ours. */
#include "core/ext/http_inside.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

enum { UPGRADE_HEAD_MAX = 8192, UPGRADE_MS = 3000 };

struct upgrade {
	http_upgrade_fn *fn;
	void *data;
	struct buf request, answer;
	size_t sent;
	int fd;
	uint64_t timer;
};

static void upgrade_finish(struct http_transfer *t)
{
	struct upgrade *u = t->own;
	if (u->fd >= 0)
		loop_unwatch(t->http->loop, u->fd);
	loop_untimer(t->http->loop, u->timer);
	buf_finish(&u->request);
	buf_finish(&u->answer);
	free(u);
}

static void upgrade_end(struct http_transfer *t, int status, const struct error *err)
{
	struct upgrade *u = t->own;
	http_upgrade_fn *fn = u->fn;
	void *data = u->data;
	struct error kept = { 0 };
	if (err)
		kept = *err;
	if (err)
		http_fault(t->http, &kept);
	http_cancel(t);
	fn(data, status, err ? &kept : NULL);
}

static void upgrade_timeout(struct loop *l, void *data)
{
	(void)l;
	struct http_transfer *t = data;
	struct error err = { 0 };
	((struct upgrade *)t->own)->timer = 0;
	error_set(&err, ERROR_UNREACHABLE, "%s does not answer in time", buf_text(&t->peer));
	upgrade_end(t, 0, &err);
}

/* 0: more has to come; -1: not HTTP. */
static int upgrade_status(struct str answer)
{
	unsigned long long status;
	struct str head = STR("HTTP/1.");
	if (!str_has_prefix(answer, str_slice(head, 0, answer.n)))
		return -1;
	if (str_find_str(answer, STR("\r\n\r\n")) == STR_NONE)
		return answer.n >= UPGRADE_HEAD_MAX ? -1 : 0;
	if (!str_number(str_slice(answer, 9, 3), 999, &status) || status < 100)
		return -1;
	return (int)status;
}

static bool upgrade_broken(struct http_transfer *t)
{
	struct error err = { 0 };
	error_set(&err, ERROR_UNREACHABLE, "%s closed the connection", buf_text(&t->peer));
	upgrade_end(t, 0, &err);
	return false;
}

/* False when the transfer is gone. */
static bool upgrade_send(struct http_transfer *t, struct upgrade *u)
{
	while (u->sent < u->request.n) {
		size_t n = 0;
		CURLcode code = curl.easy_send(t->easy, u->request.p + u->sent,
		                               u->request.n - u->sent, &n);
		if (code == CURLE_AGAIN)
			return true;
		if (code != CURLE_OK)
			return upgrade_broken(t);
		u->sent += n;
	}
	return true;
}

static void upgrade_receive(struct http_transfer *t, struct upgrade *u)
{
	for (;;) {
		size_t n = 0;
		char *p = buf_reserve(&u->answer, UPGRADE_HEAD_MAX);
		CURLcode code = curl.easy_recv(t->easy, p, UPGRADE_HEAD_MAX, &n);
		if (code == CURLE_AGAIN)
			return;
		buf_grew(&u->answer, n);
		int status = upgrade_status(buf_str(&u->answer));
		if (status > 0) {
			upgrade_end(t, status, NULL);
			return;
		}
		if (status < 0) {
			struct error err = { 0 };
			error_set(&err, ERROR_PROTOCOL, "what answers at %s does not speak HTTP",
			          buf_text(&t->peer));
			upgrade_end(t, 0, &err);
			return;
		}
		if (code != CURLE_OK || n == 0) {
			upgrade_broken(t);
			return;
		}
	}
}

static void upgrade_ready(struct loop *l, int fd, short revents, void *data)
{
	(void)revents;
	struct http_transfer *t = data;
	struct upgrade *u = t->own;
	if (u->sent < u->request.n) {
		if (upgrade_send(t, u) && u->sent == u->request.n)
			loop_watch(l, fd, POLLIN, upgrade_ready, t);
		return;
	}
	upgrade_receive(t, u);
}

static void upgrade_connected(struct http_transfer *t, const struct error *err)
{
	struct upgrade *u = t->own;
	curl_socket_t fd = CURL_SOCKET_BAD;
	if (err) {
		u->fn(u->data, 0, err);
		return;
	}
	curl.easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
	CHECK(fd != CURL_SOCKET_BAD);
	u->fd = fd;
	loop_watch(t->http->loop, fd, POLLOUT, upgrade_ready, t);
}

struct http_transfer *http_upgrade(struct http *h, const struct http_request *r,
                                   const char *protocol, http_upgrade_fn *fn, void *data)
{
	struct http_transfer *t = http_transfer_new(h, NULL);
	struct upgrade *u = xcalloc(1, sizeof *u);
	u->fn = fn;
	u->data = data;
	u->fd = -1;
	buf_printf(&u->request,
	           "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
	           "Upgrade: %s\r\nContent-Length: 0\r\n\r\n", r->path, protocol);
	t->own = u;
	t->finish = upgrade_finish;
	t->ended = upgrade_connected;
	http_transfer_address(t, &r->at, NULL);
	curl.easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, 1L);
	u->timer = loop_timer(h->loop, r->timeout_ms ? r->timeout_ms : UPGRADE_MS,
	                      upgrade_timeout, t);
	http_transfer_start(t);
	return t;
}
