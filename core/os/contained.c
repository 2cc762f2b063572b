#include "core/os/contained.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* CONTAINED_HOSTS, CONTAINED_MOUNTS: a file longer than this is none we know. */
enum { CONTAINED_HOSTS = 64 * 1024, CONTAINED_MOUNTS = 1 << 20, CONTAINED_NS = 64 };

/* False when it is longer than limit or cannot be read. */
static bool contained_read(int fd, size_t limit, struct buf *text)
{
	while (text->n <= limit) {
		ssize_t n = read(fd, buf_reserve(text, 4096), 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		buf_grew(text, (size_t)n);
	}
	return false;
}

static bool contained_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "192.0.2.1<blank>name" anywhere in the file; an address is no name. */
static bool contained_has_name(struct str hosts, struct str name)
{
	struct str line;
	while (str_next(&hosts, '\n', &line)) {
		size_t comment = str_find(line, '#');
		line = str_slice(line, 0, comment == STR_NONE ? line.n : comment);
		for (size_t at = 1; at + name.n <= line.n; at++) {
			size_t end = at + name.n;
			if (contained_is_blank(line.p[at - 1]) &&
			    str_eq(str_slice(line, at, name.n), name) &&
			    (end == line.n || contained_is_blank(line.p[end])))
				return true;
		}
	}
	return false;
}

/* A file of a mount of its own, and none behind which a program of the container's
 * stands: reading that one could wait for ever. */
static bool contained_has_mount(int proc)
{
	owned_buf struct buf mounts = { 0 };
	owned_fd int fd = openat(proc, "mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !contained_read(fd, CONTAINED_MOUNTS, &mounts))
		return false;
	struct str rest = buf_str(&mounts), line;
	bool found = false;
	while (str_next(&rest, '\n', &line)) {
		size_t type = str_find_str(line, STR(" - "));
		if (type == STR_NONE || str_find_str(line, STR(" /etc/hosts ")) == STR_NONE)
			continue;
		if (str_has_prefix(str_slice(line, type + 3, line.n), STR("fuse")))
			return false;
		found = true;
	}
	return found;
}

/* The process's own /etc/hosts, by no link that leads out of its root. */
static bool contained_is_named(int proc, struct str name)
{
	owned_buf struct buf hosts = { 0 };
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	struct stat st;
	owned_fd int root = openat(proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return false;
	owned_fd int fd = (int)syscall(SYS_openat2, root, "etc/hosts", &how, sizeof how);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       contained_read(fd, CONTAINED_HOSTS, &hosts) &&
	       contained_has_name(buf_str(&hosts), name);
}

static struct str contained_namespace(int proc, char *ns)
{
	ssize_t n = readlinkat(proc, "ns/mnt", ns, CONTAINED_NS);
	return (struct str){ ns, n > 0 ? (size_t)n : 0 };
}

/* The process is held by its pidfd before it is looked at: should its number become
 * another's meanwhile, nobody is signalled. */
static void contained_try(int proc, const char *pid, struct str ours, struct str name,
                          struct contained *found)
{
	char text[CONTAINED_NS];
	unsigned long long number;
	if (!str_number(str_of(pid), 1 << 30, &number))
		return;
	owned_fd int process = (int)syscall(SYS_pidfd_open, (pid_t)number, 0);
	owned_fd int at = openat(proc, pid, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process < 0 || at < 0)
		return;
	struct str theirs = contained_namespace(at, text);
	if (!theirs.n || str_eq(theirs, ours) || !contained_has_mount(at) ||
	    !contained_is_named(at, name))
		return;
	if (syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0) == 0)
		found->ended++;
	else if (errno == EPERM)
		found->kept++;
}

struct contained contained_kill(const char *host)
{
	struct contained found = { 0 };
	char text[CONTAINED_NS];
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	if (!dir)
		return found;
	owned_fd int self = openat(dirfd(dir), "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct str ours = contained_namespace(self, text);
	while (ours.n && (entry = readdir(dir)))
		contained_try(dirfd(dir), entry->d_name, ours, str_of(host), &found);
	closedir(dir);
	return found;
}
