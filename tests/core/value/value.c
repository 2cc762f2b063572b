#include "core/value/value.h"

#include "tests/core/value/reading.h"

static const struct span nowhere;

static void test_value__pointers_follow_rfc_6901(void **state)
{
	struct reading *r = *state;
	/* The document of RFC 6901, section 5. */
	const struct value *v = reading_text(
		r, "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, "
		   "\"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}");
	static const struct {
		const char *pointer, *text;
	} table[] = {
		{ "/foo/0", "bar" }, { "/", "0" }, { "/a~1b", "1" }, { "/c%d", "2" }, { "/e^f", "3" },
		{ "/g|h", "4" }, { "/i\\j", "5" }, { "/k\"l", "6" }, { "/ ", "7" }, { "/m~0n", "8" },
	};
	assert_ptr_equal(value_at(v, STR("")), v);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(value_text(value_at(v, str_of(table[i].pointer))), table[i].text);
	static const char *const absent[] = {
		"foo", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/", "/foo/-1", "/m~n", "/m~",
		"/m~2n", "/foo/0/0", "//", "/a/b", "/foo/18446744073709551616",
	};
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		assert_null(value_at(v, str_of(absent[i])));
	value_pointer_append(&r->out, STR("a/b~c"));
	value_pointer_append(&r->out, STR(""));
	assert_str(buf_str(&r->out), "/a~1b~0c/");
}

static void test_value__get_answers_for_members_only(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "{\"a\": [1]}");
	assert_null(value_get(NULL, STR("a")));
	assert_null(value_get(v, STR("b")));
	assert_null(value_get(v, (struct str){ 0 }));
	assert_null(value_get(value_get(v, STR("a")), STR("0")));
	assert_null(value_get(value_at(v, STR("/a/0")), STR("a")));
	assert_int_equal(value_count(value_at(v, STR("/a/0"))), 0);
}

static void test_value__made_values_read_like_any(void **state)
{
	struct reading *r = *state;
	struct value *o = value_new_object(r->arena), *a = value_new_array(r->arena);
	char key[] = "key";
	value_set(r->arena, o, key, value_new_string(r->arena, STR("x\ny")));
	key[0] = '!';
	value_set(r->arena, o, "n", value_new_integer(r->arena, -9223372036854775807 - 1));
	value_set(r->arena, o, "t", value_new_bool(r->arena, true));
	value_set(r->arena, o, "f", value_new_bool(r->arena, false));
	value_set(r->arena, o, "z", value_new(r->arena, VALUE_NULL, STR(""), nowhere));
	value_set(r->arena, o, "a", a);
	value_append(a, (struct str){ 0 }, nowhere, value_new_integer(r->arena, 7));
	value_set(r->arena, o, "t", value_new_string(r->arena, STR("again")));
	assert_string_equal(reading_written(r, o, JSON_LINE),
	                    "{\"key\":\"x\\ny\",\"n\":-9223372036854775808,\"t\":\"again\","
	                    "\"f\":false,\"z\":null,\"a\":[7]}");
	assert_null(value_origin(o).path);
	assert_null(value_span(value_get(o, STR("n"))).source);
}

static void test_value__replacing_keeps_the_list_whole(void **state)
{
	struct reading *r = *state;
	static const char *const orders[] = { "abcabc", "aabbcc", "abccba", "cbaabc", "aaa" };
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct value *o = value_new_object(r->arena);
		for (const char *p = orders[i]; *p; p++) {
			char key[2] = { *p, 0 };
			value_set(r->arena, o, key, value_new_integer(r->arena, p - orders[i]));
		}
		size_t n = 0;
		for (const struct value *m = value_child(o); m; m = value_next(m))
			n++;
		assert_int_equal(n, value_count(o));
		const char *last = strrchr(orders[i], 'a');
		const struct value *a = value_get(o, STR("a"));
		assert_int_equal(atoll(arena_text(r->arena, value_text(a))), last - orders[i]);
		value_set(r->arena, o, "end", value_new_bool(r->arena, true));
		assert_int_equal(value_count(o), n + 1);
	}
}

static void test_value__what_stands_in_a_tree_is_shared(void **state)
{
	struct reading *r = *state;
	const struct value *tree = reading_text(r, "{\"a\": {\"x\": 1}, \"b\": 2}");
	const struct value *a = value_get(tree, STR("a"));
	struct value *o = value_new_object(r->arena);
	value_set(r->arena, o, "one", (struct value *)(uintptr_t)a);
	value_set(r->arena, o, "two", value_share(r->arena, a));
	value_set(r->arena, o, "all", (struct value *)(uintptr_t)tree);
	assert_string_equal(reading_written(r, o, JSON_LINE),
	                    "{\"one\":{\"x\":1},\"two\":{\"x\":1},\"all\":{\"a\":{\"x\":1},\"b\":2}}");
	assert_ptr_equal(value_get(tree, STR("a")), a);
	assert_str(value_key(a), "a");
	assert_null(value_key(tree).p);
	assert_null(value_next(tree));
	assert_int_equal(value_origin(value_get(o, STR("one"))).column, 7);
	assert_null(value_key_span(value_get(o, STR("one"))).source);
	assert_ptr_equal(value_child(value_get(o, STR("one"))), value_child(a));
}

static void test_value__appending_to_a_shared_head_leaves_the_first_alone(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < 40; i++)
		buf_printf(&text, "%s\"k%d\": %d", i ? ", " : "{", i, i);
	buf_append_char(&text, '}');
	const struct value *tree = reading_json(r, buf_str(&text));
	struct value *copy = value_share(r->arena, tree);
	assert_non_null(value_get(copy, STR("k39")));
	value_set(r->arena, copy, "new", value_new_bool(r->arena, true));
	value_set(r->arena, copy, "k0", value_new_bool(r->arena, false));
	assert_int_equal(value_count(tree), 40);
	assert_int_equal(value_count(copy), 41);
	assert_null(value_get(tree, STR("new")));
	assert_str(value_text(value_get(tree, STR("k0"))), "0");
	assert_str(value_text(value_get(copy, STR("k0"))), "false");
	assert_str(span_text(value_key_span(value_get(copy, STR("k1")))), "\"k1\"");
	size_t n = 0;
	for (const struct value *m = value_child(tree); m; m = value_next(m))
		n++;
	assert_int_equal(n, 40);
}

static void test_value__over_remembers_what_it_shadows(void **state)
{
	struct reading *r = *state;
	const struct value *low = reading_text(r, "1"), *mid = reading_text(r, "{\"k\": 2}");
	const struct value *high = reading_text(r, "\"x\"");
	const struct value *one = value_over(r->arena, mid, low);
	const struct value *two = value_over(r->arena, high, one);
	assert_str(value_text(two), "x");
	assert_ptr_equal(value_under(two), one);
	assert_ptr_equal(value_under(one), low);
	assert_null(value_under(low));
	assert_null(value_under(mid));
	assert_ptr_equal(value_child(one), value_child(mid));
	assert_ptr_equal(value_under(value_share(r->arena, two)), one);
	assert_null(value_under(value_over(r->arena, two, NULL)));
	struct value *o = value_new_object(r->arena);
	value_append(o, STR("two"), nowhere, value_share(r->arena, two));
	assert_ptr_equal(value_under(value_get(o, STR("two"))), one);
}

static void test_value__merged_objects_name_their_layers(void **state)
{
	struct reading *r = *state;
	const struct value *low = reading_text(r, "[{\"a\": 1}]"), *high = reading_text(r, "{}");
	const struct value *place = value_child(low);
	const struct value *stack = value_over(r->arena, high, place);
	struct value *v = value_new_merged(r->arena, place, stack);
	assert_true(value_is_merged(v));
	assert_true(value_is_merged(value_share(r->arena, v)));
	assert_false(value_is_merged(stack));
	assert_false(value_is_merged(value_over(r->arena, v, NULL)));
	assert_ptr_equal(value_under(v), stack);
	assert_int_equal(value_origin(v).column, 2);
	assert_int_equal(value_count(v), 0);
}

static void test_value__same_is_one_value_under_any_key(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, "[{}, {}, {\"a\": true}, true, true]");
	struct value *o = value_new_object(r->arena);
	size_t n = 0;
	for (const struct value *e = value_child(v); e; e = value_next(e)) {
		const char *key = arena_printf(r->arena, "%zu", n++);
		value_set(r->arena, o, key, value_over(r->arena, e, v));
		for (const struct value *f = value_child(v); f; f = value_next(f))
			assert_int_equal(value_is_same(value_get(o, str_of(key)), f), e == f);
	}
	const struct value *made = value_new_string(r->arena, STR("x"));
	assert_true(value_is_same(made, value_share(r->arena, made)));
	assert_false(value_is_same(made, value_new_string(r->arena, STR("x"))));
}

static void test_value__equal_looks_at_content(void **state)
{
	struct reading *r = *state;
	static const struct {
		const char *a, *b;
		bool equal;
	} table[] = {
		{ "{\"a\": 1, \"b\": [2]}", "{ \"b\":[2],\"a\":1 }", true },
		{ "[1, 2]", "[2, 1]", false }, { "1", "1.0", false }, { "1", "\"1\"", false },
		{ "1.0", "1.0", true }, { "{}", "[]", false }, { "{\"a\": 1}", "{\"b\": 1}", false },
		{ "{\"a\": 1}", "{\"a\": 2}", false }, { "[1]", "[1, 1]", false },
		{ "\"\\u0041\"", "\"A\"", true }, { "true", "false", false }, { "null", "null", true },
		{ "[[], [{}]]", "[[], [{}]]", true },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct value *a = reading_text(r, table[i].a), *b = reading_text(r, table[i].b);
		assert_int_equal(value_equal(a, b), table[i].equal);
		assert_int_equal(value_equal(b, a), table[i].equal);
		assert_true(value_equal(a, value_share(r->arena, a)));
	}
	assert_true(value_equal(NULL, NULL));
	assert_false(value_equal(NULL, reading_text(r, "1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_value__pointers_follow_rfc_6901),
		READING_TEST(test_value__get_answers_for_members_only),
		READING_TEST(test_value__made_values_read_like_any),
		READING_TEST(test_value__replacing_keeps_the_list_whole),
		READING_TEST(test_value__what_stands_in_a_tree_is_shared),
		READING_TEST(test_value__appending_to_a_shared_head_leaves_the_first_alone),
		READING_TEST(test_value__over_remembers_what_it_shadows),
		READING_TEST(test_value__merged_objects_name_their_layers),
		READING_TEST(test_value__same_is_one_value_under_any_key),
		READING_TEST(test_value__equal_looks_at_content),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
