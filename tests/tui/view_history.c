/* Builds that were kept, on the screen. */
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
	screen_shows(s, &screen, "no build has this text");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(test_view_history__pictures),
		HISTORY_TEST(test_view_history__any_size),
		HISTORY_TEST(test_view_history__nothing_was_built),
		HISTORY_TEST(test_view_history__opens_a_build_and_comes_back),
		HISTORY_TEST(test_view_history__filters_and_finds),
		HISTORY_TEST(test_view_history__deletes_after_a_y),
		HISTORY_TEST(test_view_history__sees_new_builds_come),
		HISTORY_TEST(test_view_history__reads_many_in_slices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
