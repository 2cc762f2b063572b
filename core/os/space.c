#include "core/os/space.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/own.h"

bool space_look(const char *path, struct space *ret_space, struct error *err)
{
	struct statvfs st;
	if (statvfs(path, &st) < 0)
		return error_set_errno(err, "cannot ask how much room '%s' has", path);
	uint64_t block = st.f_frsize ? st.f_frsize : st.f_bsize;
	*ret_space = (struct space){
		.free = st.f_bavail * block, .total = st.f_blocks * block,
		.free_inodes = st.f_favail, .inodes = st.f_files,
	};
	return true;
}

const char *space_nearest(struct arena *a, const char *path)
{
	struct stat st;
	char *at = arena_text(a, str_of(path));
	while (stat(at, &st) < 0) {
		char *slash = strrchr(at, '/');
		if (!slash || slash == at)
			return "/";
		*slash = '\0';
	}
	return at;
}

void space_append_bytes(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double n = (double)bytes;
	size_t unit = 0;
	for (; n >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
		n /= 1024;
	/* Rounded down: what is said to be free is there. */
	if (unit && n < 100)
		buf_printf(out, "%.1f %s", (double)(uint64_t)(n * 10) / 10, units[unit]);
	else
		buf_printf(out, "%.0f %s", (double)(uint64_t)n, units[unit]);
}

/* Takes fd. */
static uint64_t space_used_below(int fd, unsigned depth)
{
	enum { SPACE_DEPTH = 64 };
	DIR *dir = fdopendir(fd);
	uint64_t sum = 0;
	if (!dir) {
		close(fd);
		return 0;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct stat st;
		const char *name = entry->d_name;
		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		sum += S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
		if (!S_ISDIR(st.st_mode) || depth == SPACE_DEPTH)
			continue;
		int below = openat(dirfd(dir), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		sum += below < 0 ? 0 : space_used_below(below, depth + 1);
	}
	closedir(dir);
	return sum;
}

uint64_t space_used(const char *path)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? 0 : space_used_below(fd, 0);
}
