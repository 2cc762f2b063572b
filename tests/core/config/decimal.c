#include "core/config/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/own.h"

static struct decimal number(const char *text)
{
	struct decimal d;
	if (!decimal_parse(str_of(text), &d))
		fail_msg("%s is no number", text);
	return d;
}

static void test_decimal__compares_by_value(void **state)
{
	(void)state;
	/* In order; equal ones in a line. */
	static const char *const order[][5] = {
		{ "-1e1000000000000000000" }, { "-2" }, { "-1.5", "-15e-1", "-0.15e1" }, { "-1e-9" },
		{ "0", "-0", "0.000", "0e99999999999999999999", "0x0" }, { "1e-1000000000" },
		{ "0.07", "7e-2", ".07", "0.0700" }, { "0.1" }, { "1", "1.0", "+1", "10e-1", "0b1" },
		{ "9", "0o11" }, { "10", "1_0.0", "1e1", "0xa", "100.0e-1" }, { "31", "0x1F" },
		{ "9007199254740992" }, { "9007199254740993", "9007199254740993.000" },
		{ "18446744073709551615", "0xffff_ffff_ffff_ffff" }, { "18446744073709551616" },
		{ "1e400", "10E+399" }, { "1.0000000000000000000000000001e400" }, { "1e1000000000" },
	};
	enum { N = sizeof order / sizeof *order };
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			for (size_t k = 0; k < 5 && order[j][k]; k++) {
				struct decimal a = number(order[i][0]), b = number(order[j][k]);
				int got = decimal_compare(&a, &b);
				if ((got > 0) - (got < 0) != (i > j) - (i < j))
					fail_msg("%s and %s: %d", order[i][0], order[j][k], got);
				if (i == j)
					assert_int_equal(decimal_hash(&a), decimal_hash(&b));
			}
}

static void test_decimal__refuses_what_is_none(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "-", "inf", "-nan", ".", "1e", "1e+", "1.2.3",
		"1e1000000000000000001", "0xg", "0x1_0000_0000_0000_0000" };
	struct decimal d;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (decimal_parse(str_of(texts[i]), &d))
			fail_msg("%s is a number", texts[i]);
}

static void test_decimal__knows_integers_and_sizes(void **state)
{
	(void)state;
	static const struct { const char *text; bool is_integer; size_t size; } table[] = {
		{ "0", true, 0 }, { "12.0", true, 12 }, { "1.2", false, 1 }, { "1.20e1", true, 12 },
		{ "5e3", true, 5000 }, { "-3", true, 0 }, { "0.5", false, 0 },
		{ "1e1000000000", true, SIZE_MAX }, { "18446744073709551616", true, SIZE_MAX },
		{ "0x10", true, 16 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct decimal d = number(table[i].text);
		assert_int_equal(decimal_is_integer(&d), table[i].is_integer);
		assert_int_equal(decimal_to_size(&d), table[i].size);
	}
}

static void test_decimal__divides_exactly(void **state)
{
	(void)state;
	static const struct { const char *divisor, *text; enum decimal_fit fit; } table[] = {
		{ "0.01", "0.07", DECIMAL_FITS }, { "0.01", "0.075", DECIMAL_DIFFERS },
		{ "0.01", "4.35", DECIMAL_FITS }, { "3", "-9", DECIMAL_FITS },
		{ "3", "10", DECIMAL_DIFFERS }, { "7", "0", DECIMAL_FITS },
		{ "1e-400", "1", DECIMAL_FITS }, { "1e400", "1", DECIMAL_DIFFERS },
		{ "8", "1e3", DECIMAL_FITS }, { "16", "1e3", DECIMAL_DIFFERS },
		{ "3", "1e1000000000", DECIMAL_DIFFERS }, { "1024", "1e1000000000", DECIMAL_FITS },
		{ "562949953421312", "1e49", DECIMAL_FITS }, { "562949953421312", "1e48", DECIMAL_DIFFERS },
		{ "1000000000000000003", "3000000000000000009", DECIMAL_FITS },
		{ "1000000000000000003", "3000000000000000010", DECIMAL_DIFFERS },
		{ "123456789012345678901", "123456789012345678901e5", DECIMAL_FITS },
		{ "123456789012345678901", "123456789012345678902e5", DECIMAL_DIFFERS },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct decimal divisor = number(table[i].divisor), d = number(table[i].text);
		if (decimal_divides(&divisor, &d) != table[i].fit)
			fail_msg("%s by %s", table[i].text, table[i].divisor);
	}
}

static void test_decimal__gives_up_dividing_very_long_numbers(void **state)
{
	(void)state;
	enum { LONG = 20001 };
	owned_memory char *text = malloc(LONG + 1);
	memset(text, '7', LONG);
	text[LONG] = '\0';
	struct decimal d = number(text), divisor = number("7");
	assert_int_equal(decimal_divides(&d, &d), DECIMAL_TOO_LONG);
	assert_int_equal(decimal_divides(&divisor, &d), DECIMAL_FITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal__compares_by_value),
		cmocka_unit_test(test_decimal__refuses_what_is_none),
		cmocka_unit_test(test_decimal__knows_integers_and_sizes),
		cmocka_unit_test(test_decimal__divides_exactly),
		cmocka_unit_test(test_decimal__gives_up_dividing_very_long_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
