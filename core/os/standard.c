#include "core/os/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/own.h"

/* Keys are read from the terminal, which a pipe has taken the place of. */
static void standard_give_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	if (fd != STDIN_FILENO)
		close(fd);
}

void standard_drain(int fd)
{
	char bytes[1 << 16];
	ssize_t n;
	do
		n = read(fd, bytes, sizeof bytes);
	while (n > 0 || (n < 0 && errno == EINTR));
}

int standard_open(const char *path, struct error *err)
{
	struct stat st;
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	                  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		error_set_errno(err, "cannot read '%s'", path);
		return -1;
	}
	if (isatty(fd) || (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))) {
		error_set(err, ERROR_USAGE, "'%s' is a %s: what a build prints is read, as in docker "
		          "build . 2>&1 | mortar watch -", path, isatty(fd) ? "terminal" : "folder");
		close(fd);
		return -1;
	}
	if (is_input)
		standard_give_terminal();
	return fd;
}
