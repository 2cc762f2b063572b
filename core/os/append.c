#include "core/os/append.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/intern.h"
#include "core/base/own.h"

bool append_create(struct append *a, const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(err, "cannot make '%s'", path);
	*a = (struct append){ .fd = fd, .path = intern(str_of(path)) };
	return true;
}

bool append_write(struct append *a, struct str piece, struct error *err)
{
	if (!piece.n)
		return true;
	ssize_t n;
	do
		n = write(a->fd, piece.p, piece.n);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)piece.n) {
		a->size += piece.n;
		return true;
	}
	int sys = n < 0 ? errno : ENOSPC;
	/* Shrinking needs no space; if even that fails, the next piece fails too. */
	if (n > 0 && ftruncate(a->fd, (off_t)a->size) < 0)
		sys = errno;
	errno = sys;
	return error_set_errno(err, "cannot write '%s'", a->path);
}

bool append_sync(struct append *a, struct error *err)
{
	if (fsync(a->fd) < 0 && errno != EINVAL && errno != EROFS)
		return error_set_errno(err, "cannot write '%s'", a->path);
	return true;
}

void append_close(struct append *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

bool append_shared(const char *path, struct str piece, struct error *err)
{
	ssize_t n;
	owned_fd int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(err, "cannot open '%s'", path);
	do
		n = write(fd, piece.p, piece.n);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && n < (ssize_t)piece.n)
		errno = ENOSPC;
	return n == (ssize_t)piece.n || error_set_errno(err, "cannot write '%s'", path);
}
