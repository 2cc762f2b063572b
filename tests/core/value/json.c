#include "core/value/json.h"

#include "tests/core/value/reading.h"

static void test_json__accepts_all_that_rfc_8259_allows(void **state)
{
	struct reading *r = *state;
	static const struct {
		const char *text, *line;
	} table[] = {
		{ "{}", "{}" }, { "[]", "[]" }, { " \t\r\n[ \t\r\n] \t\r\n", "[]" },
		{ "null", "null" }, { "true", "true" }, { "false", "false" }, { "\"\"", "\"\"" },
		{ "0", "0" }, { "-0", "-0" }, { "-0.0", "-0.0" }, { "0e1", "0e1" },
		{ "0E+1", "0E+1" }, { "1.10", "1.10" }, { "1e400", "1e400" },
		{ "-1.5E-3", "-1.5E-3" }, { "9007199254740993", "9007199254740993" },
		{ "123456789012345678901234567890", "123456789012345678901234567890" },
		{ "[1,-2 , 3.5]", "[1,-2,3.5]" }, { "[[[]],{}]", "[[[]],{}]" },
		{ "{\"\":0}", "{\"\":0}" }, { "{ \"a\" : { \"b\" : [ ] } }", "{\"a\":{\"b\":[]}}" },
		{ "\"\\u0000\"", "\"\\u0000\"" }, { "{\"a\\u0000b\":1}", "{\"a\\u0000b\":1}" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
		{ "\"\\u00e9\\uD83D\\uDE00\"", "\"é😀\"" }, { "\"é😀\"", "\"é😀\"" },
		{ "\"\x7f\"", "\"\x7f\"" }, { "\"\\u2028\"", "\"\xe2\x80\xa8\"" },
		{ "\"\xf4\x8f\xbf\xbf\"", "\"\xf4\x8f\xbf\xbf\"" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct value *v = reading_text(r, table[i].text);
		assert_non_null(v);
		assert_string_equal(reading_written(r, v, JSON_LINE), table[i].line);
		assert_int_equal(problems_count(r->problems), 0);
	}
}

static void test_json__knows_types_and_texts(void **state)
{
	struct reading *r = *state;
	const struct value *v =
		reading_text(r, "[null, true, false, -12, 1.0, 1e3, \"a\\tb\", [], {}]");
	static const struct {
		enum value_type type;
		const char *text;
	} want[] = {
		{ VALUE_NULL, "null" }, { VALUE_BOOL, "true" }, { VALUE_BOOL, "false" },
		{ VALUE_INTEGER, "-12" }, { VALUE_FLOAT, "1.0" }, { VALUE_FLOAT, "1e3" },
		{ VALUE_STRING, "a\tb" }, { VALUE_ARRAY, "" }, { VALUE_OBJECT, "" },
	};
	assert_int_equal(value_count(v), sizeof want / sizeof *want);
	const struct value *e = value_child(v);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++, e = value_next(e)) {
		assert_int_equal(value_type(e), want[i].type);
		assert_str(value_text(e), want[i].text);
		assert_null(value_key(e).p);
	}
	assert_null(e);
	assert_true(value_is_true(value_at(v, STR("/1"))));
	assert_false(value_is_true(value_at(v, STR("/2"))));
}

static void test_json__every_value_knows_its_place(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "{\n  \"a\": [1,\n\t22],\n  \"é\":  \"x\\ny\"\n}\n");
	const struct value *a = value_get(v, STR("a")), *second = value_at(v, STR("/a/1"));
	const struct value *e = value_get(v, STR("é"));
	struct origin at = value_origin(second);
	assert_string_equal(at.path, "a.json");
	assert_null(at.profile);
	assert_int_equal(at.line, 3);
	assert_int_equal(at.column, 2);
	assert_str(span_text(value_span(second)), "22");
	assert_str(span_text(value_span(a)), "[1,\n\t22]");
	assert_str(span_text(value_key_span(a)), "\"a\"");
	assert_str(span_text(value_span(e)), "\"x\\ny\"");
	assert_int_equal(value_origin(e).column, 10);
	at = span_origin(value_key_span(e));
	assert_int_equal(at.line, 4);
	assert_int_equal(at.column, 3);
	assert_int_equal(value_span(v).size, 36);
	assert_null(value_key_span(second).source);
}

static void test_json__keeps_nul_in_strings_and_keys(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "{\"k\\u0000y\": \"a\\u0000b\"}");
	const struct value *m = value_get(v, (struct str){ "k\0y", 3 });
	assert_non_null(m);
	assert_int_equal(value_text(m).n, 3);
	assert_memory_equal(value_text(m).p, "a\0b", 3);
	assert_null(value_get(v, STR("k")));
}

static void test_json__half_a_surrogate_pair_is_replaced_with_a_warning(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "[\"a\\uD800b\", \"\\uDC00\\uD800\", "
	                                        "\"\\uD800\\u0041\", \"\\uD83D\\uD83D\\uDE00\"]");
	assert_int_equal(problems_count(r->problems), 5);
	assert_string_equal(reading_problem(r, 0),
	                    "a.json:1:4: warning: \\uD800 is half of a surrogate pair and no "
	                    "character; it is read as U+FFFD");
	assert_string_equal(reading_written(r, v, JSON_LINE), "[\"a�b\",\"��\",\"�A\",\"�😀\"]");
}

static void test_json__the_last_of_equal_keys_wins_where_the_first_stood(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "{\"a\": 1, \"b\": 2,\n \"\\u0061\": 3, \"a\": 4}");
	assert_int_equal(value_count(v), 2);
	assert_string_equal(reading_written(r, v, JSON_LINE), "{\"a\":4,\"b\":2}");
	assert_int_equal(problems_count(r->problems), 2);
	assert_string_equal(reading_problem(r, 0),
	                    "a.json:2:2: warning: the key \"a\" stands here a second time; "
	                    "this last one counts, remove the other");
	assert_int_equal(value_origin(value_get(v, STR("a"))).line, 2);
	v = reading_text(r, "{\"a\": 1, \"a\": [2]}");
	assert_string_equal(reading_written(r, v, JSON_LINE), "{\"a\":[2]}");
}

static struct str nested(struct reading *r, size_t depth)
{
	char *text = arena_alloc(r->arena, depth * 2 + 1);
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return str_of(text);
}

static void test_json__depth_is_bounded(void **state)
{
	struct reading *r = *state;
	assert_non_null(reading_json(r, nested(r, VALUE_DEPTH_MAX)));
	assert_null(reading_json(r, nested(r, VALUE_DEPTH_MAX + 1)));
	assert_string_equal(reading_problem(r, 0), "a.json:1:513: arrays and objects are nested "
	                                           "deeper than 512; that is the most that is read");
	assert_null(reading_json(r, nested(r, 100000)));
}

enum { MANY = 500000 };

static void test_json__many_keys_stay_linear(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	for (unsigned i = 0; i < MANY; i++)
		buf_printf(&text, "%s\"key%u\":%u", i ? "," : "{", i, i);
	buf_append_char(&text, '}');
	const struct value *v = reading_json(r, buf_str(&text));
	assert_int_equal(value_count(v), MANY);
	for (unsigned i = 0; i < MANY; i += 7) {
		char key[16], number[16];
		snprintf(key, sizeof key, "key%u", i);
		snprintf(number, sizeof number, "%u", i);
		const struct value *m = value_get(v, str_of(key));
		assert_true(m && str_eq(value_text(m), str_of(number)));
	}
	assert_null(value_get(v, STR("key500000")));
}

static void test_json__many_equal_keys_stay_linear(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	buf_append_char(&text, '{');
	for (unsigned i = 0; i < MANY; i++)
		buf_printf(&text, "\"%s\":%u,", i % 2 ? "same" : "other", i);
	for (unsigned i = 0; i < 30; i++)
		buf_printf(&text, "\"k%u\":0,", i);
	buf_append(&text, STR("\"same\":\"last\"}"));
	const struct value *v = reading_json(r, buf_str(&text));
	assert_int_equal(value_count(v), 32);
	assert_str(value_text(value_get(v, STR("same"))), "last");
	assert_str(value_key(value_child(v)), "other");
	assert_int_equal(problems_count(r->problems), PROBLEMS_MAX + 1);
	assert_string_equal(reading_problem(r, PROBLEMS_MAX), "note: and 498999 more");
}

static void test_json__errors_come_after_any_number_of_warnings(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	buf_append_char(&text, '{');
	for (unsigned i = 0; i < PROBLEMS_MAX + 10; i++)
		buf_append(&text, STR("\"a\":1,"));
	assert_null(reading_json(r, buf_str(&text)));
	assert_int_equal(problems_errors(r->problems), 1);
	assert_string_equal(problems_get(r->problems, PROBLEMS_MAX - 1)->rule, "json-syntax");
}

static void test_json__parses_lines_of_protocols_without_a_source(void **state)
{
	struct reading *r = *state;
	const struct value *v = NULL;
	struct error err = { 0 };
	assert_true(value_parse_json(r->arena, STR("{\"a\":1,\"a\":\"\\ud800\"}"), &v, &err));
	assert_int_equal(err.code, ERROR_NONE);
	assert_null(value_span(value_get(v, STR("a"))).source);
	assert_null(value_key_span(value_get(v, STR("a"))).source);
	const struct value *before = v;
	assert_false(value_parse_json(r->arena, STR("{\n \"a\":01}"), &v, &err));
	assert_ptr_equal(v, before);
	assert_int_equal(err.code, ERROR_SYNTAX);
	assert_string_equal(err.text, "no JSON (line 2, column 7): a number has no zeros in front: "
	                              "write it without them, or as the string \"01\"");
	assert_false(value_parse_json(r->arena, (struct str){ 0 }, &v, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_json__accepts_all_that_rfc_8259_allows),
		READING_TEST(test_json__knows_types_and_texts),
		READING_TEST(test_json__every_value_knows_its_place),
		READING_TEST(test_json__keeps_nul_in_strings_and_keys),
		READING_TEST(test_json__half_a_surrogate_pair_is_replaced_with_a_warning),
		READING_TEST(test_json__the_last_of_equal_keys_wins_where_the_first_stood),
		READING_TEST(test_json__depth_is_bounded),
		READING_TEST(test_json__many_keys_stay_linear),
		READING_TEST(test_json__many_equal_keys_stay_linear),
		READING_TEST(test_json__errors_come_after_any_number_of_warnings),
		READING_TEST(test_json__parses_lines_of_protocols_without_a_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
