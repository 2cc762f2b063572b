#include "tests/fake/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/check.h"

enum { SERVER_ANSWERS = 32, SERVER_REQUESTS = 64, SERVER_PIECE = 7 };

struct connection {
	struct server *server;
	int fd;
	struct buf in;                  /* raw */
	size_t head, read;              /* head's size; raw bytes of the body looked at */
	struct buf seen;                /* head and dechunked body */
	bool ended;                     /* the request came whole */
	const struct server_answer *answer;
	size_t sent;
};

struct server {
	struct loop *loop;
	int fd;
	char path[108];
	struct server_answer answers[SERVER_ANSWERS];
	size_t nanswers;
	struct connection connections[SERVER_REQUESTS];
	size_t n, dropped;
};

static void connection_close(struct connection *c)
{
	if (c->fd < 0)
		return;
	loop_unwatch(c->server->loop, c->fd);
	close(c->fd);
	c->fd = -1;
}

static void server_stop(struct server *s)
{
	if (s->fd < 0)
		return;
	loop_unwatch(s->loop, s->fd);
	close(s->fd);
	if (s->path[0])
		unlink(s->path);
	s->fd = -1;
}

static void connection_finish(struct connection *c)
{
	struct server *s = c->server;
	if (c->answer->then == SERVER_HOLD)
		return;
	connection_close(c);
	if (c->answer->then != SERVER_VANISH)
		return;
	for (size_t i = 0; i < s->n; i++)
		connection_close(&s->connections[i]);
	server_stop(s);
}

/* Takes whole chunks off the raw bytes. */
static void connection_dechunk(struct connection *c)
{
	while (!c->ended) {
		struct str rest = str_slice(buf_str(&c->in), c->read, c->in.n);
		size_t eol = str_find_str(rest, STR("\r\n"));
		unsigned size;
		if (eol == STR_NONE || sscanf(rest.p, "%x", &size) != 1 || rest.n < eol + size + 4)
			return;
		buf_append(&c->seen, str_slice(rest, eol + 2, size));
		c->read += eol + size + 4;
		c->ended = size == 0;
	}
}

static void connection_parse(struct connection *c)
{
	struct str in = buf_str(&c->in);
	if (!c->head) {
		size_t end = str_find_str(in, STR("\r\n\r\n"));
		if (end == STR_NONE)
			return;
		c->head = c->read = end + 4;
		buf_append(&c->seen, str_slice(in, 0, c->head));
		c->ended = str_find_str(buf_str(&c->seen), STR("chunked")) == STR_NONE;
		for (size_t i = 0; i < c->server->nanswers; i++)
			if (str_has_prefix(in, str_of(c->server->answers[i].request)))
				c->answer = &c->server->answers[i];
	}
	connection_dechunk(c);
}

static bool connection_can_answer(const struct connection *c)
{
	return c->head && c->answer && (c->ended || !c->answer->after_body);
}

static void connection_read(struct connection *c)
{
	ssize_t n = read(c->fd, buf_reserve(&c->in, 4096), 4096);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		c->server->dropped++;
		connection_close(c);
		return;
	}
	buf_grew(&c->in, (size_t)n);
	connection_parse(c);
}

static void connection_write(struct connection *c)
{
	struct str left = str_slice(c->answer->bytes, c->sent, c->answer->bytes.n);
	size_t piece = c->answer->piece ? c->answer->piece : SERVER_PIECE;
	ssize_t n = send(c->fd, left.p, left.n < piece ? left.n : piece, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN) {
		c->server->dropped++;
		connection_close(c);
		return;
	}
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent == c->answer->bytes.n)
		connection_finish(c);
}

static void connection_ready(struct loop *l, int fd, short revents, void *data)
{
	struct connection *c = data;
	if (revents & (POLLIN | POLLHUP | POLLERR))
		connection_read(c);
	if (c->fd < 0)
		return;
	bool more = connection_can_answer(c) && c->sent < c->answer->bytes.n;
	if (more && revents & POLLOUT)
		connection_write(c);
	if (c->fd < 0)
		return;
	more = connection_can_answer(c) && c->sent < c->answer->bytes.n;
	loop_watch(l, fd, (short)(POLLIN | (more ? POLLOUT : 0)), connection_ready, c);
}

static void server_accept(struct loop *l, int fd, short revents, void *data)
{
	struct server *s = data;
	(void)revents;
	int got = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (got < 0)
		return;
	CHECK(s->n < SERVER_REQUESTS);
	static const struct server_answer absent = {
		.bytes = { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 45 },
	};
	struct connection *c = &s->connections[s->n++];
	*c = (struct connection){ .server = s, .fd = got, .answer = &absent };
	loop_watch(l, got, POLLIN, connection_ready, c);
}

struct server *server_new(struct loop *l, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct server *s = xcalloc(1, sizeof *s);
	CHECK(strlen(path) < sizeof at.sun_path);
	memcpy(at.sun_path, path, strlen(path));
	memcpy(s->path, path, strlen(path));
	s->loop = l;
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(s->fd >= 0);
	CHECK(bind(s->fd, (struct sockaddr *)&at, sizeof at) == 0);
	CHECK(listen(s->fd, 8) == 0);
	loop_watch(l, s->fd, POLLIN, server_accept, s);
	return s;
}

struct server *server_new_port(struct loop *l, uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	struct server *s = xcalloc(1, sizeof *s);
	s->loop = l;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(s->fd >= 0);
	CHECK(bind(s->fd, (struct sockaddr *)&at, sizeof at) == 0);
	CHECK(listen(s->fd, 8) == 0);
	CHECK(getsockname(s->fd, (struct sockaddr *)&at, &size) == 0);
	loop_watch(l, s->fd, POLLIN, server_accept, s);
	*ret_port = ntohs(at.sin_port);
	return s;
}

void server_free(struct server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		connection_close(&s->connections[i]);
		buf_finish(&s->connections[i].in);
		buf_finish(&s->connections[i].seen);
	}
	server_stop(s);
	free(s);
}

void server_on(struct server *s, const struct server_answer *answer)
{
	CHECK(s->nanswers < SERVER_ANSWERS);
	s->answers[s->nanswers++] = *answer;
}

void server_append_answer(struct buf *b, int status, struct str body, size_t chunk, bool whole)
{
	buf_printf(b, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
	           "Transfer-Encoding: chunked\r\n\r\n", status);
	for (size_t at = 0; at < body.n; at += chunk) {
		struct str part = str_slice(body, at, chunk);
		buf_printf(b, "%zx\r\n%.*s\r\n", part.n, STR_ARG(part));
	}
	if (whole)
		buf_append(b, STR("0\r\n\r\n"));
}

struct str server_request(const struct server *s, size_t n)
{
	return n < s->n ? buf_str(&s->connections[n].seen) : (struct str){ 0 };
}

size_t server_requests(const struct server *s)
{
	return s->n;
}

size_t server_dropped(const struct server *s)
{
	return s->dropped;
}

void server_end(struct server *s, size_t n)
{
	CHECK(n < s->n);
	connection_close(&s->connections[n]);
}

bool server_ended(const struct server *s, size_t n)
{
	return n < s->n && s->connections[n].ended;
}
