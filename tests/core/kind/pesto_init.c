#include "core/kind/pesto_init.h"

#include "core/kind/kind.h"
#include "tests/core/os/scratch.h"

static void standard_answers(struct scratch *s, const char *dir, struct str *answers)
{
	struct error err;
	for (enum init_answer i = 0; i < INIT_NANSWERS; i++) {
		answers[i] = init_standard(s->arena, dir, i, answers);
		assert_true(init_questions[i].check(answers[i], &err));
	}
}

static void test_init__a_new_project_has_no_problem(void **state)
{
	struct scratch *s = *state;
	const char *dir = scratch_path(s, "deep/My Service_2");
	struct str answers[INIT_NANSWERS];
	struct init_made made;
	standard_answers(s, dir, answers);
	assert_true(init_check(s->arena, dir, &s->err));
	assert_true(init_make(s->arena, dir, answers, &made, &s->err));
	assert_null(made.package);
	for (size_t i = 0; i < made.n; i++)
		assert_non_null(scratch_read(s, files_join(s->arena, dir, made.files[i].path)));

	owned(files) struct files *files = files_disk(".");
	owned(problems) struct problems *problems = problems_new();
	const struct selection selection = { .level = "none" };
	const struct kind *kind;
	struct target target;
	assert_true(kind_recognise(files, dir, NULL, s->arena, &kind, &target, problems, &s->err));
	owned(settings) struct settings *settings =
		kind->settings(&target, &selection, files, problems);
	owned(plan) struct plan *plan = kind->plan(settings, &selection, files, problems);
	assert_non_null(plan);
	assert_int_equal(problems_count(problems), 0);
	assert_string_equal(settings->name, "my-service-2");
}

static void test_init__answers_arrive_as_they_are(void **state)
{
	struct scratch *s = *state;
	const char *dir = scratch_path(s, "p");
	struct str answers[INIT_NANSWERS];
	struct init_made made;
	standard_answers(s, dir, answers);
	answers[INIT_DESCRIPTION] = STR("says \"é\" and \\n");
	answers[INIT_KEYWORDS] = STR(" one, two words ,,");
	assert_true(init_make(s->arena, dir, answers, &made, &s->err));
	const char *text = scratch_read(s, scratch_path(s, "p/pesto/api/description.json"));
	assert_non_null(strstr(text, "\"description\": \"says \\\"é\\\" and \\\\n\""));
	assert_non_null(strstr(text, "\"one\",\n        \"two words\"\n    ]"));
	text = scratch_read(s, scratch_path(s, "p/setup.py"));
	assert_non_null(strstr(text, "description=\"says \\\"é\\\" and \\\\n\","));
}

static void test_init__replaces_nothing(void **state)
{
	struct scratch *s = *state;
	struct str answers[INIT_NANSWERS];
	struct init_made made;
	scratch_mkdir(s, "pesto");
	scratch_mkdir(s, "pesto/api");
	scratch_write(s, "pesto/api/config.json", "mine");
	standard_answers(s, s->dir, answers);
	assert_false(init_check(s->arena, s->dir, &s->err));
	assert_int_equal(s->err.code, ERROR_PROJECT);
	assert_non_null(strstr(s->err.text, "has pesto/api/config.json already"));
	assert_false(init_make(s->arena, s->dir, answers, &made, &s->err));
	assert_string_equal(scratch_read(s, scratch_path(s, "pesto/api/config.json")), "mine");
	assert_null(scratch_read(s, scratch_path(s, "pesto/build/build.json")));
	assert_null(scratch_read(s, scratch_path(s, "setup.py")));
}

static void test_init__leaves_a_package_that_is_there(void **state)
{
	struct scratch *s = *state;
	struct str answers[INIT_NANSWERS];
	struct init_made made;
	scratch_write(s, "pyproject.toml", "mine");
	standard_answers(s, s->dir, answers);
	assert_true(init_make(s->arena, s->dir, answers, &made, &s->err));
	assert_string_equal(made.package, "pyproject.toml");
	assert_int_equal(made.n, 9);
	assert_null(scratch_read(s, scratch_path(s, "setup.py")));
}

static void test_init__leaves_an_algorithm_that_is_there(void **state)
{
	struct scratch *s = *state;
	struct str answers[INIT_NANSWERS];
	struct init_made made;
	scratch_mkdir(s, "algorithm");
	standard_answers(s, s->dir, answers);
	assert_true(init_make(s->arena, s->dir, answers, &made, &s->err));
	assert_int_equal(made.n, 10);
	assert_null(scratch_read(s, scratch_path(s, "algorithm/process.py")));
}

/* A folder that cannot be made in the middle: what was written before it goes again. */
static void test_init__writes_all_or_nothing(void **state)
{
	struct scratch *s = *state;
	struct str answers[INIT_NANSWERS];
	struct init_made made;
	scratch_mkdir(s, "pesto");
	scratch_write(s, "pesto/api", "a file");
	standard_answers(s, s->dir, answers);
	assert_false(init_make(s->arena, s->dir, answers, &made, &s->err));
	assert_non_null(strstr(s->err.text, "a file of that name is there"));
	assert_null(scratch_read(s, scratch_path(s, "pesto/build/build.json")));
	assert_null(scratch_read(s, scratch_path(s, "pesto/build/requirements.json")));
}

static void test_init__answers_are_checked(void **state)
{
	static const struct {
		enum init_answer which;
		const char *good[6], *bad[9];
	} table[] = {
		{ INIT_NAME, { "a", "my-service", "x_1.y" },
		  { "", "My", "a/b", "a b", "-a", "pesto", "dist", "requirements" } },
		{ INIT_VERSION, { "1", "1.0.0", "1.0.0.dev0", "2.1rc1", "1.0a2.post3.dev4" },
		  { "", "v1", "1.", "1.0-1", "1.0+local", "1.0.dev", "abc", "1.0 " } },
		{ INIT_TITLE, { "x", "É t" }, { "", "a\tb", "\x1b[1m", "\xff", "\xe2\x80\xae" } },
		{ INIT_DESCRIPTION, { "", "x" }, { "a\nb" } },
		{ INIT_EMAIL, { "", "a@b.example" }, { "a", "@b", "a@", "a b@c" } },
		{ INIT_BASE_IMAGE, { "debian:12", "r:5000/a/b:1", "a@sha256:"
		  "0123456789012345678901234567890123456789012345678901234567890123" },
		  { "", "debian", "debian:latest", "r:5000/debian", "A:1", "a:b:c" } },
	};
	struct error err;
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct init_question *q = &init_questions[table[i].which];
		for (size_t k = 0; k < 6 && table[i].good[k]; k++)
			assert_true(q->check(str_of(table[i].good[k]), &err));
		for (size_t k = 0; k < 9 && table[i].bad[k]; k++)
			assert_false(q->check(str_of(table[i].bad[k]), &err));
	}
}

static void test_init__names_what_is_named_badly(void **state)
{
	static const struct { const char *dir, *name; } table[] = {
		{ "/x/My Proj (2)", "my-proj-2" }, { "/x/--", "new-service" }, { "/", "new-service" },
		{ "/x/pesto", "new-service" }, { "/x/\xc3\xa9t\xc3\xa9", "t" }, { "/a/b.c/", "b-c" },
	};
	struct scratch *s = *state;
	struct str answers[INIT_NANSWERS] = { { 0 } };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str name = init_standard(s->arena, table[i].dir, INIT_NAME, answers);
		assert_string_equal(arena_text(s->arena, name), table[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_init__a_new_project_has_no_problem),
		SCRATCH_TEST(test_init__answers_arrive_as_they_are),
		SCRATCH_TEST(test_init__replaces_nothing),
		SCRATCH_TEST(test_init__leaves_a_package_that_is_there),
		SCRATCH_TEST(test_init__leaves_an_algorithm_that_is_there),
		SCRATCH_TEST(test_init__writes_all_or_nothing),
		SCRATCH_TEST(test_init__answers_are_checked),
		SCRATCH_TEST(test_init__names_what_is_named_badly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
