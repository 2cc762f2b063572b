#include "core/os/pump.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/check.h"

struct pump_side {
	struct pump_side *other;
	int fd;
	short watched;                  /* what the loop waits for */
	struct buf out;                 /* not on its way yet */
	bool said_all;                  /* it sends no more */
	bool is_deaf;                   /* it takes no more */
	bool is_told;                   /* the end of what the other says */
	bool is_gone;                   /* closed by its owner, both ways */
};

struct pump {
	struct loop *loop;
	struct pump_events events;
	struct pump_side left, right;
	struct buf kept;
	bool has_answered, keeps;
	bool told_answered, told_silent, told_gone, told_over;
	bool is_calling, is_freed;      /* free inside an event: put off until it returns */
};

static void pump_ready(struct loop *, int fd, short revents, void *data);

static void pump_close(struct pump *p, struct pump_side *s)
{
	if (s->fd < 0)
		return;
	loop_unwatch(p->loop, s->fd);
	close(s->fd);
	s->fd = -1;
}

static void pump_release(struct pump *p)
{
	buf_finish(&p->left.out);
	buf_finish(&p->right.out);
	buf_finish(&p->kept);
	free(p);
}

void pump_free(struct pump *p)
{
	if (!p)
		return;
	pump_close(p, &p->left);
	pump_close(p, &p->right);
	p->is_freed = true;
	if (!p->is_calling)
		pump_release(p);
}

static void pump_look_at(struct pump *p, struct pump_side *s)
{
	bool reads = !s->said_all && !s->other->is_deaf && s->other->out.n < PUMP_BYTES;
	bool writes = s->out.n && !s->is_deaf;
	short events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
	/* Watched anew, a side that has hung up would say so again and again. */
	if (events != s->watched)
		loop_watch(p->loop, s->fd, events, pump_ready, p);
	s->watched = events;
}

static void pump_look(struct pump *p)
{
	pump_look_at(p, &p->left);
	pump_look_at(p, &p->right);
}

static void pump_deafen(struct pump_side *s)
{
	s->is_deaf = true;
	buf_clear(&s->out);
}

static void pump_pass_end(struct pump_side *s)
{
	if (!s->is_told && !s->out.n)
		shutdown(s->fd, SHUT_WR);
	s->is_told |= !s->out.n;
}

static void pump_write(struct pump *p, struct pump_side *s)
{
	while (s->out.n && !s->is_deaf) {
		ssize_t n = send(s->fd, s->out.p, s->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			pump_deafen(s);
		else
			buf_shift(&s->out, (size_t)n);
	}
	if (s->other->said_all && s == &p->right)
		pump_pass_end(s);
}

static void pump_keep(struct pump *p, struct str bytes)
{
	if (!p->keeps)
		return;
	p->keeps = !p->has_answered && p->kept.n + bytes.n <= PUMP_KEPT;
	if (p->keeps)
		buf_append(&p->kept, bytes);
	else
		buf_finish(&p->kept);
}

static void pump_read(struct pump *p, struct pump_side *s)
{
	struct buf *out = &s->other->out;
	if (s->said_all || s->other->is_deaf || out->n >= PUMP_BYTES)
		return;
	ssize_t n = recv(s->fd, buf_reserve(out, PUMP_BYTES - out->n), PUMP_BYTES - out->n,
	                 MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		struct str bytes = { out->p + out->n, (size_t)n };
		p->has_answered |= s == &p->right;
		if (s == &p->left)
			pump_keep(p, bytes);
		buf_grew(out, (size_t)n);
	}
	s->said_all = n <= 0;
	pump_write(p, s->other);
}

/* ---- what is told ---- */

static bool pump_has_passed(const struct pump_side *from)
{
	return from->other->is_deaf || (from->said_all && !from->other->out.n);
}

/* All of them: false when the pump is no more. */
static bool pump_tell_silent(struct pump *p)
{
	if (p->is_freed || p->told_silent || !p->right.said_all || !pump_has_passed(&p->right))
		return !p->is_freed;
	p->told_silent = true;
	if (!p->events.silent || p->events.silent(p->events.data))
		if (!p->is_freed)
			pump_pass_end(&p->left);
	return !p->is_freed;
}

static bool pump_tell(struct pump *p, bool holds, bool *told, void (*event)(void *data))
{
	if (p->is_freed)
		return false;
	if (!holds || *told)
		return true;
	*told = true;
	if (event)
		event(p->events.data);
	return !p->is_freed;
}

static bool pump_settle(struct pump *p)
{
	bool left = pump_has_passed(&p->left), right = pump_has_passed(&p->right);
	return pump_tell(p, p->has_answered, &p->told_answered, p->events.answered) &&
	       pump_tell_silent(p) &&
	       pump_tell(p, left && p->left.is_gone, &p->told_gone, p->events.gone) &&
	       pump_tell(p, left && right, &p->told_over, p->events.over);
}

static void pump_ready(struct loop *l, int fd, short revents, void *data)
{
	struct pump *p = data;
	struct pump_side *s = fd == p->left.fd ? &p->left : &p->right;
	(void)l;
	if (revents & POLLOUT)
		pump_write(p, s);
	if (revents & (POLLIN | POLLHUP | POLLERR))
		pump_read(p, s);
	if (revents & (POLLHUP | POLLERR)) {
		s->is_gone = true;
		pump_deafen(s);
	}
	p->is_calling = true;
	bool is_there = pump_settle(p);
	p->is_calling = false;
	if (is_there)
		pump_look(p);
	else
		pump_release(p);
}

struct pump *pump_new(struct loop *l, int left, int right, struct str first,
                      const struct pump_events *events)
{
	struct pump *p = xcalloc(1, sizeof *p);
	*p = (struct pump){ .loop = l, .events = *events, .keeps = true };
	p->left = (struct pump_side){ .other = &p->right, .fd = left, .watched = -1 };
	p->right = (struct pump_side){ .other = &p->left, .fd = right, .watched = -1 };
	buf_append(&p->right.out, first);
	pump_keep(p, first);
	pump_look(p);
	return p;
}

void pump_end_right(struct pump *p)
{
	shutdown(p->right.fd, SHUT_RD);
}

int pump_give_back(struct pump *p, struct buf *ret_said)
{
	int fd = p->left.fd;
	if (p->has_answered || !p->keeps)
		return -1;
	buf_append(ret_said, buf_str(&p->kept));
	loop_unwatch(p->loop, fd);
	p->left.fd = -1;
	pump_free(p);
	return fd;
}
