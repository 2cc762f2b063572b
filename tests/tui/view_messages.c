/* What was said, on the screen; and what is said of itself: polling, builds that end. */
#include <signal.h>
#include <sys/wait.h>

#include "tests/tui/journals.h"
#include "tui/view_history.h"

#define MESSAGES_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

static struct screen messages_screen(struct scratch *s, int rows, int cols)
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

static void test_view_messages__says_so_when_there_are_none(void **state)
{
	struct scratch *s = *state;
	struct screen screen = messages_screen(s, 24, 80);
	screen_keys(&screen, "gm");
	screen_shows(s, &screen, "nothing was said yet");
	screen_keys(&screen, "gmjkG/x<Enter>n&y<Enter>]e");
	screen_finish(&screen);
}

static void test_view_messages__newest_are_at_the_end(void **state)
{
	struct scratch *s = *state;
	struct screen screen = messages_screen(s, 10, 60);
	for (int i = 0; i < 20; i++)
		app_say(screen.app, "message %d", i);
	app_alert(screen.app, "the job died before it began");
	app_alert(screen.app, "the job died before it began");
	screen_keys(&screen, "gm");
	screen_shows(s, &screen, " ! the job died before it began (2 times)");
	screen_shows(s, &screen, "message 19");
	screen_lacks(s, &screen, "message 10");
	/* What comes shows at once, and the window goes on with it. */
	app_say(screen.app, "brand new");
	screen_keys(&screen, "<C-l>");
	screen_shows(s, &screen, "brand new");
	screen_keys(&screen, "gg");
	screen_shows(s, &screen, "message 0");
	app_say(screen.app, "unseen");
	screen_keys(&screen, "<C-l>");
	screen_lacks(s, &screen, "unseen");
	screen_keys(&screen, "q");
	screen_shows(s, &screen, "history");
	screen_finish(&screen);
}

static void test_view_messages__finds_and_filters(void **state)
{
	struct scratch *s = *state;
	struct screen screen = messages_screen(s, 9, 60);
	for (int i = 0; i < 100; i++)
		app_say(screen.app, "message %d", i);
	app_alert(screen.app, "alarm");
	for (int i = 100; i < 200; i++)
		app_say(screen.app, "message %d", i);
	screen_keys(&screen, "gm/message 42<Enter>");
	screen_shows(s, &screen, "message 42");
	screen_keys(&screen, "]e");
	screen_shows(s, &screen, "! alarm");
	screen_keys(&screen, "]e");
	screen_shows(s, &screen, "no error after this one");
	screen_keys(&screen, "&message 15<Enter>");
	screen_shows(s, &screen, "11 with message 15");
	screen_shows(s, &screen, "message 150");
	screen_lacks(s, &screen, "message 42");
	screen_keys(&screen, "&zebra<Enter>");
	screen_shows(s, &screen, "no message has this text");
	screen_keys(&screen, "&<Enter>G/nowhere<Enter>");
	screen_shows(s, &screen, "nowhere is not found");
	screen_finish(&screen);
}

static void test_view_messages__long_ones_can_be_read(void **state)
{
	struct scratch *s = *state;
	struct screen screen = messages_screen(s, 24, 40);
	app_alert(screen.app, "this is a long message that goes on past the edge of the screen "
	          "\x1b[31m漢字 and ends here");
	screen_keys(&screen, "gm");
	screen_shows(s, &screen, "ends here");
	screen_shows(s, &screen, "\\x1b[31m");
	screen_keys(&screen, "lllll");
	screen_shows(s, &screen, "past the edge");
	screen_finish(&screen);
}

static void test_view_messages__polling_is_said_and_marked(void **state)
{
	struct scratch *s = *state;
	setenv("MORTAR_NO_INOTIFY", "1", 1);
	struct screen screen = messages_screen(s, 24, 80);
	unsetenv("MORTAR_NO_INOTIFY");
	screen_shows(s, &screen, "files are looked at every second: there is no inotify here");
	screen_keys(&screen, "j");
	screen_shows(s, &screen, " polling\n");
	/* Said once. */
	screen_keys(&screen, "gmq");
	screen_lacks(s, &screen, "looked at every second");
	screen_shows(s, &screen, " polling\n");
	screen_keys(&screen, "gm");
	screen_shows(s, &screen, "files are looked at every second");
	screen_finish(&screen);
}

/* A job that ends as told: 'd' done, 'f' failed, 'k' killed. */
static pid_t messages_job(struct scratch *s, const char *id, int orders[2], const char **ret_dir)
{
	int ready[2];
	char c;
	const char *dir = arena_printf(s->arena, "%s/%s", save_state_dir("builds", &s->err), id);
	const struct value *start;
	assert_true(save_dir(dir, 0700, &s->err));
	assert_true(value_parse_json(s->arena, STR("{\"image\":\"ship:1.0\"}"), &start, &s->err));
	assert_int_equal(pipe(orders), 0);
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		const struct value *ok, *bad;
		struct journal_writer *w = journal_create(dir, 0, &s->err);
		bool started = w && journal_append(w, JOURNAL_T, EVENT_BUILD_START, -1, start, &s->err) &&
			value_parse_json(s->arena, STR("{\"ok\":true}"), &ok, &s->err) &&
			value_parse_json(s->arena, STR("{\"ok\":false,\"error\":\"RUN x\"}"), &bad, &s->err);
		if (started && write(ready[1], "", 1) == 1 && read(orders[0], &c, 1) == 1 && c != 'k')
			journal_append(w, JOURNAL_T + 12, EVENT_BUILD_DONE, -1, c == 'd' ? ok : bad, &s->err);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	*ret_dir = dir;
	return pid;
}

static void test_view_messages__ends_of_builds_are_told(void **state)
{
	struct scratch *s = *state;
	struct error err;
	static const struct { char order; const char *id, *says; } cases[] = {
		{ 'd', "20260102-000000-0001", "ship:1.0 is built, in 12s" },
		{ 'f', "20260102-000000-0002", "ship:1.0 failed: RUN x (build 20260102-000000-0002)" },
		{ 'k', "20260102-000000-0003", "build 20260102-000000-0003 of ship:1.0 is lost" },
	};
	setenv("XDG_STATE_HOME", s->dir, 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int orders[2];
		const char *dir;
		pid_t pid = messages_job(s, cases[i].id, orders, &dir);
		struct screen screen = messages_screen(s, 24, 120);
		/* Opened and left: the end comes while something else is in front. */
		app_open_build(screen.app, dir);
		screen_keys(&screen, "D");
		screen_shows(s, &screen, "the build goes on");
		screen_keys(&screen, "j");
		assert_int_equal(write(orders[1], &cases[i].order, 1), 1);
		while (!strstr(screen_text(s, &screen), cases[i].says))
			assert_true(loop_turn(screen.loop, -1, &err));
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		screen_keys(&screen, "gm");
		screen_shows(s, &screen, cases[i].says);
		screen_finish(&screen);
		close(orders[0]);
		close(orders[1]);
	}
}

static void test_view_messages__an_end_that_is_seen_is_no_news(void **state)
{
	struct scratch *s = *state;
	struct error err;
	int orders[2];
	const char *dir;
	pid_t pid = messages_job(s, "20260102-000000-0001", orders, &dir);
	struct screen screen = messages_screen(s, 24, 120);
	app_open_build(screen.app, dir);
	assert_int_equal(write(orders[1], "k", 1), 1);
	while (!strstr(screen_text(s, &screen), "LOST"))
		assert_true(loop_turn(screen.loop, -1, &err));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	while (loop_turn(screen.loop, 0, &err) && !strstr(screen_text(s, &screen), "is lost: its job"))
		screen_keys(&screen, strstr(screen_text(s, &screen), "messages") ? "q" : "gm");
	screen_finish(&screen);
	close(orders[0]);
	close(orders[1]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		MESSAGES_TEST(test_view_messages__says_so_when_there_are_none),
		MESSAGES_TEST(test_view_messages__newest_are_at_the_end),
		MESSAGES_TEST(test_view_messages__finds_and_filters),
		MESSAGES_TEST(test_view_messages__long_ones_can_be_read),
		MESSAGES_TEST(test_view_messages__polling_is_said_and_marked),
		MESSAGES_TEST(test_view_messages__ends_of_builds_are_told),
		MESSAGES_TEST(test_view_messages__an_end_that_is_seen_is_no_news),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
