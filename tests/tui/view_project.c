/* Keys and the screens they lead to. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/os/save.h"
#include "tests/fake/screen.h"
#include "tests/fake/term_fake.h"
#include "tui/app.h"
#include "tui/view_project.h"

#define SHIP "docs/examples/ship-detector"
#define ODD "tests/fixtures/projects/odd"

struct screen {
	struct loop *loop;
	struct project *project;
	struct app *app;
};

static struct screen screen_open(const char *path, int rows, int cols)
{
	const char *operands[] = { path, NULL };
	struct args args = { .operands = operands, .noperands = 1 };
	struct error err;
	struct screen s = { .loop = loop_new() };
	s.project = project_open(&args, 0, &err);
	if (!s.project)
		fail_msg("%s", err.text);
	project_read(s.project);
	s.app = app_new(s.loop, s.project, rows, cols);
	app_push(s.app, view_project_new(s.project));
	app_draw(s.app);
	return s;
}

static void screen_close(struct screen *s)
{
	app_free(s->app);
	project_free(s->project);
	loop_free(s->loop);
}

/* Types keys in the table's notation; a frame is drawn after each, as for a user. */
static void screen_type(struct screen *s, const char *keys)
{
	struct str rest = str_of(keys);
	while (rest.n) {
		app_key(s->app, keymap_parse(&rest));
		app_draw(s->app);
	}
}

static void screen_is(struct screen *s, const char *name)
{
	owned_buf struct buf have = { 0 };
	term_fake_text(app_draw(s->app), &have);
	screen_expect(name, buf_str(&have));
}

static void screen_says(struct screen *s, const char *text)
{
	owned_buf struct buf have = { 0 };
	term_fake_text(app_draw(s->app), &have);
	if (str_find_str(buf_str(&have), str_of(text)) == STR_NONE)
		fail_msg("'%s' is not on:\n%s", text, buf_text(&have));
}

static void screen_case(const char *path, const char *size, const char *keys, const char *name)
{
	int cols, rows;
	assert_int_equal(sscanf(size, "%dx%d", &cols, &rows), 2);
	struct screen s = screen_open(path, rows, cols);
	screen_type(&s, keys);
	screen_is(&s, name);
	screen_close(&s);
}

static void test_view_project__shows_three_panes_where_there_is_room(void **state)
{
	(void)state;
	screen_case(SHIP, "160x45", "", "ship-160");
	screen_case(SHIP, "160x45", "p<Space><Enter>", "ship-160-gpu");
	screen_case(SHIP, "160x45", "p<Space>j<Space><Enter>]f]f]f]f]f]f<Tab>jjj",
	            "ship-160-gpu-stateful");
	screen_case(SHIP, "120x30", "B2", "ship-120-level");
}

static void test_view_project__shows_the_focused_pane_where_there_is_not(void **state)
{
	(void)state;
	screen_case(SHIP, "80x24", "", "ship-80-tree");
	screen_case(SHIP, "80x24", "p<Space><Enter>]f<Tab>zMjzojj", "ship-80-merged");
	screen_case(SHIP, "80x24", "p<Space>j<Space><Enter><BackTab>G", "ship-80-dockerfile");
	screen_case(SHIP, "80x24", "pj<Space>", "ship-80-picker");
	screen_case(SHIP, "40x10", "<Tab>jj", "ship-40");
}

static void test_view_project__lives_on_any_size(void **state)
{
	(void)state;
	struct screen s = screen_open(SHIP, 1, 1);
	for (int rows = 1; rows < 50; rows += rows < 12 ? 1 : 7)
		for (int cols = 1; cols < 170; cols += cols < 12 ? 1 : 19) {
			app_resize(s.app, rows, cols);
			screen_type(&s, "<Tab>jo<Esc>p<Esc>B<Esc>/x<Esc>zaG]dg");
			app_key(s.app, 'g');
		}
	screen_close(&s);
}

static void test_view_project__keeps_the_last_good_preview(void **state)
{
	(void)state;
	screen_case(ODD, "160x45", "p<Space><Enter>]f]f]f]f]f]f", "odd-160-broken");
	screen_case(ODD, "80x24", "p<Space><Enter>]d<Tab>", "odd-80-broken");
	/* And is right again when the error is gone. */
	struct screen s = screen_open(ODD, 24, 80);
	screen_type(&s, "p<Space><Enter>");
	screen_says(&s, "1 error");
	screen_type(&s, "B");
	screen_says(&s, "nothing can be built");
	screen_type(&s, "<Esc>p<Space><Enter>");
	screen_says(&s, "no profile");
	screen_close(&s);
}

static void test_view_project__shows_what_is_hostile_as_text(void **state)
{
	(void)state;
	screen_case(ODD, "160x45", "]f]f]f]f]f]f", "odd-160");
	screen_case(ODD, "40x10", "]f]f]f]f]f]f<Tab>", "odd-40");
}

static void test_view_project__speaks_ascii_where_the_locale_does(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C");
	screen_case(SHIP, "80x24", "<Tab>", "ship-80-ascii");
	screen_case(ODD, "80x24", "]f]f]f]f]f]f<Tab>", "odd-80-ascii");
	setlocale(LC_ALL, "C.UTF-8");
}

static void test_view_project__follows_causes_both_ways(void **state)
{
	(void)state;
	struct screen s = screen_open(SHIP, 24, 80);
	screen_type(&s, "<Tab><Tab>/SHIP_TITLE<Enter>");
	screen_says(&s, "/environments/SHIP_TITLE b pesto/build/requirements.json:5:");
	screen_type(&s, "gd");
	screen_says(&s, "pesto/build/requirements.json /environments/SHIP_TITLE");
	screen_type(&s, "gr");
	screen_says(&s, "Dockerfile:");
	screen_type(&s, "ggo");
	screen_says(&s, "acts on nothing here");
	screen_type(&s, "gd");
	screen_says(&s, "nothing in the configuration causes this line");
	screen_close(&s);
}

static void test_view_project__names_every_origin(void **state)
{
	(void)state;
	struct screen s = screen_open(SHIP, 24, 80);
	screen_type(&s, "p<Space>j<Space><Enter>]f<Tab>/SHIP_WORKERS<Enter>o");
	screen_is(&s, "ship-80-origins");
	screen_close(&s);
}

static void test_view_project__says_what_a_key_could_not_do(void **state)
{
	(void)state;
	static const struct {
		const char *keys, *says;
	} cases[] = {
		{ "k<Up>k", "this is the first line" }, { "Gj", "this is the last line" },
		{ "Z", "Z means nothing here; ? shows the keys" }, { "]d", "there is no problem" },
		{ "n", "nothing was searched for yet" }, { "/zzz<Enter>", "'zzz' is not in this pane" },
		{ "<Tab>jzc zc", "acts on nothing here" }, { "<Esc>", "q leaves mortar" },
		{ "<Tab><Tab>ge", "ge means nothing here" }, { "<Tab><Tab>ggje", "nothing to edit" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct screen s = screen_open(SHIP, 24, 80);
		screen_type(&s, cases[i].keys);
		screen_says(&s, cases[i].says);
		screen_close(&s);
	}
}

static void screen_says_not(struct screen *s, const char *text)
{
	owned_buf struct buf have = { 0 };
	term_fake_text(app_draw(s->app), &have);
	if (str_find_str(buf_str(&have), str_of(text)) != STR_NONE)
		fail_msg("'%s' is on:\n%s", text, buf_text(&have));
}

static void test_view_project__folds_the_whole_tree(void **state)
{
	(void)state;
	struct screen s = screen_open(SHIP, 24, 80);
	screen_type(&s, "GzM");
	screen_says(&s, "pesto/api");
	screen_says_not(&s, "config.json");
	/* The cursor went to the folder that hides its file. */
	screen_type(&s, "zo");
	screen_says(&s, "config.json");
	screen_type(&s, "zM");
	screen_says_not(&s, "config.json");
	screen_type(&s, "zM");
	screen_says(&s, "acts on nothing here");
	screen_type(&s, "zR");
	screen_says(&s, "- config.gpu.json");
	screen_type(&s, "zR");
	screen_says(&s, "acts on nothing here");
	screen_close(&s);
}

static void test_view_project__chooses_a_build_file(void **state)
{
	(void)state;
	struct screen s = screen_open(SHIP, 24, 80);
	screen_type(&s, "j");
	screen_says(&s, "another build file: Enter chooses it");
	screen_type(&s, "<Enter>");
	screen_says(&s, "ship-detector-p2  no profile");
	screen_type(&s, "q");
	assert_true(app_has_ended(s.app));
	screen_close(&s);
}

static void test_view_project__shows_the_level_and_gives_it_back(void **state)
{
	(void)state;
	struct screen s = screen_open(SHIP, 45, 160);
	screen_type(&s, "B1");
	screen_says(&s, "no profile  level C1");
	screen_type(&s, "<Esc>");
	screen_says(&s, "level none: everything below runs anew");
	screen_close(&s);
}

/* State and cache of the user are left alone. */
static int own_places(void **state)
{
	(void)state;
	char dir[] = "/tmp/mortar-test-XXXXXX";
	if (!mkdtemp(dir) || chdir(".") != 0)
		return -1;
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CACHE_HOME", dir, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("HOME", dir, 1);
	*state = strdup(dir);
	return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static int no_places(void **state)
{
	struct error err;
	bool ok = save_remove(*state, &err);
	free(*state);
	return ok ? 0 : -1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_view_project__shows_three_panes_where_there_is_room),
		cmocka_unit_test(test_view_project__shows_the_focused_pane_where_there_is_not),
		cmocka_unit_test(test_view_project__lives_on_any_size),
		cmocka_unit_test(test_view_project__keeps_the_last_good_preview),
		cmocka_unit_test(test_view_project__shows_what_is_hostile_as_text),
		cmocka_unit_test(test_view_project__speaks_ascii_where_the_locale_does),
		cmocka_unit_test(test_view_project__follows_causes_both_ways),
		cmocka_unit_test(test_view_project__names_every_origin),
		cmocka_unit_test(test_view_project__says_what_a_key_could_not_do),
		cmocka_unit_test(test_view_project__folds_the_whole_tree),
		cmocka_unit_test(test_view_project__chooses_a_build_file),
		cmocka_unit_test(test_view_project__shows_the_level_and_gives_it_back),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, own_places, no_places);
}
