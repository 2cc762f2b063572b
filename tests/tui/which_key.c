/* What may follow the keys typed so far. */
#include <signal.h>

#include "tests/tui/scenes.h"
#include "core/os/clock.h"
#include "tui/which_key.h"

static void waits(struct scratch *s, struct screen *screen)
{
	for (int i = 0; !screen->app->hinting && i < 600; i++)
		assert_true(loop_turn(screen->loop, 100, &s->err));
	assert_true(screen->app->hinting);
}

static struct scene_shown shown(struct scratch *s, int rows, int cols)
{
	static const struct scene scene = { .name = "", .project = SCENE_SHIP, .keys = "" };
	return scene_open(s, &scene, rows, cols);
}

static void test_which_key__shows_after_a_while_and_goes_with_the_next_key(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, 24, 80);
	int64_t begun = clock_monotonic_ms();
	screen_keys(&here.screen, "g");
	screen_lacks(s, &here.screen, "may go on with");
	waits(s, &here.screen);
	assert_true(clock_monotonic_ms() - begun >= WHICH_KEY_MS);
	screen_shows(s, &here.screen, " g may go on with ");
	screen_shows(s, &here.screen, "d        go to what caused this line");
	/* Nothing runs any more: what it waits for is a key. */
	assert_int_equal(here.screen.app->hint, 0);
	screen_keys(&here.screen, "g");
	screen_lacks(s, &here.screen, "may go on with");
	scene_close(&here);
}

static void test_which_key__lists_what_is_valid_here(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, 45, 160);
	screen_keys(&here.screen, "]");
	waits(s, &here.screen);
	screen_shows(s, &here.screen, "next problem");
	screen_lacks(s, &here.screen, "replay: on to the next event");
	screen_keys(&here.screen, "<Esc>'");
	waits(s, &here.screen);
	screen_shows(s, &here.screen, "<a-z>    to the line marked with the letter");
	/* Behind a number stands what takes one. */
	screen_keys(&here.screen, "<Esc>12");
	waits(s, &here.screen);
	screen_shows(s, &here.screen, " 12 may go on with ");
	screen_shows(s, &here.screen, "j        one line down");
	screen_lacks(s, &here.screen, "pick profiles");
	scene_close(&here);
}

static void test_which_key__is_one_line_on_a_small_screen(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, 10, 40);
	screen_keys(&here.screen, "z");
	screen_lacks(s, &here.screen, "the line to the middle");
	waits(s, &here.screen);
	screen_shows(s, &here.screen, "z z the line to the middle");
	scene_close(&here);
}

static void test_which_key__knows_keys_that_were_bound(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, 24, 80);
	keymap_bind(ACTION_PROBLEMS, WHERE_PROJECT, STR("gP <F9>"));
	screen_keys(&here.screen, "g");
	waits(s, &here.screen);
	screen_shows(s, &here.screen, "P        panel of problems");
	screen_lacks(s, &here.screen, "p        panel of problems");
	keymap_unbind();
	scene_close(&here);
}

/* A popup that opens, a view that comes: what was typed is forgotten. */
static void test_which_key__goes_with_what_it_was_about(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, 24, 80);
	screen_keys(&here.screen, "g");
	waits(s, &here.screen);
	app_open(here.screen.app, popup_new_text("Text", strdup("words")));
	screen_lacks(s, &here.screen, "may go on with");
	scene_close(&here);
}

#define WHICH_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WHICH_TEST(test_which_key__shows_after_a_while_and_goes_with_the_next_key),
		WHICH_TEST(test_which_key__lists_what_is_valid_here),
		WHICH_TEST(test_which_key__is_one_line_on_a_small_screen),
		WHICH_TEST(test_which_key__knows_keys_that_were_bound),
		WHICH_TEST(test_which_key__goes_with_what_it_was_about),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
