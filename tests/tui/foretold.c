/* What the project view shows of a forecast, and its worker that stays. */
#include "tui/foretold.h"

#include "core/history/forecast.h"
#include "core/job/steps.h"
#include "core/job/worker.h"
#include "tests/core/os/looping.h"
#include "tests/tui/scenes.h"
#include "tui/view_project_inside.h"

/* ---- the pictures ---- */

static struct view_project *view_of(struct scene_shown *shown)
{
	return (struct view_project *)app_view(shown->screen.app);
}

/* Of the first 15 steps hits, then misses, then unknown; the last file is hostile. */
static const struct value *told(struct scratch *s, const struct project *p, const char *sentence)
{
	static const struct forecast_file files[] = {
		{ FILE_CHANGED, STR("src/a.c") }, { FILE_ADDED, STR("src/\x1b]0;x\a\n\xe2\x80\xae.c") },
	};
	owned(steps) struct steps *steps = steps_new(p->plan);
	const struct value *step = value_child(steps_describe(steps, s->arena));
	struct forecast_step *list = arena_array(s->arena, 200, sizeof *list);
	struct forecast f = { .steps = list, .engine = STR("buildkit"), .p25 = 125, .p50 = 130,
		.p90 = 160 };
	for (int i = 0; step; step = value_next(step), i++) {
		if (value_get(step, STR("meta")) || value_get(step, STR("task")))
			continue;
		enum verdict verdict = f.nsteps < 15 ? VERDICT_HIT : f.nsteps < 24 ? VERDICT_MISS
		                                                                   : VERDICT_UNKNOWN;
		f.hits += verdict == VERDICT_HIT;
		f.misses += verdict == VERDICT_MISS;
		f.unknowns += verdict == VERDICT_UNKNOWN;
		list[f.nsteps++] = (struct forecast_step){
			.step = i, .verdict = verdict,
				.why = verdict == VERDICT_MISS ? MISS_CONTEXT : MISS_NONE,
			.sentence = verdict == VERDICT_MISS ? str_of(sentence) : (struct str){ 0 },
			.files = verdict == VERDICT_MISS ? files : NULL,
				.nfiles = verdict == VERDICT_MISS ? 2 : 0,
			.files_count = verdict == VERDICT_MISS ? 7 : 0, .parent = -1,
			.cause = verdict == VERDICT_MISS ? STR("pesto/build/build.json:3 "
				"/a/b") : (struct str){ 0 },
			.p25 = i, .p50 = 1.5 * i, .p90 = 4.0 * i,
		};
	}
	return forecast_value(s->arena, &f);
}

static struct scene_shown open_told(struct scratch *s, const char *keys, int rows, int cols,
                                    const char *sentence)
{
	const struct scene scene = { "foretold", SCENE_SHIP, keys };
	struct scene_shown shown = scene_open(s, &scene, rows, cols);
	struct view_project *v = view_of(&shown);
	foretold_line(&v->foretold, told(s, v->project, sentence));
	return shown;
}

static void picture(struct scratch *s, const char *keys, int rows, int cols, const char *name)
{
	struct scene_shown shown = open_told(s, "<BackTab>G", rows, cols,
		"context: src/a.c changed, 6 more");
	screen_keys(&shown.screen, keys);
	screen_is(s, &shown.screen, name);
	scene_close(&shown);
}

static void test_foretold__is_shown_with_signs_times_and_a_sum(void **state)
{
	picture(*state, "", 45, 160, "foretold-160");
	picture(*state, "", 24, 80, "foretold-80");
	picture(*state, "kkkkkkkkkkkkkkk", 10, 40, "foretold-40");
	picture(*state, "k", 5, 20, "foretold-20");
	picture(*state, "", 90, 300, "foretold-300");
}

static void test_foretold__tells_why_on_i(void **state)
{
	picture(*state, "/step 3: algo<Enter>jji", 45, 160, "foretold-160-why");
	picture(*state, "/step 3: algo<Enter>jji", 24, 80, "foretold-80-why");
	picture(*state, "/step 3: algo<Enter>jji", 10, 40, "foretold-40-why");
	picture(*state, "gg/pip -V<Enter>i", 24, 80, "foretold-80-hit");
	picture(*state, "gg/EXPOSE<Enter>i", 24, 80, "foretold-80-meta");
}

static void test_foretold__is_ascii_in_the_c_locale(void **state)
{
	assert_non_null(setlocale(LC_ALL, "C"));
	picture(*state, "/step 3: algo<Enter>jji", 24, 80, "foretold-80-ascii");
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
}

static void test_foretold__fits_any_size(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = open_told(s, "<BackTab>", 24, 80, "x");
	for (int rows = 1; rows < 60; rows += rows < 12 ? 1 : 9)
		for (int cols = 1; cols < 200; cols += cols < 24 ? 1 : 13) {
			app_resize(shown.screen.app, rows, cols);
			screen_keys(&shown.screen, "ji<Esc>");
		}
	scene_close(&shown);
}

/* Nothing that a project or an engine calls something comes to the screen as it is. */
static void test_foretold__spells_out_what_is_hostile(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = open_told(s, "<BackTab>/step 3: algo<Enter>jj", 45, 160,
	                                     "context: \x1b[31m\x9b\n\x01 \xe2\x80\xae changed");
	screen_keys(&shown.screen, "i");
	screen_shows(s, &shown.screen, "src/\\x1b]0;x\\x07\\n\\u202e.c");
	screen_shows(s, &shown.screen, "context: \\x1b[31m");
	scene_close(&shown);
}

/* ---- what changes ---- */

static void test_foretold__stays_as_stale_until_the_next_answer(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = open_told(s, "<BackTab>", 24, 80, "x");
	struct view_project *v = view_of(&shown);
	screen_lacks(s, &shown.screen, "(old)");
	/* Another profile: lines that stay keep their signs, new ones have none. */
	screen_keys(&shown.screen, "p<Space><Enter>");
	screen_shows(s, &shown.screen, "(old)");
	size_t marked = 0, plain = 0;
	for (size_t i = 0; i < v->dockerfile.recipe->ninstructions; i++) {
		marked += v->dockerfile.foretold[i] != NULL;
		plain += v->dockerfile.foretold[i] == NULL;
	}
	assert_true(marked > 20 && plain > 0 && v->dockerfile.is_guess);
	foretold_line(&v->foretold, told(s, v->project, "y"));
	screen_lacks(s, &shown.screen, "(old)");
	assert_false(v->dockerfile.is_guess);
	scene_close(&shown);
}

static void test_foretold__passes_over_answers_to_former_questions(void **state)
{
	struct scratch *s = *state;
	const struct value *line;
	struct scene_shown shown = open_told(s, "<BackTab>", 24, 80, "x");
	struct view_project *v = view_of(&shown);
	v->foretold.ask = 7;
	v->foretold.is_stale = true;
	struct value *old = value_share(s->arena, told(s, v->project, "y"));
	value_set(s->arena, old, "ask", value_new_integer(s->arena, 6));
	foretold_line(&v->foretold, old);
	assert_true(v->foretold.is_stale);
	/* What cannot be planned has no forecast; what is no forecast changes nothing. */
	assert_true(value_parse_json(s->arena, STR("{\"ask\":7,\"steps\":4}"), &line, &s->err));
	foretold_line(&v->foretold, line);
	screen_shows(s, &shown.screen, "9x");
	assert_true(value_parse_json(s->arena, STR("{\"ask\":7,\"error\":\"x\",\"code\":3}"), &line,
		&s->err));
	foretold_line(&v->foretold, line);
	screen_lacks(s, &shown.screen, "9x");
	scene_close(&shown);
}

static void test_foretold__is_asked_for_of_instructions_alone(void **state)
{
	struct scratch *s = *state;
	struct scene_shown shown = open_told(s, "", 24, 80, "x");
	screen_keys(&shown.screen, "i");
	screen_shows(s, &shown.screen, "Tab goes to");
	scene_close(&shown);
}

/* ---- the worker ---- */

struct asking {
	struct foretold foretold;
	struct loop *loop;
	size_t answers;
};

static void asking_changed(void *data)
{
	struct asking *a = data;
	a->answers++;
	loop_stop(a->loop);
}

/* A project of files that nothing has ever built, on an engine that is not there. */
static struct project *small_project(struct scratch *s)
{
	const char *operands[] = { scratch_path(s, "p"), NULL };
	struct args given = { .operands = operands, .noperands = 1 };
	scratch_mkdir(s, "p");
	scratch_write(s, "p/Dockerfile", "FROM scratch\nCOPY src /src\n");
	scratch_mkdir(s, "p/src");
	scratch_write(s, "p/src/a.c", "int a;\n");
	struct project *p = project_open(&given, 0, &s->err);
	if (!p)
		fail_msg("%s", s->err.text);
	p->engine = arena_printf(p->arena, "unix://%s/nobody", s->dir);
	project_read(p);
	assert_non_null(p->plan);
	return p;
}

static void test_foretold_ask__is_answered_again_and_again_by_one_worker(void **state)
{
	struct scratch *s = *state;
	owned(loop) struct loop *loop = loop_new();
	owned(project) struct project *p = small_project(s);
	struct asking a = { .loop = loop };
	foretold_init(&a.foretold, p, asking_changed, &a);
	struct worker *first = NULL;
	for (size_t i = 0; i < 3; i++) {
		foretold_ask(&a.foretold, loop);
		foretold_ask(&a.foretold, loop);
		assert_true(a.foretold.is_stale);
		looping_run(loop);
		assert_int_equal(a.answers, i + 1);
		assert_false(a.foretold.is_stale);
		assert_int_equal(a.foretold.ask, i + 1);
		first = first ? first : a.foretold.worker;
		assert_ptr_equal(a.foretold.worker, first);
	}
	foretold_finish(&a.foretold);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)
		TEST(test_foretold__is_shown_with_signs_times_and_a_sum),
		TEST(test_foretold__tells_why_on_i),
		TEST(test_foretold__is_ascii_in_the_c_locale),
		TEST(test_foretold__fits_any_size),
		TEST(test_foretold__spells_out_what_is_hostile),
		TEST(test_foretold__stays_as_stale_until_the_next_answer),
		TEST(test_foretold__passes_over_answers_to_former_questions),
		TEST(test_foretold__is_asked_for_of_instructions_alone),
		TEST(test_foretold_ask__is_answered_again_and_again_by_one_worker),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
