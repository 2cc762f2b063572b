/* Two builds side by side by keys and pictures; what is compared is asked of workers, which
 * this program is as well. */
#include "core/job/job.h"
#include "core/os/clock.h"
#include "tests/tui/journals.h"
#include "tui/view_compare.h"

#define COMPARE_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

/* Longer than any machine takes; reached only by what never comes. */
enum { COMPARE_WAIT_MS = 30000 };

static void compare_kept(struct scratch *s, const char *dir, const char *name, const char *text)
{
	assert_true(save_file(arena_printf(s->arena, "%s/%s", dir, name), str_of(text), 0600, &s->err));
}

#define START "{'project':'ship','kind':'dockerfile','profiles':[],'level':'all'," \
	"'engine':'buildkit','engine_version':'dockerd 20'," \
	"'engine_address':'unix:///nowhere/d.sock','image':'ship:1'," \
	"'root':'/r','id':"
#define STEPS "'steps':[{'index':0,'name':'FROM node:20','stage':''}," \
	"{'index':1,'name':'COPY package.json .','stage':'build'}," \
	"{'index':2,'name':'RUN npm ci','stage':'build'}," \
	"{'index':3,'name':'RUN npm run build','stage':'build'}"

static void compare_step(struct journal_maker *m, int step, bool cached, const char *done)
{
	journal_event(m, 1, EVENT_STEP_START, step, "");
	if (!cached)
		journal_say(m, 2, step, step == 2 ? "added 1204 packages\n" : "built in 11s\n");
	journal_event(m, 3, EVENT_STEP_DONE, step, done);
}

static const char *compare_first(struct scratch *s)
{
	struct journal_maker m = journal_begin(s, "20260102-000000-0001");
	journal_event(&m, 0, EVENT_BUILD_START, -1, START "'20260102-000000-0001'," STEPS "]}");
	for (int i = 0; i < 3; i++)
		compare_step(&m, i, true, "{'ok':true,'cached':true,'seconds':0}");
	compare_step(&m, 3, false, "{'ok':true,'cached':false,'seconds':12.5}");
	journal_event(&m, 14, EVENT_BUILD_DONE, -1, "{'ok':true,'image_id':'sha256:1111','exit':0}");
	journal_end(&m);
	compare_kept(s, m.dir, "Dockerfile", "FROM node:20\nENV A=1\nCOPY package.json .\n");
	compare_kept(s, m.dir, "settings.json",
	             "{\"pesto/api/config.json\":{\"workers\":2,\"tz\":\"UTC\"}}");
	return m.dir;
}

static const char *compare_second(struct scratch *s)
{
	struct journal_maker m = journal_begin(s, "20260102-000000-0002");
	journal_event(&m, 100, EVENT_BUILD_START, -1, START "'20260102-000000-0002'," STEPS
	              ",{'index':4,'name':'COPY \u202e漢字 \\u001b]0;x /x','stage':''}]}");
	compare_step(&m, 0, true, "{'ok':true,'cached':true,'seconds':0}");
	compare_step(&m, 1, false, "{'ok':true,'cached':false,'seconds':0.4}");
	compare_step(&m, 2, false, "{'ok':true,'cached':false,'seconds':108}");
	journal_say(&m, 102, 3, "warning: \x1b[31mred\x1b[0m \x1b]0;title\x07 new\n");
	compare_step(&m, 3, false, "{'ok':true,'cached':false,'seconds':13}");
	compare_step(&m, 4, false, "{'ok':true,'cached':false,'seconds':0.1}");
	journal_event(&m, 223, EVENT_BUILD_DONE, -1, "{'ok':true,'image_id':'sha256:2222','exit':0}");
	journal_end(&m);
	compare_kept(s, m.dir, "Dockerfile", "FROM node:20\nENV A=2\nCOPY package.json .\nCOPY x /x\n");
	compare_kept(s, m.dir, "settings.json",
	             "{\"pesto/api/config.json\":{\"workers\":8,\"tz\":\"UTC\","
	             "\"new\":\"a\\u202eb\"}}");
	return m.dir;
}

static struct screen compare_screen(const char *a, const char *b, int rows, int cols)
{
	struct screen screen = screen_of(rows, cols);
	app_push(screen.app, view_compare_new(a, b));
	app_draw(screen.app);
	return screen;
}

static void compare_until(struct scratch *s, struct screen *screen, const char *part)
{
	int64_t end = clock_monotonic_ms() + COMPARE_WAIT_MS;
	while (!strstr(screen_text(s, screen), part)) {
		if (clock_monotonic_ms() > end)
			fail_msg("'%s' never came:\n%s", part, screen_text(s, screen));
		assert_true(loop_turn(screen->loop, 100, &s->err));
	}
}

static struct screen compare_again(struct scratch *s, const char *a, const char *b, int rows,
                                   int cols)
{
	struct screen screen = compare_screen(a, b, 45, 160);
	compare_until(s, &screen, "not read yet");
	app_resize(screen.app, rows, cols);
	return screen;
}

static struct screen compare_shown(struct scratch *s, int rows, int cols)
{
	const char *a = compare_first(s), *b = compare_second(s);
	return compare_again(s, a, b, rows, cols);
}

static void test_view_compare__pictures(void **state)
{
	struct scratch *s = *state;
	static const struct { const char *name, *keys; int rows, cols; } cases[] = {
		{ "compare-80", "", 24, 80 }, { "compare-160", "", 45, 160 },
		{ "compare-40", "", 10, 40 }, { "compare-20", "]c", 5, 20 },
		{ "compare-folded", "zM]c}}", 24, 80 },
	};
	const char *a = compare_first(s), *b = compare_second(s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct screen screen = compare_again(s, a, b, cases[i].rows, cases[i].cols);
		screen_keys(&screen, cases[i].keys);
		screen_is(s, &screen, cases[i].name);
		screen_finish(&screen);
	}
}

static void test_view_compare__enter_on_a_step_shows_what_its_log_differs_in(void **state)
{
	struct scratch *s = *state;
	struct screen screen = compare_shown(s, 45, 160);
	screen_keys(&screen, "/3 RUN npm run<Enter><Enter>");
	compare_until(s, &screen, "log of 3 RUN npm run build");
	screen_shows(s, &screen, "+1, 1 line equal");
	screen_shows(s, &screen, "+warning: red");
	screen_keys(&screen, "]c]c");
	screen_is(s, &screen, "compare-log");
	screen_keys(&screen, "/4 COPY<Enter><Enter>");
	screen_shows(s, &screen, "only B has this step");
	screen_finish(&screen);
}

static void test_view_compare__swapped_it_is_the_other_way_round(void **state)
{
	struct scratch *s = *state;
	struct screen screen = compare_shown(s, 45, 160);
	screen_shows(s, &screen, "A 20260102-000000-0001 14s  B 20260102-000000-0002 2m03s");
	screen_shows(s, &screen, "+1m48s of +1m49s");
	screen_keys(&screen, "\\");
	compare_until(s, &screen, "-1m48s of -1m49s");
	screen_shows(s, &screen, "A 20260102-000000-0002 2m03s  B 20260102-000000-0001 14s");
	screen_finish(&screen);
}

static void test_view_compare__an_engine_that_is_gone_is_said(void **state)
{
	struct scratch *s = *state;
	struct screen screen = compare_shown(s, 45, 160);
	screen_shows(s, &screen, "image  not read yet: Enter asks the engine");
	screen_keys(&screen, "G<Enter>");
	compare_until(s, &screen, "/nowhere/d.sock");
	screen_keys(&screen, "<Enter>");
	screen_finish(&screen);
}

static void test_view_compare__without_a_it_is_the_build_before(void **state)
{
	struct scratch *s = *state;
	const char *a = compare_first(s), *b = compare_second(s);
	struct screen screen = compare_screen(NULL, b, 24, 100);
	compare_until(s, &screen, "A 20260102-000000-0001 14s");
	screen_finish(&screen);
	screen = compare_screen(NULL, a, 24, 80);
	compare_until(s, &screen, "no earlier build of this project is kept");
	screen_keys(&screen, "jk<Enter>]czazM\\/x<Enter>n");
	screen_finish(&screen);
}

static void test_view_compare__any_size_and_key_is_fine(void **state)
{
	struct scratch *s = *state;
	static const struct { int rows, cols; } sizes[] = {
		{ 1, 1 }, { 2, 3 }, { 5, 20 }, { 10, 40 }, { 24, 80 }, { 90, 300 },
	};
	struct screen screen = compare_shown(s, 24, 80);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		app_resize(screen.app, sizes[i].rows, sizes[i].cols);
		screen_keys(&screen, "ggjjlllhhGkkzzztzb<C-d><C-u>]c]c[c}}{zMzRzazozc/npm<Enter>nNw");
	}
	screen_finish(&screen);
}

static void test_view_compare__c_leads_there_from_the_build(void **state)
{
	struct scratch *s = *state;
	compare_first(s);
	const char *b = compare_second(s);
	struct screen screen = screen_of(24, 100);
	struct view *view = view_build_new(screen.loop, b, &s->err);
	assert_non_null(view);
	app_push(screen.app, view);
	screen_keys(&screen, "C");
	compare_until(s, &screen, "A 20260102-000000-0001 14s");
	screen_keys(&screen, "q");
	screen_lacks(s, &screen, "20260102-000000-0001");
	screen_finish(&screen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		COMPARE_TEST(test_view_compare__pictures),
		COMPARE_TEST(test_view_compare__enter_on_a_step_shows_what_its_log_differs_in),
		COMPARE_TEST(test_view_compare__swapped_it_is_the_other_way_round),
		COMPARE_TEST(test_view_compare__an_engine_that_is_gone_is_said),
		COMPARE_TEST(test_view_compare__without_a_it_is_the_build_before),
		COMPARE_TEST(test_view_compare__any_size_and_key_is_fine),
		COMPARE_TEST(test_view_compare__c_leads_there_from_the_build),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
