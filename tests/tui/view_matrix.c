/* The matrix by keys and pictures; its batches by real jobs on an engine that is not there. */
#include <signal.h>

#include "core/job/job.h"
#include "core/os/files.h"
#include "tests/tui/journals.h"
#include "tui/view_project.h"

#define SHIP "docs/examples/ship-detector"

struct matrix_shown {
	struct scratch *s;
	struct screen screen;
	struct project *project;
};

static int matrix_setup(void **state)
{
	static const char *const places[] = { "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME" };
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		setenv(places[i], s->dir, 1);
	setenv("TZ", "UTC", 1);
	return failed;
}

#define MATRIX_TEST(f) cmocka_unit_test_setup_teardown(f, matrix_setup, scratch_teardown)

/* Until nothing is left to be read. */
static void matrix_settle(struct matrix_shown *m)
{
	for (int i = 0; i < 200; i++)
		screen_turn(&m->screen);
}

static struct matrix_shown matrix_open(struct scratch *s, const char *path, int rows, int cols)
{
	const char *operands[] = { path, NULL };
	struct pair engine = { STR("engine"), STR("unix:///nonexistent/socket") };
	struct args args = { .operands = operands, .noperands = 1, .options = &engine,
	                     .noptions = 1 };
	struct matrix_shown m = { .s = s, .screen = screen_of(rows, cols) };
	m.project = project_open(&args, 0, &s->err);
	assert_non_null(m.project);
	project_read(m.project);
	app_free(m.screen.app);
	m.screen.app = app_new(m.screen.loop, m.project, rows, cols);
	app_push(m.screen.app, view_project_new(m.project));
	app_draw(m.screen.app);
	screen_keys(&m.screen, "M");
	matrix_settle(&m);
	return m;
}

static void matrix_close(struct matrix_shown *m)
{
	screen_finish(&m->screen);
	project_free(m->project);
}

/* A build of the example with these profiles, of another root where that is named. */
static void matrix_built(struct scratch *s, const char *id, const char *profiles, const char *root,
                         const char *last)
{
	struct journal_maker m = journal_begin(s, id);
	root = root ? root : files_absolute(s->arena, SHIP);
	journal_event(&m, 0, EVENT_BUILD_START, -1,
	              arena_printf(s->arena, "{'id':'%s','project':'ship-detector','kind':'pesto',"
	                           "'profiles':[%s],'level':'all','engine':'buildkit',"
	                           "'image':'ship-detector:1','root':'%s'}", id, profiles, root));
	if (last)
		journal_event(&m, 75.5, EVENT_BUILD_DONE, -1, last);
	journal_end(&m);
}

static void matrix_await(struct matrix_shown *m, const char *part)
{
	for (int i = 0; i < 500 && !strstr(screen_text(m->s, &m->screen), part); i++) {
		struct error err;
		assert_true(loop_turn(m->screen.loop, 100, &err));
	}
	screen_shows(m->s, &m->screen, part);
}

static void test_view_matrix__pictures(void **state)
{
	struct scratch *s = *state;
	matrix_built(s, "20260102-000000-0001", "'gpu'", NULL, "{'ok':true,'exit':0}");
	matrix_built(s, "20260102-000000-0002", "'gpu','stateful'", NULL,
	             "{'ok':false,'exit':1,'error':'RUN pip install: exit code 1'}");
	matrix_built(s, "20260102-000000-0003", "'stateful'", "/elsewhere", "{'ok':true,'exit':0}");
	matrix_built(s, "20260102-000000-0004", "'gone'", NULL, "{'ok':true,'exit':0}");
	struct matrix_shown m = matrix_open(s, SHIP, 24, 80);
	screen_keys(&m.screen, "j<Space>");
	screen_is(s, &m.screen, "matrix-80");
	app_resize(m.screen.app, 45, 160);
	screen_is(s, &m.screen, "matrix-160");
	app_resize(m.screen.app, 10, 40);
	screen_is(s, &m.screen, "matrix-40");
	matrix_close(&m);
}

static void test_view_matrix__adds_and_keeps_combinations(void **state)
{
	struct scratch *s = *state;
	struct matrix_shown m = matrix_open(s, SHIP, 24, 160);
	screen_shows(s, &m.screen, "3 combinations");
	screen_keys(&m.screen, "p<Space>j<Space>K<Enter>");
	matrix_settle(&m);
	screen_shows(s, &m.screen, "4 combinations  1 marked");
	screen_shows(s, &m.screen, "[*] stateful,gpu ship-detector:1.0.0.dev0-stateful-gpu");
	app_reread(m.screen.app);
	matrix_settle(&m);
	screen_shows(s, &m.screen, "[*] stateful,gpu ship-detector:1.0.0.dev0-stateful-gpu");
	/* The same again is the same row. */
	screen_keys(&m.screen, "p<Space>j<Space>K<Enter>");
	screen_shows(s, &m.screen, "4 combinations");
	matrix_close(&m);
}

static void test_view_matrix__a_combination_opens_in_the_project(void **state)
{
	struct scratch *s = *state;
	struct matrix_shown m = matrix_open(s, SHIP, 24, 160);
	screen_keys(&m.screen, "/stateful<Enter><Enter>");
	assert_true(app_view(m.screen.app)->ops->where == WHERE_PROJECT);
	assert_int_equal(m.project->selection.nprofiles, 1);
	assert_string_equal(m.project->selection.profiles[0], "stateful");
	assert_string_equal(m.project->plan->image, "ship-detector:1.0.0.dev0-stateful");
	matrix_close(&m);
}

static void test_view_matrix__the_last_build_opens(void **state)
{
	struct scratch *s = *state;
	matrix_built(s, "20260102-000000-0001", "", NULL, "{'ok':true,'exit':0}");
	matrix_built(s, "20260102-000000-0002", "", NULL, "{'ok':true,'exit':0}");
	struct matrix_shown m = matrix_open(s, SHIP, 24, 160);
	screen_keys(&m.screen, "<Enter>");
	assert_true(app_view(m.screen.app)->ops->where == WHERE_BUILD);
	screen_shows(s, &m.screen, "20260102-000000-0002");
	screen_keys(&m.screen, "q");
	screen_shows(s, &m.screen, "matrix");
	screen_keys(&m.screen, "gr");
	assert_true(app_view(m.screen.app)->ops->where == WHERE_PROJECT);
	matrix_close(&m);
}

static void test_view_matrix__builds_what_is_marked(void **state)
{
	struct scratch *s = *state;
	struct matrix_shown m = matrix_open(s, SHIP, 24, 160);
	size_t n;
	screen_keys(&m.screen, "<Space><Space>B");
	screen_shows(s, &m.screen, "2 at a time");
	screen_shows(s, &m.screen, "builds  2: base  gpu");
	screen_shows(s, &m.screen, ">4 all");
	screen_keys(&m.screen, "---");
	screen_shows(s, &m.screen, "1 at a time");
	screen_keys(&m.screen, "1<Enter>");
	screen_shows(s, &m.screen, "building 0 of 2");
	matrix_await(&m, "2 of 2 builds did not end well");
	matrix_await(&m, "failed");
	assert_non_null(request_list(s->arena, &n, &s->err));
	assert_int_equal(n, 3);
	screen_lacks(s, &m.screen, "marked");
	screen_lacks(s, &m.screen, "building");
	/* Each row has a build of its own now. */
	screen_keys(&m.screen, "gg<Enter>");
	screen_shows(s, &m.screen, "ship-detector:1.0.0.dev0 ");
	screen_shows(s, &m.screen, "C1");
	/* The batch is a build of builds, each of which opens. */
	screen_keys(&m.screen, "HG<Enter>");
	screen_shows(s, &m.screen, "2 builds");
	screen_keys(&m.screen, "ggj<Enter>");
	screen_shows(s, &m.screen, "ship-detector:1.0.0.dev0 ");
	screen_keys(&m.screen, "q");
	screen_shows(s, &m.screen, "2 of 2 builds did not end well");
	matrix_close(&m);
}

static void test_view_matrix__reads_many_in_slices(void **state)
{
	struct scratch *s = *state;
	for (int i = 0; i < 400; i++)
		matrix_built(s, arena_printf(s->arena, "20250101-000000-%04x", i), "'gpu'",
		             i ? "/elsewhere" : NULL, "{'ok':true,'exit':0}");
	struct matrix_shown m = matrix_open(s, SHIP, 24, 160);
	screen_keys(&m.screen, "r");
	screen_lacks(s, &m.screen, "never");
	matrix_settle(&m);
	screen_shows(s, &m.screen, "never");
	screen_keys(&m.screen, "j");
	screen_shows(s, &m.screen, "20250101-000000-0000");
	matrix_close(&m);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		MATRIX_TEST(test_view_matrix__pictures),
		MATRIX_TEST(test_view_matrix__adds_and_keeps_combinations),
		MATRIX_TEST(test_view_matrix__a_combination_opens_in_the_project),
		MATRIX_TEST(test_view_matrix__the_last_build_opens),
		MATRIX_TEST(test_view_matrix__builds_what_is_marked),
		MATRIX_TEST(test_view_matrix__reads_many_in_slices),
	};
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "job") == 0)
		return job_main(argv[2]);
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
