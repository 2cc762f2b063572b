#include "core/os/errand.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/spawn.h"

struct errand_pipe {
	int fd;                         /* -1: its end was read */
	struct buf text;
};

struct errand {
	struct loop *loop;
	pid_t pid;
	struct errand_pipe out, err;
	errand_fn *fn;
	void *data;
	uint64_t limit, hurry;
	bool is_late;
};

static void errand_close(struct errand *e, struct errand_pipe *p)
{
	if (p->fd < 0)
		return;
	loop_unwatch(e->loop, p->fd);
	close(p->fd);
	p->fd = -1;
}

static void errand_release(struct errand *e)
{
	loop_untimer(e->loop, e->limit);
	loop_untimer(e->loop, e->hurry);
	errand_close(e, &e->out);
	errand_close(e, &e->err);
	buf_finish(&e->out.text);
	buf_finish(&e->err.text);
	free(e);
}

/* What is there now; false at its end. */
static bool errand_read(struct errand_pipe *p)
{
	char bytes[4096];
	for (;;) {
		ssize_t n = read(p->fd, bytes, sizeof bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		size_t room = ERRAND_MAX - p->text.n;
		buf_append(&p->text, (struct str){ bytes, (size_t)n < room ? (size_t)n : room });
	}
}

static void errand_readable(struct loop *l, int fd, short revents, void *data)
{
	struct errand *e = data;
	struct errand_pipe *p = fd == e->out.fd ? &e->out : &e->err;
	(void)l, (void)revents;
	if (!errand_read(p))
		errand_close(e, p);
}

static void errand_ended(struct loop *l, pid_t pid, int status, void *data)
{
	struct errand *e = data;
	(void)l, (void)pid;
	if (e->out.fd >= 0)
		errand_read(&e->out);
	if (e->err.fd >= 0)
		errand_read(&e->err);
	struct errand_end end = { .status = status, .is_late = e->is_late,
	                          .out = buf_str(&e->out.text), .err = buf_str(&e->err.text) };
	e->pid = 0;
	e->fn(e->data, &end);
	errand_release(e);
}

static void errand_late(struct loop *l, void *data)
{
	struct errand *e = data;
	(void)l;
	e->limit = 0;
	e->is_late = true;
	spawn_kill_group(e->pid, SIGKILL);
}

static void errand_asked(struct loop *l, void *data)
{
	struct errand *e = data;
	(void)l;
	e->hurry = 0;
	spawn_kill_group(e->pid, SIGTERM);
}

struct errand *errand_new(struct loop *l, const struct errand_spec *spec, errand_fn *fn, void *data,
                          struct error *err)
{
	struct child child;
	bool is_told = spec->socket < 0;
	struct spawn s = { .argv = spec->argv, .in = is_told ? SPAWN_NULL : spec->socket,
	                   .out = is_told ? SPAWN_PIPE : spec->socket, .err = SPAWN_PIPE,
	                   .group = true, .die_with_parent = true };
	if (!spawn_start(&s, &child, err))
		return NULL;
	struct errand *e = xcalloc(1, sizeof *e);
	*e = (struct errand){ .loop = l, .pid = child.pid, .out = { .fd = child.out },
	                      .err = { .fd = child.err }, .fn = fn, .data = data };
	if (is_told)
		loop_watch(l, e->out.fd, POLLIN, errand_readable, e);
	loop_watch(l, e->err.fd, POLLIN, errand_readable, e);
	loop_child(l, e->pid, errand_ended, e);
	if (spec->limit_ms)
		e->limit = loop_timer(l, spec->limit_ms, errand_late, e);
	return e;
}

void errand_hurry(struct errand *e, int64_t ms)
{
	loop_untimer(e->loop, e->hurry);
	e->hurry = loop_timer(e->loop, ms, errand_asked, e);
}

void errand_free(struct errand *e)
{
	if (!e)
		return;
	if (e->pid) {
		loop_unchild(e->loop, e->pid);
		spawn_kill_group(e->pid, SIGKILL);
		while (waitpid(e->pid, NULL, 0) < 0 && errno == EINTR)
			;
		e->pid = 0;
		errand_release(e);
	}
}
