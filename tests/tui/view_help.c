/* The keys, told by the table they come from. */
#include "tests/tui/journals.h"
#include "tui/view_help.h"

#define HELP_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

static struct screen help_screen(unsigned where, int rows, int cols)
{
	static struct view_ops from = { .name = "build" };
	struct screen screen = screen_of(rows, cols);
	from.where = where;
	app_push(screen.app, view_help_new(&from));
	app_draw(screen.app);
	return screen;
}

static void test_view_help__names_every_key_once(void **state)
{
	struct scratch *s = *state;
	struct screen screen = help_screen(WHERE_BUILD, 300, 120);
	const char *text = screen_text(s, &screen);
	const char *others = strstr(text, "In other views");
	assert_non_null(others);
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		const struct keymap_entry *entry = keymap_entry(a);
		const char *at = strstr(text, entry->text);
		if (!at)
			fail_msg("'%s' is not in the help", entry->text);
		if (entry->where & WHERE_BUILD)
			assert_true(at < others);
	}
	screen_finish(&screen);
}

static void test_view_help__narrows_to_what_is_typed(void **state)
{
	struct scratch *s = *state;
	struct screen screen = help_screen(WHERE_BUILD, 24, 80);
	screen_shows(s, &screen, "Of the view you came from (build)");
	screen_keys(&screen, "/cancel<Enter>");
	screen_shows(s, &screen, "cancel the build (asks once)");
	screen_lacks(s, &screen, "one line down");
	screen_keys(&screen, "/zebra<Enter>");
	screen_shows(s, &screen, "no key has this text");
	screen_keys(&screen, "/<Enter>");
	screen_shows(s, &screen, "follow the log");
	screen_keys(&screen, "}");
	screen_shows(s, &screen, "In every view");
	screen_keys(&screen, "}");
	screen_shows(s, &screen, "In other views");
	screen_finish(&screen);
}

static void test_view_help__any_size(void **state)
{
	(void)state;
	struct screen screen = help_screen(WHERE_HISTORY, 1, 1);
	for (int i = 1; i < 30; i++) {
		app_resize(screen.app, i % 5 + 1, i * 2);
		screen_keys(&screen, "jG{}<C-u>");
	}
	screen_finish(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HELP_TEST(test_view_help__names_every_key_once),
		HELP_TEST(test_view_help__narrows_to_what_is_typed),
		HELP_TEST(test_view_help__any_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
