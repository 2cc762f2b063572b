#include "tui/spout.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"

struct spout {
	struct loop *loop;
	int fd, fault;
	struct buf bytes;
	size_t sent;
	void (*changed)(void *data);
	void *data;
	bool watched;
};

struct spout *spout_new(struct loop *loop, int fd, void (*changed)(void *data), void *data)
{
	struct spout *s = xcalloc(1, sizeof *s);
	*s = (struct spout){ .loop = loop, .fd = fd, .changed = changed, .data = data };
	return s;
}

static void spout_watch(struct spout *s, bool on);

static void spout_writable(struct loop *loop, int fd, short revents, void *data)
{
	(void)loop, (void)revents;
	struct spout *s = data;
	/* As much as a pipe that is writable takes without waiting. */
	struct str part = str_slice(buf_str(&s->bytes), s->sent, PIPE_BUF);
	ssize_t n = write(fd, part.p, part.n);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		s->fault = errno;
	s->sent += n > 0 ? (size_t)n : 0;
	if (!s->fault && s->sent < s->bytes.n)
		return;
	buf_clear(&s->bytes);
	s->sent = 0;
	spout_watch(s, false);
	s->changed(s->data);
}

static void spout_watch(struct spout *s, bool on)
{
	if (on && !s->watched)
		loop_watch(s->loop, s->fd, POLLOUT, spout_writable, s);
	else if (!on && s->watched)
		loop_unwatch(s->loop, s->fd);
	s->watched = on;
}

void spout_free(struct spout *s)
{
	if (!s)
		return;
	spout_watch(s, false);
	buf_finish(&s->bytes);
	free(s);
}

void spout_add(struct spout *s, struct str bytes)
{
	if (s->fault || !bytes.n)
		return;
	/* What was written makes room before there is more. */
	if (s->sent > SPOUT_FULL / 2) {
		buf_shift(&s->bytes, s->sent);
		s->sent = 0;
	}
	buf_append(&s->bytes, bytes);
	spout_watch(s, true);
}

size_t spout_left(const struct spout *s)
{
	return s->bytes.n - s->sent;
}

int spout_fault(const struct spout *s)
{
	return s->fault;
}
