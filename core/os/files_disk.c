#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/intern.h"
#include "core/os/files.h"

/* A folder with more names than this is refused with ERROR_LIMIT. */
enum { FILES_LIST_MAX = 1 << 20, FILES_READ_FIRST = 4096 };

/* Absent, or in the way with a sentence about `what` was tried. */
static enum files_result files_disk_failed(const char *what, const char *path, struct error *err)
{
	int sys = errno;
	struct stat st;
	/* A link to nothing is there, and is broken: never to be taken for absent. */
	if (sys == ENOENT && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		error_set(err, ERROR_SYSTEM, "%s '%s': it is a link to what is not there", what, path);
		return FILES_FAILED;
	}
	if (sys == ENOENT || sys == ENOTDIR)
		return FILES_ABSENT;
	errno = sys;
	error_set_errno(err, "%s '%s'", what, path);
	return FILES_FAILED;
}

static const char *files_disk_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a folder";
	case S_IFIFO:
		return "a named pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

static enum files_result files_disk_not_file(const char *path, mode_t mode, struct error *err)
{
	error_set(err, ERROR_SYSTEM, "cannot read '%s': it is %s, not a file", path,
	          files_disk_type(mode));
	return FILES_FAILED;
}

enum files_result files_open(const char *path, int *ret_fd, struct stat *ret_stat,
                             struct error *err)
{
	/* O_NONBLOCK: a fifo without a writer and some devices wait in open(2). */
	owned_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	if (fd < 0) {
		int sys = errno;
		if (sys == ENXIO && stat(path, &st) == 0)
			return files_disk_not_file(path, st.st_mode, err);
		errno = sys;
		return files_disk_failed("cannot read", path, err);
	}
	if (fstat(fd, &st) < 0) {
		error_set_errno(err, "cannot read '%s'", path);
		return FILES_FAILED;
	}
	if (!S_ISREG(st.st_mode))
		return files_disk_not_file(path, st.st_mode, err);
	*ret_stat = st;
	*ret_fd = take_fd(fd);
	return FILES_OK;
}

/* Files of /proc say size 0 and a file may grow: the end is where read says so. */
static bool files_disk_pull(int fd, const char *path, struct buf *text, struct error *err)
{
	for (;;) {
		size_t step = text->n + FILES_READ_FIRST;
		ssize_t n = read(fd, buf_reserve(text, step), step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, "cannot read '%s'", path);
		if (n == 0)
			return true;
		buf_grew(text, (size_t)n);
		if (text->n > FILES_SIZE_MAX)
			return error_set(err, ERROR_LIMIT,
			                 "'%s' is larger than %zu bytes, the most that is read",
			                 path, FILES_SIZE_MAX);
	}
}

/* A file is read to where it is to stay.  It ends there when there was no more, though
 * more was asked for, than its size said; else where another read says so. */
static bool files_disk_text(int fd, const char *path, size_t expected, struct arena *a,
                            struct str *ret_text, struct error *err)
{
	char *room = arena_alloc(a, expected + 1);
	owned_buf struct buf whole = { 0 };
	size_t done = 0;
	ssize_t n = 1;
	while (n != 0 && done <= expected) {
		n = read(fd, room + done, expected + 1 - done);
		if (n < 0 && errno != EINTR)
			return error_set_errno(err, "cannot read '%s'", path);
		done += n > 0 ? (size_t)n : 0;
		if (n > 0 && done == expected)
			break;
	}
	if (done <= expected) {
		*ret_text = (struct str){ room, done };
		return true;
	}
	buf_append(&whole, (struct str){ room, done });
	if (!files_disk_pull(fd, path, &whole, err))
		return false;
	*ret_text = arena_str(a, buf_str(&whole));
	return true;
}

static enum files_result files_disk_read(struct files *f, const char *path, struct arena *a,
                                         struct str *ret_text, struct error *err)
{
	(void)f;
	owned_fd int fd = -1;
	struct stat st;
	enum files_result result = files_open(path, &fd, &st, err);
	if (result != FILES_OK)
		return result;
	if ((uintmax_t)st.st_size > FILES_SIZE_MAX) {
		error_set(err, ERROR_LIMIT, "'%s' has %jd bytes; at most %zu are read", path,
		          (intmax_t)st.st_size, FILES_SIZE_MAX);
		return FILES_FAILED;
	}
	return files_disk_text(fd, path, (size_t)st.st_size, a, ret_text, err) ? FILES_OK
	                                                                       : FILES_FAILED;
}

enum files_result files_drain(const char *path, struct arena *a, struct str *ret_text,
                              struct error *err)
{
	owned_fd int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	owned_buf struct buf text = { 0 };
	struct stat st;
	if (fd < 0)
		return files_disk_failed("cannot read", path, err);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return files_disk_not_file(path, st.st_mode, err);
	if (!files_disk_pull(fd, path, &text, err))
		return FILES_FAILED;
	*ret_text = arena_str(a, buf_str(&text));
	return FILES_OK;
}

static bool files_disk_has(struct files *f, const char *path)
{
	(void)f;
	owned_fd int fd = -1;
	struct stat st;
	struct error ignored = { 0 };
	return files_open(path, &fd, &st, &ignored) == FILES_OK;
}

static int files_entry_order(const void *a, const void *b)
{
	return strcmp(((const struct files_entry *)a)->name, ((const struct files_entry *)b)->name);
}

static struct files_entry files_disk_entry(DIR *dir, const struct dirent *d, struct arena *a)
{
	struct files_entry e = { .name = arena_text(a, str_of(d->d_name)) };
	struct stat st;
	e.is_link = d->d_type == DT_LNK;
	e.is_dir = d->d_type == DT_DIR;
	if (d->d_type == DT_UNKNOWN && fstatat(dirfd(dir), e.name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		e.is_link = S_ISLNK(st.st_mode);
		e.is_dir = S_ISDIR(st.st_mode);
	}
	if (e.is_link)
		e.is_dir = fstatat(dirfd(dir), e.name, &st, 0) == 0 && S_ISDIR(st.st_mode);
	return e;
}

static bool files_disk_walk(DIR *dir, const char *path, struct arena *a,
                            struct files_list *ret_list, struct error *err)
{
	owned_memory struct files_entry *found = NULL;
	size_t n = 0, cap = 0;
	for (;;) {
		errno = 0;
		struct dirent *d = readdir(dir);
		if (!d && errno)
			return error_set_errno(err, "cannot list '%s'", path);
		if (!d)
			break;
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (n == FILES_LIST_MAX)
			return error_set(err, ERROR_LIMIT, "'%s' has more than %d names", path,
			                 FILES_LIST_MAX);
		if (n == cap)
			found = xrealloc(found, cap = cap ? cap * 2 : 32, sizeof *found);
		found[n++] = files_disk_entry(dir, d, a);
	}
	struct files_entry *entries = arena_array(a, n, sizeof *entries);
	if (n) {
		qsort(found, n, sizeof *found, files_entry_order);
		memcpy(entries, found, n * sizeof *found);
	}
	*ret_list = (struct files_list){ entries, n };
	return true;
}

static enum files_result files_disk_list(struct files *f, const char *path, struct arena *a,
                                         struct files_list *ret_list, struct error *err)
{
	(void)f;
	struct stat st;
	if (stat(path, &st) < 0)
		return files_disk_failed("cannot list", path, err);
	if (!S_ISDIR(st.st_mode)) {
		error_set(err, ERROR_SYSTEM, "cannot list '%s': it is not a folder", path);
		return FILES_FAILED;
	}
	DIR *dir = opendir(path);
	if (!dir)
		return files_disk_failed("cannot list", path, err);
	bool ok = files_disk_walk(dir, path, a, ret_list, err);
	closedir(dir);
	return ok ? FILES_OK : FILES_FAILED;
}

static void files_disk_free(struct files *f)
{
	free(f);
}

static const struct files_ops files_disk_ops = {
	.read = files_disk_read,
	.list = files_disk_list,
	.free = files_disk_free,
	.has = files_disk_has,
};

struct files *files_disk(const char *root)
{
	owned(arena) struct arena *scratch = arena_new();
	struct files *f = xcalloc(1, sizeof *f);
	f->ops = &files_disk_ops;
	f->root = intern(str_of(files_clean(scratch, root)));
	return f;
}
