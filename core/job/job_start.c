/* The parent's side of a job. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/job/status.h"
#include "core/job/watching.h"
#include "core/os/append.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/save.h"
#include "core/os/spawn.h"

/* A job that has said nothing by then hangs: it probes its engine for 5 s. */
enum { JOB_START_MS = 60000 };

/* How soon an interrupt is tried again while the job has not yet come to its lock. */
enum { JOB_CANCEL_AGAIN_MS = 20 };

struct job_wait {
	const char *dir;
	struct buf line;
	bool late, interrupted;
};

static void job_said(struct loop *loop, int fd, short revents, void *data)
{
	(void)revents;
	enum { STEP = 4096 };
	struct job_wait *w = data;
	ssize_t n = read(fd, buf_reserve(&w->line, STEP), STEP);
	if (n < 0 && errno == EINTR)
		return;
	if (n > 0)
		buf_grew(&w->line, (size_t)n);
	if (n <= 0 || str_find(buf_str(&w->line), '\n') != STR_NONE)
		loop_stop(loop);
}

static void job_late(struct loop *loop, void *data)
{
	struct job_wait *w = data;
	w->late = true;
	loop_stop(loop);
}

static void job_interrupt(struct loop *loop, void *data)
{
	struct job_wait *w = data;
	struct error none_yet;
	if (!job_cancel(w->dir, &none_yet))
		loop_timer(loop, JOB_CANCEL_AGAIN_MS, job_interrupt, w);
}

static void job_interrupted(struct loop *loop, int signal, void *data)
{
	struct job_wait *w = data;
	(void)signal;
	if (!w->interrupted)
		job_interrupt(loop, w);
	w->interrupted = true;
}

/* The last line that a job which died has written, such as a failed check. */
static bool job_died(const char *stderr_path, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk("/");
	struct str text = { 0 };
	struct error ignored;
	files_read(disk, stderr_path, a, &text, &ignored);
	text = str_trim(text);
	size_t newline = str_find_last(text, '\n');
	if (newline != STR_NONE)
		text = str_slice(text, newline + 1, text.n);
	return error_set(err, ERROR_SYSTEM, "the job died before it began%s%.*s", text.n ? ": " : "",
	                 STR_ARG(text));
}

static bool job_await(int status, const char *dir, const char *stderr_path, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct job_wait w = { .dir = dir };
	loop_watch(loop, status, POLLIN, job_said, &w);
	loop_timer(loop, JOB_START_MS, job_late, &w);
	loop_signal(loop, SIGINT, job_interrupted, &w);
	bool ok = loop_run(loop, err);
	size_t end = str_find(buf_str(&w.line), '\n');
	if (ok && w.late)
		ok = error_set(err, ERROR_SYSTEM, "the job has not begun within a minute");
	else if (ok && end == STR_NONE)
		ok = job_died(stderr_path, err);
	else if (ok)
		ok = status_parse(str_slice(buf_str(&w.line), 0, end), err);
	buf_finish(&w.line);
	return ok;
}

struct launch {
	const char *id, *dir, *stderr_path;     /* in the arena */
	struct arena *arena;
	int status, go;                 /* from and to the job */
	int input;                      /* of a build that is watched; 0: none */
	bool is_begun;
};

/* The write end of the status is the child's alone, so that its death is the pipe's end. */
static bool launch_spawn(struct launch *l, struct error *err)
{
	const char *const argv[] = { spawn_self(), "job", l->id, NULL };
	char variable[64], watching[64];
	const char *const env[] = { variable, l->input ? watching : NULL, NULL };
	struct append log;
	struct child child;
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set_errno(err, "starting the job");
	l->status = fds[0];
	bool ok = append_create(&log, l->stderr_path, err);
	if (ok) {
		snprintf(variable, sizeof variable, STATUS_VARIABLE "=%d", fds[1]);
		snprintf(watching, sizeof watching, WATCHING_VARIABLE "=%d", l->input);
		struct spawn spec = { .argv = argv, .env = env, .in = SPAWN_PIPE, .out = SPAWN_NULL,
		                      .err = log.fd, .session = true, .orphan = true,
		                      .unheard = true, .keep_fd = fds[1],
		                      .keep_other = l->input };
		ok = spawn_start(&spec, &child, err);
		append_close(&log);
	}
	close(fds[1]);
	if (ok)
		l->go = child.in;
	return ok;
}

struct launch *job_launch_watching(const char *id, int input, struct error *err)
{
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return NULL;
	owned(launch) struct launch *l = xcalloc(1, sizeof *l);
	*l = (struct launch){ .arena = arena_new(), .status = -1, .go = -1, .input = input };
	l->id = arena_text(l->arena, str_of(id));
	l->dir = arena_printf(l->arena, "%s/%s", builds, id);
	l->stderr_path = arena_printf(l->arena, "%s/stderr", l->dir);
	return launch_spawn(l, err) ? take(l) : NULL;
}

struct launch *job_launch(const char *id, struct error *err)
{
	return job_launch_watching(id, 0, err);
}

void launch_free(struct launch *l)
{
	struct error ignored;
	if (!l)
		return;
	if (l->go >= 0)
		close(l->go);
	if (!l->is_begun)
		save_remove(l->dir, &ignored);
	if (l->status >= 0)
		close(l->status);
	arena_free(l->arena);
	free(l);
}

static bool launch_begin(struct launch *l, const struct request *r, struct error *err)
{
	owned_buf struct buf text = { 0 };
	request_write(&text, r);
	if (!save_file(arena_printf(l->arena, "%s/request.json", l->dir), buf_str(&text), 0600, err))
		return false;
	/* A job that has died tells so by its status. */
	ssize_t n = write(l->go, "\n", 1);
	(void)n;
	return job_await(l->status, l->dir, l->stderr_path, err);
}

bool job_start(const struct request *r, struct launch *l, struct error *err)
{
	CHECK(r->id);
	owned(launch) struct launch *own = l ? NULL : job_launch(r->id, err);
	l = l ? l : own;
	if (!l)
		return false;
	CHECK(str_eq(str_of(l->id), str_of(r->id)));
	l->is_begun = launch_begin(l, r, err);
	return l->is_begun;
}

bool launch_await(void)
{
	char byte;
	ssize_t n;
	do
		n = read(STDIN_FILENO, &byte, 1);
	while (n < 0 && errno == EINTR);
	close(STDIN_FILENO);
	spawn_keep_standard();
	return n == 1;
}

bool job_cancel(const char *dir, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	pid_t job = lock_holder(arena_printf(a, "%s/lock", dir));
	size_t slash = str_find_last(str_of(dir), '/');
	const char *id = slash == STR_NONE ? dir : dir + slash + 1;
	if (job == 0)
		return error_set(err, ERROR_MISSING, "build %s is not running", id);
	if (job < 0)
		return error_set(err, ERROR_SYSTEM, "build %s runs where this process cannot reach it",
		                 id);
	if (kill(job, SIGTERM) < 0)
		return error_set_errno(err, "cannot stop build %s", id);
	return true;
}
