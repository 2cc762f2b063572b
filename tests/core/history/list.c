#include "core/history/list.h"

#include <signal.h>
#include <sys/wait.h>

#include "core/journal/journal.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static int list_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1);
}

#define LIST_TEST(f) cmocka_unit_test_setup_teardown(f, list_setup, scratch_teardown)

#define START "{\"t\":100.500,\"ev\":\"build.start\",\"format\":1,\"id\":\"x\"," \
	"\"project\":\"pr\\u00e9\"," \
	"\"kind\":\"pesto\"," \
	"\"profiles\":[\"gpu\",\"p2\"],\"level\":\"C1\"," \
	"\"engine\":\"buildkit\"," \
	"\"image\":\"p:1\",\"root\":\"/r\",\"steps\":["

/* A build whose first line goes on past what is read of it. */
static const char *list_build(struct scratch *s, const char *id, const char *last)
{
	const char *builds = save_state_dir("builds", &s->err);
	assert_non_null(builds);
	const char *dir = arena_printf(s->arena, "%s/%s", builds, id);
	assert_true(save_dir(dir, 0700, &s->err));
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, START);
	for (int i = 0; i < 400; i++)
		buf_printf(&text, "%s{\"index\":%d,\"name\":\"RUN step\"}", i ? "," : "", i);
	buf_printf(&text, "]}\n{\"t\":101,\"ev\":\"step.start\",\"step\":0}\n%s", last);
	assert_true(save_file(arena_printf(s->arena, "%s/journal", dir), buf_str(&text), 0600,
	                      &s->err));
	return dir;
}

static void test_list__rows_are_newest_first(void **state)
{
	struct scratch *s = *state;
	struct history_list list;
	list_build(s, "20260101-000000-0001", "{\"t\":110,\"ev\":\"build.done\",\"ok\":true,"
	           "\"image_id\":\"sha256:1\",\"exit\":0}\n");
	list_build(s, "20260101-000000-0002", "{\"t\":111,\"ev\":\"build.done\",\"ok\":false,"
	           "\"error\":\"no \\u00e9\",\"exit\":4}\n");
	list_build(s, "20260102-000000-0000", "{\"t\":112,\"ev\":\"build.done\",\"ok\":false,"
	           "\"cancelled\":true,\"exit\":130}\n");
	list_build(s, "20260103-000000-0000", "{\"t\":112,\"ev\":\"build.done\",\"ok\":tr");
	assert_true(history_read(s->arena, 100, &list, &s->err));
	assert_int_equal(list.n, 4);
	static const enum history_state states[] = {
		HISTORY_LOST, HISTORY_CANCELLED, HISTORY_FAILED, HISTORY_DONE,
	};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(list.items[i].state, states[i]);
	const struct history_item *done = &list.items[3], *failed = &list.items[2];
	assert_string_equal(done->id, "20260101-000000-0001");
	assert_string_equal(done->project, "pr\xc3\xa9");
	assert_string_equal(done->profiles[1], "p2");
	assert_string_equal(done->image_id, "sha256:1");
	assert_true(done->nprofiles == 2 && done->started == 100.5 && done->ended == 110);
	assert_true(failed->exit_code == 4 && list.items[1].exit_code == 130);
	assert_string_equal(failed->error, "no \xc3\xa9");
	assert_true(list.items[0].ended == 0);
	assert_true(history_read(s->arena, 2, &list, &s->err));
	assert_int_equal(list.n, 2);
	assert_string_equal(history_state_name(list.items[0].state), "lost");
}

static void test_list__leaves_out_what_is_no_build(void **state)
{
	struct scratch *s = *state;
	struct history_list list;
	struct history_item item;
	assert_true(history_read(s->arena, 100, &list, &s->err));
	assert_int_equal(list.n, 0);
	const char *dir = list_build(s, "20260101-000000-0001", "");
	assert_true(save_file(arena_printf(s->arena, "%s/journal", dir), STR("nonsense\n"), 0600,
	                      &s->err));
	assert_true(save_dir(scratch_path(s, "mortar/builds/empty"), 0700, &s->err));
	assert_true(history_read(s->arena, 100, &list, &s->err));
	assert_int_equal(list.n, 0);
	assert_false(history_read_one(s->arena, dir, &item));
}

static void test_list__knows_a_running_build(void **state)
{
	struct scratch *s = *state;
	struct history_item item;
	int ready[2];
	char c;
	const char *dir = scratch_mkdir(s, "b");
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct journal_writer *w = journal_create(dir, 0, &s->err);
		if (w && journal_append(w, 5, EVENT_BUILD_START, -1, NULL, &s->err) &&
		    write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_true(history_read_one(s->arena, dir, &item));
	assert_int_equal(item.state, HISTORY_RUNNING);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(history_read_one(s->arena, dir, &item));
	assert_int_equal(item.state, HISTORY_LOST);
	close(ready[0]);
	close(ready[1]);
}

static void test_list__reads_thousands_at_once(void **state)
{
	struct scratch *s = *state;
	struct history_list list;
	enum { BUILDS = 1000 };
	for (int i = 0; i < BUILDS; i++)
		list_build(s, arena_printf(s->arena, "20260101-000000-%04x", i), "");
	int64_t start = clock_monotonic_ms();
	assert_true(history_read(s->arena, BUILDS, &list, &s->err));
	print_message("%d builds: opened in %d ms\n", BUILDS, (int)(clock_monotonic_ms() - start));
	assert_int_equal(list.n, BUILDS);
}

static void test_list__rows_become_json(void **state)
{
	struct scratch *s = *state;
	struct history_item item;
	owned_buf struct buf out = { 0 };
	assert_true(history_read_one(s->arena, list_build(s, "20260101-000000-0001",
		"{\"t\":110.25,\"ev\":\"build.done\",\"ok\":true,\"image_id\":\"sha256:1\"}\n"), &item));
	value_write_json(&out, history_describe(s->arena, &item), JSON_LINE);
	assert_string_equal(buf_text(&out),
		"{\"id\":\"20260101-000000-0001\",\"project\":\"pr\xc3\xa9\",\"kind\":\"pesto\","
		"\"level\":\"C1\",\"engine\":\"buildkit\",\"image\":\"p:1\",\"state\":\"done\","
		"\"profiles\":[\"gpu\",\"p2\"],\"pinned\":false,\"size\":12972,\"image_id\":\"sha256:1\","
		"\"started\":100.500,\"seconds\":9.750}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIST_TEST(test_list__rows_are_newest_first),
		LIST_TEST(test_list__leaves_out_what_is_no_build),
		LIST_TEST(test_list__knows_a_running_build),
		LIST_TEST(test_list__reads_thousands_at_once),
		LIST_TEST(test_list__rows_become_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
