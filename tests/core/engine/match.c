#include "core/engine/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct arena *arena;

static struct recipe *match_recipe(const char *text)
{
	owned(problems) struct problems *p = problems_new();
	struct source *s = source_new(arena, STR("Dockerfile"), NULL, str_of(text));
	struct recipe *r = recipe_parse(s, (struct str){ 0 }, p);
	assert_non_null(r);
	return r;
}

static void test_match__text_is_told_with_other_blanks(void **state)
{
	static const struct {
		const char *own, *announced;
		bool same;
	} table[] = {
		{ "RUN echo a", "RUN echo a", true },
		{ "RUN echo a", "run echo a", true },
		{ "RUN echo \\\n    a", "RUN echo     a", true },
		{ "RUN echo \\\n# no\n  # no\n\n    a", "RUN echo     a", true },
		{ "RUN echo \\ \n b", "RUN echo  b", true },
		{ "RUN echo a\\b", "RUN echo a\\b", true },
		{ "RUN echo '#' a", "RUN echo '#' a", true },
		{ "RUN echo a", "RUN echo b", false },
		{ "RUN echo a", "RUN echo ab", false },
		{ "RUN echo ab", "RUN echo a", false },
		{ "RUN echo a", "COPY echo a", false },
		{ "RUN echo a", "", false },
		{ "RUN echo a", "RUN", false },
		{ "ENV A=1 B=\"two words\"", "ENV A=1 B=\"two words\"", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "FROM a\n%s\n", table[i].own);
		owned(recipe) struct recipe *r = match_recipe(buf_text(&text));
		if (match_text(r, 1, str_of(table[i].announced)) != table[i].same)
			fail_msg("row %zu", i);
	}
}

static void test_match__a_base_may_be_told_by_another_name(void **state)
{
	(void)state;
	owned(recipe) struct recipe *r = match_recipe("FROM a AS one\nRUN x\n");
	assert_true(match_text(r, 0, STR("FROM docker.io/library/a AS one")));
	assert_true(match_keyword(r, 1, STR("RUN anything")));
	assert_false(match_keyword(r, 1, STR("RUNN")));
}

static void test_match__stages_that_begin_alike_are_twins(void **state)
{
	(void)state;
	owned(recipe) struct recipe *r = match_recipe(
		"FROM a AS one\nENV A=1\nRUN x\n"               /* 0 1 2 */
		"FROM a AS two\nENV A=1\nRUN x\nRUN y\n"        /* 3 4 5 6 */
		"FROM a AS three\nENV A=2\nRUN x\n"             /* 7 8 9 */
		"FROM --platform=linux/arm64 a AS four\n"       /* 10 */
		"FROM b\nCOPY --from=one / /\nCOPY --from=two / /\nCOPY --from=three / /\n"
		"COPY --from=four / /\n");
	assert_true(match_is_twin(r, 0, 3));
	assert_true(match_is_twin(r, 2, 5));
	assert_true(match_is_twin(r, 0, 7));
	assert_false(match_is_twin(r, 2, 9));
	assert_false(match_is_twin(r, 2, 6));
	assert_false(match_is_twin(r, 0, 10));
	assert_false(match_is_twin(r, 0, 11));
	assert_false(match_is_twin(r, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match__text_is_told_with_other_blanks),
		cmocka_unit_test(test_match__a_base_may_be_told_by_another_name),
		cmocka_unit_test(test_match__stages_that_begin_alike_are_twins),
	};
	arena = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
