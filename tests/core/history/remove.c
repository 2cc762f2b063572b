#include "core/history/remove.h"

#include <signal.h>
#include <sys/wait.h>

#include "core/history/list.h"
#include "core/journal/journal.h"
#include "tests/core/os/scratch.h"

static int remove_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1);
}

#define REMOVE_TEST(f) cmocka_unit_test_setup_teardown(f, remove_setup, scratch_teardown)

static const char *remove_build(struct scratch *s, const char *id)
{
	const char *builds = save_state_dir("builds", &s->err);
	assert_non_null(builds);
	const char *dir = arena_printf(s->arena, "%s/%s", builds, id);
	assert_true(save_dir(dir, 0700, &s->err));
	owned(journal_writer) struct journal_writer *w = journal_create(dir, 0, &s->err);
	assert_non_null(w);
	assert_true(journal_append(w, 1, EVENT_BUILD_START, -1, NULL, &s->err));
	assert_true(journal_append_log(w, 2, 0, 1, STR("one\ntwo\n"), &s->err));
	assert_true(journal_append(w, 3, EVENT_BUILD_DONE, -1, NULL, &s->err));
	return dir;
}

static size_t remove_count(struct scratch *s)
{
	struct history_list list;
	assert_true(history_read(s->arena, 100, &list, &s->err));
	return list.n;
}

static void test_remove__takes_the_folder_away(void **state)
{
	struct scratch *s = *state;
	const char *dir = remove_build(s, "20260101-000000-0001");
	remove_build(s, "20260101-000000-0002");
	assert_int_equal(remove_count(s), 2);
	assert_true(history_remove(dir, &s->err));
	assert_int_equal(access(dir, F_OK), -1);
	assert_int_equal(remove_count(s), 1);
	/* Gone already is what was wanted. */
	assert_true(history_remove(dir, &s->err));
}

static void test_remove__leaves_open_readers_what_they_read(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf scratch = { 0 };
	const char *dir = remove_build(s, "20260101-000000-0001");
	owned(journal) struct journal *journal = journal_open(dir, &s->err);
	assert_non_null(journal);
	assert_true(history_remove(dir, &s->err));
	journal_refresh(journal);
	assert_int_equal(journal_lines(journal, -1), 2);
	assert_true(str_eq(journal_line(journal, -1, 1, &scratch, NULL), STR("two")));
	assert_int_equal(journal_state(journal, NULL), JOURNAL_DONE);
}

static void test_remove__refuses_a_build_that_runs(void **state)
{
	struct scratch *s = *state;
	int ready[2];
	char c;
	const char *dir = arena_printf(s->arena, "%s/20260101-000000-0001",
	                               save_state_dir("builds", &s->err));
	assert_true(save_dir(dir, 0700, &s->err));
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct journal_writer *w = journal_create(dir, 0, &s->err);
		if (w && write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_false(history_remove(dir, &s->err));
	assert_int_equal(s->err.code, ERROR_USAGE);
	assert_string_equal(s->err.text, "build 20260101-000000-0001 is running: mortar cancel "
	                    "20260101-000000-0001 stops it first");
	assert_int_equal(access(dir, F_OK), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(history_remove(dir, &s->err));
	assert_int_equal(access(dir, F_OK), -1);
	close(ready[0]);
	close(ready[1]);
}

static void test_remove__refuses_a_pinned_build(void **state)
{
	struct scratch *s = *state;
	struct history_item item;
	const char *dir = remove_build(s, "20260101-000000-0001");
	assert_false(history_is_pinned(dir));
	assert_true(history_pin(dir, true, &s->err));
	assert_true(history_read_one(s->arena, dir, &item) && item.pinned);
	assert_false(history_remove(dir, &s->err));
	assert_int_equal(s->err.code, ERROR_USAGE);
	assert_non_null(strstr(s->err.text, "is pinned: mortar history unpin 20260101-000000-0001"));
	assert_int_equal(remove_count(s), 1);
	assert_true(history_pin(dir, false, &s->err));
	assert_true(history_remove(dir, &s->err));
	assert_int_equal(remove_count(s), 0);
}

static void test_remove__ends_what_was_interrupted(void **state)
{
	struct scratch *s = *state;
	const char *dir = remove_build(s, "20260101-000000-0001");
	const char *left = scratch_path(s, "mortar/builds/.removed-20250101-000000-0001");
	assert_true(save_dir(left, 0700, &s->err));
	assert_int_equal(remove_count(s), 1);
	assert_true(history_remove(dir, &s->err));
	assert_int_equal(access(left, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REMOVE_TEST(test_remove__takes_the_folder_away),
		REMOVE_TEST(test_remove__leaves_open_readers_what_they_read),
		REMOVE_TEST(test_remove__refuses_a_build_that_runs),
		REMOVE_TEST(test_remove__refuses_a_pinned_build),
		REMOVE_TEST(test_remove__ends_what_was_interrupted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
