#include "core/job/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/worker.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

enum { SHELL_LINES_MAX = 1 << 20, SHELL_READ = 4096 };

struct shell {
	struct loop *loop;
	pid_t pid;                      /* 0 once it was waited for */
	int fd;                         /* -1: it says nothing more */
	struct buf lines;
	int status, code;
	bool told;
	struct error err;
	shell_ended_fn *ended;
	void *data;
};

static void shell_close(struct shell *s)
{
	if (s->fd < 0)
		return;
	loop_unwatch(s->loop, s->fd);
	close(s->fd);
	s->fd = -1;
}

static void shell_hear(struct shell *s, struct str text)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *line, *exit;
	struct error broken;
	unsigned long long code;
	if (!value_parse_json(a, text, &line, &broken))
		return;
	exit = value_get(line, STR("exit"));
	if (exit && str_number(value_text(exit), 255, &code)) {
		s->told = true;
		s->code = (int)code;
	}
	worker_error(line, &s->err);
}

/* Told when both its lines and itself have ended. */
static void shell_check_end(struct shell *s)
{
	if (s->fd >= 0 || s->pid)
		return;
	struct str rest = buf_str(&s->lines), line;
	while (rest.n && str_next(&rest, '\n', &line))
		shell_hear(s, line);
	if (!s->err.code && !s->told && WIFSIGNALED(s->status) && WTERMSIG(s->status) == SIGINT)
		error_set(&s->err, ERROR_CANCELLED, "cancelled");
	else if (!s->err.code && !s->told)
		error_set(&s->err, ERROR_SYSTEM, "the process that held the shell was killed; the next "
		          "mortar shell or mortar run removes what it left behind");
	s->ended(s->data, s->code, s->err.code ? &s->err : NULL);
}

static void shell_died(struct loop *loop, pid_t pid, int status, void *data)
{
	(void)loop, (void)pid;
	struct shell *s = data;
	s->pid = 0;
	s->status = status;
	shell_check_end(s);
}

static void shell_readable(struct loop *loop, int fd, short revents, void *data)
{
	(void)loop, (void)revents;
	struct shell *s = data;
	ssize_t n = read(fd, buf_reserve(&s->lines, SHELL_READ), SHELL_READ);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		buf_grew(&s->lines, (size_t)n);
	if (n > 0 && s->lines.n < SHELL_LINES_MAX)
		return;
	shell_close(s);
	shell_check_end(s);
}

static void shell_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text)
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

static void shell_argument(struct buf *out, const struct shell_options *o)
{
	owned(arena) struct arena *a = arena_new();
	struct value *v = value_new_object(a), *argv = NULL;
	shell_set(a, v, "dir", o->dir);
	shell_set(a, v, "step", o->step);
	shell_set(a, v, "engine", o->engine);
	value_set(a, v, "named", worker_engines_value(a, o->named, o->nnamed));
	for (const char *const *word = o->argv; word && *word; word++) {
		if (!argv)
			argv = value_new_array(a);
		value_append(argv, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(*word)));
	}
	if (argv)
		value_set(a, v, "argv", argv);
	value_write_json(out, v, JSON_LINE);
	buf_append_char(out, '\n');
}

/* A socket holds an argument this short without anybody reading it; a longer one is cut. */
static bool shell_send(int fd, const struct shell_options *o, struct error *err)
{
	owned_buf struct buf text = { 0 };
	shell_argument(&text, o);
	if (send(fd, text.p, text.n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)text.n)
		return error_set(err, ERROR_LIMIT, "the command for the shell is too long");
	shutdown(fd, SHUT_WR);
	return true;
}

struct shell *shell_start(struct loop *loop, const struct shell_options *o, shell_ended_fn *ended,
                          void *data, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		error_set_errno(err, "a socket for the shell");
		return NULL;
	}
	const char *const argv[] = { spawn_self(), "worker", "shell", NULL };
	const char *const env[] = { arena_printf(a, WORKER_VARIABLE "=%d", ends[1]), NULL };
	struct spawn spec = { .argv = argv, .env = env, .in = SPAWN_INHERIT, .out = SPAWN_INHERIT,
	                      .err = SPAWN_INHERIT, .die_with_parent = true, .keep_fd = ends[1] };
	struct child child;
	bool ok = shell_send(ends[0], o, err) && spawn_start(&spec, &child, err);
	close(ends[1]);
	if (!ok) {
		close(ends[0]);
		return NULL;
	}
	struct shell *s = xcalloc(1, sizeof *s);
	*s = (struct shell){ .loop = loop, .pid = child.pid, .fd = ends[0], .ended = ended,
	                     .data = data };
	loop_watch(loop, s->fd, POLLIN, shell_readable, s);
	loop_child(loop, s->pid, shell_died, s);
	return s;
}

void shell_stop(struct shell *s)
{
	if (s->pid > 0)
		kill(s->pid, SIGTERM);
}

/* Only so that it is waited for. */
static void shell_left(struct loop *loop, pid_t pid, int status, void *data)
{
	(void)loop, (void)pid, (void)status, (void)data;
}

void shell_free(struct shell *s)
{
	if (!s)
		return;
	shell_stop(s);
	shell_close(s);
	if (s->pid > 0) {
		loop_unchild(s->loop, s->pid);
		loop_child(s->loop, s->pid, shell_left, NULL);
	}
	buf_finish(&s->lines);
	free(s);
}
