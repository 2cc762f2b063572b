/* Keys and the screens of the diff view they lead to. */
#include <signal.h>

#include "tests/fake/screen.h"
#include "tests/tui/scenes.h"
#include "core/os/spawn.h"

static struct scene_shown diff_open(struct scratch *s, const char *project, const char *size,
                                    const char *keys)
{
	int cols, rows;
	assert_int_equal(sscanf(size, "%dx%d", &cols, &rows), 2);
	const struct scene scene = { "diff", project, keys };
	return scene_open(s, &scene, rows, cols);
}

static void diff_case(struct scratch *s, const char *project, const char *size, const char *keys,
                      const char *name)
{
	struct scene_shown shown = diff_open(s, project, size, keys);
	screen_expect(name, str_of(screen_text(s, &shown.screen)));
	scene_close(&shown);
}

/* A project of the test's own, copied from an example, with what the shell adds. */
static const char *diff_project(struct scratch *s, const char *script)
{
	const char *dir = scratch_path(s, "project");
	const char *line = arena_printf(s->arena, "cp -r docs/examples/manual-xxx '%s'; cd '%s'; %s",
	                                dir, dir, script);
	const char *const argv[] = { "sh", "-ec", line, NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                       .err = SPAWN_INHERIT };
	int status = -1;
	assert_true(spawn_run(&spawn, 0, NULL, &status, &s->err));
	assert_int_equal(status, 0);
	return dir;
}

static void test_view_diff__shows_what_the_profiles_change(void **state)
{
	struct scratch *s = *state;
	diff_case(s, SCENE_SHIP, "160x45", "p<Space>j<Space><Enter>d<Enter>]c]c", "diff-160");
	diff_case(s, SCENE_SHIP, "80x24", "p<Space><Enter>d<Enter>]f]f]c", "diff-80");
	diff_case(s, SCENE_SHIP, "80x24", "p<Space><Enter>d<Enter><Tab>]c]c", "diff-80-dockerfile");
	diff_case(s, SCENE_SHIP, "40x10", "p<Space><Enter>d<Enter>G", "diff-40");
	/* Long values stand below their pointer. */
	diff_case(s, SCENE_SHIP, "120x30", "p<Space>j<Space><Enter>d<Enter>O/state<Enter>n",
	          "diff-120-zoomed");
}

static void test_view_diff__compares_with_other_profiles(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = diff_open(s, SCENE_SHIP, "100x30", "p<Space>j<Space><Enter>");
	screen_keys(&shown.screen, "djj<Enter>");
	screen_shows(s, &shown.screen, "against profiles:");
	screen_keys(&shown.screen, "gpu<Enter>");
	screen_shows(s, &shown.screen, "gpu+stateful against gpu");
	/* One that no file knows leaves things as they are. */
	screen_keys(&shown.screen, "djj<Enter>gpu,nobody<Enter>");
	screen_shows(s, &shown.screen, "no file knows the profile nobody; known are gpu, stateful");
	screen_shows(s, &shown.screen, "gpu+stateful against gpu ");
	screen_keys(&shown.screen, "djj<Enter>gpu stateful<Enter>");
	screen_shows(s, &shown.screen, "nothing differs from gpu+stateful");
	/* Another selection on this side. */
	screen_keys(&shown.screen, "p<Space><Enter>");
	screen_shows(s, &shown.screen, "stateful against gpu+stateful");
	screen_keys(&shown.screen, "]c");
	screen_shows(s, &shown.screen, "~ /version");
	scene_close(&shown);
}

static void test_view_diff__goes_to_the_value_and_the_line(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = diff_open(s, SCENE_SHIP, "80x24", "p<Space><Enter>d<Enter>");
	screen_keys(&shown.screen, "/SHIP_WORKERS<Enter>gd");
	screen_shows(s, &shown.screen, "pesto/build/requirements.json /environments/SHIP_WORKERS");
	/* What is gone: where it was. */
	screen_keys(&shown.screen, "d<Enter>/max_batch<Enter><Enter>");
	screen_shows(s, &shown.screen, "pesto/api/description.json /resources ");
	screen_keys(&shown.screen, "d<Enter><Tab>/SHIP_DEVICE<Enter>gd");
	screen_shows(s, &shown.screen, "Dockerfile:39 is caused by");
	screen_keys(&shown.screen, "d<Enter><Tab>/-ENV SHIP_PRICE<Enter>gd");
	screen_shows(s, &shown.screen, "Dockerfile:37 is caused by");
	scene_close(&shown);
}

static void test_view_diff__says_what_a_key_could_not_do(void **state)
{
	struct scratch *s = *state;
	static const struct {
		const char *keys, *says;
	} cases[] = {
		{ "dk<Enter>", "nothing differs from base" },
		{ "dk<Enter>]c", "no difference after this one" },
		{ "p<Space><Enter>d<Enter>[f", "no file before this one" },
		{ "p<Space><Enter>d<Enter><Tab>{", "no hunk before this one" },
		{ "p<Space><Enter>d<Enter>k", "this is the first line" },
		{ "p<Space><Enter>d<Enter>Gj", "this is the last line" },
		{ "p<Space><Enter>d<Enter>n", "nothing was searched for yet" },
		{ "p<Space><Enter>d<Enter>/zzz<Enter>", "'zzz' is not in this pane" },
		{ "p<Space><Enter>d<Enter><Tab>e", "there is nothing to edit" },
		{ "dk<Enter>gd", "acts on nothing here" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene_shown shown = diff_open(s, SCENE_SHIP, "80x24", cases[i].keys);
		screen_shows(s, &shown.screen, cases[i].says);
		scene_close(&shown);
	}
}

static void test_view_diff__follows_the_files_and_stays_where_it_was(void **state)
{
	struct scratch *s = *state;
	const char *dir = diff_project(s, ":");
	struct scene_shown shown = diff_open(s, dir, "80x24", "p<Space>j<Space><Enter>d<Enter>G");
	screen_shows(s, &shown.screen, "+ /field_1  \"profile P1\"");
	scratch_write(s, "project/pesto/api/config.p1.json",
	              "{\"base\": 7, \"field_1\": \"profile P1\"}");
	app_reread(shown.screen.app);
	screen_shows(s, &shown.screen, "~ /base  \"default\" -> 7  (pesto/api/config.p1.json");
	screen_shows(s, &shown.screen, "2 files differ");
	screen_keys(&shown.screen, "gd");
	screen_shows(s, &shown.screen, "config.json /field_2 ");
	/* An error on this side, then none. */
	screen_keys(&shown.screen, "d<Enter>");
	scratch_write(s, "project/pesto/api/config.p1.json", "{");
	app_reread(shown.screen.app);
	screen_shows(s, &shown.screen, "has an error now: not compared");
	scratch_write(s, "project/pesto/api/config.p1.json", "{\"base\": 8}");
	app_reread(shown.screen.app);
	screen_shows(s, &shown.screen, "~ /base  \"default\" -> 8");
	scene_close(&shown);
}

static void test_view_diff__shows_what_is_hostile_as_text(void **state)
{
	struct scratch *s = *state;
	const char *dir = diff_project(s,
		"printf '%s' '{\"\\u001b]0;t\\u0007\": \"\\u001b[31mred\\u202e\", "
		"\"field_0\": \"\\u0000\\u009b31m\", \"long\": {\"\\u001b[2J\": "
		"\"0123456789012345678901234567890123456789012345678901234567890\\u0007\"}}' "
		">pesto/api/config.p1.json;"
		"printf '%s' '{\"environments\": {\"A\": \"x\\u001b[31m\\u202e\"}, \"requirements\": {}}' "
		">pesto/build/requirements.p1.json");
	diff_case(s, dir, "120x30", "p<Space><Enter>d<Enter>", "diff-hostile");
	setlocale(LC_ALL, "C");
	diff_case(s, dir, "80x24", "p<Space><Enter>d<Enter>", "diff-hostile-ascii");
	setlocale(LC_ALL, "C.UTF-8");
}

#define DIFF_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		DIFF_TEST(test_view_diff__shows_what_the_profiles_change),
		DIFF_TEST(test_view_diff__compares_with_other_profiles),
		DIFF_TEST(test_view_diff__goes_to_the_value_and_the_line),
		DIFF_TEST(test_view_diff__says_what_a_key_could_not_do),
		DIFF_TEST(test_view_diff__follows_the_files_and_stays_where_it_was),
		DIFF_TEST(test_view_diff__shows_what_is_hostile_as_text),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
