/* Jumps and marks: the lists, and what keys do with them on the screen. */
#include <signal.h>

#include "tests/tui/scenes.h"
#include "tui/jumps.h"

static const char *back(struct jumps *j, const char *from)
{
	const struct place *p = jumps_back(j, 1, STR(""), str_of(from));
	return p ? p->line : "none";
}

static const char *forth(struct jumps *j)
{
	const struct place *p = jumps_forth(j);
	return p ? p->line : "none";
}

static void test_jumps__go_back_and_forth(void **state)
{
	(void)state;
	struct jumps j = { .n = 0 };
	assert_string_equal(back(&j, "a"), "none");
	assert_string_equal(forth(&j), "none");
	jumps_push(&j, 1, STR(""), STR("a"));
	jumps_push(&j, 1, STR(""), STR("a"));
	jumps_push(&j, 1, STR(""), STR("b"));
	assert_string_equal(back(&j, "c"), "b");
	assert_string_equal(back(&j, "b"), "a");
	assert_string_equal(back(&j, "a"), "none");
	assert_string_equal(forth(&j), "b");
	assert_string_equal(forth(&j), "c");
	assert_string_equal(forth(&j), "none");
	/* A jump from the middle forgets what lay ahead. */
	assert_string_equal(back(&j, "c"), "b");
	jumps_push(&j, 1, STR(""), STR("b"));
	assert_string_equal(forth(&j), "none");
	assert_string_equal(back(&j, "d"), "b");
	jumps_finish(&j);
}

static void test_jumps__keep_the_newest(void **state)
{
	(void)state;
	struct jumps j = { .n = 0 };
	for (int i = 0; i < 3 * JUMPS_MAX; i++) {
		char line[16];
		snprintf(line, sizeof line, "%d", i);
		jumps_push(&j, 1, STR(""), str_of(line));
	}
	assert_int_equal(j.n, JUMPS_MAX);
	assert_string_equal(j.places[0].line, "200");
	assert_string_equal(j.places[JUMPS_MAX - 1].line, "299");
	jumps_finish(&j);
}

/* ---- on the screen ---- */

static struct scene_shown shown_by(struct scratch *s, const char *keys)
{
	struct scene scene = { .name = "", .project = SCENE_SHIP, .keys = keys };
	return scene_open(s, &scene, 45, 160);
}

static void test_jumps__lead_back_through_views(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "]f]f<Tab>jjG|H|jj<Enter>");
	screen_shows(s, &shown.screen, "No matching distribution");
	screen_keys(&shown.screen, "<C-o>");
	screen_shows(s, &shown.screen, " history ");
	screen_keys(&shown.screen, "<C-o>");
	screen_shows(s, &shown.screen, " tree ");
	screen_keys(&shown.screen, "g<C-o>g<C-o>");
	screen_shows(s, &shown.screen, "No matching distribution");
	screen_keys(&shown.screen, "9<C-o>");
	screen_shows(s, &shown.screen, " tree ");
	screen_keys(&shown.screen, "<C-o>");
	screen_shows(s, &shown.screen, "no jump lies before this");
	scene_close(&shown);
}

static void test_jumps__back_to_where_a_search_began(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "p<Space>j<Space><Enter>]f<Tab>jj");
	screen_keys(&shown.screen, "/SHIP_WORKERS<Enter>");
	screen_shows(s, &shown.screen, "/SHIP_WORKERS ");
	screen_keys(&shown.screen, "<C-o>");
	screen_lacks(s, &shown.screen, "/SHIP_WORKERS ");
	screen_keys(&shown.screen, "g<C-o>");
	screen_shows(s, &shown.screen, "/SHIP_WORKERS ");
	scene_close(&shown);
}

static void test_jumps__marks_survive_another_reading(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "p<Space>j<Space><Enter>]f<Tab>/SHIP_WORKERS<Enter>mw");
	screen_shows(s, &shown.screen, "this line is marked: 'w goes to it");
	screen_keys(&shown.screen, "gg");
	app_reread(shown.screen.app);
	screen_lacks(s, &shown.screen, "/SHIP_WORKERS ");
	screen_keys(&shown.screen, "'w");
	screen_shows(s, &shown.screen, "/SHIP_WORKERS ");
	screen_keys(&shown.screen, "'x");
	screen_shows(s, &shown.screen, "x marks nothing in this view: mx marks a line");
	screen_keys(&shown.screen, "m1");
	screen_shows(s, &shown.screen, "m1 means nothing here");
	scene_close(&shown);
}

/* A profile less, and what it brought is gone. */
static void test_jumps__say_when_a_mark_is_gone(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "p<Space><Enter>]f<Tab>/SHIP_DEVICE<Enter>mw");
	screen_shows(s, &shown.screen, "/SHIP_DEVICE ");
	screen_keys(&shown.screen, "p<Space><Enter>'w");
	screen_shows(s, &shown.screen, "the line that w marked is gone");
	scene_close(&shown);
}

static void test_jumps__marks_in_a_build_open_it_again(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "H|jj<Enter><Tab>ggma");
	screen_shows(s, &shown.screen, "this line is marked");
	screen_keys(&shown.screen, "qk<Enter>'a");
	screen_shows(s, &shown.screen, "No matching distribution");
	scene_close(&shown);
}

/* The history is left for a build that is gone, and the way back goes on from there. */
static void test_jumps__pass_over_a_build_that_is_gone(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "jjH|jj<Enter><Tab>jgg");
	screen_keys(&shown.screen, "q");
	const char *gone = arena_printf(s->arena, "rm -r %s/mortar/builds/20260102-030405-0002",
	                                s->dir);
	assert_int_equal(system(gone), 0);
	screen_keys(&shown.screen, "<C-o><C-o>");
	screen_shows(s, &shown.screen, " tree ");
	scene_close(&shown);
}

#define JUMPS_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jumps__go_back_and_forth),
		cmocka_unit_test(test_jumps__keep_the_newest),
		JUMPS_TEST(test_jumps__lead_back_through_views),
		JUMPS_TEST(test_jumps__back_to_where_a_search_began),
		JUMPS_TEST(test_jumps__marks_survive_another_reading),
		JUMPS_TEST(test_jumps__say_when_a_mark_is_gone),
		JUMPS_TEST(test_jumps__pass_over_a_build_that_is_gone),
		JUMPS_TEST(test_jumps__marks_in_a_build_open_it_again),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
