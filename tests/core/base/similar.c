#include "core/base/similar.h"

#include "tests/core/base/testing.h"

static const char *nearest(const char *typed)
{
	static const char *const names[] = { "history", "logs", "run", "read", "a-name-of-more-than-"
	                                     "thirty-two-bytes" };
	struct similar s = { .typed = str_of(typed) };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		similar_try(&s, names[i]);
	return s.best ? s.best : "none";
}

static void test_similar__finds_what_was_meant(void **state)
{
	static const struct { const char *typed, *meant; } table[] = {
		{ "histroy", "history" }, { "hitory", "history" }, { "log", "logs" }, { "rnu", "run" },
		{ "raed", "read" }, { "rea", "read" }, { "history", "history" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(nearest(table[i].typed), table[i].meant);
}

static void test_similar__guesses_nothing_wild(void **state)
{
	static const char *const table[] = {
		"", "x", "src", "storyboard", "docs/examples", "a-name-of-more-than-thirty-two-bytes",
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(nearest(table[i]), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_similar__finds_what_was_meant),
		cmocka_unit_test(test_similar__guesses_nothing_wild),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
