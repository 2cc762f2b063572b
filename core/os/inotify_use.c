#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/own.h"
#include "core/base/str.h"
#include "core/os/inotify_use.h"

/* Near: nine tenths. An editor or language server takes thousands at a time. */
enum { INOTIFY_NEAR_TENTHS = 9, INOTIFY_LINE = 4096 };

static unsigned long long inotify_number(int proc, const char *path, unsigned long long otherwise)
{
	char text[32];
	unsigned long long number;
	owned_fd int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	struct str trimmed = str_trim((struct str){ text, n > 0 ? (size_t)n : 0 });
	return str_number(trimmed, ~0ull, &number) ? number : otherwise;
}

static unsigned long long inotify_limit(int proc, const char *system, const char *namespace)
{
	unsigned long long a = inotify_number(proc, system, ~0ull);
	unsigned long long b = inotify_number(proc, namespace, ~0ull);
	return a < b ? a : b;
}

/* Lines of an instance's fdinfo that tell of a watch (proc(5)). */
static unsigned long long inotify_watches(int process, const char *name)
{
	char path[64], line[INOTIFY_LINE];
	unsigned long long n = 0;
	snprintf(path, sizeof path, "fdinfo/%.40s", name);
	int fd = openat(process, path, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (fgets(line, sizeof line, file))
		n += str_has_prefix(str_of(line), STR("inotify wd:"));
	fclose(file);
	return n;
}

static bool inotify_process(int process, struct inotify_use *use)
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *fds = fd < 0 ? NULL : fdopendir(fd);
	if (!fds) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (struct dirent *entry; (entry = readdir(fds));) {
		char target[32];
		ssize_t n = readlinkat(dirfd(fds), entry->d_name, target, sizeof target);
		struct str to = { target, n > 0 ? (size_t)n : 0 };
		if (!str_eq(to, STR("anon_inode:inotify")) && !str_eq(to, STR("anon_inode:[inotify]")))
			continue;
		use->instances++;
		use->watches += inotify_watches(process, entry->d_name);
	}
	closedir(fds);
	return true;
}

static void inotify_processes(DIR *proc, uid_t user, struct inotify_use *use)
{
	for (struct dirent *entry; (entry = readdir(proc));) {
		struct stat st;
		unsigned long long pid;
		if (!str_number(str_of(entry->d_name), ~0u, &pid))
			continue;
		owned_fd int process = openat(dirfd(proc), entry->d_name,
		                              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (process < 0 || fstat(process, &st) < 0 || st.st_uid != user)
			continue;
		use->processes++;
		use->unread += !inotify_process(process, use);
	}
}

void inotify_use_read(const char *proc, uid_t user, struct inotify_use *ret_use)
{
	*ret_use = (struct inotify_use){ 0 };
	DIR *dir = opendir(proc);
	if (!dir)
		return;
	ret_use->max_watches = inotify_limit(dirfd(dir), "sys/fs/inotify/max_user_watches",
	                                     "sys/user/max_inotify_watches");
	ret_use->max_instances = inotify_limit(dirfd(dir), "sys/fs/inotify/max_user_instances",
	                                       "sys/user/max_inotify_instances");
	ret_use->is_known = ret_use->max_watches != ~0ull && ret_use->max_instances != ~0ull;
	inotify_processes(dir, user, ret_use);
	closedir(dir);
}

bool inotify_use_is_near(unsigned long long used, unsigned long long limit)
{
	return used >= limit / 10 * INOTIFY_NEAR_TENTHS + limit % 10 * INOTIFY_NEAR_TENTHS / 10;
}
