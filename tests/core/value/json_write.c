#include "tests/core/value/reading.h"

static const char example[] =
	"{\"b\": [1, {\"x\": null}, [], {}], \"a\": \"é\\u0001\", \"\": {\"z\": 1.10, \"y\": true}}";

static void test_json_write__files_have_four_blanks_and_no_final_newline(void **state)
{
	struct reading *r = *state;
	assert_string_equal(reading_written(r, reading_text(r, example), JSON_FILE),
	                    "{\n"
	                    "    \"b\": [\n"
	                    "        1,\n"
	                    "        {\n"
	                    "            \"x\": null\n"
	                    "        },\n"
	                    "        [],\n"
	                    "        {}\n"
	                    "    ],\n"
	                    "    \"a\": \"é\\u0001\",\n"
	                    "    \"\": {\n"
	                    "        \"z\": 1.10,\n"
	                    "        \"y\": true\n"
	                    "    }\n"
	                    "}");
	assert_string_equal(reading_written(r, reading_text(r, "{}"), JSON_FILE), "{}");
	assert_string_equal(reading_written(r, reading_text(r, "1"), JSON_FILE), "1");
}

static void test_json_write__other_styles(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, example);
	assert_string_equal(reading_written(r, v, JSON_LINE),
	                    "{\"b\":[1,{\"x\":null},[],{}],\"a\":\"é\\u0001\","
	                    "\"\":{\"z\":1.10,\"y\":true}}");
	assert_string_equal(reading_written(r, v, (struct json_style){ 0 }),
	                    "{\"b\": [1, {\"x\": null}, [], {}], \"a\": \"é\\u0001\", "
	                    "\"\": {\"z\": 1.10, \"y\": true}}");
	assert_string_equal(reading_written(r, v, (struct json_style){ .sorted = true }),
	                    "{\"\": {\"y\": true, \"z\": 1.10}, \"a\": \"é\\u0001\", "
	                    "\"b\": [1, {\"x\": null}, [], {}]}");
	v = reading_text(r, "[\"é😀\"]");
	assert_string_equal(reading_written(r, v, (struct json_style){ .ascii = true }),
	                    "[\"\\u00e9\\ud83d\\ude00\"]");
}

static void test_json_write__strings_are_escaped_only_where_they_must(void **state)
{
	struct reading *r = *state;
	value_write_json_string(&r->out, STR("\"\\/\b\f\n\r\t\x01\x1f\x7f"), false);
	assert_str(buf_str(&r->out), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	buf_clear(&r->out);
	value_write_json_string(&r->out, (struct str){ "a\0b", 3 }, false);
	assert_str(buf_str(&r->out), "\"a\\u0000b\"");
	buf_clear(&r->out);
	value_write_json_string(&r->out, STR("é\xff\xe2\x82x\xed\xa0\x80"), false);
	assert_str(buf_str(&r->out), "\"é��x���\"");
	buf_clear(&r->out);
	value_write_json_string(&r->out, (struct str){ 0 }, true);
	assert_str(buf_str(&r->out), "\"\"");
}

static void test_json_write__numbers_of_other_formats_become_json(void **state)
{
	struct reading *r = *state;
	static const struct {
		const char *text, *json;
	} table[] = {
		{ "1.10", "1.10" }, { "1e400", "1e400" }, { "-0", "-0" }, { "+1", "1" },
		{ "1_000", "1000" }, { "0x1F", "31" }, { "-0x10", "-16" }, { "0o17", "15" },
		{ "0b101", "5" }, { "0xffffffffffffffff", "18446744073709551615" },
		{ "0x10000000000000000", "\"0x10000000000000000\"" }, { ".5", "0.5" },
		{ "-.5e1", "-0.5e1" }, { "1.", "1.0" }, { "1.e5", "1.0e5" }, { "inf", "\"inf\"" },
		{ "-inf", "\"-inf\"" }, { "nan", "\"nan\"" }, { ".nan", "\".nan\"" }, { "", "\"\"" },
		{ "0x", "\"0x\"" }, { "+", "\"+\"" }, { ".", "\".\"" }, { "1e", "\"1e\"" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct value *v = value_new(r->arena, VALUE_FLOAT, str_of(table[i].text),
		                            (struct span){ 0 });
		assert_string_equal(reading_written(r, v, JSON_LINE), table[i].json);
	}
	struct value *date = value_new(r->arena, VALUE_DATE_LOCAL, STR("1979-05-27"),
	                               (struct span){ 0 });
	assert_string_equal(reading_written(r, date, JSON_LINE), "\"1979-05-27\"");
}

static void test_json_write__what_is_written_reads_equal(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, example);
	static const struct json_style styles[] = {
		{ 0 }, { .indent = 4 }, { .indent = 1, .sorted = true }, { .ascii = true },
		{ .compact = true }, { .compact = true, .indent = 2 },
	};
	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		owned_buf struct buf text = { 0 };
		value_write_json(&text, v, styles[i]);
		assert_true(value_equal(reading_json(r, buf_str(&text)), v));
	}
}

static void test_json_write__deep_trees_are_indented_to_the_end(void **state)
{
	struct reading *r = *state;
	struct value *v = value_new_bool(r->arena, true);
	for (int i = 0; i < 100; i++) {
		struct value *array = value_new_array(r->arena);
		value_append(array, (struct str){ 0 }, (struct span){ 0 }, v);
		v = array;
	}
	struct str text = str_of(reading_written(r, v, JSON_FILE));
	size_t at = str_find(text, 't');
	assert_int_equal(text.p[at - 401], '\n');
	assert_int_equal(text.p[at - 400], ' ');
	assert_int_equal(text.p[at - 1], ' ');
}

static void test_json_write__tells_the_lines(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "{\"a\": [1, {}], \"b\": 2}");
	struct json_line *lines;
	buf_append(&r->out, STR("before\n"));
	size_t n = value_write_json_lines(r->arena, &r->out, v, JSON_FILE, &lines);
	static const struct {
		const char *text, *pointer;
		unsigned depth;
		bool opens, closes;
	} want[] = {
		{ "{", "", 0, true, false },
		{ "    \"a\": [", "/a", 1, true, false },
		{ "        1,", "/a/0", 2, false, false },
		{ "        {}", "/a/1", 2, true, true },
		{ "    ],", "/a", 1, false, true },
		{ "    \"b\": 2", "/b", 1, false, false },
		{ "}", "", 0, false, true },
	};
	assert_int_equal(n, sizeof want / sizeof *want);
	for (size_t i = 0; i < n; i++) {
		assert_str(str_slice(buf_str(&r->out), lines[i].at, lines[i].size), want[i].text);
		assert_ptr_equal(lines[i].value, value_at(v, str_of(want[i].pointer)));
		assert_int_equal(lines[i].depth, want[i].depth);
		assert_int_equal(lines[i].opens, want[i].opens);
		assert_int_equal(lines[i].closes, want[i].closes);
	}
	assert_int_equal(value_write_json_lines(r->arena, &r->out, v, JSON_LINE, &lines), 1);
	assert_true(lines[0].opens && lines[0].closes);
}

struct pieces {
	struct buf whole;
	size_t n, last;                 /* as many as were taken; as many as are wanted */
};

static bool take_piece(void *data, struct str piece)
{
	struct pieces *p = data;
	buf_append(&p->whole, piece);
	assert_true(piece.n > 0 && piece.n < 80000);
	return ++p->n != p->last;
}

static void test_json_write__pieces_are_the_whole(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "%s{\"k%d\": [%d, \"\\u00e9\"]}", i ? "," : "[", i, i);
	buf_append_char(&text, ']');
	const struct value *v = reading_json(r, buf_str(&text));
	struct pieces all = { .last = 0 }, some = { .last = 2 };
	const char *want = reading_written(r, v, JSON_FILE);
	assert_true(value_write_json_pieces(v, JSON_FILE, take_piece, &all));
	assert_string_equal(buf_text(&all.whole), want);
	assert_true(all.n > 10);
	assert_false(value_write_json_pieces(v, JSON_FILE, take_piece, &some));
	assert_int_equal(some.n, 2);
	buf_finish(&all.whole);
	buf_finish(&some.whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_json_write__files_have_four_blanks_and_no_final_newline),
		READING_TEST(test_json_write__other_styles),
		READING_TEST(test_json_write__strings_are_escaped_only_where_they_must),
		READING_TEST(test_json_write__numbers_of_other_formats_become_json),
		READING_TEST(test_json_write__what_is_written_reads_equal),
		READING_TEST(test_json_write__deep_trees_are_indented_to_the_end),
		READING_TEST(test_json_write__tells_the_lines),
		READING_TEST(test_json_write__pieces_are_the_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
