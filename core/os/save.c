#include "core/os/save_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/own.h"

/* SAVE_LINKS: as many as Linux follows; SAVE_NAME: leaves room for what a
 * temporary name adds. */
enum { SAVE_LINKS = 40, SAVE_NAME = NAME_MAX - 16 };

/* The part up to and with the last '/', "" when there is none. */
static struct str save_folder(struct str path)
{
	size_t slash = str_find_last(path, '/');
	return str_slice(path, 0, slash == STR_NONE ? 0 : slash + 1);
}

/* Replaces *path by what it finally links to, which need not be there. */
static bool save_follow(struct buf *path, const char *asked, struct error *err)
{
	for (int i = 0; i < SAVE_LINKS; i++) {
		char target[PATH_MAX];
		ssize_t n = readlink(buf_text(path), target, sizeof target);
		if (n < 0 && (errno == EINVAL || errno == ENOENT))
			return true;
		if (n < 0)
			return error_set_errno(err, "cannot write '%s'", asked);
		if (n == sizeof target)
			break;
		if (target[0] == '/')
			buf_clear(path);
		else
			path->n = save_folder(buf_str(path)).n;
		buf_append(path, (struct str){ target, (size_t)n });
	}
	errno = ELOOP;
	return error_set_errno(err, "cannot write '%s'", asked);
}

static bool save_write(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return false;
		text = str_slice(text, (size_t)n, text.n);
	}
	return true;
}

static mode_t save_umask(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return mask;
}

/* All of the file but its name. */
static bool save_fill(int fd, const struct saving *s)
{
	const struct stat *old = s->old;
	if (!save_write(fd, s->text))
		return false;
	/* Best effort: only root may give a file away.  Before chmod, since chown
	 * clears set-id bits. */
	if (old && fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return false;
	if (fchmod(fd, old ? old->st_mode & 07777 : s->mode & ~save_umask()) < 0)
		return false;
	return !s->is_synced || fsync(fd) == 0;
}

bool save_sync_folder(struct str folder)
{
	owned_buf struct buf path = { 0 };
	buf_append(&path, folder.n ? folder : STR("."));
	owned_fd int fd = open(buf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return true;    /* writable without being readable: nothing to sync by */
	return fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
}

bool save_beside(char *temporary, const struct saving *s)
{
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = save_fill(fd, s);
	int sys = errno;
	if (close(fd) < 0 && ok) {
		ok = false;
		sys = errno;
	}
	if (ok)
		return true;
	unlink(temporary);
	errno = sys;
	return false;
}

static bool save_replace(const char *path, char *temporary, const struct saving *s)
{
	if (!save_beside(temporary, s))
		return false;
	if (rename(temporary, path) == 0)
		return true;
	int sys = errno;
	unlink(temporary);
	errno = sys;
	return false;
}

void save_place_finish(struct save_place *place)
{
	buf_finish(&place->target);
	buf_finish(&place->temporary);
}

bool save_find_place(struct save_place *place, const char *path, struct error *err)
{
	struct buf *target = &place->target;
	buf_append_text(target, path);
	if (!save_follow(target, path, err))
		return false;
	place->is_there = lstat(buf_text(target), &place->st) == 0;
	if (!place->is_there && errno != ENOENT)
		return error_set_errno(err, "cannot write '%s'", path);
	if (place->is_there && !S_ISREG(place->st.st_mode))
		return error_set(err, ERROR_SYSTEM, "cannot write '%s': it is not a regular file",
		                 path);
	place->folder = save_folder(buf_str(target));
	struct str name = str_slice(buf_str(target), place->folder.n, SAVE_NAME);
	if (!name.n)
		return error_set(err, ERROR_SYSTEM, "cannot write '%s': it names no file", path);
	buf_printf(&place->temporary, "%.*s.%.*s" SAVE_MARK "XXXXXX", STR_ARG(place->folder),
	           STR_ARG(name));
	return true;
}

static bool save_as(const char *path, struct saving *s, struct error *err)
{
	owned_place struct save_place place = { 0 };
	if (!save_find_place(&place, path, err))
		return false;
	s->old = place.is_there ? &place.st : NULL;
	if (!save_replace(buf_text(&place.target), place.temporary.p, s))
		return error_set_errno(err, "cannot write '%s'", path);
	if (s->is_synced && !save_sync_folder(place.folder))
		return error_set_errno(err, "cannot be sure that '%s' is on the disk", path);
	return true;
}

bool save_file(const char *path, struct str text, mode_t mode, struct error *err)
{
	return save_as(path, &(struct saving){ text, mode, NULL, true }, err);
}

bool save_derived(const char *path, struct str text, mode_t mode, struct error *err)
{
	return save_as(path, &(struct saving){ text, mode, NULL, false }, err);
}

bool save_check(const char *path, struct error *err)
{
	owned_place struct save_place place = { 0 };
	if (!save_find_place(&place, path, err))
		return false;
	owned_fd int fd = mkostemp(place.temporary.p, O_CLOEXEC);
	if (fd < 0 || unlink(place.temporary.p) < 0)
		return error_set_errno(err, "cannot write '%s'", path);
	return true;
}

/* One folder; that it is there already is fine. */
static bool save_dir_one(const char *path, mode_t mode, struct error *err)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return error_set_errno(err, "cannot make the folder '%s'", path);
		if (mkdir(path, mode) == 0)
			return true;
		if (errno != EEXIST || stat(path, &st) < 0)
			return error_set_errno(err, "cannot make the folder '%s'", path);
	}
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_SYSTEM,
		                 "cannot make the folder '%s': a file of that name is there", path);
	return true;
}

bool save_dir(const char *path, mode_t mode, struct error *err)
{
	owned_buf struct buf part = { 0 };
	for (struct str rest = str_of(path), name; str_next(&rest, '/', &name);) {
		buf_append(&part, name);
		if (name.n && !save_dir_one(buf_text(&part), mode, err))
			return false;
		buf_append_char(&part, '/');
	}
	return true;
}
