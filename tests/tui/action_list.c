/* The palette: what it finds and does. */
#include <signal.h>

#include "tests/tui/scenes.h"
#include "tui/list.h"

static struct scene_shown shown(struct scratch *s, const char *project, int rows, int cols)
{
	struct scene scene = { .name = "", .project = project, .keys = "" };
	return scene_open(s, &scene, rows, cols);
}

static void test_action_list__does_what_is_found(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 24, 80);
	screen_keys(&here.screen, ":");
	screen_shows(s, &here.screen, "Do or open");
	screen_keys(&here.screen, "histo<Enter>");
	screen_shows(s, &here.screen, " history ");
	screen_keys(&here.screen, ":xyzzy");
	screen_shows(s, &here.screen, "nothing has these letters");
	screen_keys(&here.screen, "<Enter>");
	screen_shows(s, &here.screen, "nothing has this name");
	screen_keys(&here.screen, ":sort<Esc>");
	screen_lacks(s, &here.screen, "Do or open");
	scene_close(&here);
}

static void test_action_list__lists_what_is_valid_here_with_its_keys(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 24, 80);
	keymap_bind(ACTION_PROFILES, WHERE_PROJECT, STR("<F9>"));
	screen_keys(&here.screen, ":profiles: pick");
	screen_shows(s, &here.screen, " <F9>       profiles: pick profiles and their order");
	screen_keys(&here.screen, "<C-u>column-left");
	screen_lacks(s, &here.screen, "column-left: ");
	keymap_unbind();
	scene_close(&here);
}

static void test_action_list__opens_builds_files_and_takes_profiles(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 45, 160);
	screen_keys(&here.screen, ":0405-0002<Enter>");
	screen_shows(s, &here.screen, "No matching distribution");
	screen_keys(&here.screen, ":take gpu<Enter>");
	screen_shows(s, &here.screen, "with profile gpu, over those before it");
	screen_keys(&here.screen, ":config_schema<Enter>");
	screen_shows(s, &here.screen, "pesto/api/config_schema.json (all of it)");
	screen_shows(s, &here.screen, " gpu  level");
	screen_keys(&here.screen, ":leave gpu<Enter>");
	screen_shows(s, &here.screen, "without profile gpu");
	screen_shows(s, &here.screen, "no profile");
	scene_close(&here);
}

static void test_action_list__takes_a_number_for_a_line(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 45, 160);
	screen_keys(&here.screen, "<BackTab>:30<Enter>");
	struct view *view = app_view(here.screen.app);
	assert_int_equal(view->ops->nav->list(view, 2)->cursor, 29);
	screen_keys(&here.screen, ":99999<Enter>");
	assert_int_equal(view->ops->nav->list(view, 2)->cursor, view->ops->nav->list(view, 2)->n - 1);
	scene_close(&here);
}

static void test_action_list__puts_what_was_chosen_last_first(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 24, 80);
	screen_keys(&here.screen, ":panel of prob<Enter>:matrix<C-u>fold-all<Enter>:<Enter>");
	screen_keys(&here.screen, ":");
	const char *text = screen_text(s, &here.screen);
	const char *last = strstr(text, "fold-all: "), *before = strstr(text, "problems: ");
	assert_non_null(last);
	assert_non_null(before);
	assert_true(last < before);
	scene_close(&here);
}

static void test_action_list__waits_for_the_letter_of_a_mark(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 24, 80);
	screen_keys(&here.screen, ":mark: <Enter>");
	screen_shows(s, &here.screen, "<a-z>    mark this line with a letter");
	screen_keys(&here.screen, "q");
	screen_shows(s, &here.screen, "this line is marked: 'q goes to it");
	scene_close(&here);
}

static void test_action_list__the_help_runs_what_it_lists(void **state)
{
	struct scratch *s = *state;
	struct scene_shown here = shown(s, SCENE_SHIP, 24, 80);
	screen_keys(&here.screen, "?/panel of problems<Enter>j<Enter>");
	screen_lacks(s, &here.screen, " keys ");
	screen_shows(s, &here.screen, "problems");
	screen_keys(&here.screen, "?/group by the column<Enter>j<Enter>");
	screen_shows(s, &here.screen, "group means nothing in the project view");
	scene_close(&here);
}

#define LIST_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIST_TEST(test_action_list__does_what_is_found),
		LIST_TEST(test_action_list__lists_what_is_valid_here_with_its_keys),
		LIST_TEST(test_action_list__opens_builds_files_and_takes_profiles),
		LIST_TEST(test_action_list__takes_a_number_for_a_line),
		LIST_TEST(test_action_list__puts_what_was_chosen_last_first),
		LIST_TEST(test_action_list__waits_for_the_letter_of_a_mark),
		LIST_TEST(test_action_list__the_help_runs_what_it_lists),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
