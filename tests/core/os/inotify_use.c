#include "core/os/inotify_use.h"

#include <sys/inotify.h>

#include "tests/core/os/scratch.h"

static void use_dirs(struct scratch *s)
{
	static const char *const dirs[] = {
		"proc", "proc/sys", "proc/sys/fs", "proc/sys/fs/inotify", "proc/sys/user", "proc/12",
		"proc/12/fd", "proc/12/fdinfo", "proc/7", "proc/7/fd", "proc/7/fdinfo", "proc/acpi",
		"proc/acpi/fd",
	};
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		scratch_mkdir(s, dirs[i]);
}

static void use_fd(struct scratch *s, const char *process, const char *fd, const char *target,
                   const char *info)
{
	const char *link = arena_printf(s->arena, "proc/%s/fd/%s", process, fd);
	assert_int_equal(symlink(target, scratch_path(s, link)), 0);
	scratch_write(s, arena_printf(s->arena, "proc/%s/fdinfo/%s", process, fd), info);
}

static void test_inotify_use__counts_instances_and_watches(void **state)
{
	struct scratch *s = *state;
	struct inotify_use use;
	use_dirs(s);
	scratch_write(s, "proc/sys/fs/inotify/max_user_watches", "65536\n");
	scratch_write(s, "proc/sys/fs/inotify/max_user_instances", "128\n");
	scratch_write(s, "proc/sys/user/max_inotify_watches", "100000\n");
	scratch_write(s, "proc/sys/user/max_inotify_instances", "64\n");
	use_fd(s, "12", "3", "anon_inode:inotify", "pos:\t0\nflags:\t00\n"
	       "inotify wd:2 ino:9e7e sdev:800013 mask:800afce\ninotify wd:1 ino:1 sdev:2 mask:3\n");
	use_fd(s, "12", "4", "/tmp/inotify wd:", "pos:\t0\ninotify wd:5 ino:1 sdev:2 mask:3\n");
	use_fd(s, "7", "9", "anon_inode:[inotify]", "inotify wd:1 ino:1 sdev:2 mask:3\n");
	assert_int_equal(symlink("anon_inode:inotify", scratch_path(s, "proc/acpi/fd/3")), 0);
	inotify_use_read(scratch_path(s, "proc"), getuid(), &use);
	assert_true(use.is_known);
	assert_int_equal(use.max_watches, 65536);
	assert_int_equal(use.max_instances, 64);
	assert_int_equal(use.instances, 2);
	assert_int_equal(use.watches, 3);
	assert_int_equal(use.processes, 2);
	assert_int_equal(use.unread, 0);
}

static void test_inotify_use__leaves_out_what_is_anothers_or_cannot_be_read(void **state)
{
	struct scratch *s = *state;
	struct inotify_use use;
	use_dirs(s);
	use_fd(s, "12", "3", "anon_inode:inotify", "inotify wd:1 ino:1 sdev:2 mask:3\n");
	inotify_use_read(scratch_path(s, "proc"), getuid() + 1, &use);
	assert_int_equal(use.instances, 0);
	assert_int_equal(use.processes, 0);
	assert_int_equal(rmdir(scratch_path(s, "proc/7/fd")), 0);
	inotify_use_read(scratch_path(s, "proc"), getuid(), &use);
	assert_false(use.is_known);
	assert_int_equal(use.unread, 1);
	assert_int_equal(use.watches, 1);
	inotify_use_read(scratch_path(s, "absent"), getuid(), &use);
	assert_false(use.is_known);
}

static void test_inotify_use__finds_what_this_process_holds(void **state)
{
	(void)state;
	struct inotify_use before, after;
	inotify_use_read("/proc", getuid(), &before);
	int fd = inotify_init1(IN_CLOEXEC);
	assert_true(fd >= 0 && inotify_add_watch(fd, "/", IN_CREATE) >= 0);
	/* Others of this user may end meanwhile: the least there can be is ours. */
	inotify_use_read("/proc", getuid(), &after);
	assert_true(after.instances >= 1 && after.watches >= 1);
	assert_true(before.is_known == after.is_known);
	close(fd);
}

static void test_inotify_use__is_near_from_nine_tenths_on(void **state)
{
	(void)state;
	static const struct { unsigned long long used, limit; bool near; } table[] = {
		{ 0, 128, false }, { 114, 128, false }, { 115, 128, true }, { 128, 128, true },
		{ 7371, 8192, false }, { 7372, 8192, true }, { 0, 0, true }, { 1, ~0ull, false },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (inotify_use_is_near(table[i].used, table[i].limit) != table[i].near)
			fail_msg("%llu of %llu", table[i].used, table[i].limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_inotify_use__counts_instances_and_watches),
		SCRATCH_TEST(test_inotify_use__leaves_out_what_is_anothers_or_cannot_be_read),
		cmocka_unit_test(test_inotify_use__finds_what_this_process_holds),
		cmocka_unit_test(test_inotify_use__is_near_from_nine_tenths_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
