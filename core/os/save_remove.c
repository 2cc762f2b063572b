#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/own.h"
#include "core/os/save.h"

/* Where a removal stands.  Only the deepest folder is open, so that no depth of
 * folders exhausts fds or the stack; the way up is "..", checked. */
struct removal {
	int fd;
	struct buf path;        /* as asked for, then the names on the way down */
	struct removal_level {
		dev_t dev;
		ino_t ino;
		size_t path_n;  /* of its own path */
	} *levels;
	size_t n, cap;
};

enum removal_found { REMOVAL_EMPTY, REMOVAL_FOLDER, REMOVAL_FAILED };

static bool save_remove_failed(struct removal *r, struct error *err)
{
	return error_set_errno(err, "cannot remove '%s'", buf_text(&r->path));
}

/* Makes the folder that is open in fd the deepest one; takes fd. */
static bool save_remove_enter(struct removal *r, int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return false;
	}
	/* A copy of a read-only folder must go as well; that it fails shows below. */
	if ((st.st_mode & 0700) != 0700 && st.st_uid == geteuid() && fchmod(fd, 0700) < 0)
		errno = 0;
	if (r->fd >= 0)
		close(r->fd);
	r->fd = fd;
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->levels = xrealloc(r->levels, r->cap, sizeof *r->levels);
	}
	r->levels[r->n++] = (struct removal_level){ st.st_dev, st.st_ino, r->path.n };
	return true;
}

static int save_remove_open(int at, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(at, name, flags);
	if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(at, name, flags);
	return fd;
}

static bool save_remove_down(struct removal *r, const char *name)
{
	buf_printf(&r->path, "/%s", name);
	int fd = save_remove_open(r->fd, name);
	return fd >= 0 && save_remove_enter(r, fd);
}

/* Back to the folder above, from which the one left is removed. */
static bool save_remove_up(struct removal *r)
{
	const struct removal_level *left = &r->levels[r->n - 1], *above = left - 1;
	struct stat st;
	int fd = openat(r->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(r->fd);
	r->fd = fd;
	if (fstat(fd, &st) < 0)
		return false;
	if (st.st_dev != above->dev || st.st_ino != above->ino) {
		errno = ESTALE; /* somebody moved it meanwhile */
		return false;
	}
	if (unlinkat(fd, buf_text(&r->path) + above->path_n + 1, AT_REMOVEDIR) < 0 &&
	    errno != ENOENT)
		return false;
	r->path.n = above->path_n;
	r->n--;
	return true;
}

/* Unlinks what is no folder, up to the first folder, which is entered. */
static enum removal_found save_remove_names(struct removal *r, DIR *dir)
{
	for (;;) {
		errno = 0;
		struct dirent *d = readdir(dir);
		if (!d)
			return errno ? REMOVAL_FAILED : REMOVAL_EMPTY;
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (unlinkat(r->fd, d->d_name, 0) == 0 || errno == ENOENT)
			continue;
		/* POSIX has EPERM for a folder, Linux EISDIR. */
		if (errno == EISDIR || (errno == EPERM && d->d_type == DT_DIR))
			return save_remove_down(r, d->d_name) ? REMOVAL_FOLDER : REMOVAL_FAILED;
		int sys = errno;
		buf_printf(&r->path, "/%s", d->d_name);
		errno = sys;
		return REMOVAL_FAILED;
	}
}

static enum removal_found save_remove_step(struct removal *r)
{
	int fd = openat(r->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir && fd >= 0)
		close(fd);
	if (!dir)
		return REMOVAL_FAILED;
	enum removal_found found = save_remove_names(r, dir);
	int sys = errno;
	closedir(dir);
	errno = sys;
	return found;
}

static bool save_remove_walk(struct removal *r)
{
	for (;;) {
		enum removal_found found = save_remove_step(r);
		if (found == REMOVAL_FAILED)
			return false;
		if (found == REMOVAL_FOLDER)
			continue;
		if (r->n == 1)
			return true;
		if (!save_remove_up(r))
			return false;
	}
}

bool save_remove(const char *path, struct error *err)
{
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return true;
	struct removal r = { .fd = -1 };
	buf_append_text(&r.path, path);
	bool ok = false;
	if (errno == EISDIR || errno == EPERM) {
		int fd = save_remove_open(AT_FDCWD, path);
		if (fd < 0 && errno == ENOTDIR)
			errno = EPERM;  /* a file after all, and not ours to remove */
		ok = fd >= 0 && save_remove_enter(&r, fd) && save_remove_walk(&r);
		if (ok && rmdir(path) < 0 && errno != ENOENT)
			ok = false;
	}
	if (!ok)
		save_remove_failed(&r, err);
	if (r.fd >= 0)
		close(r.fd);
	buf_finish(&r.path);
	free(r.levels);
	return ok;
}
