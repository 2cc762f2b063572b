/* A container on the screen, told what a run tells but with a clock of the test's. */
#include <signal.h>

#include "core/base/check.h"
#include "tests/tui/journals.h"
#include "tui/app_inside.h"
#include "tui/view_run_inside.h"

#define RUN_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

static const struct run_build build = {
	"20260102-030405-abcd", "ship-detector:1.0",
	"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "classic",
};
static const struct run_port ports[] = {
	{ { "8080/tcp", 8 }, { "127.0.0.1", 9 }, 49153 }, { { "53/udp", 6 }, { "::1", 3 }, 5353 },
};

struct shown {
	struct scratch *s;
	struct screen screen;
	struct view_run *view;
	struct run_events events;
	struct run_report report;
};

/* A screen beneath the view, so that there is one to go back to. */
static void shown_none(struct view *view, struct surface *s, struct area a)
{
	(void)view;
	struct pen pen = pen_at(s, a, 0);
	pen_word(&pen, "the view beneath", INK(TEXT));
}

static bool shown_act(struct view *view, enum action action, unsigned count)
{
	(void)view, (void)action, (void)count;
	return false;
}

static void shown_free(struct view *view)
{
	free(view);
}

static const struct view_ops shown_ops = {
	.name = "beneath", .where = WHERE_BUILD, .draw = shown_none, .act = shown_act,
	.free = shown_free,
};

static void shown_begin(struct shown *t, void **state, int rows, int cols)
{
	*t = (struct shown){ .s = *state, .screen = screen_of(rows, cols) };
	struct view *beneath = xcalloc(1, sizeof *beneath);
	beneath->ops = &shown_ops;
	app_push(t->screen.app, beneath);
	t->view = view_run_new(t->screen.loop, &build);
	t->events = view_run_events(t->view);
	t->report = (struct run_report){ .exit_code = -1, .probe_exit = -1 };
	t->view->report = &t->report;
	app_push(t->screen.app, &t->view->view);
}

static void shown_say(struct shown *t, int stream, const char *text, double at)
{
	t->events.log(t->view, stream, str_of(text), JOURNAL_T + at);
}

/* As if it had run for a time: an end, so that no clock shows. */
static void shown_run(struct shown *t, enum run_health health)
{
	t->view->engine = "dockerd 20.10.24";
	t->report.phase = RUN_RUNNING;
	t->report.health = health;
	t->report.id = STR("0123456789ab");
	t->report.name = STR("mortar-20260102-030405-abcd-4711");
	t->report.started = JOURNAL_T;
	t->report.ended = JOURNAL_T + 72;
	t->report.ports = ports;
	t->report.nports = 2;
	t->report.probe = health == RUN_HEALTH_HEALTHY ? STR("{\"status\": \"ok\"}") :
	                  STR("connecting\nwget: server returned error: HTTP/1.1 500");
	t->report.probe_exit = health == RUN_HEALTH_HEALTHY ? 0 : 1;
	t->report.failing = health == RUN_HEALTH_HEALTHY ? 0 : 3;
	shown_say(t, 1, "Starting server\nListening on 0.0.0.0:8080\n", 0.4);
	shown_say(t, 2, "WARNING: no TLS\n", 1.2);
	shown_say(t, 1, "GET /version 200\nGET /version 200\n", 62);
	t->events.changed(t->view);
}

static void shown_end(struct shown *t, int code)
{
	struct run_end end = { 0 };
	t->report.phase = RUN_REMOVED;
	t->report.exit_code = code;
	t->events.ended(t->view, &end);
}

static void test_view_run__pictures(void **state)
{
	static const struct {
		const char *name;
		enum run_health health;
		int rows, cols, exit;
	} cases[] = {
		{ "run-80-healthy", RUN_HEALTH_HEALTHY, 24, 80, -1 },
		{ "run-80-unhealthy", RUN_HEALTH_UNHEALTHY, 24, 80, -1 },
		{ "run-80-ended", RUN_HEALTH_HEALTHY, 24, 80, 7 },
		{ "run-160-healthy", RUN_HEALTH_HEALTHY, 45, 160, -1 },
		{ "run-40-healthy", RUN_HEALTH_HEALTHY, 10, 40, -1 },
		{ "run-40-low", RUN_HEALTH_UNHEALTHY, 6, 40, -1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct shown t;
		shown_begin(&t, state, cases[i].rows, cases[i].cols);
		shown_run(&t, cases[i].health);
		if (cases[i].exit >= 0)
			shown_end(&t, cases[i].exit);
		screen_is(t.s, &t.screen, cases[i].name);
		screen_finish(&t.screen);
	}
}

static void test_view_run__begins_empty(void **state)
{
	struct shown t;
	shown_begin(&t, state, 24, 80);
	screen_shows(t.s, &t.screen, "STARTING");
	screen_shows(t.s, &t.screen, "it is being started");
	t.report.phase = RUN_RUNNING;
	screen_shows(t.s, &t.screen, "the image has no HEALTHCHECK");
	screen_shows(t.s, &t.screen, "the image exposes no port");
	screen_shows(t.s, &t.screen, "no output yet");
	screen_finish(&t.screen);
}

static void test_view_run__ascii_in_the_c_locale(void **state)
{
	struct shown t;
	shown_begin(&t, state, 24, 80);
	shown_run(&t, RUN_HEALTH_HEALTHY);
	shown_say(&t, 1, "gr\xc3\xbc\xc3\x9f\n", 63);
	setlocale(LC_CTYPE, "C");
	const char *text = screen_text(t.s, &t.screen);
	for (const char *p = text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	screen_finish(&t.screen);
}

static void test_view_run__any_size_and_keys(void **state)
{
	static const char *const keys[] = {
		"j", "k", "g", "G", "<C-d>", "<C-u>", "<Space>", "b", "h", "l", "F", "t", "n", "N", "/",
		"L", "<Enter>", "<Esc>", "y", "X", "z", "5", "?", "<Left>", ".",
	};
	struct shown t;
	uint32_t seed = 20260102;
	shown_begin(&t, state, 24, 80);
	shown_run(&t, RUN_HEALTH_UNHEALTHY);
	for (int i = 0; i < 20000 && app_view(t.screen.app) != t.screen.app->views[0]; i++) {
		seed = seed * 1664525 + 1013904223;
		const char *key = keys[(seed >> 8) % (sizeof keys / sizeof *keys)];
		/* Gone is gone: only now and then. */
		if (key[0] == 'y' && i < 19000)
			key = "n";
		struct str rest = str_of(key);
		app_key(t.screen.app, keymap_parse(&rest));
		if (i % 7 == 0 && app_view(t.screen.app) != t.screen.app->views[0])
			shown_say(&t, 1 + i % 2, i % 14 ? "line\n" : "漢字 part\x1b[31m", i);
		app_resize(t.screen.app, (int)(seed >> 20) % 40 + 1, (int)(seed >> 12) % 130 + 1);
		app_draw(t.screen.app);
	}
	screen_finish(&t.screen);
}

static void test_view_run__hostile_text_is_spelled_out(void **state)
{
	struct shown t;
	shown_begin(&t, state, 30, 100);
	shown_run(&t, RUN_HEALTH_UNHEALTHY);
	t.report.probe = STR("\x1b[2J probe");
	t.report.name = STR("\x1b]0;name\x07");
	shown_say(&t, 1, "\x1b]52;c;ZXZpbA==\x07\n\xc2\x9b" "31m\na\xe2\x80\xae" "b\n", 1);
	shown_say(&t, 2, "\x1b[31mred\x1b[0m\x1b[5n\n\r\x1b[K50%\n", 1);
	const char *text = screen_text(t.s, &t.screen);
	for (const char *p = text; *p; p++)
		assert_true((unsigned char)*p >= ' ' || *p == '\n');
	assert_null(strstr(text, "\xc2\x9b"));
	assert_null(strstr(text, "\xe2\x80\xae"));
	screen_shows(t.s, &t.screen, "\\x1b[2J probe");
	screen_shows(t.s, &t.screen, "\\x1b]52;c;ZXZpbA==\\x07");
	screen_shows(t.s, &t.screen, "a\\u202eb");
	screen_shows(t.s, &t.screen, "red\\x1b[5n");
	screen_finish(&t.screen);
}

static void test_view_run__follows_until_told_otherwise(void **state)
{
	struct shown t;
	shown_begin(&t, state, 24, 80);
	shown_run(&t, RUN_HEALTH_HEALTHY);
	for (int i = 0; i < 100; i++)
		shown_say(&t, 1, "again\n", 63);
	shown_say(&t, 1, "the newest\n", 64);
	screen_shows(t.s, &t.screen, "the newest");
	screen_shows(t.s, &t.screen, "FOLLOW");
	screen_keys(&t.screen, "gg");
	screen_shows(t.s, &t.screen, "Starting server");
	screen_lacks(t.s, &t.screen, "FOLLOW");
	shown_say(&t, 1, "newer\n", 65);
	screen_shows(t.s, &t.screen, "+1 new");
	screen_lacks(t.s, &t.screen, "newer");
	screen_keys(&t.screen, "F");
	screen_shows(t.s, &t.screen, "newer");
	screen_finish(&t.screen);
}

static void test_view_run__drops_the_oldest_lines_and_says_so(void **state)
{
	struct shown t;
	shown_begin(&t, state, 24, 80);
	t.view->log.most = 4096;
	for (int i = 0; i < 1000; i++)
		shown_say(&t, 1, arena_printf(t.s->arena, "line %d\n", i), i);
	assert_true(t.view->log.text.n <= 4096);
	assert_int_equal(t.view->log.n + t.view->log.dropped, 1000);
	screen_shows(t.s, &t.screen, "line 999");
	screen_shows(t.s, &t.screen, "1000 lines, the first ");
	screen_keys(&t.screen, "gg");
	const char *first = arena_printf(t.s->arena, "line %zu", t.view->log.dropped);
	screen_shows(t.s, &t.screen, first);
	/* The line under the cursor stays, whatever is dropped above it. */
	screen_keys(&t.screen, "100j");
	struct str here = run_log_line(&t.view->log, t.view->list.cursor);
	const char *line = arena_text(t.s->arena, here);
	size_t before = t.view->log.dropped;
	for (int i = 0; t.view->log.dropped == before; i++)
		shown_say(&t, 1, "more\n", i);
	here = run_log_line(&t.view->log, t.view->list.cursor);
	assert_true(str_eq(here, str_of(line)) || t.view->list.cursor == 0);
	screen_finish(&t.screen);
}

static void test_view_run__search_finds_and_lays_under(void **state)
{
	struct shown t;
	static const struct term_fake_letter legend[] = { { STYLE_FOUND, 'f' }, { 0, 0 } };
	shown_begin(&t, state, 24, 80);
	shown_run(&t, RUN_HEALTH_HEALTHY);
	screen_keys(&t.screen, "/version<Enter>");
	assert_int_equal(t.view->list.cursor, 3);
	owned_buf struct buf styles = { 0 };
	term_fake_styles(app_draw(t.screen.app), legend, &styles);
	assert_non_null(strstr(buf_text(&styles), "fffffff"));
	screen_keys(&t.screen, "n");
	assert_int_equal(t.view->list.cursor, 4);
	screen_keys(&t.screen, "n");
	assert_int_equal(t.view->list.cursor, 3);
	screen_keys(&t.screen, "N");
	assert_int_equal(t.view->list.cursor, 4);
	screen_keys(&t.screen, "/nowhere<Enter>");
	screen_shows(t.s, &t.screen, "nowhere is not found");
	screen_keys(&t.screen, "/a(<Enter>");
	screen_shows(t.s, &t.screen, "parenthes");
	screen_finish(&t.screen);
}

static void test_view_run__asks_before_it_goes(void **state)
{
	static const char *const ways[] = { "q", "<Esc>", "H", "<F2>", "Q" };
	struct shown t;
	shown_begin(&t, state, 24, 80);
	shown_run(&t, RUN_HEALTH_HEALTHY);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		screen_keys(&t.screen, ways[i]);
		screen_shows(t.s, &t.screen, "Stop and remove the container?");
		screen_keys(&t.screen, "n");
		screen_lacks(t.s, &t.screen, "Stop and remove");
		assert_ptr_equal(app_view(t.screen.app), &t.view->view);
	}
	assert_false(app_has_ended(t.screen.app));
	screen_keys(&t.screen, "qy");
	screen_shows(t.s, &t.screen, "the view beneath");
	screen_finish(&t.screen);
}

static void test_view_run__once_it_has_ended_it_just_goes(void **state)
{
	struct shown t;
	struct run_end end = { 0 };
	shown_begin(&t, state, 24, 80);
	shown_run(&t, RUN_HEALTH_HEALTHY);
	error_set(&end.error, ERROR_UNREACHABLE, "the engine went away");
	shown_say(&t, 1, "its last words", 70);
	t.events.ended(t.view, &end);
	screen_shows(t.s, &t.screen, "FAILED");
	screen_shows(t.s, &t.screen, "the engine went away");
	screen_shows(t.s, &t.screen, "its last words");
	screen_keys(&t.screen, "X");
	screen_shows(t.s, &t.screen, "removed already");
	screen_keys(&t.screen, "q");
	screen_shows(t.s, &t.screen, "the view beneath");
	screen_finish(&t.screen);
}

static void test_view_run__a_build_without_an_image_is_refused(void **state)
{
	struct scratch *s = *state;
	struct journal_maker m = journal_begin(s, "20260102-030405-abcd");
	journal_started(&m);
	journal_failed(&m);
	journal_end(&m);
	struct screen screen = screen_on(&m, 24, 80);
	screen_keys(&screen, "S");
	screen_shows(s, &screen, "made no image");
	assert_ptr_equal(app_view(screen.app), screen.app->views[0]);
	screen_finish(&screen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(test_view_run__pictures),
		RUN_TEST(test_view_run__begins_empty),
		RUN_TEST(test_view_run__ascii_in_the_c_locale),
		RUN_TEST(test_view_run__any_size_and_keys),
		RUN_TEST(test_view_run__hostile_text_is_spelled_out),
		RUN_TEST(test_view_run__follows_until_told_otherwise),
		RUN_TEST(test_view_run__drops_the_oldest_lines_and_says_so),
		RUN_TEST(test_view_run__search_finds_and_lays_under),
		RUN_TEST(test_view_run__asks_before_it_goes),
		RUN_TEST(test_view_run__once_it_has_ended_it_just_goes),
		RUN_TEST(test_view_run__a_build_without_an_image_is_refused),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
