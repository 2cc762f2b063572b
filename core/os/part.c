#include "core/os/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/os/tree.h"

struct part {
	char *path;
	int fd;
};

struct part *part_open(const char *path, uint64_t size, struct error *err)
{
	owned(part) struct part *p = xcalloc(1, sizeof *p);
	struct stat st;
	p->path = xstrdup(path);
	p->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (p->fd < 0 || fstat(p->fd, &st) < 0) {
		error_set_errno(err, "cannot write '%s'", path);
		return NULL;
	}
	CHECK((uint64_t)st.st_size >= size);
	if (ftruncate(p->fd, (off_t)size) < 0) {
		error_set_errno(err, "cannot write '%s'", path);
		return NULL;
	}
	return take(p);
}

bool part_append(struct part *p, struct str bytes, struct error *err)
{
	return tree_write(p->fd, bytes, err) || error_prefix(err, "'%s'", p->path);
}

void part_free(struct part *p)
{
	if (!p)
		return;
	if (p->fd >= 0)
		close(p->fd);
	free(p->path);
	free(p);
}

uint64_t part_size(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

bool part_finish(const char *path, const char *file, mode_t mode, struct error *err)
{
	owned_fd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0 || rename(path, file) < 0)
		return error_set_errno(err, "cannot make '%s'", file);
	return true;
}
