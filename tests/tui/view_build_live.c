/* The build view while a build runs, on a screen of any size: a journal replayed up to a
 * moment, with good builds before it. */
#include <signal.h>

#include "core/job/job.h"
#include "tests/tui/journals.h"

#define LIVE_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

#define START "{'format':1,'id':'b','project':'ship','kind':'pesto','profiles':['gpu']," \
	"'level':'C2','engine':'buildkit','engine_version':'dockerd 28.5.2'," \
	"'engine_address':'unix:///e','image':'ship:1.0','root':'/r','steps':[" \
	"{'index':0,'name':'FROM debian:12','stage':'base','line':1,'forecast':'hit'}," \
	"{'index':1,'name':'RUN apt-get update','stage':'base','line':2,'forecast':'hit'}," \
	"{'index':2,'name':'FROM node:20','stage':'build','line':3,'forecast':'miss'}," \
	"{'index':3,'name':'RUN npm ci','stage':'build','line':4,'forecast':'miss'}," \
	"{'index':4,'name':'RUN npm run build','stage':'build','line':5,'forecast':'miss'}," \
	"{'index':5,'name':'RUN pytest -q','stage':'test','line':6,'forecast':'hit'}]}"

#define TOOK(step, stage, name) "{\"step\":" #step ",\"stage\":\"" stage "\",\"name\":\"" name \
	"\",\"cached\":false,\"ok\":true,\"seconds\":%.3f,\"lines\":1}"

static void live_times(struct journal_maker *m, double apt, double npm, double run)
{
	const char *text = arena_printf(m->s->arena,
		"{\"format\":1,\"root\":\"/r\",\"project\":\"ship\",\"engine\":\"buildkit\","
		"\"engine_address\":\"unix:///e\",\"level\":\"C2\",\"ok\":true,\"started\":1.000,"
		"\"seconds\":%.3f,\"path\":%.3f,\"steps\":[" TOOK(1, "base", "RUN apt-get update") ","
		TOOK(3, "build", "RUN npm ci") "," TOOK(4, "build", "RUN npm run build") "]}\n",
		apt + npm + run + 1, apt + npm + run, apt, npm, run);
	assert_true(save_file(arena_printf(m->s->arena, "%s/times.json", m->dir), str_of(text), 0600,
	                      &m->s->err));
}

/* A good build before: what its npm ci said, and how long its steps took. */
static void live_former(struct scratch *s, int n, double npm)
{
	struct journal_maker m = journal_begin(s, arena_printf(s->arena, "20260101-00000%d-aaaa", n));
	journal_event(&m, -1000 + n, EVENT_BUILD_START, -1, START);
	journal_say(&m, -999, 3, arena_printf(s->arena, "npm warn deprecated glob@7.2.3\n"
		"npm http fetch GET 200 /ws %dms\nerror: optional part is missing\nadded %d packages\n",
		30 + n, 1000 + n));
	journal_event(&m, -998, EVENT_STEP_DONE, 3, "{'ok':true,'seconds':5}");
	journal_event(&m, -997, EVENT_BUILD_DONE, -1, "{'ok':true,'seconds':9,'exit':0}");
	journal_end(&m);
	live_times(&m, 3, npm, 60 + n);
}

static void live_log(struct journal_maker *m)
{
	journal_say(m, 5.1, 3, "npm warn deprecated glob@7.2.3\nnpm http fetch GET 200 /ws 19ms\n");
	journal_say(m, 6.4, 3, "error: optional part is missing\n"
		"\x1b[1;31mgyp ERR!\x1b[0m find \x1b[4mPython\x1b[24m \x1b[38;5;46mok\x1b[m "
		"\x1b[38;2;255;200;0;48;5;17mdirect\x1b[m\x1b[2J\n");
	journal_say(m, 7, 3, "  1%\r 20%\r 99%\r100% done\n");
	journal_say(m, 8, 3, "[output clipped, log limit 200KiB/s reached]\n");
	journal_say(m, 9, 3, "warning: 漢字 is new\nCXX(target) bcrypt_lib/src/blowfish.o\n");
	journal_say(m, 12, 3, "added 1204 packages\n");
}

static struct journal_maker live_build(struct scratch *s)
{
	for (int n = 1; n <= 4; n++)
		live_former(s, n, 4.8 + n / 10.0);
	struct journal_maker m = journal_begin(s, "20260102-030405-abcd");
	journal_event(&m, 0, EVENT_BUILD_START, -1, START);
	journal_event(&m, 0.5, EVENT_STEP_DONE, 0, "{'ok':true,'cached':true,'seconds':0}");
	journal_event(&m, 1, EVENT_STEP_START, 1, "");
	journal_event(&m, 1, EVENT_STEP_ADD, 6, "{'name':'pull node:20','internal':true}");
	journal_event(&m, 1, EVENT_STEP_START, 6, "");
	journal_event(&m, 1, EVENT_STEP_PROGRESS, 6,
	              "{'id':'sha256:aaaaaaaa','current':0,'total':30000000}");
	journal_event(&m, 1, EVENT_STEP_PROGRESS, 6,
	              "{'id':'sha256:bbbbbbbb','current':0,'total':90000000}");
	journal_say(&m, 2, 1, "Hit:1 http://deb.debian.org bookworm\n");
	journal_event(&m, 4, EVENT_STEP_DONE, 1, "{'ok':true,'seconds':3.0}");
	journal_event(&m, 5, EVENT_STEP_DONE, 2, "{'ok':true,'seconds':0.2}");
	journal_event(&m, 5, EVENT_STEP_START, 3, "");
	live_log(&m);
	journal_event(&m, 12, EVENT_STEP_PROGRESS, 6,
	              "{'id':'sha256:aaaaaaaa','current':30000000,'total':30000000}");
	journal_event(&m, 12, EVENT_STEP_PROGRESS, 6,
	              "{'id':'sha256:bbbbbbbb','current':22000000,'total':90000000}");
	journal_event(&m, 60, EVENT_STEP_DONE, 3, "{'ok':true,'seconds':55.0}");
	journal_event(&m, 61, EVENT_BUILD_DONE, -1, "{'ok':true,'seconds':61,'exit':0}");
	journal_end(&m);
	return m;
}

/* At 12 s of it; the worker that reads the builds before has ended. */
static struct screen live_screen(struct journal_maker *m, int rows, int cols)
{
	struct screen screen = screen_of(rows, cols);
	struct error err;
	struct view *view = view_build_new_replay(screen.loop, m->dir, &m->s->err);
	assert_non_null(view);
	app_push(screen.app, view);
	screen_keys(&screen, ".");
	screen_keys(&screen, "]t]t]t]t]t]t]t]t]t]t]t");
	screen_keys(&screen, "<Tab>]n");
	while (strstr(screen_text(m->s, &screen), "still read")) {
		assert_true(loop_turn(screen.loop, 1000, &err));
		screen_keys(&screen, "]n");
	}
	screen_keys(&screen, "F<Tab>");
	return screen;
}

static const struct { int rows, cols; } live_sizes[] = {
	{ 5, 20 }, { 10, 40 }, { 24, 80 }, { 45, 160 }, { 90, 300 },
};

static void live_pictures(void **state, const char *name, const char *keys)
{
	struct scratch *s = *state;
	struct journal_maker m = live_build(s);
	for (size_t i = 0; i < sizeof live_sizes / sizeof *live_sizes; i++) {
		struct screen screen = live_screen(&m, live_sizes[i].rows, live_sizes[i].cols);
		screen_keys(&screen, keys);
		screen_is(s, &screen, arena_printf(s->arena, "live-%d-%s", live_sizes[i].cols, name));
		screen_finish(&screen);
	}
}

static void test_view_build_live__steps(void **state)
{
	live_pictures(state, "steps", "");
}

static void test_view_build_live__parts(void **state)
{
	live_pictures(state, "parts", "G");
}

static void test_view_build_live__log(void **state)
{
	live_pictures(state, "log", "<Tab>ggj");
}

static void test_view_build_live__filter(void **state)
{
	live_pictures(state, "filter", "<Tab>1&err|new<Enter>");
}

static void test_view_build_live__compares_with_former_builds(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = live_build(s);
	struct screen screen = live_screen(&m, 24, 100);
	/* Half of four like builds took 5.0 s and 5.1; this one runs for 7. */
	screen_shows(s, &screen, "slow +40% 7s");
	screen_shows(s, &screen, "!hit 3.0s");
	screen_shows(s, &screen, "~1m02s");
	screen_shows(s, &screen, "~cached");
	screen_shows(s, &screen, "left >1m02s");
	/* An error that good builds have is small; new lines have their sign. */
	screen_shows(s, &screen, "e    1.4  error: optional part is missing");
	screen_shows(s, &screen, "E+        gyp ERR! find Python ok direct");
	screen_shows(s, &screen, "C+   3.0  [output clipped, log limit 200KiB/s");
	screen_shows(s, &screen, "100% done  (3 redraws collapsed)");
	screen_finish(&screen);
}

static void test_view_build_live__goes_to_new_lines_and_warnings(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = live_build(s);
	struct screen screen = live_screen(&m, 24, 100);
	/* The pane of steps has the keys: from the beginning. */
	screen_keys(&screen, "]n");
	screen_shows(s, &screen, "E+   1.4  gyp ERR!");
	screen_keys(&screen, "]w]w");
	screen_shows(s, &screen, "past the end");
	screen_keys(&screen, "a]n");
	screen_shows(s, &screen, "all steps");
	screen_shows(s, &screen, "E+   6.4      gyp ERR!");
	screen_keys(&screen, "[n[n");
	screen_shows(s, &screen, "W+   9.0");
	screen_finish(&screen);
}

static void test_view_build_live__tells_why(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = live_build(s);
	const char *forecast = "{\"steps\":[{\"step\":3,\"verdict\":\"miss\",\"why\":\"context\","
		"\"sentence\":\"context: package.json changed\"}]}";
	assert_true(save_file(arena_printf(s->arena, "%s/forecast.json", m.dir), str_of(forecast), 0600,
	                      &s->err));
	struct screen screen = live_screen(&m, 24, 100);
	screen_keys(&screen, "i");
	screen_shows(s, &screen, "package.json changed");
	screen_shows(s, &screen, "5.2");
	screen_finish(&screen);
}

static void test_view_build_live__times_are_of_three_kinds(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = live_build(s);
	struct screen screen = live_screen(&m, 24, 100);
	screen_keys(&screen, "<Tab>gg");
	screen_shows(s, &screen, " 0.1  npm warn");
	screen_keys(&screen, "t");
	screen_shows(s, &screen, "+1.3  error: optional");
	screen_keys(&screen, "t");
	screen_shows(s, &screen, "03:04:10  npm warn");
	screen_keys(&screen, "t");
	screen_lacks(s, &screen, "03:04:10");
	screen_shows(s, &screen, "  npm warn");
	screen_finish(&screen);
}

static void test_view_build_live__a_filter_shows_what_matches(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = live_build(s);
	struct screen screen = live_screen(&m, 24, 100);
	screen_keys(&screen, "<Tab>&err<Enter>");
	screen_shows(s, &screen, "&err  2 of 9 lines");
	screen_lacks(s, &screen, "deprecated");
	/* Searching is apart from it: what it hides is shown when it is gone to. */
	screen_keys(&screen, "/added<Enter>");
	screen_shows(s, &screen, "the filter hid this line");
	screen_shows(s, &screen, "/added 1 of 1  9 lines");
	screen_keys(&screen, "2&gyp<Enter>");
	screen_shows(s, &screen, "&gyp +-2  1 of 9 lines");
	screen_shows(s, &screen, "GET 200");
	screen_lacks(s, &screen, "npm warn");
	screen_keys(&screen, "&nothing like it<Enter>");
	screen_shows(s, &screen, "no line matches the filter");
	screen_keys(&screen, "jkGggaa&(<Enter>");
	screen_shows(s, &screen, "parenthes");
	screen_keys(&screen, "&<Enter>");
	screen_shows(s, &screen, "9 lines");
	screen_finish(&screen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(test_view_build_live__steps),
		LIVE_TEST(test_view_build_live__parts),
		LIVE_TEST(test_view_build_live__log),
		LIVE_TEST(test_view_build_live__filter),
		LIVE_TEST(test_view_build_live__compares_with_former_builds),
		LIVE_TEST(test_view_build_live__goes_to_new_lines_and_warnings),
		LIVE_TEST(test_view_build_live__tells_why),
		LIVE_TEST(test_view_build_live__times_are_of_three_kinds),
		LIVE_TEST(test_view_build_live__a_filter_shows_what_matches),
	};
	/* Workers are this very program; one that is gone early takes nobody with it. */
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
