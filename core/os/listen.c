#include "core/os/listen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/check.h"

enum { LISTEN_BACKLOG = 64 };

struct listener {
	struct loop *loop;
	int fd;
	struct sockaddr_un at;
	listener_fn *fn;
	void *data;
};

static void listener_ready(struct loop *l, int fd, short revents, void *data)
{
	struct listener *s = data;
	(void)l, (void)revents;
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client >= 0)
		s->fn(s->data, client);
}

static bool listener_address(const char *path, struct sockaddr_un *ret_at)
{
	*ret_at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof ret_at->sun_path)
		return false;
	memcpy(ret_at->sun_path, path, strlen(path) + 1);
	return true;
}

int listener_connect(const char *path)
{
	struct sockaddr_un at;
	if (!listener_address(path, &at))
		return -1;
	owned_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof at) < 0)
		return -1;
	return take_fd(fd);
}

struct listener *listener_new(struct loop *l, const char *path, listener_fn *fn, void *data,
                              struct error *err)
{
	struct sockaddr_un at;
	if (!listener_address(path, &at)) {
		error_set(err, ERROR_SYSTEM, "the path of a socket has at most %zu bytes, not '%s'",
		          sizeof at.sun_path - 1, path);
		return NULL;
	}
	owned_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) < 0 ||
	    chmod(path, 0600) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
		error_set_errno(err, "cannot listen at '%s'", path);
		return NULL;
	}
	struct listener *s = xcalloc(1, sizeof *s);
	*s = (struct listener){ .loop = l, .fd = take_fd(fd), .at = at, .fn = fn, .data = data };
	loop_watch(l, s->fd, POLLIN, listener_ready, s);
	return s;
}

void listener_free(struct listener *s)
{
	if (!s)
		return;
	loop_unwatch(s->loop, s->fd);
	close(s->fd);
	unlink(s->at.sun_path);
	free(s);
}
