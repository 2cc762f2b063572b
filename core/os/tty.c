#include "core/os/tty.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/check.h"

struct tty {
	int fd, flags;
	struct termios before;
};

struct tty *tty_keep(int fd)
{
	struct termios now;
	if (tcgetattr(fd, &now) != 0)
		return NULL;
	struct tty *t = xcalloc(1, sizeof *t);
	*t = (struct tty){ .fd = fd, .flags = fcntl(fd, F_GETFL), .before = now };
	return t;
}

struct tty *tty_raw(int fd)
{
	struct tty *t = tty_keep(fd);
	if (!t)
		return NULL;
	struct termios now = t->before;
	cfmakeraw(&now);
	tcsetattr(fd, TCSADRAIN, &now);
	return t;
}

void tty_restore(struct tty *t)
{
	if (!t)
		return;
	/* Not blocking is the terminal's, not a process's: the next program would get it. */
	fcntl(t->fd, F_SETFL, t->flags);
	tcsetattr(t->fd, TCSADRAIN, &t->before);
	free(t);
}

void tty_size(int fd, unsigned *ret_rows, unsigned *ret_cols)
{
	struct winsize size;
	bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col;
	*ret_rows = known ? size.ws_row : 24;
	*ret_cols = known ? size.ws_col : 80;
}

void tty_give(int fd, pid_t group)
{
	sigset_t block, before;
	sigemptyset(&block);
	sigaddset(&block, SIGTTOU);
	/* Blocked, since who gives it back is in the background by then. */
	sigprocmask(SIG_BLOCK, &block, &before);
	if (isatty(fd) && tcsetpgrp(fd, group) == 0)
		kill(-group, SIGCONT);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
