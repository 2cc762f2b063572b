#include "core/os/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/own.h"

static bool lock_get(const char *path, int how, int *ret_fd, struct error *err)
{
	owned_fd int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(err, "cannot make '%s'", path);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int got;
	do
		got = fcntl(fd, how, &lock);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return error_set(err, ERROR_REFUSED, "another process holds '%s'", path);
		return error_set_errno(err, "cannot lock '%s'", path);
	}
	*ret_fd = take_fd(fd);
	return true;
}

bool lock_take(const char *path, int *ret_fd, struct error *err)
{
	return lock_get(path, F_SETLK, ret_fd, err);
}

bool lock_await(const char *path, int *ret_fd, struct error *err)
{
	return lock_get(path, F_SETLKW, ret_fd, err);
}

pid_t lock_holder(const char *path)
{
	owned_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : -1;
}

int lock_watch_process(pid_t pid)
{
#ifdef SYS_pidfd_open
	if (pid > 0)
		return (int)syscall(SYS_pidfd_open, pid, 0);        /* sets close-on-exec */
#endif
	(void)pid;
	return -1;
}
