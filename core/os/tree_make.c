#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/os/save.h"
#include "core/os/tree_beneath.h"

static int tree_make_one_dir(struct tree *t, const char *path);

/* The folder that path stands in, open; ret_name: its last part.  Made if need be. */
static int tree_make_parent(struct tree *t, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	*ret_name = slash ? slash + 1 : path;
	if (!slash)
		return tree_beneath(t, "", flags);
	owned_memory char *dir = xstrndup(path, (size_t)(slash - path));
	int fd = tree_beneath(t, dir, flags);
	if (fd < 0 && errno == ENOENT) {
		/* From the top down, so that no depth of folders takes the stack. */
		for (char *at = strchr(dir, '/'); at; at = strchr(at + 1, '/')) {
			*at = '\0';
			int made = tree_make_one_dir(t, dir);
			*at = '/';
			if (made < 0)
				return -1;
		}
		fd = tree_make_one_dir(t, dir) < 0 ? -1 : tree_beneath(t, dir, flags);
	}
	return fd;
}

/* A folder whose parent is there; one that is there already is fine. */
static int tree_make_one_dir(struct tree *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	owned_memory char *above = xstrndup(path, slash ? (size_t)(slash - path) : 0);
	const char *name = slash ? slash + 1 : path;
	owned_fd int at = tree_beneath(t, above, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
		return -1;
	owned_fd int fd = tree_beneath(t, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : fchmod(fd, 0755);
}

bool tree_make_dir(struct tree *t, const char *path, struct error *err)
{
	const char *name;
	owned_fd int at = tree_make_parent(t, path, &name);
	if (at < 0 || (name[0] && tree_make_one_dir(t, path) < 0))
		return tree_failed(t, "cannot make the folder", path, err);
	return true;
}

/* Takes a file or link out of the way; a folder stays and is then in it. */
static bool tree_make_room(int at, const char *name)
{
	return unlinkat(at, name, 0) == 0 || errno == ENOENT;
}

bool tree_make_file(struct tree *t, const char *path, mode_t mode, int *ret_fd, struct error *err)
{
	const char *name;
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	owned_fd int at = tree_make_parent(t, path, &name);
	owned_fd int fd = -1;
	if (at >= 0) {
		fd = openat(at, name, flags, 0600);
		if (fd < 0 && errno == EEXIST && tree_make_room(at, name))
			fd = openat(at, name, flags, 0600);
	}
	if (fd < 0 || fchmod(fd, mode) < 0)
		return tree_failed(t, "cannot make", path, err);
	*ret_fd = take_fd(fd);
	return true;
}

bool tree_make_link(struct tree *t, const char *path, const char *target, struct error *err)
{
	const char *name;
	owned_fd int at = tree_make_parent(t, path, &name);
	if (at < 0 || !tree_make_room(at, name) || symlinkat(target, at, name) < 0)
		return tree_failed(t, "cannot make the link", path, err);
	return true;
}

bool tree_make_name(struct tree *t, const char *path, const char *of, struct error *err)
{
	const char *name, *old;
	owned_fd int from = tree_make_parent(t, of, &old);
	owned_fd int at = tree_make_parent(t, path, &name);
	struct stat st;
	if (from < 0 || at < 0 || fstatat(from, old, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return tree_failed(t, "cannot make the second name", path, err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_SYSTEM,
		                 "cannot make '%s/%s' a second name of '%s': that is not a file", t->dir,
		                 path, of);
	if (!strcmp(path, of))
		return true;
	if (!tree_make_room(at, name) || linkat(from, old, at, name, 0) < 0)
		return tree_failed(t, "cannot make the second name", path, err);
	return true;
}

bool tree_write(int fd, struct str bytes, struct error *err)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, "cannot write");
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return true;
}

/* Without the '/' at the end. */
static char *tree_make_trimmed(const char *dir)
{
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	return xstrndup(dir, n);
}

char *tree_make_beside(const char *dir, struct error *err)
{
	owned_memory char *trimmed = tree_make_trimmed(dir);
	const char *slash = strrchr(trimmed, '/');
	if (slash && slash > trimmed) {
		owned_memory char *above = xstrndup(trimmed, (size_t)(slash - trimmed));
		if (!save_dir(above, 0777, err))
			return NULL;
	}
	char *path = xasprintf("%s.XXXXXX", trimmed);
	if (mkdtemp(path))
		return path;
	error_set_errno(err, "cannot make a folder beside '%s'", trimmed);
	free(path);
	return NULL;
}

bool tree_make_place(const char *made, const char *dir, struct error *err)
{
	owned_memory char *trimmed = tree_make_trimmed(dir);
	if (chmod(made, 0755) < 0)
		return error_set_errno(err, "cannot open up '%s'", made);
	if (renameat2(AT_FDCWD, made, AT_FDCWD, trimmed, RENAME_NOREPLACE) == 0)
		return true;
	if (errno == EEXIST) {
		/* Both change places, so that there is a whole folder at every moment. */
		if (renameat2(AT_FDCWD, made, AT_FDCWD, trimmed, RENAME_EXCHANGE) == 0)
			return save_remove(made, err);
	}
	/* A file system without such renames. */
	if (errno != EINVAL && errno != ENOSYS)
		return error_set_errno(err, "cannot put the new folder at '%s'", trimmed);
	if (!save_remove(trimmed, err))
		return false;
	return rename(made, trimmed) == 0 ||
	       error_set_errno(err, "cannot put the new folder at '%s'", trimmed);
}
