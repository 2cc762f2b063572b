#include "core/plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_level__is_found_by_either_name(void **state)
{
	(void)state;
	static const struct level levels[] = {
		{ "none", NULL, "everything runs" },
		{ "C1", "CACHE_UP_TO_PESTO", "step 0 comes from the cache" },
		{ 0 },
	};
	assert_ptr_equal(level_find(levels, "none"), &levels[0]);
	assert_ptr_equal(level_find(levels, "C1"), &levels[1]);
	assert_ptr_equal(level_find(levels, "CACHE_UP_TO_PESTO"), &levels[1]);
	assert_null(level_find(levels, "c1"));
	assert_null(level_find(levels, ""));
	assert_null(level_find(NULL, "C1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level__is_found_by_either_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
