#include "core/base/floating.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>

static void test_floating__reads_what_toml_and_python_write(void **state)
{
	(void)state;
	static const struct { const char *text; double number; } table[] = {
		{ "1.5", 1.5 }, { "-1.5", -1.5 }, { "+1.5", 1.5 }, { "1_000.5", 1000.5 }, { "1e3", 1000 },
		{ "1.25e-2", 0.0125 }, { "5e-324", 5e-324 }, { "1E+2", 100 }, { ".5", 0.5 }, { "7.", 7 },
		{ "1e400", INFINITY }, { "-1e99999999999999999999", -INFINITY },
		{ "1e-99999999999999999999", 0 }, { "0.1", 0.1 },
		{ "9007199254740993.0", 9007199254740992.0 },
	};
	static const char *const wrong[] = { "", "-", ".", "1e", "1e+", "1.2.3", "inf", "0x10", "1 " };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		double got = 42;
		if (!floating_read(str_of(table[i].text), &got) || got != table[i].number)
			fail_msg("%s: %.17g", table[i].text, got);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		double got;
		if (floating_read(str_of(wrong[i]), &got))
			fail_msg("'%s' was read as %g", wrong[i], got);
	}
}

static void test_floating__writes_the_fewest_digits(void **state)
{
	(void)state;
	static const struct { double number; const char *digits; int point; } table[] = {
		{ 0, "0", 1 }, { 1, "1", 1 }, { -1.5, "15", 1 }, { 100, "1", 3 }, { 0.001, "1", -2 },
		{ 0.1, "1", 0 }, { 0.1 + 0.2, "30000000000000004", 0 }, { 5e-324, "5", -323 },
		{ 1.7976931348623157e308, "17976931348623157", 309 }, { 123456, "123456", 6 },
		{ 9.5, "95", 1 }, { 0x1p-44, "5684341886080802", -13 },
		/* The nearest of sixteen digits is the double below. */
		{ 0x1p-1017, "7120236347223045", -306 }, { 0x1p-705, "5940911144672375", -212 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char digits[FLOATING_DIGITS_SIZE];
		int point;
		floating_digits(table[i].number, digits, &point);
		if (strcmp(digits, table[i].digits) != 0 || point != table[i].point)
			fail_msg("%.17g: %s, %d", table[i].number, digits, point);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_floating__reads_what_toml_and_python_write),
		cmocka_unit_test(test_floating__writes_the_fewest_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
