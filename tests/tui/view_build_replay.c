/* Old builds played again. */
#include <signal.h>

#include "tests/tui/journals.h"

#define REPLAY_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

static struct screen replay_screen(struct journal_maker *m, int rows, int cols)
{
	struct screen screen = screen_of(rows, cols);
	struct view *view = view_build_new_replay(screen.loop, m->dir, &m->s->err);
	assert_non_null(view);
	app_push(screen.app, view);
	screen_keys(&screen, ".");
	return screen;
}

static struct journal_maker replay_built(struct scratch *s)
{
	struct journal_maker m = journal_begin(s, "20260102-030405-abcd");
	journal_started(&m);
	journal_built(&m);
	journal_end(&m);
	return m;
}

static void test_view_build_replay__begins_at_the_beginning(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = replay_built(s);
	struct screen screen = replay_screen(&m, 24, 80);
	screen_shows(s, &screen, "PAUSED");
	screen_shows(s, &screen, "0/4 =0 +0 >0 .4");
	screen_lacks(s, &screen, "built ship-detector");
	screen_finish(&screen);
}

static void test_view_build_replay__skips_from_event_to_event(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = replay_built(s);
	struct screen screen = replay_screen(&m, 24, 80);
	/* Fetching begins and ends, FROM is cached and apt begins: both at 1 s. */
	screen_keys(&screen, "]t]t]t");
	screen_shows(s, &screen, "1/4 =1 +0 >1 .2");
	screen_shows(s, &screen, "no output yet");
	screen_keys(&screen, "]t");
	screen_shows(s, &screen, "Reading package lists");
	screen_lacks(s, &screen, "Setting up python3");
	screen_shows(s, &screen, "PAUSED 1s");
	screen_keys(&screen, "]t");
	screen_shows(s, &screen, "Setting up python3");
	screen_keys(&screen, "]t]t]t]t]t");
	screen_shows(s, &screen, "PAUSED 7s");
	screen_lacks(s, &screen, "DONE");
	screen_keys(&screen, "]t");
	screen_shows(s, &screen, "DONE 7.5s");
	screen_shows(s, &screen, "built ship-detector:1.0 in 7.5s");
	/* Over is over: the keys of a replay do nothing any more, but v begins again. */
	screen_keys(&screen, "]t");
	screen_shows(s, &screen, "acts on nothing here");
	screen_keys(&screen, "v.");
	screen_shows(s, &screen, "PAUSED");
	screen_shows(s, &screen, "0/4 =0 +0 >0 .4");
	screen_finish(&screen);
}

static void test_view_build_replay__goes_by_the_journals_clock(void **state)
{
	struct scratch *s = *state;
	struct error err;
	struct journal_maker m = replay_built(s);
	struct screen screen = replay_screen(&m, 24, 80);
	/* It stands: nothing to wait for but the watch of nothing at all. */
	assert_true(loop_turn(screen.loop, 0, &err));
	screen_shows(s, &screen, "PAUSED 0s");
	struct view *view = app_view(screen.app);
	assert_int_equal(view->ops->tick(view), -1);
	screen_keys(&screen, ".");
	assert_true(view->ops->tick(view) > 0);
	screen_keys(&screen, ".");
	assert_int_equal(view->ops->tick(view), -1);
	screen_keys(&screen, "--");
	screen_shows(s, &screen, "PAUSED 1/4");
	screen_keys(&screen, "++++++++++++");
	screen_shows(s, &screen, "PAUSED 1024x");
	screen_keys(&screen, "+");
	screen_shows(s, &screen, "this is the fastest");
	screen_keys(&screen, ".");
	screen_shows(s, &screen, "REPLAY 1024x");
	while (!strstr(screen_text(s, &screen), "DONE 7.5s"))
		assert_true(loop_turn(screen.loop, -1, &err));
	screen_finish(&screen);
}

static void test_view_build_replay__cancels_nothing(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = replay_built(s);
	struct screen screen = replay_screen(&m, 24, 80);
	screen_keys(&screen, "X");
	screen_shows(s, &screen, "this is a replay: nothing runs");
	screen_finish(&screen);
}

static void test_view_build_replay__ends_where_the_job_was_lost(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = journal_begin(s, "20260102-030405-abcd");
	journal_started(&m);
	journal_end(&m);
	struct screen screen = replay_screen(&m, 24, 80);
	screen_shows(s, &screen, "PAUSED");
	for (int i = 0; i < 9; i++)
		screen_keys(&screen, "]t");
	screen_shows(s, &screen, "LOST");
	screen_finish(&screen);
}

static void test_view_build_replay__searches_what_was_shown_so_far(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = replay_built(s);
	struct screen screen = replay_screen(&m, 24, 80);
	screen_keys(&screen, "]t]t]t]t/python3<Enter>");
	screen_shows(s, &screen, "python3 is not found");
	screen_keys(&screen, "]t");
	screen_turn(&screen);
	screen_keys(&screen, "n");
	screen_shows(s, &screen, "/python3 1 of 1");
	screen_keys(&screen, "v.]t]t]t]t]t");
	screen_shows(s, &screen, "Setting up python3");
	screen_finish(&screen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		REPLAY_TEST(test_view_build_replay__begins_at_the_beginning),
		REPLAY_TEST(test_view_build_replay__skips_from_event_to_event),
		REPLAY_TEST(test_view_build_replay__goes_by_the_journals_clock),
		REPLAY_TEST(test_view_build_replay__cancels_nothing),
		REPLAY_TEST(test_view_build_replay__ends_where_the_job_was_lost),
		REPLAY_TEST(test_view_build_replay__searches_what_was_shown_so_far),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
