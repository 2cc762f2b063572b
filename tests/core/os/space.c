#include "core/os/space.h"

#include "tests/core/os/scratch.h"

static void test_space__looks_at_the_file_system(void **state)
{
	struct scratch *s = *state;
	struct space space;
	assert_true(space_look(s->dir, &space, &s->err));
	assert_true(space.total > 0 && space.free <= space.total);
	assert_true(space.free_inodes <= space.inodes);
	assert_false(space_look(scratch_path(s, "absent"), &space, &s->err));
	assert_non_null(strstr(s->err.text, "absent"));
}

static void test_space__finds_the_nearest_folder_that_is_there(void **state)
{
	struct scratch *s = *state;
	assert_string_equal(space_nearest(s->arena, scratch_path(s, "a/b/c")), s->dir);
	assert_string_equal(space_nearest(s->arena, s->dir), s->dir);
	assert_string_equal(space_nearest(s->arena, "/mortar-is-not-here/a"), "/");
}

static void test_space__says_bytes_rounded_down(void **state)
{
	(void)state;
	static const struct { uint64_t bytes; const char *text; } table[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" }, { 2047, "1.9 KiB" },
		{ 64 << 20, "64.0 MiB" }, { 843ull << 20, "843 MiB" }, { (1ull << 30) - 1, "1023 MiB" },
		{ ~0ull, "16384 PiB" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		space_append_bytes(&b, table[i].bytes);
		assert_string_equal(buf_text(&b), table[i].text);
	}
}

static void test_space__sums_files_and_follows_no_link(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "d");
	scratch_mkdir(s, "d/e");
	scratch_write(s, "d/five", "12345");
	scratch_write(s, "d/e/three", "123");
	scratch_write(s, "outside", "1234567");
	assert_int_equal(symlink("../outside", scratch_path(s, "d/link")), 0);
	assert_int_equal(symlink("..", scratch_path(s, "d/e/up")), 0);
	assert_int_equal(space_used(scratch_path(s, "d")), 8);
	assert_int_equal(space_used(scratch_path(s, "d/five")), 5);
	assert_int_equal(space_used(scratch_path(s, "d/link")), 0);
	assert_int_equal(space_used(scratch_path(s, "absent")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_space__looks_at_the_file_system),
		SCRATCH_TEST(test_space__finds_the_nearest_folder_that_is_there),
		cmocka_unit_test(test_space__says_bytes_rounded_down),
		SCRATCH_TEST(test_space__sums_files_and_follows_no_link),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
