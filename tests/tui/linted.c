/* Findings that need the build context: from a real worker, and on the screen. */
#include "tui/linted.h"

#include <signal.h>

#include "tests/core/os/looping.h"
#include "tests/tui/scenes.h"
#include "tui/view_project_inside.h"

#define CARRIES "the build context carries .git"
static const char dockerfile[] = "FROM debian:12 AS base\nCOPY . /src\nCOPY a poetry.lock* /b/\n";

/* A folder with history, and a lock file that may be missing: told of in other words once it is
 * known to be. */
static struct project *carrying_project(struct scratch *s)
{
	const char *operands[] = { scratch_path(s, "p"), NULL };
	struct args given = { .operands = operands, .noperands = 1 };
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/.git");
	scratch_write(s, "p/.git/HEAD", "ref: refs/heads/m\n");
	scratch_write(s, "p/a", "a\n");
	scratch_write(s, "p/Dockerfile", dockerfile);
	struct project *p = project_open(&given, 0, &s->err);
	if (!p)
		fail_msg("%s", s->err.text);
	p->engine = arena_printf(p->arena, "unix://%s/nobody", s->dir);
	p->lints = true;
	project_read(p);
	assert_non_null(p->plan);
	return p;
}

static size_t count_rule(const struct project *p, const char *rule)
{
	size_t n = 0;
	for (size_t i = 0; i < problems_count(p->problems); i++)
		n += strcmp(problems_get(p->problems, i)->rule, rule) == 0;
	return n;
}

/* ---- the worker ---- */

struct linting {
	struct linted linted;
	struct loop *loop;
	size_t answers, before;
};

static void linting_changed(void *data, const struct problems *before)
{
	struct linting *l = data;
	l->answers++;
	l->before = problems_count(before);
	loop_stop(l->loop);
}

static void test_linted__takes_the_place_of_what_was_found_without(void **state)
{
	owned(loop) struct loop *loop = loop_new();
	owned(project) struct project *p = carrying_project(*state);
	struct linting l = { .loop = loop };
	linted_init(&l.linted, p, linting_changed, &l);
	size_t without = problems_count(p->problems);
	assert_int_equal(count_rule(p, "context-carries"), 0);
	assert_int_equal(count_rule(p, "lock-optional"), 1);
	linted_ask(&l.linted, loop);
	linted_ask(&l.linted, loop);
	looping_run(loop);
	assert_int_equal(l.answers, 1);
	assert_int_equal(l.before, without);
	assert_int_equal(count_rule(p, "context-carries"), 1);
	/* In other words than before, and not in both. */
	assert_int_equal(count_rule(p, "lock-optional"), 1);
	assert_int_equal(problems_count(p->problems), without + 1);
	const struct source *file = plan_image(p->plan)->recipe->instructions[0].at.source;
	for (size_t i = 0; i < problems_count(p->problems); i++) {
		const struct problem *found = problems_get(p->problems, i);
		assert_ptr_equal(found->at.source, file);
		if (strcmp(found->rule, "lock-optional") == 0) {
			assert_true(str_find_str(found->text, STR("(the build context has none)")) != STR_NONE);
			assert_int_equal(found->nfix, 1);
			assert_ptr_equal(found->fix->at.source, file);
		}
	}
	linted_finish(&l.linted);
}

static void test_linted__holds_for_the_same_texts_alone(void **state)
{
	struct scratch *s = *state;
	owned(loop) struct loop *loop = loop_new();
	owned(project) struct project *p = carrying_project(s);
	struct linting l = { .loop = loop };
	linted_init(&l.linted, p, linting_changed, &l);
	linted_ask(&l.linted, loop);
	looping_run(loop);
	project_read(p);
	assert_int_equal(count_rule(p, "context-carries"), 0);
	linted_reread(&l.linted);
	assert_int_equal(count_rule(p, "context-carries"), 1);
	assert_int_equal(l.answers, 1);
	/* It would stand somewhere else now. */
	scratch_write(s, "p/Dockerfile", arena_printf(s->arena, "# x\n%s", dockerfile));
	project_read(p);
	linted_reread(&l.linted);
	assert_int_equal(count_rule(p, "context-carries"), 0);
	linted_ask(&l.linted, loop);
	looping_run(loop);
	assert_int_equal(l.answers, 2);
	assert_int_equal(count_rule(p, "context-carries"), 1);
	/* The context is without it: the answer replaces the one before. */
	scratch_write(s, "p/.dockerignore", ".git\n");
	project_read(p);
	linted_reread(&l.linted);
	linted_ask(&l.linted, loop);
	looping_run(loop);
	assert_int_equal(count_rule(p, "context-carries"), 0);
	linted_finish(&l.linted);
}

/* Somebody saves while the worker looks: its answer is about what is no more. */
static void test_linted__drops_an_answer_about_former_texts(void **state)
{
	struct scratch *s = *state;
	owned(loop) struct loop *loop = loop_new();
	owned(project) struct project *p = carrying_project(s);
	struct linting l = { .loop = loop };
	linted_init(&l.linted, p, linting_changed, &l);
	linted_ask(&l.linted, loop);
	while (!l.linted.asking)
		assert_true(loop_turn(loop, 1000, &s->err));
	scratch_write(s, "p/Dockerfile", "FROM debian:12\nRUN x\nCOPY . /src\n");
	project_read(p);
	size_t without = problems_count(p->problems);
	while (loop_turn(loop, 1000, &s->err) && !lint_asking_is_told(l.linted.asking))
		continue;
	assert_int_equal(l.answers, 0);
	assert_null(l.linted.findings);
	assert_int_equal(problems_count(p->problems), without);
	linted_finish(&l.linted);
}

static void test_linted__asks_nobody_where_nothing_lints_or_is_planned(void **state)
{
	struct scratch *s = *state;
	owned(loop) struct loop *loop = loop_new();
	owned(project) struct project *p = carrying_project(s);
	struct linting l = { .loop = loop };
	linted_init(&l.linted, p, linting_changed, &l);
	p->lints = false;
	project_read(p);
	linted_ask(&l.linted, loop);
	assert_int_equal(l.linted.timer, 0);
	p->lints = true;
	project_read(p);
	linted_ask(&l.linted, loop);
	assert_true(l.linted.timer != 0);
	scratch_write(s, "p/Dockerfile", "FROM\n");
	project_read(p);
	linted_ask(&l.linted, loop);
	assert_int_equal(l.linted.timer, 0);
	linted_finish(&l.linted);
}

/* ---- the screen ---- */

static void test_linted__is_shown_in_the_panel_and_at_its_line(void **state)
{
	struct scratch *s = *state;
	struct screen screen = { .loop = loop_new() };
	struct project *p = carrying_project(s);
	screen.app = app_new(screen.loop, p, 45, 160);
	app_push(screen.app, view_project_new(p));
	struct view_project *v = (struct view_project *)app_view(screen.app);
	screen_keys(&screen, "/COPY .<Enter>gp");
	screen_lacks(s, &screen, CARRIES);
	size_t on = v->problem;
	const char *rule = problems_get(p->problems, on)->rule;
	struct str text = arena_str(s->arena, problems_get(p->problems, on)->text);
	for (int i = 0; i < 100 && !v->linted.findings; i++)
		assert_true(loop_turn(screen.loop, 1000, &s->err));
	screen_shows(s, &screen, CARRIES);
	/* The cursor is on what it was on. */
	assert_int_equal(v->problem, v->panel.list.cursor);
	assert_string_equal(problems_get(p->problems, v->problem)->rule, rule);
	assert_true(str_eq(problems_get(p->problems, v->problem)->text, text));
	/* …and so it stays after a reading of the same files. */
	app_reread(screen.app);
	screen_shows(s, &screen, CARRIES);
	/* Mended, its marks go with it. */
	char was = 0, is = 0;
	for (size_t i = 0; i < v->dockerfile.list.n; i++)
		if (v->dockerfile.rows[i].line == 3)
			was = v->dockerfile.rows[i].mark;
	assert_int_equal(was, '?');
	struct problems *none = problems_new();
	dockerfile_mark(&v->dockerfile, none);
	for (size_t i = 0; i < v->dockerfile.list.n; i++)
		is |= v->dockerfile.rows[i].mark;
	assert_int_equal(is, 0);
	problems_free(none);
	app_free(screen.app);
	loop_free(screen.loop);
	project_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)
		TEST(test_linted__takes_the_place_of_what_was_found_without),
		TEST(test_linted__holds_for_the_same_texts_alone),
		TEST(test_linted__drops_an_answer_about_former_texts),
		TEST(test_linted__asks_nobody_where_nothing_lints_or_is_planned),
		TEST(test_linted__is_shown_in_the_panel_and_at_its_line),
	};
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
