#include "core/os/part.h"

#include "tests/core/os/scratch.h"

static void append(struct scratch *s, const char *path, uint64_t size, const char *text)
{
	owned(part) struct part *p = part_open(path, size, &s->err);
	assert_non_null(p);
	assert_true(part_append(p, str_of(text), &s->err));
}

static void test_part__goes_on_where_it_was_cut(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "file.part"), *file = scratch_path(s, "file");
	struct stat st;
	assert_int_equal(part_size(path), 0);
	append(s, path, 0, "one two");
	assert_int_equal(part_size(path), 7);
	append(s, path, 4, "three");
	assert_string_equal(scratch_read(s, path), "one three");
	append(s, path, 0, "anew");
	assert_true(part_finish(path, file, 0644, &s->err));
	assert_string_equal(scratch_read(s, file), "anew");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(access(path, F_OK), -1);
}

/* Somebody's link would be written through. */
static void test_part__follows_no_link(void **state)
{
	struct scratch *s = *state;
	const char *other = scratch_write(s, "other", "mine"), *path = scratch_path(s, "file.part");
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(part_size(path), 0);
	assert_null(part_open(path, 0, &s->err));
	assert_false(part_finish(path, scratch_path(s, "file"), 0644, &s->err));
	assert_string_equal(scratch_read(s, other), "mine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
		TEST(test_part__goes_on_where_it_was_cut),
		TEST(test_part__follows_no_link),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
