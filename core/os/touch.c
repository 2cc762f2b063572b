#include "core/os/touch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/vfs.h>

#include "core/base/check.h"
#include "core/base/str.h"
#include "core/os/watch.h"

/* TOUCH_MOST where the kernel does not tell its limit. */
enum { TOUCH_MOST = 2048, TOUCH_PART = 4, TOUCH_BYTES = 64 << 10 };

struct touch {
	int fd;
	unsigned long long n, most;
};

static unsigned long long touch_limit(void)
{
	char text[32];
	unsigned long long limit = 0;
	owned_fd int fd = open("/proc/sys/fs/inotify/max_user_watches", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : 0;
	struct str digits = { text, n > 0 ? (size_t)n : 0 };
	return str_number(str_trim(digits), 1ull << 40, &limit) ? limit / TOUCH_PART : TOUCH_MOST;
}

struct touch *touch_new(void)
{
	struct touch *t = xcalloc(1, sizeof *t);
	t->fd = getenv("MORTAR_NO_INOTIFY") ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	t->most = t->fd >= 0 ? touch_limit() : 0;
	return t;
}

void touch_free(struct touch *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

int touch_add(struct touch *t, int fd)
{
	enum { WHAT = IN_ATTRIB | IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
	              IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR };
	struct statfs fs;
	char path[64];
	if (t->n >= t->most || fstatfs(fd, &fs) < 0 || watch_is_blind((unsigned long)fs.f_type))
		return 0;
	/* By the fd: whatever stands at the path by now. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int folder = inotify_add_watch(t->fd, path, WHAT);
	if (folder <= 0)
		return 0;
	t->n++;
	return folder;
}

int touch_fd(const struct touch *t)
{
	return t->fd;
}

bool touch_read(struct touch *t, void (*each)(void *data, int folder, bool gone), void *data)
{
	char bytes[TOUCH_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool is_whole = true;
	ssize_t n;
	while (t->fd >= 0 && ((n = read(t->fd, bytes, sizeof bytes)) > 0 ||
	                      (n < 0 && errno == EINTR)))
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const struct inotify_event *)(bytes + at);
			bool gone = e->mask & IN_IGNORED;
			at += (ssize_t)(sizeof *e + e->len);
			if (e->mask & IN_Q_OVERFLOW)
				is_whole = false;
			else
				each(data, e->wd, gone);
			t->n -= gone && t->n;
		}
	return is_whole;
}
