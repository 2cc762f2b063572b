#include "core/os/dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/check.h"

enum { DIAL_READ = 64 << 10 };

struct dial {
	struct loop *loop;
	int fd;
	struct addrinfo *found, *next;  /* of a host; next: to be tried when this one fails */
	struct dial_events events;
	void (*connected)(void *data);
	struct buf out;
	bool connecting, ends, ended;
	bool is_calling, is_freed;      /* free inside an event: put off until it returns */
};

static void dial_close(struct dial *d)
{
	if (d->fd < 0)
		return;
	loop_unwatch(d->loop, d->fd);
	close(d->fd);
	d->fd = -1;
}

static void dial_release(struct dial *d)
{
	buf_finish(&d->out);
	if (d->found)
		freeaddrinfo(d->found);
	free(d);
}

void dial_free(struct dial *d)
{
	if (!d)
		return;
	dial_close(d);
	d->is_freed = true;
	if (!d->is_calling)
		dial_release(d);
}

/* ---- connecting ---- */

static int dial_connect(int family, const struct sockaddr *at, socklen_t n)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, at, n) == 0 || errno == EINPROGRESS)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static int dial_unix(const char *path, struct error *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof at.sun_path) {
		error_set(err, ERROR_USAGE, "the path of a socket has at most %zu bytes, not '%s'",
		          sizeof at.sun_path - 1, path);
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	int fd = dial_connect(AF_UNIX, (const struct sockaddr *)&at, sizeof at);
	if (fd < 0)
		error_set_errno(err, "%s", path);
	return fd;
}

/* The next address of the host that can be tried, or -1. */
static int dial_next(struct dial *d)
{
	int fd = -1;
	for (; d->next && fd < 0; d->next = d->next->ai_next)
		fd = dial_connect(d->next->ai_family, d->next->ai_addr, d->next->ai_addrlen);
	return fd;
}

static int dial_host(struct dial *d, const struct dial_address *a, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct str host = str_of(a->host);
	if (str_has_prefix(host, STR("[")) && str_has_suffix(host, STR("]")))
		host = str_slice(host, 1, host.n - 2);
	int why = getaddrinfo(arena_text(arena, host), arena_printf(arena, "%u", a->port), &hints,
	                      &d->found);
	if (why) {
		error_set(err, ERROR_UNREACHABLE, "%s: %s", a->host, gai_strerror(why));
		return -1;
	}
	d->next = d->found;
	int fd = dial_next(d);
	if (fd < 0)
		error_set_errno(err, "%s:%u", a->host, a->port);
	return fd;
}

/* ---- both directions ---- */

static void dial_end(struct dial *d, const char *what, int sys)
{
	struct error err = { 0 };
	if (d->ended)
		return;
	d->ended = true;
	dial_close(d);
	errno = sys;
	if (sys)
		error_set_errno(&err, "%s", what);
	if (sys)
		err.code = ERROR_UNREACHABLE;
	d->events.ended(d->events.data, sys ? &err : NULL);
}

static void dial_ready(struct loop *, int fd, short revents, void *data);

static void dial_look(struct dial *d)
{
	if (d->fd < 0)
		return;
	bool writes = d->connecting || d->out.n;
	loop_watch(d->loop, d->fd, (short)(POLLIN | (writes ? POLLOUT : 0)), dial_ready, d);
}

static void dial_write(struct dial *d)
{
	bool had = d->out.n;
	while (d->out.n) {
		ssize_t n = send(d->fd, d->out.p, d->out.n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n < 0) {
			/* What the other side has still said comes first. */
			buf_clear(&d->out);
			break;
		}
		buf_shift(&d->out, (size_t)n);
	}
	if (d->out.n)
		return;
	if (d->ends)
		shutdown(d->fd, SHUT_WR);
	d->ends = false;
	if (had && d->events.drained)
		d->events.drained(d->events.data);
}

static void dial_read(struct dial *d)
{
	char bytes[DIAL_READ];
	ssize_t n = recv(d->fd, bytes, sizeof bytes, 0);
	if (n > 0)
		d->events.bytes(d->events.data, (struct str){ bytes, (size_t)n });
	else if (n == 0)
		dial_end(d, "", 0);
	else if (errno != EAGAIN && errno != EINTR)
		dial_end(d, "the connection broke", errno);
}

/* False: there is no connection yet, but another address is tried. */
static bool dial_connected(struct dial *d)
{
	int why = 0;
	socklen_t n = sizeof why;
	getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &why, &n);
	int fd = why ? dial_next(d) : -1;
	if (fd >= 0) {
		dial_close(d);
		d->fd = fd;
		return false;
	}
	d->connecting = false;
	if (why)
		dial_end(d, "connecting", why);
	else if (d->connected)
		d->connected(d->events.data);
	return true;
}

static void dial_ready(struct loop *l, int fd, short revents, void *data)
{
	struct dial *d = data;
	(void)l, (void)fd;
	d->is_calling = true;
	if (d->connecting && !dial_connected(d)) {
		d->is_calling = false;
		dial_look(d);
		return;
	}
	if (d->fd >= 0 && (revents & POLLOUT))
		dial_write(d);
	if (d->fd >= 0 && (revents & (POLLIN | POLLHUP | POLLERR)))
		dial_read(d);
	d->is_calling = false;
	if (d->is_freed)
		dial_release(d);
	else
		dial_look(d);
}

struct dial *dial_new(struct loop *l, const struct dial_address *a, const struct dial_events *e,
                      struct error *err)
{
	struct dial *d = xcalloc(1, sizeof *d);
	*d = (struct dial){ .loop = l, .events = *e, .connecting = true };
	d->fd = a->unix_path ? dial_unix(a->unix_path, err) : dial_host(d, a, err);
	if (d->fd < 0) {
		dial_release(d);
		return NULL;
	}
	dial_look(d);
	return d;
}

void dial_tell_connected(struct dial *d, void (*connected)(void *data))
{
	d->connected = connected;
}

void dial_send(struct dial *d, struct str bytes)
{
	if (d->fd < 0 || d->ends)
		return;
	buf_append(&d->out, bytes);
	if (!d->is_calling)
		dial_look(d);
}

void dial_send_end(struct dial *d)
{
	if (d->fd < 0)
		return;
	d->ends = true;
	if (!d->out.n && !d->connecting)
		dial_write(d);
}

size_t dial_unsent(const struct dial *d)
{
	return d->out.n;
}
