#include "core/base/str.h"

#include "tests/core/base/testing.h"

static const struct str none;

static void test_str__compares_by_bytes(void **state)
{
	(void)state;
	assert_true(str_eq(none, STR("")));
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_false(str_eq(STR("a"), STR("ab")));
	assert_int_equal(str_cmp(none, STR("")), 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("a"), STR("\xff")) < 0);
	assert_true(str_cmp(none, STR("\0")) < 0);
}

static void test_str__prefixes_and_suffixes(void **state)
{
	(void)state;
	assert_true(str_has_prefix(STR("abc"), STR("ab")));
	assert_true(str_has_prefix(STR("abc"), none));
	assert_true(str_has_prefix(none, none));
	assert_false(str_has_prefix(STR("ab"), STR("abc")));
	assert_true(str_has_suffix(STR("abc"), STR("bc")));
	assert_true(str_has_suffix(STR("abc"), STR("abc")));
	assert_true(str_has_suffix(none, none));
	assert_false(str_has_suffix(STR("abc"), STR("ab")));
}

static void test_str__slices_are_cut_to_what_is_there(void **state)
{
	(void)state;
	assert_str(str_slice(STR("abc"), 1, 1), "b");
	assert_str(str_slice(STR("abc"), 1, (size_t)-1), "bc");
	assert_str(str_slice(STR("abc"), 3, 1), "");
	assert_str(str_slice(STR("abc"), 9, 9), "");
	assert_null(str_slice(none, 1, 1).p);
}

static void test_str__trims_blanks(void **state)
{
	(void)state;
	assert_str(str_trim(STR(" \t\r\n a b \n")), "a b");
	assert_str(str_trim(STR(" \n")), "");
	assert_str(str_trim(none), "");
}

static void test_str__finds(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abca"), 'a'), 0);
	assert_int_equal(str_find(STR("a\0b"), 'b'), 2);
	assert_int_equal(str_find(STR("abc"), 'x'), STR_NONE);
	assert_int_equal(str_find(none, 'x'), STR_NONE);
	assert_int_equal(str_find_last(STR("abca"), 'a'), 3);
	assert_int_equal(str_find_last(none, 'a'), STR_NONE);
	assert_int_equal(str_find_str(STR("aab"), STR("ab")), 1);
	assert_int_equal(str_find_str(STR("aab"), STR("ba")), STR_NONE);
	assert_int_equal(str_find_str(none, none), 0);
	assert_int_equal(str_find_str(none, STR("a")), STR_NONE);
}

static void test_str__next_yields_every_part(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		const char *parts[4];
	} table[] = {
		{ { "a,b", 3 }, { "a", "b", NULL } }, { { ",", 1 }, { "", "", NULL } },
		{ { "", 0 }, { "", NULL } }, { { "a,", 2 }, { "a", "", NULL } },
		{ { NULL, 0 }, { NULL } },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str rest = table[i].text, part;
		size_t n = 0;
		for (; str_next(&rest, ',', &part); n++)
			assert_str(part, table[i].parts[n]);
		assert_null(table[i].parts[n]);
		assert_false(str_next(&rest, ',', &part));
	}
}

static void test_str__numbers_are_whole_and_bounded(void **state)
{
	(void)state;
	unsigned long long n = 77;
	assert_true(str_number(STR("0"), 0, &n));
	assert_int_equal(n, 0);
	assert_true(str_number(STR("007"), 7, &n));
	assert_int_equal(n, 7);
	assert_true(str_number(STR("18446744073709551615"), ~0ull, &n));
	assert_true(n == ~0ull);
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "1a", "0x1", "18446744073709551616",
		"99999999999999999999999",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(str_number(str_of(bad[i]), ~0ull, &n));
	assert_false(str_number(STR("8"), 7, &n));
	assert_false(str_number(STR("10"), 9, &n));
	assert_false(str_number(STR("1"), 0, &n));
	assert_true(n == ~0ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_str__compares_by_bytes),
		cmocka_unit_test(test_str__prefixes_and_suffixes),
		cmocka_unit_test(test_str__slices_are_cut_to_what_is_there),
		cmocka_unit_test(test_str__trims_blanks),
		cmocka_unit_test(test_str__finds),
		cmocka_unit_test(test_str__next_yields_every_part),
		cmocka_unit_test(test_str__numbers_are_whole_and_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
