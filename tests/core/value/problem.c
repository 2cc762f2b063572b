#include "core/value/problem.h"

#include "tests/core/value/reading.h"

static void add(struct reading *r, enum severity severity, const struct source *s, uint32_t at,
                const char *text)
{
	assert_false(problems_add(r->problems, severity, "rule", (struct span){ s, at, 1 }, "%s",
	                          text));
}

static void test_problem__prints_place_severity_and_text(void **state)
{
	struct reading *r = *state;
	struct source *s = source_new(r->arena, STR("a\nb"), NULL, STR("x\ny"));
	add(r, SEVERITY_ERROR, s, 2, "bad \x1b[31m");
	add(r, SEVERITY_WARNING, NULL, 0, "odd");
	add(r, SEVERITY_NOTE, source_new(r->arena, STR("f"), NULL, (struct str){ 0 }), 0, "so");
	assert_string_equal(reading_problem(r, 0), "a\\nb:2:1: bad \\x1b[31m");
	assert_string_equal(reading_problem(r, 1), "warning: odd");
	assert_string_equal(reading_problem(r, 2), "f: note: so");
	assert_int_equal(problems_errors(r->problems), 1);
}

static void test_problem__names_the_schema_that_asks_for_it(void **state)
{
	struct reading *r = *state;
	problems_add_problem(r->problems, &(struct problem){
		.rule = "schema", .text = STR("'a' is missing"), .schema = STR("s\x1b.json#/required") });
	assert_string_equal(reading_problem(r, 0), "'a' is missing (schema s\\x1b.json#/required)");
	for (int i = 2; i > 0; i--)
		problems_add_problem(r->problems, &(struct problem){
			.rule = "schema", .text = STR("b"), .schema = i == 2 ? STR("#/z") : STR("#/a") });
	problems_sort(r->problems);
	assert_int_equal(problems_count(r->problems), 2);
	assert_string_equal(reading_problem(r, 1), "b (schema #/a)");
}

static void test_problem__copies_what_it_is_given(void **state)
{
	struct reading *r = *state;
	char text[] = "text", pointer[] = "/a", with[] = "new";
	struct edit fix = { { NULL, 3, 4 }, { with, 3 } };
	problems_add_problem(r->problems, &(struct problem){
		.rule = "rule", .severity = SEVERITY_ERROR, .text = { text, 4 },
		.pointer = { pointer, 2 }, .fix = &fix, .nfix = 1 });
	memset(text, 'x', 4);
	memset(pointer, 'x', 2);
	memset(with, 'x', 3);
	fix.at.at = 9;
	const struct problem *p = problems_get(r->problems, 0);
	assert_str(p->text, "text");
	assert_str(p->pointer, "/a");
	assert_int_equal(p->nfix, 1);
	assert_int_equal(p->fix[0].at.at, 3);
	assert_str(p->fix[0].text, "new");
}

static void test_problem__sorts_by_place_and_keeps_equal_ones_once(void **state)
{
	struct reading *r = *state;
	struct source *a = source_new(r->arena, STR("a"), NULL, STR("0123456789"));
	struct source *b = source_new(r->arena, STR("b"), NULL, STR("0123456789"));
	add(r, SEVERITY_ERROR, b, 1, "fourth");
	add(r, SEVERITY_WARNING, a, 9, "third");
	add(r, SEVERITY_ERROR, a, 2, "second");
	add(r, SEVERITY_ERROR, NULL, 0, "first");
	add(r, SEVERITY_ERROR, a, 2, "second");
	problems_sort(r->problems);
	assert_int_equal(problems_count(r->problems), 4);
	assert_int_equal(problems_errors(r->problems), 3);
	assert_string_equal(reading_problem(r, 0), "first");
	assert_string_equal(reading_problem(r, 1), "a:1:3: second");
	assert_string_equal(reading_problem(r, 2), "a:1:10: warning: third");
	assert_string_equal(reading_problem(r, 3), "b:1:2: fourth");
	reading_again(r);
	problems_sort(r->problems);
	assert_int_equal(problems_count(r->problems), 0);
}

static void test_problem__counts_what_it_does_not_keep(void **state)
{
	struct reading *r = *state;
	for (int i = 0; i < PROBLEMS_MAX; i++)
		add(r, SEVERITY_NOTE, NULL, 0, "n");
	assert_int_equal(problems_count(r->problems), PROBLEMS_MAX);
	add(r, SEVERITY_NOTE, NULL, 0, "n");
	assert_int_equal(problems_count(r->problems), PROBLEMS_MAX + 1);
	assert_string_equal(reading_problem(r, PROBLEMS_MAX), "note: and 1 more");
	assert_false(problems_has_room(r->problems, SEVERITY_NOTE));
	assert_true(problems_has_room(r->problems, SEVERITY_ERROR));
	add(r, SEVERITY_ERROR, NULL, 0, "e1");
	add(r, SEVERITY_ERROR, NULL, 0, "e2");
	assert_int_equal(problems_count(r->problems), PROBLEMS_MAX + 1);
	assert_int_equal(problems_errors(r->problems), 2);
	assert_string_equal(reading_problem(r, PROBLEMS_MAX - 2), "e1");
	assert_string_equal(reading_problem(r, PROBLEMS_MAX - 1), "e2");
	assert_string_equal(reading_problem(r, PROBLEMS_MAX), "note: and 3 more");
	for (int i = 0; i < PROBLEMS_MAX; i++)
		add(r, SEVERITY_ERROR, NULL, 0, "e");
	assert_int_equal(problems_errors(r->problems), PROBLEMS_MAX + 2);
	assert_false(problems_has_room(r->problems, SEVERITY_ERROR));
	assert_string_equal(reading_problem(r, 0), "e1");
	assert_string_equal(reading_problem(r, PROBLEMS_MAX), "and 1003 more");
}

static void test_problem__a_copy_counts_what_it_does_not_keep(void **state)
{
	struct reading *r = *state;
	for (int i = 0; i < PROBLEMS_MAX + 3; i++)
		add(r, i % 2 ? SEVERITY_ERROR : SEVERITY_NOTE, NULL, 0, "x");
	owned(problems) struct problems *copy = problems_copy(r->problems);
	assert_int_equal(problems_count(copy), problems_count(r->problems));
	assert_int_equal(problems_errors(copy), problems_errors(r->problems));
	for (size_t i = 0; i < problems_count(copy); i++) {
		const struct problem *one = problems_get(copy, i), *other = problems_get(r->problems, i);
		assert_true(str_eq(one->text, other->text));
		assert_int_equal(one->severity, other->severity);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_problem__prints_place_severity_and_text),
		READING_TEST(test_problem__names_the_schema_that_asks_for_it),
		READING_TEST(test_problem__copies_what_it_is_given),
		READING_TEST(test_problem__sorts_by_place_and_keeps_equal_ones_once),
		READING_TEST(test_problem__counts_what_it_does_not_keep),
		READING_TEST(test_problem__a_copy_counts_what_it_does_not_keep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
