#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core/base/check.h"
#include "core/os/tree_beneath.h"

/* A link's target is at most this long (Linux: PATH_MAX). */
enum { TREE_LINK_MAX = 4096 };

static int tree_beneath_by_parts(const struct tree *t, const char *path, int flags)
{
	struct str rest = str_of(path), part;
	owned_buf struct buf name = { 0 };
	owned_fd int at = -1;
	while (str_next(&rest, '/', &part)) {
		buf_clear(&name);
		buf_append(&name, part);
		if (part.n == 0 || !strcmp(buf_text(&name), "..")) {
			errno = EXDEV;
			return -1;
		}
		int how = rest.p ? O_PATH | O_DIRECTORY | O_CLOEXEC : flags;
		int fd = openat(at < 0 ? t->fd : at, buf_text(&name), how | O_NOFOLLOW);
		if (!rest.p || fd < 0)
			return fd;
		if (at >= 0)
			close(at);
		at = fd;
	}
	return openat(t->fd, ".", flags);
}

int tree_beneath(struct tree *t, const char *path, int flags)
{
	if (path[0] == '\0')
		return openat(t->fd, ".", flags);
	if (!t->by_parts) {
		struct open_how how = {
			.flags = (uint64_t)(unsigned)flags,
			.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
		};
		long fd = syscall(SYS_openat2, t->fd, path, &how, sizeof how);
		/* Old kernels have ENOSYS, some sandboxes EPERM. */
		if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
			return (int)fd;
		t->by_parts = true;
	}
	return tree_beneath_by_parts(t, path, flags);
}

bool tree_failed(const struct tree *t, const char *what, const char *path, struct error *err)
{
	const char *slash = path[0] ? "/" : "";
	if (errno == ELOOP)
		return error_set(err, ERROR_SYSTEM, "%s '%s%s%s': a symbolic link stands in the path",
		                 what, t->dir, slash, path);
	return error_set_errno(err, "%s '%s%s%s'", what, t->dir, slash, path);
}

/* Root may read all; for others the mode bits tell mostly, the kernel surely. */
static bool tree_is_readable(uid_t me, int at, const char *name, const struct stat *st)
{
	if (S_ISLNK(st->st_mode) || me == 0)
		return true;
	if (st->st_uid == me ? st->st_mode & S_IRUSR : st->st_mode & S_IROTH)
		return true;
	return faccessat(at, name, R_OK, AT_EACCESS) == 0;
}

static int64_t tree_time(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct tree_item tree_item_of(const struct stat *st)
{
	return (struct tree_item){
		.name = "", .mode = st->st_mode, .size = (uint64_t)st->st_size,
		.dev = st->st_dev, .ino = st->st_ino, .mtime_ns = tree_time(st->st_mtim),
		.ctime_ns = tree_time(st->st_ctim), .readable = true,
	};
}

struct tree *tree_open(const char *dir, struct error *err)
{
	owned_fd int fd = open(dir, O_PATH | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0) {
		error_set_errno(err, "cannot read '%s'", dir);
		return NULL;
	}
	struct tree *t = xcalloc(1, sizeof *t);
	t->me = geteuid();
	t->root = tree_item_of(&st);
	t->root.readable = tree_is_readable(t->me, AT_FDCWD, dir, &st);
	t->fd = take_fd(fd);
	t->dir = xstrdup(dir);
	return t;
}

int tree_within(const char *root, const char *path, struct error *err)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
	                        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	owned_fd int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd = at < 0 ? -1 : syscall(SYS_openat2, at, path, &how, sizeof how);
	if (fd < 0 && at >= 0 && errno == ENOENT)
		error_set(err, ERROR_MISSING, "there is no '%s'", path);
	else if (fd < 0)
		error_set_errno(err, "cannot look at '%s' below '%s'", path, root);
	return (int)fd;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	close(t->fd);
	free(t->dir);
	free(t);
}

const char *tree_dir(const struct tree *t)
{
	return t->dir;
}

struct tree_item tree_root(const struct tree *t)
{
	return t->root;
}

struct tree_listing {
	struct tree *tree;
	const char *path;
	int fd;
	tree_item_fn *each;
	void *data;
};

/* One name could not be looked at; gone is no fault. */
static bool tree_list_failed(const struct tree_listing *l, const char *name, struct error *err)
{
	const char *slash = l->path[0] ? "/" : "";
	return errno == ENOENT || error_set_errno(err, "cannot look at '%s%s%s/%s'", l->tree->dir,
	                                          slash, l->path, name);
}

static bool tree_list_name(const struct tree_listing *l, const char *name, struct error *err)
{
	char link[TREE_LINK_MAX + 1];
	struct stat st;
	if (fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return tree_list_failed(l, name, err);
	struct tree_item item = tree_item_of(&st);
	item.name = name;
	item.readable = tree_is_readable(l->tree->me, l->fd, name, &st);
	if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlinkat(l->fd, name, link, TREE_LINK_MAX);
		if (n < 0)
			return tree_list_failed(l, name, err);
		link[n] = '\0';
		item.link = link;
		item.size = (uint64_t)n;
	}
	return l->each(l->data, &item, err);
}

int tree_open_folder(struct tree *t, const char *path, struct stat *ret_stat, struct error *err)
{
	owned_fd int fd = tree_beneath(t, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, ret_stat) < 0) {
		tree_failed(t, "cannot list", path, err);
		return -1;
	}
	return take_fd(fd);
}

bool tree_list_folder(struct tree *t, const char *path, int fd, tree_item_fn *each, void *data,
                      struct error *err)
{
	DIR *dir = fdopendir(fd);
	if (!dir) {
		tree_failed(t, "cannot list", path, err);
		close(fd);
		return false;
	}
	struct tree_listing listing = { t, path, fd, each, data };
	bool ok = true;
	while (ok) {
		errno = 0;
		struct dirent *d = readdir(dir);
		if (!d) {
			ok = !errno || tree_failed(t, "cannot list", path, err);
			break;
		}
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			ok = tree_list_name(&listing, d->d_name, err);
	}
	closedir(dir);
	return ok;
}

bool tree_list(struct tree *t, const char *path, tree_item_fn *each, void *data, struct error *err)
{
	struct stat st;
	int fd = tree_open_folder(t, path, &st, err);
	return fd >= 0 && tree_list_folder(t, path, fd, each, data, err);
}

static bool tree_not_file(const struct tree *t, const char *path, struct error *err)
{
	return error_set(err, ERROR_SYSTEM, "cannot read '%s%s%s': it is not a file any more", t->dir,
	                 path[0] ? "/" : "", path);
}

bool tree_file_open(struct tree *t, const char *path, struct tree_file *ret_file, struct error *err)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	bool itself = path[0] == '\0';
	owned_fd int fd = itself ? open(t->dir, flags) : tree_beneath(t, path, flags);
	struct stat st;
	if (fd < 0 && (errno == ENXIO || errno == ELOOP))
		return tree_not_file(t, path, err);
	if (fd < 0 || fstat(fd, &st) < 0)
		return tree_failed(t, "cannot read", path, err);
	if (!S_ISREG(st.st_mode))
		return tree_not_file(t, path, err);
	*ret_file = (struct tree_file){ take_fd(fd), (uint64_t)st.st_size,
	                                 tree_time(st.st_mtim) };
	return true;
}

bool tree_file_read(struct tree_file *f, char *at, size_t room, size_t *ret_n)
{
	ssize_t n;
	do
		n = read(f->fd, at, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return false;
	*ret_n = (size_t)n;
	return true;
}

bool tree_file_has_changed(const struct tree_file *f)
{
	struct stat st;
	return fstat(f->fd, &st) < 0 || (uint64_t)st.st_size != f->size ||
	       tree_time(st.st_mtim) != f->mtime_ns;
}

void tree_file_close(struct tree_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
