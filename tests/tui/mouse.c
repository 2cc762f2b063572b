/* The mouse: reports as terminals send them, and what clicks do. */
#include <signal.h>

#include "tests/tui/scenes.h"
#include "tui/mouse.h"

#define NONE { MOUSE_PRESS, 0, 0 }

static void test_mouse__reads_reports(void **state)
{
	(void)state;
	static const struct {
		const char *report;
		enum mouse_read read;
		struct mouse_event event;
	} cases[] = {
		{ "0;1;1M", MOUSE_EVENT, { MOUSE_PRESS, 0, 0 } },
		{ "0;80;24M", MOUSE_EVENT, { MOUSE_PRESS, 23, 79 } },
		{ "0;300;200m", MOUSE_EVENT, { MOUSE_RELEASE, 199, 299 } },
		{ "32;7;3M", MOUSE_EVENT, { MOUSE_DRAG, 2, 6 } },
		{ "64;7;3M", MOUSE_EVENT, { MOUSE_WHEEL_UP, 2, 6 } },
		{ "65;7;3M", MOUSE_EVENT, { MOUSE_WHEEL_DOWN, 2, 6 } },
		/* With Control; with Shift the terminal keeps it, mostly. */
		{ "16;7;3M", MOUSE_EVENT, { MOUSE_PRESS, 2, 6 } },
		{ "2;7;3M", MOUSE_NOTHING, NONE },
		{ "66;7;3M", MOUSE_NOTHING, NONE },
		{ "128;7;3M", MOUSE_NOTHING, NONE },
		{ "35;7;3M", MOUSE_NOTHING, NONE },
		{ "0;0;3M", MOUSE_NOTHING, NONE }, { "0;7M", MOUSE_NOTHING, NONE },
		{ "M", MOUSE_NOTHING, NONE }, { "0;7;3;9M", MOUSE_NOTHING, NONE },
		{ "0;99999999999999;3M", MOUSE_NOTHING, NONE },
		{ "0;7;3x", MOUSE_NOTHING, NONE }, { "-1;7;3M", MOUSE_NOTHING, NONE },
		{ "0;7;3", MOUSE_MORE, NONE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mouse_report report = { .n = 0 };
		struct mouse_event event = { MOUSE_PRESS, 0, 0 };
		enum mouse_read read = MOUSE_MORE;
		for (const char *p = cases[i].report; *p && read == MOUSE_MORE; p++)
			read = mouse_read(&report, (unsigned char)*p, &event);
		bool same = event.what == cases[i].event.what && event.row == cases[i].event.row &&
		            event.col == cases[i].event.col;
		if (read != cases[i].read || (read == MOUSE_EVENT && !same))
			fail_msg("%s: %d, %d at %d,%d", cases[i].report, (int)read, (int)event.what, event.row,
			         event.col);
	}
}

/* ---- on the screen ---- */

static struct scene_shown shown_by(struct scratch *s, const char *keys, int rows, int cols)
{
	struct scene scene = { .name = "", .project = SCENE_SHIP, .keys = keys };
	return scene_open(s, &scene, rows, cols);
}

static void does(struct screen *screen, enum mouse_what what, int row, int col)
{
	struct mouse_event event = { what, row, col };
	app_mouse(screen->app, &event);
	app_draw(screen->app);
}

/* Where the text begins. */
static void find(struct scratch *s, struct screen *screen, const char *text, int *ret_row,
                 int *ret_col)
{
	const char *all = screen_text(s, screen), *at = strstr(all, text), *line = all;
	if (!at)
		fail_msg("'%s' is not on:\n%s", text, all);
	*ret_row = 0;
	for (const char *p = all; p < at; p++)
		if (*p == '\n') {
			++*ret_row;
			line = p + 1;
		}
	*ret_col = (int)text_width((struct str){ line, (size_t)(at - line) });
}

static void clicks(struct scratch *s, struct screen *screen, const char *text)
{
	int row, col;
	find(s, screen, text, &row, &col);
	does(screen, MOUSE_PRESS, row, col);
	does(screen, MOUSE_RELEASE, row, col);
}

static void test_mouse__is_off_until_switched_on(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "", 45, 160);
	clicks(s, &shown.screen, "config.json");
	screen_lacks(s, &shown.screen, "pesto/api/config.json  ");
	screen_keys(&shown.screen, "gz");
	screen_shows(s, &shown.screen, "the mouse is on");
	clicks(s, &shown.screen, "config.json");
	screen_shows(s, &shown.screen, "merged  pesto/api/config.json");
	screen_keys(&shown.screen, "gz");
	screen_shows(s, &shown.screen, "the mouse is off");
	scene_close(&shown);
}

static void test_mouse__clicks_focus_and_open(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "gz", 45, 160);
	clicks(s, &shown.screen, "RUN python3 -V");
	screen_shows(s, &shown.screen, " is caused by");
	clicks(s, &shown.screen, "b config.json");
	clicks(s, &shown.screen, "b config.json");
	/* Enter on a file leads into its text. */
	screen_shows(s, &shown.screen, "pesto/api/config.json (all of it)");
	clicks(s, &shown.screen, "H history");
	screen_shows(s, &shown.screen, " history ");
	scene_close(&shown);
}

static void test_mouse__tabs_change_the_pane(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "gz", 24, 80);
	clicks(s, &shown.screen, "Dockerfile");
	screen_shows(s, &shown.screen, "step 1: PESTO");
	clicks(s, &shown.screen, "tree");
	screen_shows(s, &shown.screen, "b description.json");
	scene_close(&shown);
}

static void test_mouse__wheel_scrolls_three_lines(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "gz<BackTab>gg", 24, 160);
	int before, after, col;
	find(s, &shown.screen, "HEALTHCHECK", &before, &col);
	does(&shown.screen, MOUSE_WHEEL_DOWN, before, col);
	find(s, &shown.screen, "HEALTHCHECK", &after, &col);
	assert_int_equal(after, before - 3);
	does(&shown.screen, MOUSE_WHEEL_UP, after, col);
	find(s, &shown.screen, "HEALTHCHECK", &after, &col);
	assert_int_equal(after, before);
	scene_close(&shown);
}

static void test_mouse__drags_a_border(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = shown_by(s, "gz", 45, 160);
	int row, col, now;
	find(s, &shown.screen, "│ merged", &row, &col);
	does(&shown.screen, MOUSE_PRESS, 20, col);
	does(&shown.screen, MOUSE_DRAG, 20, col + 6);
	does(&shown.screen, MOUSE_DRAG, 21, col + 9);
	does(&shown.screen, MOUSE_RELEASE, 21, col + 9);
	does(&shown.screen, MOUSE_DRAG, 21, col + 30);
	find(s, &shown.screen, "│ merged", &row, &now);
	assert_int_equal(now, col + 9);
	scene_close(&shown);
}

/* Any event anywhere, at any size and over anything that is open. */
static void test_mouse__does_no_harm_anywhere(void **state)
{
	struct scratch *s = *state;
	for (size_t i = 0; i < SCENES; i++) {
		struct scene_shown shown = scene_open(s, &scenes[i], 24, 80);
		app_mouse_switch(shown.screen.app, true);
		for (int n = 0; n < 300; n++) {
			if (n % 50 == 49)
				app_resize(shown.screen.app, 1 + n * 7 % 40, 1 + n * 13 % 150);
			does(&shown.screen, (enum mouse_what)(n % 5), n * 7 % 26, n * 11 % 90);
		}
		scene_close(&shown);
	}
}

#define MOUSE_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mouse__reads_reports),
		MOUSE_TEST(test_mouse__is_off_until_switched_on),
		MOUSE_TEST(test_mouse__clicks_focus_and_open),
		MOUSE_TEST(test_mouse__tabs_change_the_pane),
		MOUSE_TEST(test_mouse__wheel_scrolls_three_lines),
		MOUSE_TEST(test_mouse__drags_a_border),
		MOUSE_TEST(test_mouse__does_no_harm_anywhere),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
