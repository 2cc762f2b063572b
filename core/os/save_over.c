/* Saving where other programs write too. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/base/own.h"
#include "core/os/save_inside.h"

enum { SAVE_CHUNK = 1 << 16, SAVE_UNIQUE = 6, SAVE_WAIT_MS = 2000 };

/* The folder, locked until it is closed; -1 where that cannot be.  Who holds it longer
 * than a save takes is no mortar, and is not waited for: a screen must not stand still. */
static int save_lock_folder(const char *folder)
{
	owned_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int waited = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0; waited++) {
		if ((errno != EINTR && errno != EWOULDBLOCK) || waited == SAVE_WAIT_MS)
			return -1;
		poll(NULL, 0, 1);
	}
	return take_fd(fd);
}

static bool save_is_temporary(struct str name)
{
	struct str mark = STR(SAVE_MARK);
	if (name.n < 1 + mark.n + SAVE_UNIQUE || name.p[0] != '.')
		return false;
	return str_eq(str_slice(name, name.n - SAVE_UNIQUE - mark.n, mark.n), mark);
}

/* What killed saves have left; it is only tidying, so faults do not matter. */
static void save_sweep(const char *folder)
{
	DIR *dir = opendir(folder);
	time_t now = time(NULL);
	struct stat st;
	for (const struct dirent *e; dir && (e = readdir(dir));)
		if (save_is_temporary(str_of(e->d_name)) &&
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_uid == geteuid() && now - st.st_mtime >= SAVE_STALE)
			unlinkat(dirfd(dir), e->d_name, 0);
	if (dir)
		closedir(dir);
}

static bool save_holds_text(int fd, struct str text)
{
	owned_buf struct buf chunk = { 0 };
	char *p = buf_reserve(&chunk, SAVE_CHUNK);
	for (;;) {
		ssize_t n = read(fd, p, SAVE_CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && text.n == 0;
		if ((size_t)n > text.n || memcmp(p, text.p, (size_t)n) != 0)
			return false;
		text = str_slice(text, (size_t)n, text.n);
	}
}

static bool save_is_as_expected(const char *target, struct str expected)
{
	struct stat st;
	owned_fd int fd = open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return !expected.p && errno == ENOENT;
	return expected.p && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       (size_t)st.st_size == expected.n && save_holds_text(fd, expected);
}

static bool save_changed(const char *path, struct error *err)
{
	return error_set(err, ERROR_CHANGED, "'%s' is not as it was read: another program has changed "
	                 "it meanwhile, so nothing was written", path);
}

/* A file that has come to be meanwhile is left alone, where the file system can. */
static int save_rename_new(const char *temporary, const char *target)
{
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
		return 0;
	return errno == EINVAL || errno == ENOSYS ? rename(temporary, target) : -1;
}

/* The look and what it is for, with the folder locked. */
static bool save_settle(struct save_place *place, const char *path, struct str expected,
                        struct str text, struct error *err)
{
	owned_buf struct buf folder = { 0 };
	buf_append(&folder, place->folder.n ? place->folder : STR("."));
	save_sweep(buf_text(&folder));
	owned_fd int lock = save_lock_folder(buf_text(&folder));
	(void)lock;
	const char *target = buf_text(&place->target), *temporary = buf_text(&place->temporary);
	if (!save_is_as_expected(target, expected))
		return save_changed(path, err);
	int done = !text.p ? unlink(target) : expected.p ? rename(temporary, target)
	                                                 : save_rename_new(temporary, target);
	if (done == 0)
		return true;
	return errno == EEXIST ? save_changed(path, err)
	                       : error_set_errno(err, "cannot %s '%s'", text.p ? "write" : "remove",
	                                         path);
}

/* rename(2) would replace a read-only file, which is not what its owner wants. */
static bool save_may_write(const struct save_place *place, const char *path, struct error *err)
{
	if (!place->is_there || ((place->st.st_mode & 0222) &&
	    faccessat(AT_FDCWD, place->target.p, W_OK, AT_EACCESS) == 0))
		return true;
	return error_set(err, ERROR_SYSTEM, "cannot write '%s': it is read-only (mode %04o)", path,
	                 (unsigned)place->st.st_mode & 07777);
}

bool save_over(const char *path, struct str expected, struct str text, mode_t mode,
               struct error *err)
{
	owned_place struct save_place place = { 0 };
	if (!save_find_place(&place, path, err) || !save_may_write(&place, path, err))
		return false;
	struct saving s = { text, mode, place.is_there ? &place.st : NULL, true };
	if (text.p && !save_beside(place.temporary.p, &s))
		return error_set_errno(err, "cannot write '%s'", path);
	if (!save_settle(&place, path, expected, text, err)) {
		if (text.p)
			unlink(place.temporary.p);
		return false;
	}
	if (!save_sync_folder(place.folder))
		return error_set_errno(err, "cannot be sure that '%s' is on the disk", path);
	return true;
}
