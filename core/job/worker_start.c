/* The parent's side of a worker. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/worker.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

/* A longer line is a fault of the worker. */
enum { WORKER_LINE_MAX = 64 << 20, WORKER_READ = 64 << 10 };

struct worker {
	struct loop *loop;
	pid_t pid;                      /* 0 once it was waited for */
	int in, out;
	struct buf argument, lines;
	size_t sent;
	int status;
	worker_line_fn *line;
	void *data;
	bool stays;
	bool is_calling, is_freed;      /* free inside line: put off until it returns */
};

static void worker_close(struct worker *w, int *fd)
{
	if (*fd < 0)
		return;
	loop_unwatch(w->loop, *fd);
	close(*fd);
	*fd = -1;
}

static void worker_release(struct worker *w)
{
	buf_finish(&w->argument);
	buf_finish(&w->lines);
	free(w);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	worker_close(w, &w->in);
	worker_close(w, &w->out);
	if (w->pid > 0) {
		loop_unchild(w->loop, w->pid);
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
		w->pid = 0;
	}
	w->is_freed = true;
	if (!w->is_calling)
		worker_release(w);
}

void worker_stop(struct worker *w, bool at_once)
{
	if (w->pid > 0)
		kill(w->pid, at_once ? SIGUSR1 : SIGTERM);
}

/* Only so that it is waited for. */
static void worker_left(struct loop *loop, pid_t pid, int status, void *data)
{
	(void)loop, (void)pid, (void)status, (void)data;
}

void worker_leave(struct worker *w)
{
	if (!w)
		return;
	if (w->pid > 0) {
		worker_stop(w, false);
		loop_unchild(w->loop, w->pid);
		loop_child(w->loop, w->pid, worker_left, NULL);
		w->pid = 0;
	}
	worker_free(w);
}

/* false when the callback has freed the worker. */
static bool worker_call(struct worker *w, const struct value *line, bool ended_well)
{
	w->is_calling = true;
	w->line(w->data, line, ended_well);
	w->is_calling = false;
	if (!w->is_freed)
		return true;
	worker_release(w);
	return false;
}

static bool worker_take_lines(struct worker *w)
{
	size_t newline;
	while ((newline = str_find(buf_str(&w->lines), '\n')) != STR_NONE) {
		owned(arena) struct arena *arena = arena_new();
		const struct value *line;
		struct error broken;
		struct str text = arena_str(arena, str_slice(buf_str(&w->lines), 0, newline));
		buf_shift(&w->lines, newline + 1);
		if (value_parse_json(arena, text, &line, &broken) && !worker_call(w, line, false))
			return false;
	}
	return true;
}

/* Its end is told when both its output and itself have ended. */
static void worker_end(struct worker *w)
{
	if (w->out >= 0 || w->pid)
		return;
	worker_close(w, &w->in);
	worker_call(w, NULL, WIFEXITED(w->status) && WEXITSTATUS(w->status) == 0);
}

static void worker_ended(struct loop *loop, pid_t pid, int status, void *data)
{
	(void)loop, (void)pid;
	struct worker *w = data;
	w->pid = 0;
	w->status = status;
	worker_end(w);
}

static void worker_readable(struct loop *loop, int fd, short revents, void *data)
{
	(void)loop, (void)revents;
	struct worker *w = data;
	ssize_t n = read(fd, buf_reserve(&w->lines, WORKER_READ), WORKER_READ);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		buf_grew(&w->lines, (size_t)n);
		if (!worker_take_lines(w) || w->lines.n <= WORKER_LINE_MAX)
			return;
	}
	worker_close(w, &w->out);
	worker_end(w);
}

/* The argument goes by stdin: never in argv, where everybody sees it. */
static void worker_writable(struct loop *loop, int fd, short revents, void *data)
{
	(void)loop, (void)revents;
	struct worker *w = data;
	struct str rest = str_slice(buf_str(&w->argument), w->sent, w->argument.n);
	ssize_t n = write(fd, rest.p, rest.n);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	w->sent += n > 0 ? (size_t)n : 0;
	if (n > 0 && w->sent < w->argument.n)
		return;
	if (n <= 0 || !w->stays) {
		worker_close(w, &w->in);
		return;
	}
	loop_unwatch(loop, fd);
	w->sent = 0;
	buf_clear(&w->argument);
}

void worker_tell(struct worker *w, const struct value *argument)
{
	if (w->in < 0)
		return;
	value_write_json(&w->argument, argument, JSON_LINE);
	buf_append_char(&w->argument, '\n');
	loop_watch(w->loop, w->in, POLLOUT, worker_writable, w);
}

void worker_pause(struct worker *w, bool on)
{
	if (w->out >= 0 && on)
		loop_unwatch(w->loop, w->out);
	else if (w->out >= 0)
		loop_watch(w->loop, w->out, POLLIN, worker_readable, w);
}

static struct worker *worker_begin(struct loop *loop, const char *verb, bool stays,
                                   const struct value *argument, worker_line_fn *line, void *data,
                                   struct error *err)
{
	const char *const argv[] = { spawn_self(), "worker", verb, NULL };
	struct spawn spec = { .argv = argv, .in = SPAWN_PIPE, .out = SPAWN_PIPE, .err = SPAWN_NULL,
	                      .die_with_parent = true };
	struct child child;
	if (!spawn_start(&spec, &child, err)) {
		error_prefix(err, "starting the worker '%s'", verb);
		return NULL;
	}
	struct worker *w = xcalloc(1, sizeof *w);
	*w = (struct worker){ .loop = loop, .pid = child.pid, .in = child.in, .out = child.out,
	                      .stays = stays, .line = line, .data = data };
	if (argument)
		value_write_json(&w->argument, argument, JSON_LINE);
	buf_append_char(&w->argument, '\n');
	loop_watch(loop, w->in, POLLOUT, worker_writable, w);
	loop_watch(loop, w->out, POLLIN, worker_readable, w);
	loop_child(loop, w->pid, worker_ended, w);
	return w;
}

struct worker *worker_start(struct loop *loop, const char *verb, const struct value *argument,
                            worker_line_fn *line, void *data, struct error *err)
{
	return worker_begin(loop, verb, false, argument, line, data, err);
}

struct worker *worker_start_staying(struct loop *loop, const char *verb,
                                    const struct value *argument, worker_line_fn *line, void *data,
                                    struct error *err)
{
	return worker_begin(loop, verb, true, argument, line, data, err);
}

bool worker_error(const struct value *line, struct error *ret_err)
{
	const struct value *text = value_get(line, STR("error")), *code = value_get(line, STR("code"));
	unsigned long long number = ERROR_SYSTEM;
	if (!text)
		return false;
	if (code && !str_number(value_text(code), ERROR_LAST, &number))
		number = ERROR_SYSTEM;
	error_set(ret_err, (enum error_code)number, "%.*s", STR_ARG(value_text(text)));
	return true;
}
