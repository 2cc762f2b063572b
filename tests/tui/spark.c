#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/spark.h"

static int utf8(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static int plain(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C") ? 0 : -1;
}

static void spark_is(const struct spark_point *points, size_t n, size_t columns, const char *want)
{
	owned_buf struct buf out = { 0 };
	spark_append(&out, points, n, columns);
	assert_string_equal(n ? buf_text(&out) : "", want);
}

static const struct spark_point rising[] = {
	{ 0, 0 }, { 1, 0 }, { 2, 0 }, { -1, 0 }, { 900, 'x' }, { 4, 0 }, { 8, 0 }, { NAN, 0 },
};

static void test_spark__bars_stand_on_zero(void **state)
{
	(void)state;
	spark_is(rising, 8, 40, "▁▂▃ x▅█ ");
	spark_is(rising, 0, 40, "");
	spark_is(rising, 8, 0, "");
	/* All alike, all nothing, beyond all bounds. */
	static const struct spark_point alike[] = { { 5, 0 }, { 5, 0 } }, none[] = { { 0, 0 } },
		endless[] = { { 1, 0 }, { INFINITY, 0 } };
	spark_is(alike, 2, 9, "██");
	spark_is(none, 1, 9, "▁");
	spark_is(endless, 2, 9, "▁█");
}

static void test_spark__keeps_the_last_where_there_is_little_room(void **state)
{
	(void)state;
	spark_is(rising, 7, 3, "x▅█");
	spark_is(rising, 5, 1, "x");
}

static void test_spark__is_ascii_where_the_locale_is(void **state)
{
	(void)state;
	spark_is(rising, 8, 40, "..: x|! ");
}

static void test_spark__draws_a_column_each(void **state)
{
	(void)state;
	owned(surface) struct surface *s = surface_new(1, 5);
	struct pen pen = pen_at(s, surface_area(s), 0);
	spark_draw(&pen, rising + 4, 3, 3, INK(GOOD), INK(ERROR));
	assert_int_equal(pen_left(&pen), 2);
	assert_int_equal(s->cells[0].runes[0], 'x');
	assert_int_equal(s->cells[0].style, STYLE_ERROR);
	assert_int_equal(s->cells[2].runes[0], 0x2588);
	assert_int_equal(s->cells[2].style, STYLE_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_spark__bars_stand_on_zero, utf8),
		cmocka_unit_test_setup(test_spark__keeps_the_last_where_there_is_little_room, utf8),
		cmocka_unit_test_setup(test_spark__is_ascii_where_the_locale_is, plain),
		cmocka_unit_test_setup(test_spark__draws_a_column_each, utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
