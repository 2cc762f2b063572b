/* The panel of problems, and the marks in the panes. */
#include "tui/problem_panel.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/tui/scenes.h"

#define WRONG "tests/fixtures/projects/wrong"

static struct scene_shown panel_open(struct scratch *s, const char *path, int rows, int cols)
{
	const char *operands[] = { path, NULL };
	struct args args = { .operands = operands, .noperands = 1 };
	struct scene_shown shown = { .screen.loop = loop_new() };
	shown.project = project_open(&args, 0, &s->err);
	if (!shown.project)
		fail_msg("%s", s->err.text);
	shown.project->lints = true;
	project_read(shown.project);
	shown.screen.app = app_new(shown.screen.loop, shown.project, rows, cols);
	app_push(shown.screen.app, view_project_new(shown.project));
	app_draw(shown.screen.app);
	return shown;
}

static void panel_picture(struct scratch *s, int rows, int cols, const char *keys, const char *name)
{
	struct scene_shown shown = panel_open(s, WRONG, rows, cols);
	owned_buf struct buf have = { 0 };
	screen_keys(&shown.screen, keys);
	term_fake_text(app_draw(shown.screen.app), &have);
	screen_expect(name, buf_str(&have));
	scene_close(&shown);
}

static void panel_says(struct scene_shown *shown, const char *text, bool wanted)
{
	owned_buf struct buf have = { 0 };
	term_fake_text(app_draw(shown->screen.app), &have);
	if ((str_find_str(buf_str(&have), str_of(text)) != STR_NONE) != wanted)
		fail_msg("'%s' %s on:\n%s", text, wanted ? "is not" : "is", buf_text(&have));
}

static void test_problem_panel__lists_all_and_shows_the_place(void **state)
{
	panel_picture(*state, 45, 160, "gp", "problems-160");
	panel_picture(*state, 45, 160, "p<Space><Enter>gpj", "problems-160-error");
	panel_picture(*state, 24, 80, "gpj", "problems-80");
	panel_picture(*state, 24, 80, "p<Space><Enter>gpj<Enter>", "problems-80-entered");
	panel_picture(*state, 10, 40, "gpj", "problems-40");
	setlocale(LC_ALL, "C");
	panel_picture(*state, 24, 80, "gpj", "problems-80-ascii");
	setlocale(LC_ALL, "C.UTF-8");
}

static void test_problem_panel__has_the_keys_until_it_is_left(void **state)
{
	static const struct { const char *keys, *says; bool wanted; } rows[] = {
		{ "gp", "Enter goes there", true },
		{ "gpgp", " problems  ", false }, { "gpq", " problems  ", false },
		{ "gp<Esc>", " problems  ", false }, { "gp<Tab>", "Enter goes there", false },
		{ "gp<Tab>", " problems  ", true }, { "gp<Tab><Tab><Tab><Tab>", "Enter goes there", true },
		{ "gp<BackTab><Tab>", "Enter goes there", true },
		{ "gpk", "this is the first problem", true }, { "gpGj", "this is the last problem", true },
		{ "gp/absolute<Enter>", "── pesto-relative-target", true },
		{ "gp]d]d", "2/", false }, { "gp]d]d", "'to' is not absolute", true },
		{ "]f<Tab>Gkkkgp", "── pesto-relative-target", true },
		{ "]fgp", "── pesto-base-tag", true },
		{ "gp/absolute<Enter><Enter>", "requirements.json /requirements/model/to", true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene_shown shown = panel_open(*state, WRONG, 24, 80);
		screen_keys(&shown.screen, rows[i].keys);
		panel_says(&shown, rows[i].says, rows[i].wanted);
		scene_close(&shown);
	}
}

static void test_problem_panel__the_editor_opens_at_the_problem(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = panel_open(s, WRONG, 24, 80);
	owned_buf struct buf script = { 0 };
	const char *editor = arena_printf(s->arena, "%s/editor", s->dir);
	const char *said = arena_printf(s->arena, "%s/said", s->dir);
	struct str text;
	owned(files) struct files *files = files_disk(".");
	buf_printf(&script, "#!/bin/sh\necho \"$@\" >%s.new; mv %s.new %s\n", said, said, said);
	scratch_write(s, "editor", buf_text(&script));
	assert_int_equal(chmod(editor, 0700), 0);
	setenv("VISUAL", editor, 1);
	screen_keys(&shown.screen, "gp/absolute<Enter>e");
	while (!files_has(files, said))
		assert_true(loop_turn(shown.screen.loop, 1000, &s->err));
	assert_int_equal(files_read(files, said, s->arena, &text, &s->err), FILES_OK);
	assert_string_equal(text.p, "+9 " WRONG "/pesto/build/requirements.json\n");
	unsetenv("VISUAL");
	scene_close(&shown);
}

/* What is under the cursor stays there while other lines come and go. */
static void test_problem_panel__stays_while_files_change(void **state)
{
	struct scratch *s = *state;
	owned(arena) struct arena *arena = arena_new();
	const char *root = arena_printf(arena, "%s/p", s->dir);
	assert_int_equal(system(arena_printf(arena, "cp -r " WRONG " %s", root)), 0);
	struct scene_shown shown = panel_open(s, root, 24, 80);
	screen_keys(&shown.screen, "gp/absolute<Enter>");
	panel_says(&shown, "── pesto-relative-target", true);
	panel_says(&shown, "2 warnings", true);
	scratch_write(s, "p/pesto/api/config.json", "{\n\"size\": \"x\",\n\"threshold\": true\n}\n");
	app_reread(shown.screen.app);
	panel_says(&shown, "2 errors, 2 warnings", true);
	panel_says(&shown, "── pesto-relative-target", true);
	scratch_write(s, "p/pesto/api/config.json", "{\n\"size\": 1\n}\n");
	scratch_write(s, "p/pesto/build/requirements.json", "{\"dockerBaseImage\": \"d:1\", "
	              "\"environments\": {}, \"requirements\": {}}");
	app_reread(shown.screen.app);
	panel_says(&shown, " problems  ", true);
	panel_says(&shown, "error", false);
	panel_says(&shown, "warning", false);
	scene_close(&shown);
}

static void test_problem_panel__lives_on_any_size(void **state)
{
	struct scene_shown shown = panel_open(*state, WRONG, 1, 1);
	for (int rows = 1; rows < 50; rows += rows < 14 ? 1 : 7)
		for (int cols = 1; cols < 170; cols += cols < 12 ? 1 : 19) {
			app_resize(shown.screen.app, rows, cols);
			screen_keys(&shown.screen, "gpjjkGOo<Esc>gp<Tab>gp");
		}
	scene_close(&shown);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_problem_panel__lists_all_and_shows_the_place),
		cmocka_unit_test(test_problem_panel__has_the_keys_until_it_is_left),
		cmocka_unit_test(test_problem_panel__the_editor_opens_at_the_problem),
		cmocka_unit_test(test_problem_panel__stays_while_files_change),
		cmocka_unit_test(test_problem_panel__lives_on_any_size),
	};
	/* The worker that looks for git's marks is this program, and asks for nothing. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, scene_setup, scratch_teardown);
}
