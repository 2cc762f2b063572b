#include "tests/fake/line.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/ext/tls.h"

enum { LINE_READ = 64 << 10 };

struct line {
	struct fake_listener *listener;
	struct line *next, *prev;
	int fd;
	struct tls *tls;
	struct line_events events;
	struct buf out, plain;
	bool is_calling, is_gone;
};

struct fake_listener {
	struct loop *loop;
	struct listener_options options;
	int fd;
	char *path;
	uint16_t port;
	struct line *lines;
};

static void line_look(struct line *);

static void line_release(struct line *l)
{
	if (l->next)
		l->next->prev = l->prev;
	*(l->prev ? &l->prev->next : &l->listener->lines) = l->next;
	tls_free(l->tls);
	buf_finish(&l->out);
	buf_finish(&l->plain);
	free(l);
}

static void line_write(struct line *l)
{
	while (l->fd >= 0 && l->out.n) {
		ssize_t n = send(l->fd, l->out.p, l->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			buf_clear(&l->out);
		else
			buf_shift(&l->out, (size_t)n);
	}
}

static void line_drop(struct line *l)
{
	if (l->fd >= 0) {
		line_write(l);
		loop_unwatch(l->listener->loop, l->fd);
		close(l->fd);
	}
	l->fd = -1;
	l->is_gone = true;
	if (!l->is_calling)
		line_release(l);
}

static void line_end(struct line *l, const struct error *err)
{
	struct line_events events = l->events;
	if (l->is_gone)
		return;
	line_drop(l);
	if (events.ended)
		events.ended(events.data, err);
}

static void line_encrypted(struct line *l)
{
	if (l->tls)
		tls_take(l->tls, &l->out);
}

static void line_read(struct line *l)
{
	static char bytes[LINE_READ];
	struct error err = { 0 };
	ssize_t n = recv(l->fd, bytes, sizeof bytes, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		line_end(l, NULL);
		return;
	}
	bool ok = true;
	if (l->tls) {
		ok = tls_feed(l->tls, (struct str){ bytes, (size_t)n }, &l->plain, &err);
		line_encrypted(l);
	} else {
		buf_append(&l->plain, (struct str){ bytes, (size_t)n });
	}
	owned_buf struct buf plain = l->plain;
	l->plain = (struct buf){ 0 };
	if (plain.n && l->events.bytes)
		l->events.bytes(l->events.data, buf_str(&plain));
	if (!ok || (l->tls && tls_has_ended(l->tls)))
		line_end(l, ok ? NULL : &err);
}

static void line_ready(struct loop *loop, int fd, short revents, void *data)
{
	struct line *l = data;
	(void)loop, (void)fd;
	l->is_calling = true;
	bool had = l->out.n;
	if (revents & POLLOUT)
		line_write(l);
	if (had && !l->out.n && l->events.drained)
		l->events.drained(l->events.data);
	if (!l->is_gone && (revents & (POLLIN | POLLHUP | POLLERR)))
		line_read(l);
	l->is_calling = false;
	if (l->is_gone)
		line_release(l);
	else
		line_look(l);
}

static void line_look(struct line *l)
{
	loop_watch(l->listener->loop, l->fd, (short)(POLLIN | (l->out.n ? POLLOUT : 0)),
	           line_ready, l);
}

void fake_line_answer(struct line *l, const struct line_events *events)
{
	l->events = *events;
}

void fake_line_send(struct line *l, struct str bytes)
{
	struct error err = { 0 };
	if (l->is_gone)
		return;
	if (l->tls)
		tls_send(l->tls, bytes, &err);
	else
		buf_append(&l->out, bytes);
	line_encrypted(l);
	if (!l->is_calling)
		line_look(l);
}

size_t fake_line_unsent(const struct line *l)
{
	return l->out.n;
}

void fake_line_close(struct line *l)
{
	if (l->is_gone)
		return;
	if (l->tls)
		tls_send_end(l->tls);
	line_encrypted(l);
	line_drop(l);
}

/* ---- listening ---- */

static void listener_accept(struct loop *loop, int fd, short revents, void *data)
{
	struct fake_listener *a = data;
	const struct listener_options *o = &a->options;
	struct error err = { 0 };
	(void)loop, (void)revents;
	int got = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (got < 0)
		return;
	struct line *l = xcalloc(1, sizeof *l);
	*l = (struct line){ .listener = a, .fd = got, .next = a->lines };
	if (l->next)
		l->next->prev = l;
	a->lines = l;
	const struct tls_options tls = { .is_server = true, .ca = o->ca, .cert = o->cert,
	                                 .key = o->key, .alpn = o->alpn };
	if (o->cert)
		CHECK((l->tls = tls_new(&tls, &err)));
	l->is_calling = true;
	o->accepted(o->data, l);
	l->is_calling = false;
	if (l->is_gone)
		line_release(l);
	else
		line_look(l);
}

static int listener_unix(struct fake_listener *a)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	CHECK(strlen(a->path) < sizeof at.sun_path);
	memcpy(at.sun_path, a->path, strlen(a->path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

static int listener_port_of_loopback(struct fake_listener *a)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
	a->port = ntohs(at.sin_port);
	return fd;
}

struct fake_listener *fake_listener_new(struct loop *loop, const struct listener_options *o,
                              struct error *err)
{
	struct fake_listener *a = xcalloc(1, sizeof *a);
	*a = (struct fake_listener){ .loop = loop, .options = *o };
	a->path = o->unix_path ? xstrdup(o->unix_path) : NULL;
	a->fd = a->path ? listener_unix(a) : listener_port_of_loopback(a);
	if (a->fd < 0) {
		error_set_errno(err, "%s", a->path);
		free(a->path);
		free(a);
		return NULL;
	}
	CHECK(listen(a->fd, 8) == 0);
	loop_watch(loop, a->fd, POLLIN, listener_accept, a);
	return a;
}

uint16_t fake_listener_port(const struct fake_listener *a)
{
	return a->port;
}

void fake_listener_free(struct fake_listener *a)
{
	if (!a)
		return;
	loop_unwatch(a->loop, a->fd);
	close(a->fd);
	while (a->lines)
		line_drop(a->lines);
	if (a->path)
		unlink(a->path);
	free(a->path);
	free(a);
}
