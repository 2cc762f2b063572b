#include "core/os/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/own.h"

/* What a file of /proc says, without the line's end; n 0: it is not there. */
static struct str process_read(const char *path, char *bytes, size_t size)
{
	owned_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, bytes, size) : 0;
	return str_trim((struct str){ bytes, n > 0 ? (size_t)n : 0 });
}

/* "BOOT:NAMESPACE" of this process; false where the system does not tell. */
static bool process_append_place(struct buf *out)
{
	char boot[64], space[64];
	struct str id = process_read("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
	ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space);
	struct str name = { space, n > 0 ? (size_t)n : 0 };
	size_t open = str_find(name, '['), shut = str_find(name, ']');
	if (!id.n || open == STR_NONE || shut == STR_NONE)
		return false;
	buf_printf(out, "%.*s:%.*s", STR_ARG(id), STR_ARG(str_slice(name, open + 1, shut - open - 1)));
	return true;
}

/* When it began, in ticks since the boot (proc(5), stat, field 22); n 0: there is none
 * of this pid that still runs. */
static struct str process_start(pid_t pid, char *bytes, size_t size)
{
	char path[32];
	struct str part = { 0 };
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	struct str stat = process_read(path, bytes, size);
	/* The second field is the program's name and may hold anything. */
	size_t name = str_find_last(stat, ')');
	struct str rest = str_slice(stat, name == STR_NONE ? stat.n : name + 2, stat.n);
	for (int field = 3; field <= 22; field++) {
		if (!rest.n || !str_next(&rest, ' ', &part))
			return (struct str){ 0 };
		if (field == 3 && (str_eq(part, STR("Z")) || str_eq(part, STR("X"))))
			return (struct str){ 0 };
	}
	return part;
}

void process_append_name(struct buf *out)
{
	char stat[1024];
	owned_buf struct buf place = { 0 };
	struct str start = process_start(getpid(), stat, sizeof stat);
	if (start.n && process_append_place(&place))
		buf_printf(out, "%s:%d:%.*s", buf_text(&place), (int)getpid(), STR_ARG(start));
}

enum process_fate process_fate(struct str name)
{
	char stat[1024];
	unsigned long long pid;
	owned_buf struct buf place = { 0 };
	if (!process_append_place(&place) || !str_has_prefix(name, buf_str(&place)))
		return PROCESS_UNKNOWN;
	struct str rest = str_slice(name, place.n, name.n), empty, number;
	if (!str_next(&rest, ':', &empty) || empty.n || !str_next(&rest, ':', &number) ||
	    !str_number(number, 1 << 30, &pid) || pid == 0 || !rest.n)
		return PROCESS_UNKNOWN;
	struct str start = process_start((pid_t)pid, stat, sizeof stat);
	return start.n && str_eq(start, rest) ? PROCESS_LIVES : PROCESS_GONE;
}
