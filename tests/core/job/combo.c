#include "core/job/combo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_combo__names_come_back_as_profiles(void **state)
{
	static const struct { const char *name; const char *profiles[4]; } table[] = {
		{ "base", { NULL } }, { "base,", { "base" } }, { "gpu", { "gpu" } },
		{ "gpu,stateful", { "gpu", "stateful" } }, { "base,gpu", { "base", "gpu" } },
		{ "stateful,gpu", { "stateful", "gpu" } },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(arena) struct arena *a = arena_new();
		owned_buf struct buf name = { 0 };
		struct combo c = combo_parse(a, str_of(table[i].name));
		size_t n = 0;
		while (table[i].profiles[n])
			n++;
		assert_true(combo_is(&c, table[i].profiles, n));
		combo_append_name(&name, &c);
		assert_string_equal(buf_text(&name), table[i].name);
	}
}

static void test_combo__order_makes_another_one(void **state)
{
	static const char *const one[] = { "a", "b" }, *const other[] = { "b", "a" };
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct combo c = combo_copy(a, one, 2), spread = combo_parse(a, STR(",a,,b,"));
	assert_true(combo_is(&c, one, 2) && combo_is(&spread, one, 2));
	assert_false(combo_is(&c, other, 2) || combo_is(&c, one, 1) || combo_is(&c, NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_combo__names_come_back_as_profiles),
		cmocka_unit_test(test_combo__order_makes_another_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
