#include "core/config/changes.h"

#include "tests/core/os/scratch.h"

#define ABSENT ((struct str){ 0 })

static void assert_undone(struct scratch *s, struct changes *c, const char *path, const char *what)
{
	struct changes_done done = { 0 };
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_DONE);
	assert_string_equal(done.path, path);
	assert_string_equal(done.what, what);
}

static void assert_redone(struct scratch *s, struct changes *c, const char *path, const char *what)
{
	struct changes_done done = { 0 };
	assert_int_equal(changes_redo(c, &done, &s->err), CHANGES_DONE);
	assert_string_equal(done.path, path);
	assert_string_equal(done.what, what);
}

static void test_changes__go_back_and_forth_across_files(void **state)
{
	struct scratch *s = *state;
	owned(changes) struct changes *c = changes_new();
	struct changes_done done;
	const char *a = scratch_write(s, "a", "1"), *b = scratch_path(s, "b");
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_NOTHING);
	assert_true(changes_save(c, a, STR("1"), STR("2"), "first", &s->err));
	assert_true(changes_save(c, b, ABSENT, STR("new"), "second", &s->err));
	assert_true(changes_save(c, a, STR("2"), STR("3"), "third", &s->err));
	assert_int_equal(changes_redo(c, &done, &s->err), CHANGES_NOTHING);
	assert_undone(s, c, a, "third");
	assert_string_equal(scratch_read(s, a), "2");
	assert_undone(s, c, b, "second");
	assert_null(scratch_read(s, b));
	assert_undone(s, c, a, "first");
	assert_string_equal(scratch_read(s, a), "1");
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_NOTHING);
	assert_redone(s, c, a, "first");
	assert_redone(s, c, b, "second");
	assert_string_equal(scratch_read(s, b), "new");
	/* A new change: what was undone is gone. */
	assert_true(changes_save(c, a, STR("2"), STR("4"), "fourth", &s->err));
	assert_int_equal(changes_redo(c, &done, &s->err), CHANGES_NOTHING);
	assert_undone(s, c, a, "fourth");
	assert_undone(s, c, b, "second");
}

static void test_changes__a_removed_file_comes_back(void **state)
{
	struct scratch *s = *state;
	owned(changes) struct changes *c = changes_new();
	const char *a = scratch_write(s, "a", "1");
	assert_true(changes_save(c, a, STR("1"), ABSENT, "removed", &s->err));
	assert_null(scratch_read(s, a));
	assert_undone(s, c, a, "removed");
	assert_string_equal(scratch_read(s, a), "1");
	assert_redone(s, c, a, "removed");
	assert_null(scratch_read(s, a));
}

static void test_changes__what_changes_nothing_is_no_step(void **state)
{
	struct scratch *s = *state;
	owned(changes) struct changes *c = changes_new();
	struct changes_done done;
	const char *a = scratch_write(s, "a", "1");
	assert_true(changes_save(c, a, STR("1"), STR("1"), "same", &s->err));
	assert_true(changes_save(c, scratch_path(s, "b"), ABSENT, ABSENT, "same", &s->err));
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_NOTHING);
}

static void test_changes__never_go_over_anothers_change(void **state)
{
	struct scratch *s = *state;
	owned(changes) struct changes *c = changes_new();
	struct changes_done done;
	const char *a = scratch_write(s, "a", "1");
	assert_true(changes_save(c, a, STR("1"), STR("2"), "first", &s->err));
	scratch_write(s, "a", "theirs");
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_FAILED);
	assert_int_equal(s->err.code, ERROR_CHANGED);
	assert_false(changes_save(c, a, STR("2"), STR("3"), "second", &s->err));
	assert_int_equal(s->err.code, ERROR_CHANGED);
	assert_string_equal(scratch_read(s, a), "theirs");
	/* Once it is again what we left, it can be undone. */
	scratch_write(s, "a", "2");
	assert_undone(s, c, a, "first");
	scratch_write(s, "a", "theirs");
	assert_int_equal(changes_redo(c, &done, &s->err), CHANGES_FAILED);
	assert_string_equal(scratch_read(s, a), "theirs");
}

static void test_changes__several_files_are_one_step(void **state)
{
	struct scratch *s = *state;
	owned(changes) struct changes *c = changes_new();
	struct changes_done done;
	const char *a = scratch_write(s, "a", "1"), *b = scratch_write(s, "b", "1");
	changes_begin(c, "both");
	assert_true(changes_save(c, a, STR("1"), STR("2"), "a", &s->err));
	assert_true(changes_save(c, b, STR("1"), STR("2"), "b", &s->err));
	changes_end(c);
	changes_begin(c, "none");
	changes_end(c);
	assert_true(changes_save(c, a, STR("2"), STR("3"), "alone", &s->err));
	assert_undone(s, c, a, "alone");
	assert_undone(s, c, a, "both");
	assert_string_equal(scratch_read(s, a), "1");
	assert_string_equal(scratch_read(s, b), "1");
	assert_redone(s, c, a, "both");
	assert_string_equal(scratch_read(s, a), "2");
	assert_string_equal(scratch_read(s, b), "2");
	/* One of them is another's now: neither is touched. */
	scratch_write(s, "a", "theirs");
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_FAILED);
	assert_int_equal(s->err.code, ERROR_CHANGED);
	assert_string_equal(scratch_read(s, b), "2");
	assert_string_equal(scratch_read(s, a), "theirs");
}

static void test_changes__the_oldest_are_forgotten(void **state)
{
	struct scratch *s = *state;
	owned(changes) struct changes *c = changes_new();
	struct changes_done done;
	enum { MORE = 3 };
	const char *a = scratch_write(s, "a", "0");
	const char *before = "0";
	for (int i = 1; i <= CHANGES_STEPS + MORE; i++) {
		const char *after = arena_printf(s->arena, "%d", i);
		assert_true(changes_save(c, a, str_of(before), str_of(after), "x", &s->err));
		before = after;
	}
	for (int i = 0; i < CHANGES_STEPS; i++)
		assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_DONE);
	assert_int_equal(changes_undo(c, &done, &s->err), CHANGES_NOTHING);
	assert_string_equal(scratch_read(s, a), "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_changes__go_back_and_forth_across_files),
		SCRATCH_TEST(test_changes__a_removed_file_comes_back),
		SCRATCH_TEST(test_changes__what_changes_nothing_is_no_step),
		SCRATCH_TEST(test_changes__never_go_over_anothers_change),
		SCRATCH_TEST(test_changes__several_files_are_one_step),
		SCRATCH_TEST(test_changes__the_oldest_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
