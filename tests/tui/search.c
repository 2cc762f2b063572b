#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/search.h"

static void test_search__ignores_capitals_unless_asked_for(void **state)
{
	(void)state;
	assert_int_equal(search_find(STR("RUN Pip"), STR("pip"), 0), 4);
	assert_int_equal(search_find(STR("RUN pip"), STR("Pip"), 0), STR_NONE);
	assert_int_equal(search_find(STR("aXa"), STR("a"), 1), 2);
	assert_int_equal(search_find(STR("abc"), STR(""), 0), STR_NONE);
	assert_int_equal(search_find(STR("ab"), STR("abc"), 0), STR_NONE);
}

static struct str line(const void *data, size_t i)
{
	return ((const struct str *)data)[i];
}

static void test_search__goes_around_the_ends(void **state)
{
	(void)state;
	const struct str lines[] = { STR("one"), STR("two"), STR("three"), STR("one") };
	assert_int_equal(search_lines(4, 0, true, STR("one"), line, lines), 3);
	assert_int_equal(search_lines(4, 3, true, STR("one"), line, lines), 0);
	assert_int_equal(search_lines(4, 0, false, STR("two"), line, lines), 1);
	assert_int_equal(search_lines(4, 1, true, STR("two"), line, lines), 1);
	assert_int_equal(search_lines(4, 0, true, STR("four"), line, lines), STR_NONE);
	assert_int_equal(search_lines(0, 0, true, STR("one"), line, lines), STR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search__ignores_capitals_unless_asked_for),
		cmocka_unit_test(test_search__goes_around_the_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
