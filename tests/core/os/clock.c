#include "core/os/clock.h"

#include <math.h>
#include <time.h>

#include "tests/core/os/scratch.h"

static void test_clock__prints_seconds_short(void **state)
{
	(void)state;
	static const struct {
		double seconds;
		const char *text;
	} table[] = {
		{ 0, "0.0s" }, { 0.04, "0.0s" }, { 0.4, "0.4s" }, { 9.94, "9.9s" }, { 9.95, "10s" },
		{ 12.4, "12s" }, { 59.4, "59s" }, { 59.6, "1m00s" },
		{ 182, "3m02s" }, { 3599.4, "59m59s" }, { 3599.6, "1h00m" }, { 3720, "1h02m" },
		{ 360000, "100h00m" }, { -1, "0.0s" }, { NAN, "0.0s" },
		{ INFINITY, "277777777777h46m" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		clock_append_seconds(&b, table[i].seconds);
		assert_string_equal(buf_text(&b), table[i].text);
	}
}

static void test_clock__prints_local_time(void **state)
{
	(void)state;
	static const struct {
		double t;
		const char *text;
	} table[] = {
		{ 0, "1970-01-01 01:00:00" }, { 1795241883.9, "2026-11-21 07:18:03" },
		{ -1, "1970-01-01 00:59:59" }, { NAN, "?" }, { 1e300, "?" }, { -INFINITY, "?" },
	};
	setenv("TZ", "CET-1", 1);
	tzset();
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		clock_append_local(&b, table[i].t);
		assert_string_equal(buf_text(&b), table[i].text);
	}
}

static void test_clock__prints_an_age_in_whole_units(void **state)
{
	static const struct { double seconds; const char *text; } table[] = {
		{ -5, "just now" }, { 59, "just now" }, { 60, "1 minute ago" }, { 3599, "59 minutes ago" },
		{ 7200, "2 hours ago" }, { 86400, "1 day ago" }, { 13 * 86400, "1 week ago" },
		{ 800 * 86400.0, "2 years ago" }, { NAN, "just now" }, { INFINITY, "just now" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		clock_append_age(&b, table[i].seconds);
		assert_string_equal(buf_text(&b), table[i].text);
	}
}

static void test_clock__goes_forward(void **state)
{
	(void)state;
	int64_t before = clock_monotonic_ms();
	assert_true(clock_monotonic_ms() >= before);
	assert_true(clock_now() > 1.7e9);
}

static void test_clock__a_range_that_reads_alike_is_one(void **state)
{
	owned_buf struct buf b = { 0 };
	(void)state;
	clock_append_range(&b, 0.91, 0.94, " to ");
	buf_append_char(&b, '|');
	clock_append_range(&b, 0.9, 61, " to ");
	assert_string_equal(buf_text(&b), "0.9s|0.9s to 1m01s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock__a_range_that_reads_alike_is_one),
		cmocka_unit_test(test_clock__prints_seconds_short),
		cmocka_unit_test(test_clock__prints_local_time),
		cmocka_unit_test(test_clock__prints_an_age_in_whole_units),
		cmocka_unit_test(test_clock__goes_forward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
