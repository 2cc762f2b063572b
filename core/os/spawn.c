#include "core/os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/intern.h"
#include "core/base/own.h"
#include "core/os/spawn_child.h"

/* One of the child's 0, 1, 2. */
struct spawn_end {
	int theirs;             /* -1: inherited */
	int ours;               /* of a pipe, else -1 */
	bool is_made;           /* theirs is ours to close */
};

static void spawn_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void spawn_end_finish(struct spawn_end *end)
{
	if (end->is_made)
		spawn_close(&end->theirs);
	spawn_close(&end->ours);
}

static bool spawn_end_pipe(struct spawn_end *end, bool is_input)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	end->theirs = fds[!is_input];
	end->ours = fds[is_input];
	end->is_made = true;
	return fcntl(end->ours, F_SETFL, O_NONBLOCK) == 0;
}

static bool spawn_end_init(struct spawn_end *end, int wish, bool is_input)
{
	*end = (struct spawn_end){ .theirs = -1, .ours = -1 };
	if (wish == SPAWN_INHERIT)
		return true;
	if (wish == SPAWN_PIPE)
		return spawn_end_pipe(end, is_input);
	end->is_made = wish == SPAWN_NULL;
	end->theirs = end->is_made ? open("/dev/null", O_RDWR | O_CLOEXEC) : wish;
	return end->theirs >= 0;
}

void spawn_keep_standard(void)
{
	/* The lowest free number is what open gives. */
	int fd;
	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Whether it could be executed; errno says why not. */
static bool spawn_is_program(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		/* A folder of PATH closed to us says nothing about the program. */
		errno = ENOENT;
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		errno = EACCES;
		return false;
	}
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* The file to execute, in *path; errno says why there is none. */
static bool spawn_search(const char *name, struct buf *path)
{
	if (strchr(name, '/') || !name[0]) {
		buf_append_text(path, name);
		return true;
	}
	const char *list = getenv("PATH");
	struct str rest = str_of(list ? list : "/usr/local/bin:/usr/bin:/bin"), dir;
	int why = ENOENT;
	while (str_next(&rest, ':', &dir)) {
		buf_clear(path);
		buf_printf(path, "%.*s/%s", STR_ARG(dir), name);
		if (dir.n == 0 || dir.p[0] != '/')
			continue;
		if (spawn_is_program(buf_text(path)))
			return true;
		if (errno == EACCES)
			why = EACCES;
	}
	errno = why;
	return false;
}

static size_t spawn_name_size(const char *variable)
{
	return strcspn(variable, "=");
}

/* Whether one of the additions names the same variable. */
static bool spawn_is_overridden(const char *const *additions, const char *variable)
{
	size_t n = spawn_name_size(variable);
	for (; additions && *additions; additions++)
		if (spawn_name_size(*additions) == n && !memcmp(*additions, variable, n))
			return true;
	return false;
}

/* Ours with the additions; the list is the caller's to free, its texts are not. */
static char **spawn_environment(const char *const *additions)
{
	size_t n = 0, most = 1;
	for (char **v = environ; v && *v; v++)
		most++;
	for (const char *const *v = additions; v && *v; v++)
		most++;
	char **all = xcalloc(most, sizeof *all);
	for (char **v = environ; v && *v; v++)
		if (!spawn_is_overridden(additions, *v))
			all[n++] = *v;
	for (const char *const *v = additions; v && *v; v++)
		if (strchr(*v, '=') && !spawn_is_overridden(v + 1, *v))
			all[n++] = (char *)*v;
	return all;
}

static void spawn_reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Waits until the child has become the program; false with the fault, and the
 * child waited for, when it could not. */
static bool spawn_await(pid_t pid, int report, struct spawn_fault *ret_fault)
{
	struct spawn_fault fault;
	ssize_t n;
	do
		n = read(report, &fault, sizeof fault);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof fault)
		return true;
	spawn_reap(pid);
	*ret_fault = fault;
	return false;
}

/* No handler of ours may run in the child between fork and exec. */
static pid_t spawn_fork(struct spawn_child *child, struct spawn_fault *ret_fault)
{
	int report[2];
	sigset_t all, before;
	if (pipe2(report, O_CLOEXEC) < 0) {
		ret_fault->sys = errno;
		return -1;
	}
	child->report = report[1];
	child->parent = getpid();
	/* Inherited as ignored it would make our children's statuses vanish. */
	signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		spawn_child_run(child);
	ret_fault->sys = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(report[1]);
	if (pid > 0 && !child->spec->unheard && !spawn_await(pid, report[0], ret_fault))
		pid = -1;
	close(report[0]);
	return pid;
}

static bool spawn_failed(const struct spawn *spec, const struct spawn_fault *fault,
                         struct error *err)
{
	errno = fault->sys;
	if (fault->is_dir)
		return error_set_errno(err, "cannot run '%s' in '%s'", spec->argv[0], spec->dir);
	return error_set_errno(err, "cannot run '%s'", spec->argv[0]);
}

bool spawn_start(const struct spawn *spec, struct child *ret_child, struct error *err)
{
	owned_buf struct buf program = { 0 };
	struct spawn_fault fault = { 0 };
	struct spawn_end ends[3];
	const int wishes[3] = { spec->in, spec->out, spec->err };
	if (!spawn_search(spec->argv[0], &program)) {
		fault.sys = errno;
		return spawn_failed(spec, &fault, err);
	}
	int guard[2] = { -1, -1 };
	bool ok = !spec->guard || pipe2(guard, O_CLOEXEC) == 0;
	if (!ok)
		fault.sys = errno;
	for (int i = 0; i < 3; i++)
		if (!spawn_end_init(&ends[i], ok ? wishes[i] : SPAWN_INHERIT, i == 0)) {
			fault.sys = errno;
			ok = false;
		}
	owned_memory char **environment = spawn_environment(spec->env);
	struct spawn_child child = { spec, buf_text(&program), environment,
	                             { ends[0].theirs, ends[1].theirs, ends[2].theirs }, -1, 0,
	                             guard[0] };
	pid_t pid = ok ? spawn_fork(&child, &fault) : -1;
	if (pid > 0 && spec->orphan)
		spawn_reap(pid);
	if (pid > 0) {
		*ret_child = (struct child){ spec->orphan ? 0 : pid,
		                             ends[0].ours, ends[1].ours, ends[2].ours,
		                             spec->guard ? guard[1] : 0 };
		guard[1] = -1;
		for (int i = 0; i < 3; i++)
			ends[i].ours = -1;
	}
	for (int i = 0; i < 3; i++)
		spawn_end_finish(&ends[i]);
	spawn_close(&guard[0]);
	spawn_close(&guard[1]);
	return pid > 0 || spawn_failed(spec, &fault, err);
}

/* Reads until the pipe's end; what is over the limit is read and dropped, so that
 * the child can end. */
static void spawn_drain(int fd, size_t limit, struct buf *out)
{
	char chunk[16384];
	size_t kept = 0;
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EAGAIN)
			poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1);
		else if (n == 0 || (n < 0 && errno != EINTR))
			return;
		if (n <= 0)
			continue;
		size_t fits = (size_t)n < limit - kept ? (size_t)n : limit - kept;
		buf_append(out, (struct str){ chunk, fits });
		kept += fits;
		if (fits < (size_t)n)
			out->full = true;
	}
}

bool spawn_run(const struct spawn *spec, size_t limit, struct buf *ret_out, int *ret_status,
               struct error *err)
{
	struct spawn now = *spec;
	struct child child;
	bool is_wanted = limit && ret_out;
	int status;
	now.in = spec->in == SPAWN_PIPE ? SPAWN_NULL : spec->in;
	now.err = spec->err == SPAWN_PIPE ? SPAWN_NULL : spec->err;
	now.out = is_wanted ? SPAWN_PIPE : spec->out == SPAWN_PIPE ? SPAWN_NULL : spec->out;
	if (!spawn_start(&now, &child, err))
		return false;
	if (is_wanted) {
		spawn_drain(child.out, limit, ret_out);
		close(child.out);
	}
	while (waitpid(child.pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set_errno(err, "waiting for '%s'", spec->argv[0]);
	*ret_status = status;
	return true;
}

bool spawn_kill_group(pid_t pid, int signal)
{
	CHECK(pid > 1);         /* 0, -1 and 1 would hit us or everybody */
	return kill(-pid, signal) == 0;
}

const char *spawn_self(void)
{
	/* In our children this name still is our own image, removed or not. */
	static const char link[] = "/proc/self/exe";
	char path[4096];
	ssize_t n = readlink(link, path, sizeof path);
	if (n <= 0)
		return "mortar";
	if (n == sizeof path)
		return link;
	const char *self = intern((struct str){ path, (size_t)n });
	struct stat at_path, running;
	bool is_same = stat(self, &at_path) == 0 && stat(link, &running) == 0 &&
	               at_path.st_dev == running.st_dev && at_path.st_ino == running.st_ino;
	return is_same ? self : link;
}

bool spawn_find(const char *name)
{
	owned_buf struct buf path = { 0 };
	return spawn_search(name, &path) && spawn_is_program(buf_text(&path));
}
