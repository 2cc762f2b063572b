#include "core/os/spawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* 0, 1 and 2 are about to be overwritten: whatever is needed moves above. */
static bool spawn_child_lift(int *fd)
{
	if (*fd < 0)
		return true;
	*fd = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	return *fd >= 0;
}

static void spawn_child_close_rest(void)
{
#if defined(SYS_close_range)
	enum { CLOEXEC = 1 << 2 };      /* CLOSE_RANGE_CLOEXEC, Linux 5.11 */
	if (syscall(SYS_close_range, 3U, ~0U, CLOEXEC) == 0)
		return;
#endif
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = 3; fd < most; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool spawn_child_keep(int fd)
{
	return fd <= 0 || fcntl(fd, F_SETFD, 0) == 0;
}

static bool spawn_child_fds(struct spawn_child *child)
{
	for (int i = 0; i < 3; i++)
		if (!spawn_child_lift(&child->fds[i]))
			return false;
	for (int i = 0; i < 3; i++)
		if (child->fds[i] >= 0 && dup2(child->fds[i], i) < 0)
			return false;
	spawn_child_close_rest();
	return spawn_child_keep(child->spec->keep_fd) && spawn_child_keep(child->spec->keep_other);
}

static void spawn_child_close_all(int from)
{
#if defined(SYS_close_range)
	if (syscall(SYS_close_range, (unsigned)from, ~0U, 0) == 0)
		return;
#endif
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = from; fd < most; fd++)
		close(fd);
}

/* Every signal is blocked here, so only SIGKILL ends it early. */
static _Noreturn void spawn_child_watch(int pipe)
{
	enum { PATIENCE_MS = 2000 };
	char byte;
	dup2(pipe, STDIN_FILENO);
	spawn_child_close_all(STDIN_FILENO + 1);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	kill(0, SIGTERM);
	poll(NULL, 0, PATIENCE_MS);
	kill(0, SIGKILL);
	_exit(0);
}

/* A grandchild, so that the program gets no child that it does not know. */
static bool spawn_child_guard(int pipe)
{
	int status;
	pid_t between = fork();
	if (between == 0) {
		pid_t guard = fork();
		if (guard == 0)
			spawn_child_watch(pipe);
		_exit(guard < 0);
	}
	return between > 0 && waitpid(between, &status, 0) == between && status == 0;
}

static bool spawn_child_process(const struct spawn_child *child)
{
	if (child->spec->session && setsid() < 0)
		return false;
	if (child->spec->group && !child->spec->session && setpgid(0, 0) < 0)
		return false;
	if (child->guard >= 0 && !spawn_child_guard(child->guard))
		return false;
	pid_t orphan = child->spec->orphan ? fork() : 0;
	if (orphan != 0) {
		if (orphan > 0)
			_exit(0);
		return false;
	}
#ifdef PR_SET_PDEATHSIG
	if (child->spec->die_with_parent) {
		if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
			return false;
		/* It may have died before that. */
		if (getppid() != child->parent)
			_exit(127);
	}
#endif
	return true;
}

static void spawn_child_signals(void)
{
	sigset_t none;
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void spawn_child_run(struct spawn_child *child)
{
	struct spawn_fault fault = { 0 };
	int report = child->report;
	bool ok = spawn_child_lift(&report) && spawn_child_process(child) &&
	          spawn_child_fds(child);
	spawn_child_signals();
	if (ok && child->spec->dir && chdir(child->spec->dir) < 0) {
		fault.is_dir = true;
		ok = false;
	}
	if (ok)
		execve(child->program, (char *const *)child->spec->argv, child->environment);
	fault.sys = errno;
	ssize_t written = write(report, &fault, sizeof fault);
	_exit(written == (ssize_t)sizeof fault ? 127 : 126);
}
