/* Builds that were kept, on the screen. */
#include <signal.h>
#include <sys/wait.h>

#include "core/history/remove.h"
#include "tests/tui/journals.h"
#include "tui/view_history.h"

#define HISTORY_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

static void history_build(struct scratch *s, const char *id, const char *start, const char *done)
{
	struct journal_maker m = journal_begin(s, id);
	journal_event(&m, 0, EVENT_BUILD_START, -1, start);
	if (done)
		journal_event(&m, 75, EVENT_BUILD_DONE, -1, done);
	journal_end(&m);
}

#define START(project, profiles, level) "{'project':'" project "','kind':'pesto','profiles':[" \
	profiles "],'level':'" level "','engine':'buildkit','image':'" project ":1.0','root':'/src/" \
	project "'}"

static struct screen history_screen(struct scratch *s, int rows, int cols)
{
	struct screen screen = screen_of(rows, cols);
	setenv("XDG_STATE_HOME", s->dir, 1);
	setenv("TZ", "UTC", 1);
	struct view *view = view_history_new(screen.loop, &s->err);
	assert_non_null(view);
	app_push(screen.app, view);
	app_draw(screen.app);
	return screen;
}

static void history_four(struct scratch *s)
{
	history_build(s, "20260102-000000-0001", START("ship", "'gpu'", "C1"),
	              "{'ok':true,'image_id':'sha256:abc'}");
	history_build(s, "20260102-000000-0002", START("ship", "'gpu','stateful'", "C2"),
	              "{'ok':false,'error':'RUN pip install x: exit code 1','exit':1}");
	history_build(s, "20260102-000000-0003", START("tiny", "", "none"),
	              "{'ok':false,'cancelled':true,'error':'cancelled'}");
	history_build(s, "20260102-000000-0004", START("tiny", "'漢字'", "all"), NULL);
}

static void test_view_history__pictures(void **state)
{
	struct scratch *s = *state;
	static const struct { const char *name; int rows, cols; } cases[] = {
		{ "history-80", 24, 80 }, { "history-160", 45, 160 }, { "history-40", 10, 40 },
	};
	history_four(s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct screen screen = history_screen(s, cases[i].rows, cases[i].cols);
		screen_is(s, &screen, cases[i].name);
		screen_finish(&screen);
	}
}

static void test_view_history__any_size(void **state)
{
	struct scratch *s = *state;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	for (int i = 1; i < 40; i++) {
		app_resize(screen.app, i % 7 + 1, i * 3);
		screen_keys(&screen, "jG<C-u>gg");
	}
	screen_finish(&screen);
}

static void test_view_history__nothing_was_built(void **state)
{
	struct scratch *s = *state;
	struct screen screen = history_screen(s, 24, 80);
	screen_shows(s, &screen, "nothing was built yet");
	screen_keys(&screen, "<Enter>ddjkX");
	screen_finish(&screen);
}

static void test_view_history__opens_a_build_and_comes_back(void **state)
{
	struct scratch *s = *state;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	screen_keys(&screen, "jj<Enter>");
	screen_shows(s, &screen, "FAILED");
	screen_shows(s, &screen, "exit code 1");
	screen_keys(&screen, "q");
	screen_shows(s, &screen, "4 builds");
	screen_shows(s, &screen, "20260102-000000-0002");
	screen_finish(&screen);
}

static void test_view_history__filters_and_finds(void **state)
{
	struct scratch *s = *state;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	screen_keys(&screen, "&ship C2<Enter>");
	screen_shows(s, &screen, "1 with ship C2");
	screen_lacks(s, &screen, "tiny");
	screen_keys(&screen, "&nowhere<Enter>");
	screen_shows(s, &screen, "no build is like this");
	screen_keys(&screen, "&<Enter>");
	screen_shows(s, &screen, "tiny");
	screen_keys(&screen, "gg/pip install<Enter>");
	screen_shows(s, &screen, "20260102-000000-0002");
	screen_keys(&screen, "/tiny<Enter>n");
	screen_shows(s, &screen, "20260102-000000-0003");
	screen_keys(&screen, "/zebra<Enter>");
	screen_shows(s, &screen, "zebra is not found");
	screen_finish(&screen);
}

static void test_view_history__deletes_after_a_y(void **state)
{
	struct scratch *s = *state;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	screen_keys(&screen, "jjdd");
	screen_shows(s, &screen, "Delete the build 20260102-000000-0002?");
	screen_keys(&screen, "n");
	screen_shows(s, &screen, "4 builds");
	screen_keys(&screen, "xy");
	screen_shows(s, &screen, "3 builds");
	screen_lacks(s, &screen, "exit code 1");
	const char *dir = arena_printf(s->arena, "%s/mortar/builds/20260102-000000-0002", s->dir);
	assert_int_equal(access(dir, F_OK), -1);
	screen_keys(&screen, "X");
	screen_shows(s, &screen, "this build is over");
	screen_finish(&screen);
}

static void test_view_history__marks_several(void **state)
{
	struct scratch *s = *state;
	const char *dirs[4] = { NULL };
	history_four(s);
	struct screen screen = history_screen(s, 24, 160);
	struct view *view = app_view(screen.app);
	/* Without marks it is the one under the cursor. */
	assert_int_equal(view_history_marked(view, dirs, 4), 1);
	assert_true(str_has_suffix(str_of(dirs[0]), STR("0004")));
	screen_keys(&screen, "j<Space>j<Space>");
	screen_shows(s, &screen, "2 marked");
	screen_shows(s, &screen, "x*2026-01-02");
	screen_is(s, &screen, "history-160-marks");
	assert_int_equal(view_history_marked(view, dirs, 4), 2);
	assert_true(str_has_suffix(str_of(dirs[0]), STR("0003")));
	assert_true(str_has_suffix(str_of(dirs[1]), STR("0001")));
	/* A pin keeps all of them from deletion, and says so. */
	screen_keys(&screen, "P");
	screen_shows(s, &screen, "2 builds are pinned");
	screen_keys(&screen, "dd");
	screen_shows(s, &screen, "2 of the 2 marked builds cannot be deleted: pinned");
	screen_keys(&screen, "Pdd");
	screen_shows(s, &screen, "Delete the 2 marked builds?");
	screen_keys(&screen, "n");
	/* Back takes the marks off first. */
	screen_keys(&screen, "q");
	screen_lacks(s, &screen, "marked");
	screen_shows(s, &screen, "4 builds");
	screen_keys(&screen, "gg3<Space>");
	screen_shows(s, &screen, "3 marked");
	screen_keys(&screen, "q>>>>>gcgg<Space>");
	assert_true(view_history_marked(view, dirs, 4) >= 1);
	screen_finish(&screen);
}

/* What stands below the list is about the build under the cursor. */
static void history_order_is(struct scratch *s, struct screen *screen, const char *const *ids)
{
	screen_keys(screen, "gg");
	for (size_t i = 0; ids[i]; i++) {
		screen_shows(s, screen, arena_printf(s->arena, "20260102-000000-%s", ids[i]));
		screen_keys(screen, "j");
	}
}

static void test_view_history__filters_by_column(void **state)
{
	struct scratch *s = *state;
	static const struct { const char *filter, *title; } cases[] = {
		{ "project:SHIP", "0 with" }, { "project:shi", "2 with" }, { "project=shi", "0 with" },
		{ "project=ship profiles:stateful", "1 with" }, { "profiles=gpu", "1 with" },
		{ "profiles=", "1 with" }, { "result=failed", "1 with" }, { "result:pip", "1 with" },
		{ "!result=failed engine:kit", "3 with" }, { "level:c", "2 with" },
		{ "when=2026-01-02", "4 with" }, { "result:\"pip install\"", "1 with" },
		{ "ship:1.0", "2 with" }, { "!ship", "2 with" }, { "took=1m15s", "3 with" },
	};
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		screen_keys(&screen, "&");
		screen_keys(&screen, cases[i].filter);
		screen_keys(&screen, "<Enter>");
		screen_shows(s, &screen, arena_printf(s->arena, "4 builds  %s %s", cases[i].title,
		                                      cases[i].filter));
	}
	/* What is wrong is said, and what was shown stays. */
	screen_keys(&screen, "&result=don<Enter>");
	screen_shows(s, &screen, "column 1: no build is 'don': was it done");
	screen_shows(s, &screen, "3 with took=1m15s");
	/* The value under the cursor; the same key takes it out again. */
	screen_keys(&screen, "&level:1<Enter>=");
	screen_shows(s, &screen, "1 with level:1 project=ship");
	screen_keys(&screen, "=");
	screen_shows(s, &screen, "1 with level:1\n");
	screen_lacks(s, &screen, "project=ship");
	screen_finish(&screen);
}

static void test_view_history__sorts_by_each_column(void **state)
{
	struct scratch *s = *state;
	static const char *const listed[] = { "0004", "0003", "0002", "0001", NULL };
	static const char *const project[] = { "0002", "0001", "0004", "0003", NULL };
	static const char *const turned[] = { "0004", "0003", "0002", "0001", NULL };
	static const char *const profiles[] = { "0003", "0001", "0002", "0004", NULL };
	static const char *const result[] = { "0001", "0002", "0003", "0004", NULL };
	history_four(s);
	struct screen screen = history_screen(s, 24, 160);
	history_order_is(s, &screen, listed);
	screen_keys(&screen, "s");
	screen_shows(s, &screen, "project^");
	history_order_is(s, &screen, project);
	screen_keys(&screen, "s");
	screen_shows(s, &screen, "projectv");
	history_order_is(s, &screen, turned);
	screen_keys(&screen, ">s");
	history_order_is(s, &screen, profiles);
	screen_keys(&screen, ">>>>s");
	screen_shows(s, &screen, "result^");
	history_order_is(s, &screen, result);
	screen_keys(&screen, "ss");
	history_order_is(s, &screen, listed);
	/* The cursor stays on its build. */
	screen_keys(&screen, "ggjj<lt><lt><lt><lt>s");
	screen_shows(s, &screen, "20260102-000000-0002");
	screen_finish(&screen);
}

static void test_view_history__groups_and_folds(void **state)
{
	struct scratch *s = *state;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	screen_keys(&screen, "gc");
	screen_is(s, &screen, "history-80-groups");
	screen_keys(&screen, "zM");
	screen_shows(s, &screen, "tiny  2 builds: 1 cancelled, 1 lost");
	screen_shows(s, &screen, "ship  2 builds: 1 done, 1 failed");
	screen_lacks(s, &screen, "C2");
	screen_keys(&screen, "}<Enter>");
	screen_shows(s, &screen, "C2");
	screen_keys(&screen, "ddX");
	screen_shows(s, &screen, "acts on nothing here");
	screen_keys(&screen, "jj");
	screen_shows(s, &screen, "20260102-000000-0001");
	screen_keys(&screen, "h");
	screen_lacks(s, &screen, "20260102-000000-0001");
	screen_keys(&screen, "gc");
	screen_lacks(s, &screen, "2 builds:");
	/* By day, by state; not by a time. */
	screen_keys(&screen, "<lt>gc");
	screen_shows(s, &screen, "2026-01-02  4 builds");
	screen_keys(&screen, "<lt><lt>gc");
	screen_shows(s, &screen, "failed  1 build: 1 failed");
	screen_keys(&screen, "<lt>gc");
	screen_shows(s, &screen, "not grouped by took");
	screen_finish(&screen);
}

static void test_view_history__keeps_what_is_pinned(void **state)
{
	struct scratch *s = *state;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	const char *dir = arena_printf(s->arena, "%s/mortar/builds/20260102-000000-0004", s->dir);
	screen_keys(&screen, "P");
	screen_shows(s, &screen, "20260102-000000-0004 is pinned");
	screen_shows(s, &screen, "?p2026-01-02");
	screen_keys(&screen, "dd");
	screen_shows(s, &screen, "this build is pinned: P lets it go");
	screen_keys(&screen, "P");
	/* Pinned by somebody else since: only the deleting finds out. */
	assert_true(history_pin(dir, true, &s->err));
	screen_keys(&screen, "ddy");
	screen_shows(s, &screen, "is pinned: mortar history unpin");
	assert_int_equal(access(dir, F_OK), 0);
	screen_finish(&screen);
}

static void test_view_history__offers_to_cancel_what_runs(void **state)
{
	struct scratch *s = *state;
	int ready[2], status;
	char c;
	const char *dir = arena_printf(s->arena, "%s/mortar/builds/20260105-000000-0001", s->dir);
	history_four(s);
	assert_true(save_dir(dir, 0700, &s->err));
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		struct journal_writer *w = journal_create(dir, 0, &s->err);
		if (w && journal_append(w, JOURNAL_T, EVENT_BUILD_START, -1, NULL, &s->err) &&
		    write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	struct screen screen = history_screen(s, 24, 80);
	screen_shows(s, &screen, "1 running");
	screen_keys(&screen, "dd");
	screen_shows(s, &screen, "20260105-000000-0001 runs and cannot be deleted. Cancel it?");
	screen_keys(&screen, "y");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(access(dir, F_OK), 0);
	screen_finish(&screen);
	close(ready[0]);
	close(ready[1]);
}

static void test_view_history__sees_deletions_elsewhere_at_once(void **state)
{
	struct scratch *s = *state;
	struct error err;
	history_four(s);
	struct screen one = history_screen(s, 24, 80), other = history_screen(s, 24, 80);
	screen_keys(&other, "jjj");
	screen_keys(&one, "jddy");
	screen_lacks(s, &one, "cancelled");
	while (strstr(screen_text(s, &other), "cancelled"))
		assert_true(loop_turn(other.loop, -1, &err));
	screen_shows(s, &other, "3 builds");
	screen_shows(s, &other, "20260102-000000-0001");
	screen_finish(&one);
	screen_finish(&other);
}

static void test_view_history__sees_new_builds_come(void **state)
{
	struct scratch *s = *state;
	struct error err;
	history_four(s);
	struct screen screen = history_screen(s, 24, 80);
	history_build(s, "20260103-000000-0001", START("fresh", "", "all"), "{'ok':true}");
	for (int i = 0; i < 100 && !strstr(screen_text(s, &screen), "fresh"); i++)
		assert_true(loop_turn(screen.loop, 100, &err));
	screen_shows(s, &screen, "5 builds");
	screen_shows(s, &screen, "fresh");
	/* The cursor stayed on its build. */
	screen_shows(s, &screen, "20260102-000000-0004");
	screen_finish(&screen);
}

static void test_view_history__reads_many_in_slices(void **state)
{
	struct scratch *s = *state;
	struct error err;
	history_four(s);
	for (int i = 0; i < 500; i++) {
		const char *dir = arena_printf(s->arena, "%s/mortar/builds/20250101-000000-%04x", s->dir,
		                               i);
		const char *line = "{\"t\":1,\"ev\":\"build.start\",\"project\":\"old\"}\n";
		assert_true(save_dir(dir, 0700, &s->err));
		assert_true(save_file(arena_printf(s->arena, "%s/journal", dir), str_of(line), 0600,
		                      &s->err));
	}
	struct screen screen = history_screen(s, 24, 80);
	screen_shows(s, &screen, "504 builds");
	screen_keys(&screen, "G");
	screen_lacks(s, &screen, "20250101-000000-0000");
	while (!strstr(screen_text(s, &screen), "20250101-000000-0000")) {
		assert_true(loop_turn(screen.loop, 100, &err));
		screen_keys(&screen, "G");
	}
	screen_finish(&screen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(test_view_history__pictures),
		HISTORY_TEST(test_view_history__any_size),
		HISTORY_TEST(test_view_history__nothing_was_built),
		HISTORY_TEST(test_view_history__opens_a_build_and_comes_back),
		HISTORY_TEST(test_view_history__filters_and_finds),
		HISTORY_TEST(test_view_history__deletes_after_a_y),
		HISTORY_TEST(test_view_history__marks_several),
		HISTORY_TEST(test_view_history__filters_by_column),
		HISTORY_TEST(test_view_history__sorts_by_each_column),
		HISTORY_TEST(test_view_history__groups_and_folds),
		HISTORY_TEST(test_view_history__keeps_what_is_pinned),
		HISTORY_TEST(test_view_history__offers_to_cancel_what_runs),
		HISTORY_TEST(test_view_history__sees_deletions_elsewhere_at_once),
		HISTORY_TEST(test_view_history__sees_new_builds_come),
		HISTORY_TEST(test_view_history__reads_many_in_slices),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
