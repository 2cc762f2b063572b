#include "core/value/value.h"

#include "tests/core/value/reading.h"

static const char sample[] =
	"{\"a\": {\"x\": 1, \"y\": [true, \"\\u00e9\"], \"x\": \"\\ud800\"}, "
	"\"b\": [{\"c\": {}}], \"d\": []}";

static void test_unread__small_containers_wait_until_somebody_looks(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, sample);
	assert_true(value_is_unread(v));
	assert_int_equal(value_count(v), 3);
	assert_true(value_is_unread(v));
	const struct value *a = value_get(v, STR("a"));
	assert_false(value_is_unread(v));
	assert_int_equal(value_count(a), 2);
	assert_ptr_equal(value_get(v, STR("a")), a);
	assert_ptr_equal(value_child(v), a);
	assert_str(span_text(value_span(value_at(v, STR("/a/y/1")))), "\"\\u00e9\"");
	assert_str(span_text(value_key_span(value_at(v, STR("/a/y")))), "\"y\"");
	assert_false(value_is_unread(value_get(v, STR("d"))));
	assert_string_equal(reading_written(r, v, JSON_LINE),
	                    "{\"a\":{\"x\":\"�\",\"y\":[true,\"é\"]},\"b\":[{\"c\":{}}],\"d\":[]}");
}

/* What is wrong in it is told by the reading of the whole, and once. */
static void test_unread__looking_tells_no_problem_again(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, sample);
	assert_int_equal(problems_count(r->problems), 2);
	assert_string_equal(reading_problem(r, 0),
	                    "a.json:1:45: warning: \\ud800 is half of a surrogate pair and no "
	                    "character; it is read as U+FFFD");
	assert_int_equal(value_count(value_at(v, STR("/a/y"))), 2);
	assert_int_equal(problems_count(r->problems), 2);
}

static void test_unread__large_containers_have_their_members_at_once(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	buf_append(&text, STR("[[1],"));
	buf_append_fill(&text, ' ', 2000);
	buf_append(&text, STR("{\"k\": [2]}]"));
	const struct value *v = reading_json(r, buf_str(&text));
	assert_false(value_is_unread(v));
	assert_true(value_is_unread(value_at(v, STR("/0"))));
	assert_true(value_is_unread(value_at(v, STR("/1"))));
	assert_str(value_text(value_at(v, STR("/1/k/0"))), "2");
}

/* Containers of every size around the largest that waits, alike in all they say. */
static void test_unread__every_size_reads_alike(void **state)
{
	struct reading *r = *state;
	for (size_t n = 0; n < 1200; n += n < 900 ? 90 : 1) {
		owned_buf struct buf text = { 0 };
		buf_append(&text, STR("{\"a\": [0, {\"k\": \""));
		buf_append_fill(&text, 'x', n);
		buf_append(&text, STR("\"}], \"b\": 1, \"b\": [2]}"));
		const struct value *v = reading_json(r, buf_str(&text)), *whole = NULL;
		struct error err;
		assert_int_equal(problems_count(r->problems), 1);
		assert_true(value_parse_json(r->arena, buf_str(&text), &whole, &err));
		assert_false(value_is_unread(whole));
		assert_true(value_equal(v, whole) && value_equal(whole, v));
		assert_int_equal(value_text(value_at(v, STR("/a/1/k"))).n, n);
	}
}

static void test_unread__writing_and_lending_leave_it_unread(void **state)
{
	struct reading *r = *state;
	owned(arena) struct arena *scratch = arena_new();
	const struct value *v = reading_text(r, sample);
	reading_written(r, v, JSON_FILE);
	assert_true(value_is_unread(v));
	struct arena_mark mark = arena_mark(scratch);
	size_t asked = arena_size(r->arena);
	for (int i = 0; i < 3; i++) {
		const struct value *lent = value_lend(scratch, v);
		assert_str(value_text(value_at(lent, STR("/a/y/1"))), "é");
		assert_true(value_is_same(value_at(lent, STR("/b")), value_at(lent, STR("/b"))));
		arena_rewind(scratch, mark);
	}
	assert_true(value_is_unread(v));
	assert_int_equal(arena_size(r->arena), asked);
	assert_non_null(value_child(v));
	assert_ptr_equal(value_lend(scratch, v), v);
}

static void test_unread__heads_of_one_value_open_together(void **state)
{
	struct reading *r = *state;
	const struct value *v = reading_text(r, sample), *other = reading_text(r, sample);
	struct value *one = value_share(r->arena, v), *two = value_over(r->arena, one, other);
	assert_true(value_is_same(one, v) && value_is_same(two, v));
	assert_false(value_is_same(two, other));
	const struct value *a = value_get(two, STR("a"));
	assert_false(value_is_unread(v) || value_is_unread(one));
	assert_true(value_is_same(one, v) && value_is_same(two, v));
	assert_ptr_equal(value_child(v), a);
	assert_ptr_equal(value_child(one), a);
	assert_int_equal(value_count(one), 3);
	assert_true(value_equal(one, two) && value_equal(two, other));
	struct value *more = value_share(r->arena, value_get(other, STR("a")));
	value_set(r->arena, more, "z", value_new_bool(r->arena, true));
	assert_string_equal(reading_written(r, more, JSON_LINE),
	                    "{\"x\":\"�\",\"y\":[true,\"é\"],\"z\":true}");
	assert_int_equal(value_count(value_get(other, STR("a"))), 2);
}

/* The text itself is written where it can be, with our blanks. */
static void test_unread__texts_are_written_like_their_values(void **state)
{
	struct reading *r = *state;
	static const char *const texts[] = {
		sample, "[ ]", "[[]]", "{ \"a\" : { } , \"b\" : [ ] }", "[{},[],{}]", "[1 ,2\n,\t3]",
		"{\"a\":[{\"b\":[-1.5e+3,true,false,null]},\"x\"]}", "[\"\\/\"]", "[\"\\u0041\"]",
		"[\"\\n\\t\\\"\\\\ {[]}:,\"]", "{\"\\n\": 1}", "[\"é😀\x7f\"]", "{\"a\":1,\"a\":2}",
		"[\"\",\"[\",\"]\",[\"{\"],{\"}\":\"{\"}]",
	};
	static const struct json_style styles[] = {
		JSON_FILE, JSON_LINE, { 0 }, { .indent = 1, .compact = true }, { .sorted = true },
		{ .ascii = true, .compact = true },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t j = 0; j < sizeof styles / sizeof *styles; j++) {
			struct error err;
			const struct value *v = reading_text(r, texts[i]), *whole = NULL;
			assert_true(value_parse_json(r->arena, str_of(texts[i]), &whole, &err));
			reading_written(r, v, styles[j]);
			owned_memory char *got = buf_take(&r->out);
			assert_string_equal(got, reading_written(r, whole, styles[j]));
		}
}

static void test_unread__like_keys_are_seen_in_the_texts(void **state)
{
	struct reading *r = *state;
	static const struct {
		const char *a, *b;
		bool like;
	} table[] = {
		{ "{\"a\": 1}", "{\"a\":{\"b\":2}}", true },
		{ "{\"a\":[1,{\"x\":[]}],\"b\":\"}\"}", "{\"a\" : { } ,\"b\" : [[\"]\"]] }", true },
		{ "{\"a\":{\"b\":1,\"c\":{}},\"d\":0}", "{\"a\":{\"b\":2,\"c\":{}},\"d\":[]}", true },
		{ "{\"a\":{\"b\":1,\"c\":{}},\"d\":0}",
		  "{\"a\":{\"b\":2,\"c\":{\"x\":1}},\"d\":0}", false },
		{ "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1,\"c\":1}}", false },
		{ "{\"a\":{\"b\":1,\"c\":1}}", "{\"a\":{\"b\":1}}", false },
		{ "{\"a\":1,\"b\":1}", "{\"b\":1,\"a\":1}", false },
		{ "{\"a\":1}", "{\"b\":1}", false }, { "{\"a\":1}", "[1]", false },
		{ "{\"a\":1}", "{\"\\u0061\":1}", false }, { "{\"a\":1}", "{\"a\":1,\"a\":{}}", false },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct value *a = reading_text(r, table[i].a), *b = reading_text(r, table[i].b);
		assert_int_equal(value_has_like_keys(a, b), table[i].like);
		assert_int_equal(value_has_like_keys(b, a), table[i].like);
		assert_int_equal(value_has_like_keys(value_share(r->arena, a), b), table[i].like);
		assert_non_null(value_child(a));
		assert_false(value_has_like_keys(a, b));
	}
}

static unsigned made;

static void make_pair(struct arena *a, struct value *object, const struct value *lower,
                      const struct value *upper)
{
	made++;
	value_set(a, object, "lower", value_share(a, lower));
	value_set(a, object, "upper", value_share(a, upper));
}

static void test_unread__objects_are_made_of_two_when_asked_for(void **state)
{
	struct reading *r = *state;
	owned(arena) struct arena *scratch = arena_new();
	const struct value *low = reading_text(r, "{\"a\": [1]}"), *high = reading_text(r, "[2]");
	const struct value *stack = value_over(r->arena, high, low);
	made = 0;
	struct value *v = value_new_unread(r->arena, low, stack, make_pair, low, high);
	assert_true(value_is_unread(v) && value_is_merged(v));
	assert_ptr_equal(value_under(v), stack);
	assert_int_equal(value_span(v).size, value_span(low).size);
	assert_string_equal(reading_written(r, v, JSON_LINE), "{\"lower\":{\"a\":[1]},\"upper\":[2]}");
	assert_int_equal(made, 1);
	assert_str(value_text(value_at(value_lend(scratch, v), STR("/lower/a/0"))), "1");
	assert_int_equal(made, 2);
	assert_true(value_is_unread(v) && value_is_unread(low) && value_is_unread(high));
	assert_int_equal(value_count(v), 2);
	assert_false(value_is_unread(v));
	assert_str(value_text(value_at(v, STR("/upper/0"))), "2");
	assert_int_equal(made, 3);
}

/* However many of them are made one of the other, opening the last one goes no deeper
 * than the stack of a process allows. */
static void test_unread__many_objects_made_of_each_other(void **state)
{
	struct reading *r = *state;
	const struct value *high = reading_text(r, "[2]"), *v = reading_text(r, "{\"a\": [1]}");
	for (int i = 0; i < 100000; i++)
		v = value_new_unread(r->arena, v, NULL, make_pair, v, high);
	assert_int_equal(value_count(v), 2);
	size_t depth = 0;
	for (; value_get(v, STR("lower")); v = value_get(v, STR("lower")))
		depth++;
	assert_int_equal(depth, 100000);
	assert_str(value_text(value_at(v, STR("/a/0"))), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_unread__small_containers_wait_until_somebody_looks),
		READING_TEST(test_unread__looking_tells_no_problem_again),
		READING_TEST(test_unread__large_containers_have_their_members_at_once),
		READING_TEST(test_unread__every_size_reads_alike),
		READING_TEST(test_unread__writing_and_lending_leave_it_unread),
		READING_TEST(test_unread__heads_of_one_value_open_together),
		READING_TEST(test_unread__texts_are_written_like_their_values),
		READING_TEST(test_unread__like_keys_are_seen_in_the_texts),
		READING_TEST(test_unread__objects_are_made_of_two_when_asked_for),
		READING_TEST(test_unread__many_objects_made_of_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
