#include "core/config/edit.h"

#include "tests/core/value/reading.h"
#include "tests/fuzz/editing.h"

/* The text after one edit, or the refusal as it is printed. */
static const char *edited(struct reading *r, const char *text, const char *pointer,
                          const char *value)
{
	struct edits edits = { 0 };
	struct error err;
	struct arena *own = arena_new();
	arena_keep(r->arena, own);
	const struct source *source = source_new(r->arena, STR("a.json"), NULL,
	                                         text ? arena_str(own, str_of(text))
	                                              : (struct str){ 0 });
	bool ok = value ? edit_set(r->arena, source, str_of(pointer), str_of(value), &edits, &err)
	                : edit_unset(r->arena, source, str_of(pointer), &edits, &err);
	buf_clear(&r->out);
	if (ok)
		edit_apply(&r->out, source->text, &edits);
	else
		error_print(&r->out, &err);
	return buf_text(&r->out);
}

struct edit_case {
	const char *text, *pointer, *value, *want;
};

static void check_cases(struct reading *r, const struct edit_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(edited(r, c[i].text, c[i].pointer, c[i].value), c[i].want);
}
#define CHECK_CASES(r, cases) check_cases(r, cases, sizeof cases / sizeof *cases)

static void test_edit__a_scalar_is_replaced_byte_for_byte(void **state)
{
	static const struct edit_case cases[] = {
		{ "{ \"a\" :1,\r\n\t\"b\":  [ 1,2 ]}", "/a", "22", "{ \"a\" :22,\r\n\t\"b\":  [ 1,2 ]}" },
		{ "{ \"a\" :1,\r\n\t\"b\":  [ 1,2 ]}", "/b/1", " 1.50 ",
		  "{ \"a\" :1,\r\n\t\"b\":  [ 1,1.50 ]}" },
		{ "{\"a\": \"x\"}\n\n", "/a", "\"\\u00e9\"", "{\"a\": \"\\u00e9\"}\n\n" },
		{ "{\"a\": {}}", "/a", "null", "{\"a\": null}" },
		{ " 1 ", "", "true", " true " },
		{ "{\"a\\u0062\": 1, \"~/\": 2}", "/ab", "3", "{\"a\\u0062\": 3, \"~/\": 2}" },
		{ "{\"a\\u0062\": 1, \"~/\": 2}", "/~0~1", "3", "{\"a\\u0062\": 1, \"~/\": 3}" },
		{ "{\"\": 1}", "/", "2", "{\"\": 2}" },
		{ "[0, 1]", "/0", "1", "[1, 1]" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__a_new_member_looks_like_its_neighbours(void **state)
{
	static const struct edit_case cases[] = {
		{ "{\n  \"a\": 1\n}\n", "/b", "2", "{\n  \"a\": 1,\n  \"b\": 2\n}\n" },
		{ "{\n\t\"a\" : 1,\n\t\"b\" : 2\n}", "/c", "3",
		  "{\n\t\"a\" : 1,\n\t\"b\" : 2,\n\t\"c\" : 3\n}" },
		{ "{\r\n  \"a\": 1\r\n}\r\n", "/b", "2", "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}\r\n" },
		{ "{\"a\":1,\"b\":2}", "/c", "3", "{\"a\":1,\"b\":2,\"c\":3}" },
		{ "{\"a\":1}", "/c", "3", "{\"a\":1,\"c\":3}" },
		{ "{ \"a\": 1 }", "/c", "3", "{ \"a\": 1, \"c\": 3 }" },
		{ "{ \"a\": 1\n, \"b\": 2\n}", "/c", "3", "{ \"a\": 1\n, \"b\": 2\n, \"c\": 3\n}" },
		{ "{\n  \"a\": 1,\n\n\n  \"b\": 2\n}", "/c", "3",
		  "{\n  \"a\": 1,\n\n\n  \"b\": 2,\n  \"c\": 3\n}" },
		{ "[1, 2]", "/-", "3", "[1, 2, 3]" },
		{ "[1, 2]", "/2", "3", "[1, 2, 3]" },
		{ "[\n 1\n]", "/-", "2", "[\n 1,\n 2\n]" },
		{ "{\"a\":\n  1}", "/b", "2", "{\"a\":\n  1, \"b\": 2}" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__an_empty_container_is_opened_as_the_file_is(void **state)
{
	static const struct edit_case cases[] = {
		{ "{}", "/a", "1", "{\n    \"a\": 1\n}" },
		{ "{ }\n", "/a", "1", "{\n    \"a\": 1\n}\n" },
		{ "{\n}", "/a", "1", "{\n    \"a\": 1\n}" },
		{ "{\n  \"o\": {}\n}", "/o/a", "1", "{\n  \"o\": {\n    \"a\": 1\n  }\n}" },
		{ "{\r\n\t\"o\": {}\r\n}", "/o/a", "1", "{\r\n\t\"o\": {\r\n\t\t\"a\": 1\r\n\t}\r\n}" },
		{ "{}", "/a/b", "1", "{\n    \"a\": {\n        \"b\": 1\n    }\n}" },
		{ "{ \"o\": {} }", "/o/a", "1", "{ \"o\": { \"a\": 1 } }" },
		{ "{\"o\":[]}", "/o/-", "1", "{\"o\":[1]}" },
		{ "{\n  \"p\": [1, 2],\n  \"o\": []\n}", "/o/0", "1",
		  "{\n  \"p\": [1, 2],\n  \"o\": [1]\n}" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__what_is_missing_on_the_way_is_made(void **state)
{
	static const struct edit_case cases[] = {
		{ "{\n  \"a\": 1\n}", "/b/c/d", "2",
		  "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": {\n      \"d\": 2\n    }\n  }\n}" },
		{ "{\"a\": 1}", "/b/c", "2", "{\"a\": 1, \"b\": {\"c\": 2}}" },
		{ "{\"a\": 1}", "/b/-", "2", "{\"a\": 1, \"b\": [2]}" },
		{ NULL, "/a/b", "1", "{\n    \"a\": {\n        \"b\": 1\n    }\n}\n" },
		{ "", "", "[]", "[]\n" },
		{ " \n", "/a", "{\"b\":[1,{}]}",
		  "{\n    \"a\": {\n        \"b\": [\n            1,\n            {}\n        ]\n    }\n"
		  "}\n" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__a_container_is_laid_out_like_the_file(void **state)
{
	static const struct edit_case cases[] = {
		{ "{\n  \"a\": 1\n}", "/a", "{\"x\":1,\"y\":[1.0,2]}",
		  "{\n  \"a\": {\n    \"x\": 1,\n    \"y\": [\n      1.0,\n      2\n    ]\n  }\n}" },
		{ "{\n  \"p\": [1, 2],\n  \"a\": 1\n}", "/a", "{\"y\":[1,2]}",
		  "{\n  \"p\": [1, 2],\n  \"a\": {\n    \"y\": [1, 2]\n  }\n}" },
		{ "{\n  \"a\": { \"x\": 1 }\n}", "/a", "{\"y\":2}", "{\n  \"a\": { \"y\": 2 }\n}" },
		{ "{\"a\":1}", "/a", "{ \"x\" : [ 1 , 2 ] }", "{\"a\":{\"x\":[1,2]}}" },
		{ "{\n  \"a\": [\n    1\n  ]\n}", "/a", "[2]", "{\n  \"a\": [\n    2\n  ]\n}" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__a_line_that_would_be_long_is_broken(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf value = { 0 };
	buf_append(&value, STR("[\""));
	buf_append_fill(&value, 'x', 80);
	buf_append(&value, STR("\"]"));
	const char *text = edited(r, "{\n  \"a\": [1],\n  \"b\": [[1]]\n}", "/b", buf_text(&value));
	assert_non_null(strstr(text, "\"b\": [\"xxx"));
	text = edited(r, "{\n  \"b\": {\"c\": 1}\n}", "/b", "{\"d\": \"0123456789012345678901234567890"
	              "12345678901234567890123456789012345678901234567890123456789\"}");
	assert_non_null(strstr(text, "\"b\": {\n    \"d\": \"0123"));
}

static void test_edit__unset_takes_the_comma_and_the_line(void **state)
{
	static const struct edit_case cases[] = {
		{ "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "/a", NULL,
		  "{\n  \"b\": 2,\n  \"c\": 3\n}\n" },
		{ "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "/b", NULL,
		  "{\n  \"a\": 1,\n  \"c\": 3\n}\n" },
		{ "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "/c", NULL,
		  "{\n  \"a\": 1,\n  \"b\": 2\n}\n" },
		{ "{\r\n  \"a\": 1\r\n}", "/a", NULL, "{}" },
		{ "{ \"a\": 1 , \"b\": {\"x\": 2} }", "/b/x", NULL, "{ \"a\": 1 , \"b\": {} }" },
		{ "[1, [2], 3]", "/1", NULL, "[1, 3]" },
		{ "[1, [2], 3]", "/0", NULL, "[[2], 3]" },
		{ "{\"a\": 1\n, \"b\": 2}", "/a", NULL, "{\"b\": 2}" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__of_duplicate_keys_the_last_counts(void **state)
{
	static const struct edit_case cases[] = {
		{ "{\"a\": 1, \"b\": 2, \"a\": 3}", "/a", "4", "{\"a\": 1, \"b\": 2, \"a\": 4}" },
		{ "{\"a\": 1, \"b\": 2, \"\\u0061\": 3}", "/a", NULL, "{\"b\": 2}" },
		{ "{\"a\": 1, \"a\": 2, \"b\": 3, \"a\": 4, \"c\": 5}", "/a", NULL,
		  "{\"b\": 3, \"c\": 5}" },
		{ "{\"a\": 1, \"a\": 2}", "/a", NULL, "{}" },
		{ "{\"o\": {\"x\": 1}, \"o\": {\"y\": 2}}", "/o/y", NULL,
		  "{\"o\": {\"x\": 1}, \"o\": {}}" },
	};
	CHECK_CASES(*state, cases);
}

static void test_edit__refusals_say_why(void **state)
{
	static const struct edit_case cases[] = {
		{ "{\"a\": 1}", "/a/b", "2", "a.json:1:7: /a is neither an object nor an array: '/a/b' "
		  "leads nowhere" },
		{ "{\"a\": [1]}", "/a/2", "2", "a.json:1:7: the array has 1 item and none '2': count from "
		  "0, and - is behind the last" },
		{ "{\"a\": [1]}", "/a/01", "2", "a.json:1:7: the array has 1 item and none '01': count "
		  "from 0, and - is behind the last" },
		{ "{\"a\": [1]}", "/a/x", "2", "a.json:1:7: the array has 1 item and none 'x': count from "
		  "0, and - is behind the last" },
		{ "1", "/a", "2", "a.json:1:1: the document is neither an object nor an array: '/a' leads "
		  "nowhere" },
		{ "{}", "a", "2", "'a' is no pointer: write /key/key, or /key/0 for an item of an array" },
		{ "{}", "/~", "2", "in the pointer '/~' a ~ stands alone: write ~0 for ~ and ~1 for / in a "
		  "key" },
		{ "{}", "/\xff", "2", "the pointer '/\xef\xbf\xbd' is not UTF-8" },
		{ "{\"a\": 1}", "/b", NULL, "'a.json' has nothing at '/b'" },
		{ "{\"a\": 1}", "/a/b", NULL, "'a.json' has nothing at '/a/b'" },
		{ "[1]", "/-", NULL, "'a.json' has nothing at '/-'" },
		{ NULL, "/a", NULL, "'a.json' has nothing at '/a'" },
		{ "{}", "", NULL, "the whole of 'a.json' cannot be removed: remove the file" },
	};
	CHECK_CASES(*state, cases);
	struct reading *r = *state;
	const char *said = edited(r, "{\n  \"a\" 1}", "/a", "2");
	assert_memory_equal(said, "a.json:2:7: ", 12);
	said = edited(r, "{}", "/a", "{a");
	assert_memory_equal(said, "the value is no JSON: ", 22);
	/* Values of keys, but no deeper than what can be read. */
	owned_buf struct buf pointer = { 0 };
	for (int i = 0; i < VALUE_DEPTH_MAX; i++)
		buf_append(&pointer, STR("/a"));
	assert_int_equal(edited(r, "{}", buf_text(&pointer), "1")[0], '{');
	buf_append(&pointer, STR("/a"));
	assert_non_null(strstr(edited(r, "{}", buf_text(&pointer), "1"), "nested deeper than"));
}

static void test_edit__the_same_bytes_are_no_edit(void **state)
{
	struct reading *r = *state;
	struct edits edits = { 0 };
	struct error err;
	const struct source *source = source_new(r->arena, STR("a"), NULL, STR("{\"a\": 1.0}"));
	assert_true(edit_set(r->arena, source, STR("/a"), STR(" 1.0"), &edits, &err));
	assert_int_equal(edits.n, 0);
	assert_true(edit_set(r->arena, source, STR("/a"), STR("1.00"), &edits, &err));
	assert_int_equal(edits.n, 1);
	assert_int_equal(edits.edits[0].at.at, 6);
	assert_int_equal(edits.edits[0].at.size, 3);
}

static void test_edit__what_people_type_becomes_json(void **state)
{
	struct reading *r = *state;
	const struct value *old = reading_text(r, "[\"s\", null, 1, true, {}, []]");
	static const struct {
		int old;                /* -1: nothing */
		const char *typed;
		bool as_string;
		const char *want;       /* NULL: refused */
	} table[] = {
		{ 0, "hello", false, "\"hello\"" }, { 1, "a b", false, "\"a b\"" },
		{ -1, "tr\"ue", false, "\"tr\\\"ue\"" }, { -1, "", false, "\"\"" },
		{ 0, " 12 ", false, "12" }, { 0, "\"12\"", false, "\"12\"" },
		{ 0, "12", true, "\"12\"" }, { 0, "{a", true, "\"{a\"" },
		{ 0, "1.2.3", false, "\"1.2.3\"" }, { 0, "[1, 2]", false, "[1, 2]" },
		{ 2, "\"x\"", false, "\"x\"" }, { 2, "x", true, "\"x\"" },
		{ 0, "{a", false, NULL }, { -1, "[1", false, NULL }, { 0, "\"x", false, NULL },
		{ 2, "x", false, NULL }, { 3, "yes", false, NULL }, { 4, "x", false, NULL },
		{ 5, "x", false, NULL }, { -1, "\xff", true, NULL },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char at[] = { '/', (char)('0' + table[i].old), 0 };
		struct str json;
		struct error err;
		bool ok = edit_typed(r->arena, str_of(table[i].typed),
		                     table[i].old < 0 ? NULL : value_at(old, str_of(at)),
		                     table[i].as_string, &json, &err);
		assert_int_equal(ok, table[i].want != NULL);
		if (ok)
			assert_str(json, table[i].want);
		else
			assert_int_equal(err.code, ERROR_USAGE);
	}
}

/* The property of tests/fuzz/editing.h, for walks of random edits. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void test_edit__walks_of_random_edits_keep_tree_and_bytes(void **state)
{
	static const char *const starts[] = {
		"{}", "", "{\n  \"a\": {\"b\": [1, {}]},\n  \"c\": []\n}\n", "[\r\n\t{ },\r\n\t[ ]\r\n]",
		"{ \"a\" : 1 ,\"a\":{ \"b\" : 2,\"\\u0062\":3 } , \"c\":[ [],{ }\n] }",
	};
	static const char *const tokens[] = { "/a", "/b", "/c", "/0", "/1", "/-", "/~1", "/" };
	static const char *const values[] = {
		"1", "\"x\"", "{}", "[]", "{\"a\":{\"b\":1}}", "[1,[2,{\"c\":null}]]", " -1e9 ",
		"{\"a\":1,\"a\":2}",
	};
	struct reading *r = *state;
	uint32_t seed = 4711;
	size_t done = 0;
	for (int walk = 0; walk < 300; walk++) {
		struct str text = str_of(starts[walk % 5]);
		for (int step = 0; step < 30; step++) {
			owned_buf struct buf pointer = { 0 };
			struct str value = { 0 };
			for (uint32_t n = next_random(&seed) % 4; n; n--)
				buf_append_text(&pointer, tokens[next_random(&seed) % 8]);
			if (next_random(&seed) % 3)
				value = str_of(values[next_random(&seed) % 8]);
			done += editing_step(r->arena, &text, arena_str(r->arena, buf_str(&pointer)),
			                     value);
		}
	}
	assert_in_range(done, 2000, 9000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_edit__a_scalar_is_replaced_byte_for_byte),
		READING_TEST(test_edit__a_new_member_looks_like_its_neighbours),
		READING_TEST(test_edit__an_empty_container_is_opened_as_the_file_is),
		READING_TEST(test_edit__what_is_missing_on_the_way_is_made),
		READING_TEST(test_edit__a_container_is_laid_out_like_the_file),
		READING_TEST(test_edit__a_line_that_would_be_long_is_broken),
		READING_TEST(test_edit__unset_takes_the_comma_and_the_line),
		READING_TEST(test_edit__of_duplicate_keys_the_last_counts),
		READING_TEST(test_edit__refusals_say_why),
		READING_TEST(test_edit__the_same_bytes_are_no_edit),
		READING_TEST(test_edit__what_people_type_becomes_json),
		READING_TEST(test_edit__walks_of_random_edits_keep_tree_and_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
