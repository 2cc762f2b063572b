/* The parent's side of a job. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/job/status.h"
#include "core/os/append.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/save.h"
#include "core/os/spawn.h"

/* A job that has said nothing by then hangs: it probes its engine for 5 s. */
enum { JOB_START_MS = 60000 };

struct job_wait {
	struct buf line;
	bool late;
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

static bool job_await(int status, const char *stderr_path, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct job_wait w = { 0 };
	loop_watch(loop, status, POLLIN, job_said, &w);
	loop_timer(loop, JOB_START_MS, job_late, &w);
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

/* The write end is the child's alone, so that its death is the pipe's end. */
static bool job_spawn(const char *id, const char *stderr_path, int *ret_status, struct error *err)
{
	const char *const argv[] = { spawn_self(), "job", id, NULL };
	char variable[64];
	const char *const env[] = { variable, NULL };
	struct append log;
	struct child child;
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set_errno(err, "starting the job");
	bool ok = append_create(&log, stderr_path, err);
	if (ok) {
		snprintf(variable, sizeof variable, STATUS_VARIABLE "=%d", fds[1]);
		struct spawn spec = { .argv = argv, .env = env, .in = SPAWN_NULL, .out = SPAWN_NULL,
		                      .err = log.fd, .session = true, .orphan = true,
		                      .keep_fd = fds[1] };
		ok = spawn_start(&spec, &child, err);
		append_close(&log);
	}
	close(fds[1]);
	if (ok)
		*ret_status = fds[0];
	else
		close(fds[0]);
	return ok;
}

bool job_start(const struct request *r, struct error *err)
{
	CHECK(r->id);
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	owned_fd int status = -1;
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return false;
	const char *dir = arena_printf(a, "%s/%s", builds, r->id);
	const char *stderr_path = arena_printf(a, "%s/stderr", dir);
	request_write(&text, r);
	bool ok = save_file(arena_printf(a, "%s/request.json", dir), buf_str(&text), 0600, err) &&
	          job_spawn(r->id, stderr_path, &status, err) && job_await(status, stderr_path, err);
	struct error ignored;
	if (!ok)
		save_remove(dir, &ignored);
	return ok;
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
