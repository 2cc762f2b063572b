#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/core/os/scratch.h"

#define ABSENT ((struct str){ 0 })

static void test_save_over__writes_what_is_as_expected(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "a");
	struct stat st;
	assert_true(save_over(path, ABSENT, STR("one"), 0666, &s->err));
	assert_int_equal(chmod(path, 0751), 0);
	assert_int_equal(chown(path, geteuid() ? geteuid() : 1234, getegid()), 0);
	assert_true(save_over(path, STR("one"), STR("two"), 0666, &s->err));
	assert_string_equal(scratch_read(s, path), "two");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0751);
	assert_int_equal(st.st_uid, geteuid() ? geteuid() : 1234);
	assert_true(save_over(path, STR("two"), STR(""), 0666, &s->err));
	assert_true(save_over(path, STR(""), ABSENT, 0666, &s->err));
	assert_int_equal(scratch_names(s->dir), 0);
}

static void test_save_over__leaves_what_another_has_changed(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a", "theirs");
	static const struct {
		struct str expected, text;
	} tries[] = {
		{ { "ours", 4 }, { "new", 3 } }, { { "theirS", 6 }, { "new", 3 } },
		{ { "theirs!", 7 }, { "new", 3 } }, { { "", 0 }, { "new", 3 } },
		{ { NULL, 0 }, { "new", 3 } }, { { "ours", 4 }, { NULL, 0 } },
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		assert_false(save_over(path, tries[i].expected, tries[i].text, 0666, &s->err));
		assert_int_equal(s->err.code, ERROR_CHANGED);
		assert_string_equal(scratch_read(s, path), "theirs");
		assert_int_equal(scratch_names(s->dir), 1);
	}
	assert_false(save_over(scratch_path(s, "b"), STR("x"), STR("y"), 0666, &s->err));
	assert_int_equal(s->err.code, ERROR_CHANGED);
	assert_int_equal(scratch_names(s->dir), 1);
}

static void test_save_over__works_on_the_target_of_links(void **state)
{
	struct scratch *s = *state;
	struct stat st;
	const char *file = scratch_path(s, "d/file"), *link = scratch_path(s, "link");
	scratch_mkdir(s, "d");
	assert_int_equal(symlink("d/file", link), 0);
	assert_true(save_over(link, ABSENT, STR("one"), 0666, &s->err));
	assert_true(save_over(link, STR("one"), STR("two"), 0666, &s->err));
	assert_string_equal(scratch_read(s, file), "two");
	assert_true(save_over(link, STR("two"), ABSENT, 0666, &s->err));
	assert_int_equal(lstat(link, &st), 0);
	assert_int_equal(lstat(file, &st), -1);
}

/* For root too, whom rename(2) and access(2) would let. */
static void test_save_over__refuses_a_read_only_file(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a", "one");
	assert_int_equal(chmod(path, 0444), 0);
	assert_false(save_over(path, STR("one"), STR("two"), 0666, &s->err));
	assert_string_equal(s->err.text, arena_printf(s->arena,
		"cannot write '%s': it is read-only (mode 0444)", path));
	assert_string_equal(scratch_read(s, path), "one");
	assert_int_equal(scratch_names(s->dir), 1);
}

static void test_save_over__a_full_disk_leaves_the_old_text(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a", "one");
	char big[8192];
	memset(big, 'x', sizeof big);
	struct scratch_limit limit = scratch_limit(4096);
	bool ok = save_over(path, STR("one"), (struct str){ big, sizeof big }, 0666, &s->err);
	scratch_unlimit(&limit);
	assert_false(ok);
	assert_int_equal(s->err.code, ERROR_SYSTEM);
	assert_string_equal(scratch_read(s, path), "one");
	assert_int_equal(scratch_names(s->dir), 1);
}

static void age(const char *path, time_t seconds)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - seconds }, { .tv_nsec = UTIME_OMIT } };
	times[1] = times[0];
	assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void test_save_over__removes_what_killed_saves_have_left(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "a");
	static const char *const kept[] = {
		"b.mortar-abcdef", ".b.mortar-abcdefg", ".b.mortar-abcde", ".b.vim-abcdef",
	};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		age(scratch_write(s, kept[i], "x"), SAVE_STALE + 10);
	scratch_write(s, ".b.mortar-living", "x");
	age(scratch_write(s, ".b.mortar-livin0", "x"), SAVE_STALE - 100);
	age(scratch_write(s, ".b.mortar-stale0", "x"), SAVE_STALE + 10);
	assert_int_equal(mkdir(scratch_path(s, ".d.mortar-folder"), 0700), 0);
	age(scratch_path(s, ".d.mortar-folder"), SAVE_STALE + 10);
	assert_true(save_over(path, ABSENT, STR("x"), 0666, &s->err));
	assert_int_equal(scratch_names(s->dir), 4 + 2 + 1 + 1);
	assert_null(scratch_read(s, scratch_path(s, ".b.mortar-stale0")));
}

/* Every process adds its letter to what it has read, as often as it takes. */
static void add_letter(const char *path, char letter)
{
	for (;;) {
		char text[64];
		struct error err;
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, text, sizeof text - 1);
		close(fd);
		if (n < 0)
			_exit(1);
		struct str old = { text, (size_t)n };
		char more[64];
		memcpy(more, text, old.n);
		more[old.n] = letter;
		if (save_over(path, old, (struct str){ more, old.n + 1 }, 0666, &err))
			_exit(0);
		if (err.code != ERROR_CHANGED)
			_exit(2);
	}
}

static void test_save_over__no_mortar_undoes_what_another_did(void **state)
{
	struct scratch *s = *state;
	enum { WRITERS = 16 };
	const char *path = scratch_write(s, "a", "");
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			add_letter(path, (char)('a' + i));
	for (int i = 0, status; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	const char *text = scratch_read(s, path);
	assert_int_equal(strlen(text), WRITERS);
	for (int i = 0; i < WRITERS; i++)
		assert_non_null(strchr(text, 'a' + i));
	assert_int_equal(scratch_names(s->dir), 1);
}

/* A stranger's lock on the folder holds up nobody for long. */
static void test_save_over__waits_for_no_stranger(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a", "one");
	int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_true(save_over(path, STR("one"), STR("two"), 0666, &s->err));
	assert_string_equal(scratch_read(s, path), "two");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_save_over__writes_what_is_as_expected),
		SCRATCH_TEST(test_save_over__leaves_what_another_has_changed),
		SCRATCH_TEST(test_save_over__works_on_the_target_of_links),
		SCRATCH_TEST(test_save_over__refuses_a_read_only_file),
		SCRATCH_TEST(test_save_over__a_full_disk_leaves_the_old_text),
		SCRATCH_TEST(test_save_over__removes_what_killed_saves_have_left),
		SCRATCH_TEST(test_save_over__no_mortar_undoes_what_another_did),
		SCRATCH_TEST(test_save_over__waits_for_no_stranger),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
