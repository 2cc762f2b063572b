/* Borders that are moved: by keys, kept, and never out of the screen. */
#include <signal.h>

#include "tests/tui/scenes.h"
#include "tui/panes.h"

static void test_panes__stay_inside(void **state)
{
	(void)state;
	static const struct {
		int cols, usual, by, wanted;
	} cases[] = {
		{ 100, 40, 0, 40 }, { 100, 40, 5, 45 }, { 100, 40, -500, PANES_LEAST },
		{ 100, 40, 500, 99 - PANES_LEAST }, { 12, 5, 9, 5 }, { 5, 2, 0, 2 }, { 0, 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct panes p = { 0 };
		struct area a = { 0, 0, 10, cases[i].cols };
		panes_place(&p, 1, 0, a, cases[i].usual);
		panes_move(&p, 1, 0, cases[i].by);
		int col = panes_place(&p, 1, 0, a, cases[i].usual);
		if (col != cases[i].wanted)
			fail_msg("case %zu: %d", i, col);
	}
}

static void test_panes__come_back_from_the_edge_at_once(void **state)
{
	(void)state;
	struct panes p = { 0 };
	struct area a = { 0, 0, 10, 100 };
	panes_place(&p, 1, 0, a, 40);
	panes_move(&p, 1, 0, -500);
	panes_place(&p, 1, 0, a, 40);
	panes_move(&p, 1, 0, 1);
	assert_int_equal(panes_place(&p, 1, 0, a, 40), PANES_LEAST + 1);
	assert_true(panes_even(&p, 1));
	assert_int_equal(panes_place(&p, 1, 0, a, 40), 40);
	assert_false(panes_even(&p, 1));
}

static void test_panes__more_views_than_room_do_no_harm(void **state)
{
	(void)state;
	struct panes p = { 0 };
	struct area a = { 0, 0, 10, 100 };
	for (unsigned i = 0; i < 2 * PANES_BORDERS; i++)
		assert_int_equal(panes_place(&p, 1u << i, 0, a, 40), 40);
	assert_false(panes_move(&p, 1u << (2 * PANES_BORDERS - 1), 0, 3));
}

/* ---- by keys ---- */

/* The column of the n-th line between panes, of the row below the title. */
static int border(struct screen *screen, int n)
{
	const struct surface *s = app_draw(screen->app);
	for (int col = 0; col < s->cols; col++)
		if (s->cells[s->cols + col].runes[0] == 0x2502 && n-- == 0)
			return col;
	return -1;
}

static void test_panes__are_moved_by_keys(void **state)
{
	struct scratch *s = *state;
	struct scene scene = { .name = "", .project = SCENE_SHIP, .keys = "" };
	struct scene_shown shown = scene_open(s, &scene, 45, 160);
	int first = border(&shown.screen, 0), second = border(&shown.screen, 1);
	screen_keys(&shown.screen, "5>");
	assert_int_equal(border(&shown.screen, 0), first + 5);
	screen_keys(&shown.screen, "<lt><lt>");
	assert_int_equal(border(&shown.screen, 0), first + 3);
	screen_keys(&shown.screen, "g=<Tab>7<lt>");
	assert_int_equal(border(&shown.screen, 0), first);
	assert_int_equal(border(&shown.screen, 1), second - 7);
	/* Another view has borders of its own; this one's are kept. */
	screen_keys(&shown.screen, "H|<Enter>3>q");
	screen_keys(&shown.screen, "q");
	assert_int_equal(border(&shown.screen, 1), second - 7);
	screen_keys(&shown.screen, "g=");
	assert_int_equal(border(&shown.screen, 1), second);
	/* Where one pane is shown there is no border. */
	app_resize(shown.screen.app, 24, 80);
	app_draw(shown.screen.app);
	screen_keys(&shown.screen, ">");
	screen_shows(s, &shown.screen, "no border between panes is shown here");
	scene_close(&shown);
}

/* The row of the cursor's line in the JSON, and of the line that it is linked to. */
static void test_panes__scroll_together(void **state)
{
	struct scratch *s = *state;
	struct scene scene = { .name = "", .project = SCENE_SHIP,
		.keys = "p<Space>j<Space><Enter>]f<Tab>/SHIP_WORKERS<Enter>" };
	struct scene_shown shown = scene_open(s, &scene, 14, 160);
	screen_keys(&shown.screen, "gs");
	screen_shows(s, &shown.screen, "JSON and Dockerfile scroll together");
	screen_keys(&shown.screen, "jk");
	const char *text = screen_text(s, &shown.screen), *end = text, *at = text;
	bool beside = false;
	/* Their rows are one. */
	for (; (end = strchr(at, '\n')); at = end + 1) {
		const char *line = arena_text(s->arena, (struct str){ at, (size_t)(end - at) });
		const char *json = strstr(line, "\"SHIP_WORKERS\":");
		beside |= json && strstr(json, "ENV SHIP_WORKERS");
	}
	if (!beside)
		fail_msg("not on one row:\n%s", text);
	screen_keys(&shown.screen, "gs");
	screen_shows(s, &shown.screen, "each by itself");
	scene_close(&shown);
}

#define PANES_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_panes__stay_inside),
		cmocka_unit_test(test_panes__come_back_from_the_edge_at_once),
		cmocka_unit_test(test_panes__more_views_than_room_do_no_harm),
		PANES_TEST(test_panes__are_moved_by_keys),
		PANES_TEST(test_panes__scroll_together),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
