/* A build on the screen, from journals written with a fixed clock. */
#include <signal.h>
#include <sys/wait.h>

#include "core/os/clock.h"
#include "tests/tui/journals.h"
#include "tui/app_inside.h"

#define ID "20260102-030405-abcd"
#define BUILD_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

/* A finished build on a screen. */
struct shown {
	struct scratch *s;
	struct journal_maker maker;
	struct screen screen;
};

static struct shown shown_of(void **state, void (*end)(struct journal_maker *), int rows, int cols)
{
	struct shown t = { .s = *state };
	t.maker = journal_begin(t.s, ID);
	journal_started(&t.maker);
	if (end)
		end(&t.maker);
	journal_end(&t.maker);
	t.screen = screen_on(&t.maker, rows, cols);
	return t;
}

/* ---- pictures ---- */

static void test_view_build__pictures(void **state)
{
	static const struct {
		const char *name, *keys;
		void (*end)(struct journal_maker *);
		int rows, cols;
	} cases[] = {
		{ "build-80-failed", "", journal_failed, 24, 80 },
		{ "build-80-built", "", journal_built, 24, 80 },
		{ "build-80-lost", "", NULL, 24, 80 },
		{ "build-80-all", "azi", journal_failed, 24, 80 },
		{ "build-80-folded", "zMw", journal_failed, 24, 80 },
		{ "build-80-zoomed", "<Tab>O", journal_failed, 24, 80 },
		{ "build-160-failed", "", journal_failed, 45, 160 },
		{ "build-160-built", "a", journal_built, 45, 160 },
		{ "build-40-failed", "", journal_failed, 10, 40 },
		{ "build-40-log", "<Tab>", journal_failed, 6, 40 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct shown t = shown_of(state, cases[i].end, cases[i].rows, cases[i].cols);
		screen_keys(&t.screen, cases[i].keys);
		screen_is(t.s, &t.screen, cases[i].name);
		screen_finish(&t.screen);
		assert_true(save_remove(t.maker.dir, &t.s->err));
	}
}

static void test_view_build__ascii_in_the_c_locale(void **state)
{
	struct shown t = shown_of(state, journal_failed, 24, 80);
	setlocale(LC_CTYPE, "C");
	const char *text = screen_text(t.s, &t.screen);
	for (const char *p = text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	screen_is(t.s, &t.screen, "build-80-ascii");
	screen_finish(&t.screen);
}

/* Every size from 1x1, with keys in between: no place needs room. */
static void test_view_build__any_size(void **state)
{
	struct shown t = shown_of(state, journal_failed, 24, 80);
	static const int sizes[][2] = {
		{ 1, 1 }, { 1, 80 }, { 24, 1 }, { 2, 2 }, { 3, 10 }, { 7, 59 }, { 8, 60 }, { 9, 61 },
		{ 10, 40 }, { 300, 20 }, { 5, 400 }, { 45, 160 },
	};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		app_resize(t.screen.app, sizes[i][0], sizes[i][1]);
		app_draw(t.screen.app);
		screen_keys(&t.screen, "jkG<Tab>jwlwhaO<C-d>zMzRO!azi");
	}
	screen_finish(&t.screen);
}

/* Random keys and sizes; the seed is fixed, so that a failure comes again. */
static void test_view_build__any_keys(void **state)
{
	static const char *const keys[] = {
		"j", "k", "g", "G", "<C-d>", "<C-u>", "<Space>", "b", "h", "l", "{", "}", "<Tab>", "O", "w",
		"t", "a", "F", "!", "]", "[", "e", "n", "N", "/", "<Enter>", "<Esc>", "z", "i", "M", "R",
		"X", "y", "5", "0", "p", "?", "<Left>", "<Right>", "<BackTab>", ".",
	};
	struct shown t = shown_of(state, journal_failed, 24, 80);
	uint32_t seed = 20260102;
	struct error err;
	app_push(t.screen.app, view_build_new(t.screen.loop, t.maker.dir, &err));
	for (int i = 0; i < 20000 && !app_has_ended(t.screen.app); i++) {
		seed = seed * 1664525 + 1013904223;
		struct str key = str_of(keys[(seed >> 8) % (sizeof keys / sizeof *keys)]);
		/* R would build for real. */
		if (key.p[0] != 'R' || t.screen.app->prompt.open)
			app_key(t.screen.app, keymap_parse(&key));
		if (i % 50 == 0)
			app_resize(t.screen.app, (int)(seed >> 20) % 40 + 1, (int)(seed >> 12) % 130 + 1);
		if (i % 3 == 0)
			app_draw(t.screen.app);
		if (i % 10 == 0)
			assert_true(loop_turn(t.screen.loop, 0, &err));
	}
	screen_finish(&t.screen);
}

/* ---- text from outside ---- */

static void test_view_build__hostile_text_is_spelled_out(void **state)
{
	static const char *const hostile[] = {
		"\x1b[2J\x1b[H", "\x1b]52;c;ZXZpbA==\x07", "\x1bP1$r\x1b\\", "\x1b]0;owned\x07",
		"\xc2\x9b" "31m", "\xc0\x9b" "2J", "a\xe2\x80\xae" "b", "\x08\x08\x08", "\x7f", "\xff\xfe",
		"nul\x01\x02", "\x1b[31mred\x1b[0m\x1b[5n", "\r\x1b[K50%", "\xed\xa0\x80",
	};
	struct shown t = { .s = *state };
	t.maker = journal_begin(t.s, ID);
	journal_event(&t.maker, 0, EVENT_BUILD_START, -1, "{'id':'\\u001b[2J','image':'\\u001b]0;x',"
		"'engine':'\\u009b','level':'\\u202e','profiles':['\\u0007'],'groups':['\\u001bc'],"
		"'steps':[{'index':0,'name':'RUN \\u001b[2J\\u202e','group':0,'line':1,"
		"'origin':'\\u001b[1;1H'}]}");
	journal_event(&t.maker, 1, EVENT_STEP_START, 0, "");
	journal_event(&t.maker, 1, EVENT_STEP_PROGRESS, 0,
	              "{'id':'\\u001b[2J\\u202e','current':1,'total':9}");
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		journal_say(&t.maker, 1, 0, hostile[i]);
		journal_say(&t.maker, 1, 0, "\n");
	}
	journal_event(&t.maker, 2, EVENT_STEP_DONE, 0, "{'ok':false,'reason':'\\u001b[2J'}");
	journal_event(&t.maker, 2, EVENT_BUILD_DONE, -1, "{'ok':false,'error':'\\u001b[2J\\u0007'}");
	journal_end(&t.maker);
	t.screen = screen_on(&t.maker, 30, 100);
	for (int i = 0; i < 3; i++) {
		screen_keys(&t.screen, i ? "wa" : "a");
		const char *text = screen_text(t.s, &t.screen);
		for (const char *p = text; *p; p++)
			assert_true((unsigned char)*p >= ' ' || *p == '\n');
		assert_null(strstr(text, "\xc2\x9b"));
		assert_null(strstr(text, "\xe2\x80\xae"));
		screen_shows(t.s, &t.screen, "\\x1b[2J\\x1b[H");
		screen_shows(t.s, &t.screen, "\\x1b]52;c;ZXZpbA==\\x07");
		screen_shows(t.s, &t.screen, "a\\u202eb");
		screen_shows(t.s, &t.screen, " red\\x1b[5n");
	}
	screen_finish(&t.screen);
}

static void test_view_build__wide_and_combining_text_keeps_columns(void **state)
{
	struct shown t = { .s = *state };
	t.maker = journal_begin(t.s, ID);
	journal_started(&t.maker);
	journal_say(&t.maker, 5, 5, "漢字のログ行が続きます漢字のログ行が続きます漢字\n");
	journal_say(&t.maker, 5, 5, "e\xcc\x81\xcc\x81tude 🚀🚀 done\tx\n");
	journal_say(&t.maker, 5, 5, "שלום עולם\n");
	journal_end(&t.maker);
	t.screen = screen_on(&t.maker, 24, 80);
	screen_is(t.s, &t.screen, "build-80-wide");
	screen_keys(&t.screen, "w");
	screen_is(t.s, &t.screen, "build-80-wide-wrapped");
	screen_keys(&t.screen, "w<Tab>l");
	screen_is(t.s, &t.screen, "build-80-wide-sideways");
	screen_finish(&t.screen);
}

/* ---- moving ---- */

static void test_view_build__the_step_under_the_cursor_has_its_log(void **state)
{
	struct shown t = shown_of(state, journal_built, 24, 80);
	screen_shows(t.s, &t.screen, "Successfully installed");
	screen_keys(&t.screen, "gg");
	screen_shows(t.s, &t.screen, "this step printed nothing");
	screen_keys(&t.screen, "}jj");
	screen_shows(t.s, &t.screen, "Setting up python3");
	screen_keys(&t.screen, "k");
	screen_shows(t.s, &t.screen, "from the cache: nothing ran");
	screen_keys(&t.screen, "l}");
	screen_shows(t.s, &t.screen, "Reading package lists");
	screen_finish(&t.screen);
}

static void test_view_build__instructions_without_a_layer_show_on_demand(void **state)
{
	struct shown t = shown_of(state, journal_built, 24, 80);
	screen_lacks(t.s, &t.screen, "ENV A=1");
	screen_keys(&t.screen, "zi");
	screen_shows(t.s, &t.screen, "ENV A=1");
	screen_keys(&t.screen, "ggjjjj");
	screen_shows(t.s, &t.screen, "makes no layer");
	screen_finish(&t.screen);
}

static void test_view_build__all_keeps_the_line_under_the_cursor(void **state)
{
	struct shown t = shown_of(state, journal_failed, 24, 80);
	screen_keys(&t.screen, "<Tab>ggj");
	screen_keys(&t.screen, "a");
	screen_shows(t.s, &t.screen, "all steps");
	screen_shows(t.s, &t.screen, "#3");
	screen_keys(&t.screen, "kk");
	screen_keys(&t.screen, "a");
	/* The lines above were those of another step, which is now the one shown. */
	screen_shows(t.s, &t.screen, "Setting up python3");
	screen_lacks(t.s, &t.screen, "Collecting numpy");
	screen_finish(&t.screen);
}

/* ---- finding ---- */

static void test_view_build__search_tells_hits_and_goes_around(void **state)
{
	struct shown t = shown_of(state, journal_failed, 24, 80);
	screen_keys(&t.screen, "a/\\bnumpi?y?\\b<Enter>");
	screen_shows(t.s, &t.screen, "/\\bnumpi?y?\\b 1 of 3");
	screen_keys(&t.screen, "nn");
	screen_shows(t.s, &t.screen, " 3 of 3");
	screen_keys(&t.screen, "n");
	screen_shows(t.s, &t.screen, " 1 of 3");
	screen_shows(t.s, &t.screen, "past the end");
	screen_keys(&t.screen, "N");
	screen_shows(t.s, &t.screen, " 3 of 3");
	screen_keys(&t.screen, "/Collecting X<Enter>");
	screen_shows(t.s, &t.screen, "is not found");
	screen_keys(&t.screen, "/a(<Enter>");
	screen_shows(t.s, &t.screen, "parenthes");
	screen_keys(&t.screen, "/<Enter>n");
	screen_shows(t.s, &t.screen, "/ searches first");
	screen_finish(&t.screen);
}

static void test_view_build__matches_are_laid_under(void **state)
{
	struct shown t = shown_of(state, journal_failed, 24, 80);
	static const struct term_fake_letter legend[] = { { STYLE_FOUND, 'f' }, { 0, 0 } };
	screen_keys(&t.screen, "/numpy<Enter>");
	owned_buf struct buf styles = { 0 };
	term_fake_styles(app_draw(t.screen.app), legend, &styles);
	assert_non_null(strstr(buf_text(&styles), ".fffff."));
	screen_finish(&t.screen);
}

static void test_view_build__errors_are_found_across_steps(void **state)
{
	struct shown t = { .s = *state };
	t.maker = journal_begin(t.s, ID);
	journal_started(&t.maker);
	journal_say(&t.maker, 4, 3, "error: in step three\n");
	journal_failed(&t.maker);
	journal_end(&t.maker);
	t.screen = screen_on(&t.maker, 24, 80);
	screen_keys(&t.screen, "]e");
	screen_shows(t.s, &t.screen, "error: in step three");
	screen_shows(t.s, &t.screen, "Setting up python3");
	screen_keys(&t.screen, "]e");
	screen_shows(t.s, &t.screen, "No matching dist");
	screen_keys(&t.screen, "[e");
	screen_shows(t.s, &t.screen, "Setting up python3");
	screen_keys(&t.screen, "!");
	screen_shows(t.s, &t.screen, "No matching dist");
	screen_finish(&t.screen);
}

static void test_view_build__says_when_nothing_failed(void **state)
{
	struct shown t = shown_of(state, journal_built, 24, 80);
	screen_keys(&t.screen, "!");
	screen_shows(t.s, &t.screen, "no step failed");
	screen_keys(&t.screen, "]e");
	screen_shows(t.s, &t.screen, "looks like an error");
	screen_finish(&t.screen);
}

/* ---- a build that runs: its job is another process ---- */

struct live {
	struct shown t;
	pid_t job;
	int tell, told;
};

static void live_do(struct journal_maker *m, char what)
{
	if (what == 'l')
		for (int i = 0; i < 100; i++)
			journal_say(m, 5, 5, "one line more\n");
	if (what == 'o')
		journal_say(m, 5.1, 5, "one line more\n");
	if (what == 'w')
		for (int i = 0; i < 30; i++)
			journal_say(m, 6 + i, 5, "a slow line\n");
	if (what == 'b')
		journal_built(m);
	if (what == 'c')
		journal_event(m, 6, EVENT_CANCEL, -1, "");
	if (what == 'W')
		journal_event(m, 5, EVENT_WARNING, -1, "{'text':'it is old'}");
	if (what == 'w') {
		journal_event(m, 7, EVENT_WARNING, -1, "{'text':'its RUN goes on'}");
		journal_event(m, 7, EVENT_CANCEL, -1, "{'busy':true}");
	}
	if (what == 'p')
		journal_event(m, 6, EVENT_STEP_PROGRESS, 5, "{'id':'sha','current':750,'total':3000}");
}

static void live_job(struct scratch *s, int in, int out)
{
	struct journal_maker m = journal_begin(s, ID);
	char what = 's';
	journal_started(&m);
	while (write(out, &what, 1) == 1 && read(in, &what, 1) == 1)
		live_do(&m, what);
	_exit(0);
}

static void live_ask(struct live *l, char what)
{
	if (what)
		assert_int_equal(write(l->tell, &what, 1), 1);
	assert_int_equal(read(l->told, &what, 1), 1);
}

static struct live live_begin(void **state)
{
	int in[2], out[2];
	struct live l = { .t.s = *state };
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	l.job = fork();
	assert_true(l.job >= 0);
	if (l.job == 0) {
		close(in[1]);
		close(out[0]);
		live_job(l.t.s, in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	l.tell = in[1];
	l.told = out[0];
	live_ask(&l, 0);
	setenv("XDG_STATE_HOME", l.t.s->dir, 1);
	l.t.maker.s = l.t.s;
	l.t.maker.dir = arena_printf(l.t.s->arena, "%s/mortar/builds/" ID, l.t.s->dir);
	l.t.screen = screen_on(&l.t.maker, 24, 80);
	return l;
}

/* The job dies without a word. */
static void live_kill(struct live *l)
{
	if (l->tell >= 0)
		close(l->tell);
	l->tell = -1;
	if (l->job)
		assert_int_equal(waitpid(l->job, NULL, 0), l->job);
	l->job = 0;
}

static void live_finish(struct live *l)
{
	live_kill(l);
	close(l->told);
	screen_finish(&l->t.screen);
}

/* Turns until the text shows: events wake it, the deadline only ends a failure. */
static void live_wait(struct live *l, const char *text)
{
	struct error err;
	for (int i = 0; i < 200; i++) {
		if (strstr(screen_text(l->t.s, &l->t.screen), text))
			return;
		assert_true(loop_turn(l->t.screen.loop, 50, &err));
	}
	screen_shows(l->t.s, &l->t.screen, text);
}

static int64_t live_tick(struct live *l)
{
	struct view *view = app_view(l->t.screen.app);
	return view->ops->tick ? view->ops->tick(view) : -1;
}

static void test_view_build__follows_what_is_written(void **state)
{
	struct live l = live_begin(state);
	screen_shows(l.t.s, &l.t.screen, "RUNNING");
	screen_shows(l.t.s, &l.t.screen, "  2 lines FOLLOW");
	live_ask(&l, 'l');
	live_wait(&l, "  102 lines FOLLOW");
	screen_shows(l.t.s, &l.t.screen, "one line more");
	screen_keys(&l.t.screen, "<Tab>k");
	screen_lacks(l.t.s, &l.t.screen, "FOLLOW");
	live_ask(&l, 'l');
	live_wait(&l, "  202 lines +100 new");
	screen_keys(&l.t.screen, "G");
	screen_shows(l.t.s, &l.t.screen, "  202 lines FOLLOW");
	screen_keys(&l.t.screen, "ggF");
	screen_shows(l.t.s, &l.t.screen, "FOLLOW");
	live_finish(&l);
}

static int live_count(struct live *l, const char *part)
{
	int n = 0;
	for (const char *at = screen_text(l->t.s, &l->t.screen); (at = strstr(at, part)); at++)
		n++;
	return n;
}

static void test_view_build__the_log_leaps_and_leaves_room(void **state)
{
	struct live l = live_begin(state);
	live_ask(&l, 'l');
	live_wait(&l, "  102 lines FOLLOW");
	/* They came too fast to be read while they move: one stays. */
	assert_int_equal(live_count(&l, "one line more"), 1);
	live_ask(&l, 'o');
	live_wait(&l, "  103 lines FOLLOW");
	assert_int_equal(live_count(&l, "one line more"), 2);
	live_ask(&l, 'w');
	live_wait(&l, "  133 lines FOLLOW");
	assert_in_range(live_count(&l, "a slow line"), 8, 10);
	live_finish(&l);
}

static void test_view_build__is_still_once_the_build_is_over(void **state)
{
	struct live l = live_begin(state);
	assert_int_equal(live_tick(&l), 1000);
	live_ask(&l, 'b');
	live_wait(&l, "built ship-detector:1.0 in 7.5s, 1 of 4 steps cached");
	screen_shows(l.t.s, &l.t.screen, "DONE 7.5s");
	assert_int_equal(live_tick(&l), -1);
	live_finish(&l);
}

static void test_view_build__says_that_the_job_is_lost(void **state)
{
	struct live l = live_begin(state);
	live_kill(&l);
	live_wait(&l, "lost: the job of this build is gone");
	screen_shows(l.t.s, &l.t.screen, "LOST");
	assert_int_equal(live_tick(&l), -1);
	screen_keys(&l.t.screen, "X");
	screen_shows(l.t.s, &l.t.screen, "this build is over");
	live_finish(&l);
}

static void test_view_build__shows_progress_and_cancelling(void **state)
{
	struct live l = live_begin(state);
	live_ask(&l, 'p');
	live_wait(&l, "25% ");
	screen_shows(l.t.s, &l.t.screen, " 750B/3.0k");
	live_ask(&l, 'W');
	live_wait(&l, "warning: it is old");
	live_ask(&l, 'c');
	live_wait(&l, "cancel requested: waiting for the engine to stop");
	screen_shows(l.t.s, &l.t.screen, "CANCELLING");
	live_ask(&l, 'w');
	live_wait(&l, "cancel requested, engine still busy: its RUN goes on");
	live_finish(&l);
}

static void test_view_build__groups_that_are_done_fold_where_rows_are_few(void **state)
{
	struct live l = live_begin(state);
	/* There is room for all: nothing folds. */
	live_ask(&l, 'l');
	live_wait(&l, "102 lines");
	screen_shows(l.t.s, &l.t.screen, "FROM debian:12");
	app_resize(l.t.screen.app, 9, 80);
	screen_text(l.t.s, &l.t.screen);
	live_ask(&l, 'p');
	live_wait(&l, "25% ");
	screen_shows(l.t.s, &l.t.screen, "0 base");
	screen_lacks(l.t.s, &l.t.screen, "FROM debian:12");
	screen_shows(l.t.s, &l.t.screen, "COPY requirements.txt");
	/* By hand it is unfolded, and stays so. */
	screen_keys(&l.t.screen, "zRF");
	live_ask(&l, 'c');
	live_wait(&l, "CANCELLING");
	screen_keys(&l.t.screen, "gg");
	screen_shows(l.t.s, &l.t.screen, "FROM debian:12");
	live_finish(&l);
}

static void test_view_build__asks_before_it_cancels(void **state)
{
	struct live l = live_begin(state);
	screen_keys(&l.t.screen, "X");
	screen_shows(l.t.s, &l.t.screen, "Cancel this build?");
	screen_keys(&l.t.screen, "n");
	screen_lacks(l.t.s, &l.t.screen, "Cancel this build?");
	screen_keys(&l.t.screen, "X<Esc>");
	screen_lacks(l.t.s, &l.t.screen, "Cancel this build?");
	screen_shows(l.t.s, &l.t.screen, "RUNNING");
	/* y ends the job, which here knows no better than to die. */
	screen_keys(&l.t.screen, "Xy");
	screen_shows(l.t.s, &l.t.screen, "CANCELLING");
	screen_shows(l.t.s, &l.t.screen, "cancel requested");
	/* The keys are still named. */
	screen_shows(l.t.s, &l.t.screen, "Tab pane  F follow");
	int status;
	assert_int_equal(waitpid(l.job, &status, 0), l.job);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	live_wait(&l, "LOST");
	close(l.tell);
	close(l.told);
	screen_finish(&l.t.screen);
}

static void test_view_build__draws_ten_times_a_second_at_most(void **state)
{
	struct live l = live_begin(state);
	struct error err;
	int64_t frames = 0, begun = clock_monotonic_ms();
	for (int writes = 0; writes < 40; writes++) {
		live_ask(&l, 'l');
		assert_true(loop_turn(l.t.screen.loop, 1, &err));
		frames += l.t.screen.app->dirty;
		app_draw(l.t.screen.app);
	}
	assert_true(frames <= (clock_monotonic_ms() - begun) / 100 + 2);
	live_wait(&l, "  4002 lines");
	live_finish(&l);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		BUILD_TEST(test_view_build__pictures),
		BUILD_TEST(test_view_build__ascii_in_the_c_locale),
		BUILD_TEST(test_view_build__any_size),
		BUILD_TEST(test_view_build__any_keys),
		BUILD_TEST(test_view_build__hostile_text_is_spelled_out),
		BUILD_TEST(test_view_build__wide_and_combining_text_keeps_columns),
		BUILD_TEST(test_view_build__the_step_under_the_cursor_has_its_log),
		BUILD_TEST(test_view_build__instructions_without_a_layer_show_on_demand),
		BUILD_TEST(test_view_build__all_keeps_the_line_under_the_cursor),
		BUILD_TEST(test_view_build__search_tells_hits_and_goes_around),
		BUILD_TEST(test_view_build__matches_are_laid_under),
		BUILD_TEST(test_view_build__errors_are_found_across_steps),
		BUILD_TEST(test_view_build__says_when_nothing_failed),
		BUILD_TEST(test_view_build__follows_what_is_written),
		BUILD_TEST(test_view_build__the_log_leaps_and_leaves_room),
		BUILD_TEST(test_view_build__is_still_once_the_build_is_over),
		BUILD_TEST(test_view_build__says_that_the_job_is_lost),
		BUILD_TEST(test_view_build__shows_progress_and_cancelling),
		BUILD_TEST(test_view_build__groups_that_are_done_fold_where_rows_are_few),
		BUILD_TEST(test_view_build__asks_before_it_cancels),
		BUILD_TEST(test_view_build__draws_ten_times_a_second_at_most),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
