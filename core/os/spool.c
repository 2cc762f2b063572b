#include "core/os/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"

/* Every so many bytes are on their way to the disk while more come, so that the end has not
 * to wait for all of them. */
enum { SPOOL_AHEAD = 16 << 20 };

struct spool {
	char *path, *temporary;         /* temporary NULL: nothing to remove */
	off_t size, ahead;
	int fd;
};

struct spool *spool_new(const char *path, mode_t mode, struct error *err)
{
	owned(spool) struct spool *s = xcalloc(1, sizeof *s);
	mode_t mask = umask(0);
	umask(mask);
	s->path = xstrdup(path);
	s->temporary = xasprintf("%s.mortar-XXXXXX", path);
	s->fd = mkostemp(s->temporary, O_CLOEXEC);
	if (s->fd < 0 || fchmod(s->fd, mode & ~mask) < 0) {
		error_set_errno(err, "cannot write '%s'", path);
		if (s->fd < 0) {
			free(s->temporary);
			s->temporary = NULL;
		}
		return NULL;
	}
	return take(s);
}

bool spool_append(struct spool *s, struct str bytes, struct error *err)
{
	while (bytes.n) {
		ssize_t n = write(s->fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return error_set_errno(err, "cannot write '%s'", s->path);
		bytes = str_slice(bytes, (size_t)n, bytes.n);
		s->size += n;
	}
	/* Where it cannot be asked for, fsync does all. */
	if (s->size - s->ahead >= SPOOL_AHEAD &&
	    sync_file_range(s->fd, s->ahead, s->size - s->ahead, SYNC_FILE_RANGE_WRITE) == 0)
		s->ahead = s->size;
	return true;
}

bool spool_finish(struct spool *s, struct error *err)
{
	if (fsync(s->fd) < 0 || rename(s->temporary, s->path) < 0)
		return error_set_errno(err, "cannot write '%s'", s->path);
	free(s->temporary);
	s->temporary = NULL;
	return true;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->temporary)
		unlink(s->temporary);
	free(s->temporary);
	free(s->path);
	free(s);
}
