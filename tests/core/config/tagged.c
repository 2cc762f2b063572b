#include "core/config/tagged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

struct row {
	enum value_type type;
	const char *text, *tagged;
};

static void check_row(const struct row *row)
{
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf out = { 0 };
	const struct value *v = value_new(arena, row->type, str_of(row->text), (struct span){ 0 });
	tagged_write(&out, v, JSON_LINE);
	assert_string_equal(buf_text(&out), row->tagged);
}
#define CHECK_ROWS(table) \
	for (size_t i = 0; i < sizeof(table) / sizeof *(table); i++) \
		check_row(&(table)[i])

static void test_tagged__writes_integers_decimal(void **state)
{
	(void)state;
	static const struct row table[] = {
		{ VALUE_INTEGER, "+1_000", "{\"type\":\"integer\",\"value\":\"1000\"}" },
		{ VALUE_INTEGER, "-17", "{\"type\":\"integer\",\"value\":\"-17\"}" },
		{ VALUE_INTEGER, "-0", "{\"type\":\"integer\",\"value\":\"0\"}" },
		{ VALUE_INTEGER, "0xDEAD_BEEF",
		  "{\"type\":\"integer\",\"value\":\"3735928559\"}" },
		{ VALUE_INTEGER, "0o755", "{\"type\":\"integer\",\"value\":\"493\"}" },
		{ VALUE_INTEGER, "0b1_01", "{\"type\":\"integer\",\"value\":\"5\"}" },
		{ VALUE_INTEGER, "123456789012345678901234567890",
		  "{\"type\":\"integer\",\"value\":\"123456789012345678901234567890\"}" },
	};
	CHECK_ROWS(table);
}

static void test_tagged__writes_floats_shortest(void **state)
{
	(void)state;
	static const struct row table[] = {
		{ VALUE_FLOAT, "1.10", "{\"type\":\"float\",\"value\":\"1.1\"}" },
		{ VALUE_FLOAT, "3_141.592_7", "{\"type\":\"float\",\"value\":\"3141.5927\"}" },
		{ VALUE_FLOAT, "-0.0", "{\"type\":\"float\",\"value\":\"-0\"}" },
		{ VALUE_FLOAT, "0.1", "{\"type\":\"float\",\"value\":\"0.1\"}" },
		{ VALUE_FLOAT, "6.626e-34", "{\"type\":\"float\",\"value\":\"6.626e-34\"}" },
		{ VALUE_FLOAT, "+inf", "{\"type\":\"float\",\"value\":\"inf\"}" },
		{ VALUE_FLOAT, "-.INF", "{\"type\":\"float\",\"value\":\"-inf\"}" },
		{ VALUE_FLOAT, "-nan", "{\"type\":\"float\",\"value\":\"nan\"}" },
		{ VALUE_FLOAT, "1e400", "{\"type\":\"float\",\"value\":\"1e400\"}" },
	};
	CHECK_ROWS(table);
	/* In German a comma is the point; where that locale is not installed, C stays. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	CHECK_ROWS(table);
	setlocale(LC_ALL, "C");
}

static void test_tagged__writes_dates_and_words(void **state)
{
	(void)state;
	static const struct row table[] = {
		{ VALUE_DATETIME, "1987-07-05 17:45:00.6z",
		  "{\"type\":\"datetime\",\"value\":\"1987-07-05T17:45:00.6Z\"}" },
		{ VALUE_DATETIME_LOCAL, "1987-07-05t17:45:00",
		  "{\"type\":\"datetime-local\",\"value\":\"1987-07-05T17:45:00\"}" },
		{ VALUE_DATE_LOCAL, "1987-07-05",
		  "{\"type\":\"date-local\",\"value\":\"1987-07-05\"}" },
		{ VALUE_TIME_LOCAL, "17:45:00",
		  "{\"type\":\"time-local\",\"value\":\"17:45:00\"}" },
		{ VALUE_BOOL, "true", "{\"type\":\"bool\",\"value\":\"true\"}" },
		{ VALUE_NULL, "null", "{\"type\":\"null\",\"value\":\"null\"}" },
		{ VALUE_STRING, "z \"t\"", "{\"type\":\"string\",\"value\":\"z \\\"t\\\"\"}" },
	};
	CHECK_ROWS(table);
}

static void test_tagged__keeps_containers(void **state)
{
	(void)state;
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf out = { 0 };
	struct error err;
	const struct value *v;
	assert_true(value_parse_json(arena, STR("{\"b\": [1, {}], \"a\": []}"), &v, &err));
	tagged_write(&out, v, JSON_LINE);
	assert_string_equal(buf_text(&out),
	                    "{\"b\":[{\"type\":\"integer\",\"value\":\"1\"},{}],\"a\":[]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tagged__writes_integers_decimal),
		cmocka_unit_test(test_tagged__writes_floats_shortest),
		cmocka_unit_test(test_tagged__writes_dates_and_words),
		cmocka_unit_test(test_tagged__keeps_containers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
