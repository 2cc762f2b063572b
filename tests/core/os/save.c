#include "core/os/save.h"

#include <dirent.h>
#include <errno.h>

#include "core/os/files.h"
#include "tests/core/os/scratch.h"

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void test_save_file__makes_and_replaces(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "a");
	mode_t mask = umask(022);
	assert_true(save_file(path, STR("one"), 0666, &s->err));
	umask(mask);
	assert_int_equal(mode_of(path), 0644);
	assert_int_equal(chmod(path, 0741), 0);
	assert_true(save_file(path, STR("two"), 0600, &s->err));
	assert_string_equal(scratch_read(s, path), "two");
	assert_int_equal(mode_of(path), 0741);
	assert_true(save_file(path, STR(""), 0600, &s->err));
	assert_string_equal(scratch_read(s, path), "");
	assert_int_equal(scratch_names(s->dir), 1);
	assert_int_equal(s->err.code, ERROR_NONE);
}

static void test_save_derived__makes_and_replaces_as_well(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "a");
	assert_true(save_derived(path, STR("one"), 0600, &s->err));
	assert_int_equal(mode_of(path), 0600);
	assert_true(save_derived(path, STR("two"), 0600, &s->err));
	assert_string_equal(scratch_read(s, path), "two");
	assert_int_equal(scratch_names(s->dir), 1);
	assert_false(save_derived(scratch_path(s, "no/folder"), STR("x"), 0600, &s->err));
}

static void test_save_file__keeps_the_owner(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a", "one");
	if (geteuid() == 0)
		assert_int_equal(chown(path, 1234, 1235), 0);
	struct stat before, after;
	assert_int_equal(stat(path, &before), 0);
	assert_true(save_file(path, STR("two"), 0600, &s->err));
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
}

static void test_save_file__writes_the_target_of_links(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "d");
	const char *file = scratch_write(s, "d/file", "one");
	assert_int_equal(symlink("d/second", scratch_path(s, "first")), 0);
	assert_int_equal(symlink(file, scratch_path(s, "d/second")), 0);
	assert_true(save_file(scratch_path(s, "first"), STR("two"), 0600, &s->err));
	assert_string_equal(scratch_read(s, file), "two");
	struct stat st;
	assert_int_equal(lstat(scratch_path(s, "first"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(symlink("d/made", scratch_path(s, "dangling")), 0);
	assert_true(save_file(scratch_path(s, "dangling"), STR("new"), 0600, &s->err));
	assert_string_equal(scratch_read(s, scratch_path(s, "d/made")), "new");
	assert_int_equal(symlink("loop", scratch_path(s, "loop")), 0);
	assert_false(save_file(scratch_path(s, "loop"), STR("new"), 0600, &s->err));
	assert_int_equal(s->err.sys, ELOOP);
}

static void test_save_file__refuses_what_is_no_file(void **state)
{
	struct scratch *s = *state;
	assert_false(save_file(s->dir, STR("x"), 0600, &s->err));
	assert_non_null(strstr(s->err.text, "it is not a regular file"));
	assert_false(save_file("/dev/null", STR("x"), 0600, &s->err));
	assert_false(save_file(scratch_path(s, "no/x"), STR("x"), 0600, &s->err));
	assert_string_equal(s->err.text, arena_printf(s->arena,
		"cannot write '%s/no/x': No such file or directory", s->dir));
}

static void test_save_file__a_full_disk_leaves_the_old_text(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a", "one");
	char big[8192];
	memset(big, 'x', sizeof big);
	struct scratch_limit limit = scratch_limit(4096);
	bool ok = save_file(path, (struct str){ big, sizeof big }, 0600, &s->err);
	scratch_unlimit(&limit);
	assert_false(ok);
	assert_string_equal(s->err.text, arena_printf(s->arena,
		"cannot write '%s': File too large", path));
	assert_string_equal(scratch_read(s, path), "one");
	assert_int_equal(scratch_names(s->dir), 1);
}

static void test_save_file__takes_the_longest_name(void **state)
{
	struct scratch *s = *state;
	char name[256];
	memset(name, 'n', 255);
	name[255] = '\0';
	const char *path = scratch_path(s, name);
	assert_true(save_file(path, STR("x"), 0600, &s->err));
	assert_string_equal(scratch_read(s, path), "x");
}

static void test_save_dir__makes_all_that_is_missing(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "a//b/c/");
	assert_true(save_dir(path, 0700, &s->err));
	assert_true(save_dir(path, 0700, &s->err));
	assert_int_equal(mode_of(scratch_path(s, "a/b")), 0700);
	assert_int_equal(mode_of(path), 0700);
	scratch_write(s, "file", "x");
	assert_false(save_dir(scratch_path(s, "file"), 0700, &s->err));
	assert_non_null(strstr(s->err.text, "a file of that name is there"));
	assert_false(save_dir(scratch_path(s, "file/x"), 0700, &s->err));
}

static void test_save_remove__follows_no_link(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "kept");
	scratch_write(s, "kept/file", "x");
	scratch_mkdir(s, "gone");
	scratch_mkdir(s, "gone/sub");
	scratch_write(s, "gone/sub/file", "x");
	scratch_mkdir(s, "gone/read-only");
	scratch_write(s, "gone/read-only/file", "x");
	assert_int_equal(chmod(scratch_path(s, "gone/read-only"), 0500), 0);
	assert_int_equal(mkfifo(scratch_path(s, "gone/fifo"), 0600), 0);
	assert_int_equal(symlink("../kept", scratch_path(s, "gone/link")), 0);
	assert_true(save_remove(scratch_path(s, "gone"), &s->err));
	assert_int_equal(access(scratch_path(s, "gone"), F_OK), -1);
	assert_string_equal(scratch_read(s, scratch_path(s, "kept/file")), "x");
	assert_int_equal(symlink("kept", scratch_path(s, "link")), 0);
	assert_true(save_remove(scratch_path(s, "link"), &s->err));
	assert_string_equal(scratch_read(s, scratch_path(s, "kept/file")), "x");
	assert_true(save_remove(scratch_path(s, "kept/file"), &s->err));
	assert_true(save_remove(scratch_path(s, "absent/x"), &s->err));
	assert_int_equal(scratch_names(s->dir), 1);
}

/* Deeper than fds, the stack's frames or PATH_MAX would allow. */
static void test_save_remove__takes_any_depth(void **state)
{
	struct scratch *s = *state;
	enum { DEPTH = 3000 };
	int at = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < DEPTH; i++) {
		assert_int_equal(mkdirat(at, "deep", 0700), 0);
		int below = openat(at, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(below >= 0);
		close(at);
		at = below;
	}
	close(at);
	assert_true(save_remove(scratch_path(s, "deep"), &s->err));
	assert_int_equal(scratch_names(s->dir), 0);
}

static void test_save_places__are_made_where_xdg_says(void **state)
{
	struct scratch *s = *state;
	const char *home = scratch_mkdir(s, "home"), *set = scratch_path(s, "set/deep/");
	setenv("HOME", home, 1);
	setenv("XDG_STATE_HOME", set, 1);
	setenv("XDG_CACHE_HOME", "relative/is/ignored", 1);
	unsetenv("XDG_CONFIG_HOME");
	const char *path = save_state_dir("builds", &s->err);
	assert_string_equal(path, scratch_path(s, "set/deep/mortar/builds"));
	assert_int_equal(mode_of(path), 0700);
	assert_int_equal(mode_of(scratch_path(s, "set")), 0700);
	path = save_cache_dir("", &s->err);
	assert_string_equal(path, scratch_path(s, "home/.cache/mortar"));
	assert_int_equal(mode_of(path), 0700);
	assert_string_equal(save_config_path("config.toml"),
	                    scratch_path(s, "home/.config/mortar/config.toml"));
	assert_int_equal(access(scratch_path(s, "home/.config"), F_OK), -1);
	setenv("XDG_CONFIG_HOME", "/etc", 1);
	assert_string_equal(save_config_path("keys.toml"), "/etc/mortar/keys.toml");
}

static void test_save_places__keep_others_out(void **state)
{
	struct scratch *s = *state;
	setenv("XDG_STATE_HOME", s->dir, 1);
	const char *dir = scratch_mkdir(s, "mortar");
	assert_int_equal(chmod(dir, 0777), 0);
	assert_non_null(save_state_dir(NULL, &s->err));
	assert_int_equal(mode_of(dir), 0700);
	if (geteuid() != 0)
		return;         /* only root can make another's folder */
	assert_int_equal(chown(dir, 1234, 1234), 0);
	assert_null(save_state_dir("builds", &s->err));
	assert_string_equal(s->err.text, arena_printf(s->arena,
		"'%s' belongs to user 1234, not to you (0)", dir));
}

static void test_save_places__without_home_ask_the_user_list(void **state)
{
	struct scratch *s = *state;
	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	const char *path = save_config_path("x");
	assert_true(!path || path[0] == '/');
	setenv("HOME", s->dir, 1);
	assert_string_equal(save_config_path("x"), scratch_path(s, ".config/mortar/x"));
}

static void test_save_check__knows_beforehand_and_leaves_nothing(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "new"), *old = scratch_write(s, "old", "text");
	assert_true(save_check(path, &s->err));
	assert_int_equal(access(path, F_OK), -1);
	assert_true(save_check(old, &s->err));
	assert_string_equal(scratch_read(s, old), "text");
	static const struct { const char *path, *why; } table[] = {
		{ "", "it is not a regular file" }, { "no/x", "No such file or directory" },
		{ "old/x", "Not a directory" }, { "new/", "it names no file" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_false(save_check(scratch_path(s, table[i].path), &s->err));
		if (!strstr(s->err.text, table[i].why))
			fail_msg("%s: %s", table[i].path, s->err.text);
	}
	assert_false(save_check("/dev/null", &s->err));
	DIR *dir = opendir(s->dir);
	assert_non_null(dir);
	size_t n = 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	assert_int_equal(n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_save_file__makes_and_replaces),
		SCRATCH_TEST(test_save_derived__makes_and_replaces_as_well),
		SCRATCH_TEST(test_save_file__keeps_the_owner),
		SCRATCH_TEST(test_save_file__writes_the_target_of_links),
		SCRATCH_TEST(test_save_file__refuses_what_is_no_file),
		SCRATCH_TEST(test_save_file__a_full_disk_leaves_the_old_text),
		SCRATCH_TEST(test_save_file__takes_the_longest_name),
		SCRATCH_TEST(test_save_dir__makes_all_that_is_missing),
		SCRATCH_TEST(test_save_remove__follows_no_link),
		SCRATCH_TEST(test_save_remove__takes_any_depth),
		SCRATCH_TEST(test_save_places__are_made_where_xdg_says),
		SCRATCH_TEST(test_save_places__keep_others_out),
		SCRATCH_TEST(test_save_places__without_home_ask_the_user_list),
		SCRATCH_TEST(test_save_check__knows_beforehand_and_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
