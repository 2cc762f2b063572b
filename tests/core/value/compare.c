#include "core/value/compare.h"

#include "tests/core/value/compare_apply.h"
#include "tests/core/value/reading.h"

/* A line each: "~ /a 1 2", "+ /b 3", "- /c 4", "> /old /new". */
static void compare_line(struct buf *out, const struct difference *d)
{
	buf_printf(out, "%c %.*s", "+-~>"[d->kind],
	           STR_ARG(d->kind == DIFFERENCE_MOVED ? d->before_at : difference_pointer(d)));
	if (d->kind == DIFFERENCE_MOVED) {
		buf_printf(out, " %.*s\n", STR_ARG(d->after_at));
		return;
	}
	for (int i = 0; i < 2; i++) {
		const struct value *v = i ? d->after : d->before;
		if (v)
			buf_append_char(out, ' ');
		if (v)
			value_write_json(out, v, JSON_LINE);
	}
	buf_append_char(out, '\n');
}

static void compare_is(struct reading *r, const char *a, const char *b, const char *want)
{
	owned_buf struct buf have = { 0 };
	struct comparison c;
	const struct value *before = reading_text(r, a), *after = reading_text(r, b);
	value_compare(r->arena, before, after, &c);
	for (size_t i = 0; i < c.n; i++)
		compare_line(&have, &c.all[i]);
	if (!str_eq(buf_str(&have), str_of(want)))
		fail_msg("%s to %s:\n%swanted:\n%s", a, b, buf_text(&have), want);
	apply_check(r->arena, before, after, &c);
}

static void test_compare__tells_what_changed_in_objects(void **state)
{
	static const struct {
		const char *a, *b, *want;
	} cases[] = {
		{ "1", "1", "" },
		{ "1", "1.0", "~  1 1.0\n" },
		{ "1", "\"1\"", "~  1 \"1\"\n" },
		{ "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "" },
		{ "{\"a\":1}", "{\"a\":2}", "~ /a 1 2\n" },
		{ "{\"a\":1}", "{\"a\":1,\"b\":null}", "+ /b null\n" },
		{ "{\"a\":1,\"b\":[]}", "{\"a\":1}", "- /b []\n" },
		{ "{\"a\":{\"b\":{\"c\":true}}}", "{\"a\":{\"b\":{\"c\":false}}}",
		  "~ /a/b/c true false\n" },
		{ "{\"a\":{\"b\":1}}", "{\"a\":[1]}", "~ /a {\"b\":1} [1]\n" },
		{ "{\"a/b\":1,\"~\":2}", "{\"a/b\":2,\"~\":3}", "~ /a~1b 1 2\n~ /~0 2 3\n" },
		{ "{\"\":1}", "{\"\":2}", "~ / 1 2\n" },
		{ "{}", "[]", "~  {} []\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		compare_is(*state, cases[i].a, cases[i].b, cases[i].want);
}

static void test_compare__tells_insertions_in_arrays(void **state)
{
	static const struct {
		const char *a, *b, *want;
	} cases[] = {
		{ "[1,2,3]", "[0,1,2,3]", "+ /0 0\n" },
		{ "[1,2,3]", "[1,3]", "- /1 2\n" },
		{ "[1,2,3]", "[1,5,3]", "~ /1 2 5\n" },
		{ "[1,2]", "[3,4,5]", "- /0 1\n- /1 2\n+ /0 3\n+ /1 4\n+ /2 5\n" },
		{ "[[1],2]", "[[1,7],2]", "+ /0/1 7\n" },
		{ "[{\"name\":\"a\",\"v\":1},{\"name\":\"b\",\"v\":1}]",
		  "[{\"name\":\"new\",\"v\":0},{\"name\":\"a\",\"v\":2},{\"name\":\"b\",\"v\":1}]",
		  "+ /0 {\"name\":\"new\",\"v\":0}\n~ /1/v 1 2\n" },
		{ "[{\"x\":[1]},{\"x\":[2]}]", "[{\"x\":[3]},{\"x\":[2]}]", "~ /0/x/0 1 3\n" },
		{ "[{\"a\":1}]", "[[1]]", "- /0 {\"a\":1}\n+ /0 [1]\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		compare_is(*state, cases[i].a, cases[i].b, cases[i].want);
}

static void test_compare__tells_what_moved(void **state)
{
	static const struct {
		const char *a, *b, *want;
	} cases[] = {
		/* Under another key, in another object, to another place of an array. */
		{ "{\"old\":{\"x\":1}}", "{\"new\":{\"x\":1}}", "> /old /new\n" },
		{ "{\"a\":{\"k\":{\"x\":1}},\"b\":{}}", "{\"a\":{},\"b\":{\"z\":{\"x\":1}}}",
		  "> /a/k /b/z\n" },
		{ "[\"a\",\"b\",\"c\"]", "[\"c\",\"a\",\"b\"]", "> /2 /0\n" },
		{ "{\"a\":{\"host\":\"h\"},\"b\":{}}", "{\"a\":{},\"b\":{\"host\":\"h\"}}",
		  "> /a/host /b/host\n" },
		{ "{\"port\":80}", "{\"listen\":80}", "> /port /listen\n" },
		/* It has passed others, though its number is what it was. */
		{ "[\"a\",\"b\",\"c\"]", "[\"c\",\"b\"]", "- /0 \"a\"\n> /1 /1\n" },
		/* The key counts for more than the order. */
		{ "{\"a\":{\"x\":[1],\"y\":[1]},\"b\":{}}", "{\"a\":{},\"b\":{\"y\":[1],\"x\":[1]}}",
		  "> /a/y /b/y\n> /a/x /b/x\n" },
		/* Equal by chance is not moved. */
		{ "{\"a\":true,\"c\":0}", "{\"b\":true,\"c\":0}", "- /a true\n+ /b true\n" },
		{ "{\"a\":[]}", "{\"b\":[]}", "- /a []\n+ /b []\n" },
		{ "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"y\":2}}", "{\"a\":{\"y\":2},\"b\":{\"z\":1,\"y\":2}}",
		  "- /a/x 1\n+ /b/z 1\n" },
		/* Each goes to one place alone. */
		{ "{\"a\":[1]}", "{\"b\":[1],\"c\":[1]}", "> /a /b\n+ /c [1]\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		compare_is(*state, cases[i].a, cases[i].b, cases[i].want);
}

static void test_compare__takes_a_whole_that_was_not_there(void **state)
{
	struct reading *r = *state;
	struct comparison c;
	const struct value *v = reading_text(r, "{\"a\":1}");
	value_compare(r->arena, NULL, v, &c);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.counts[DIFFERENCE_ADDED], 1);
	assert_ptr_equal(c.all[0].after, v);
	assert_str(c.all[0].after_at, "");
	value_compare(r->arena, v, NULL, &c);
	assert_int_equal(c.counts[DIFFERENCE_REMOVED], 1);
	value_compare(r->arena, NULL, NULL, &c);
	assert_int_equal(c.n, 0);
}

static void test_compare__describes_each_with_its_origins(void **state)
{
	struct reading *r = *state;
	struct comparison c;
	value_compare(r->arena, reading_text(r, "{\"a\":1,\"b\":[1,2]}"),
	              reading_text(r, "{\n \"a\":2,\n \"c\":[1,2]}"), &c);
	const struct value *described = comparison_describe(r->arena, &c);
	assert_string_equal(reading_written(r, described, (struct json_style){ 0 }),
		"[{\"kind\": \"changed\", \"pointer\": \"/a\", \"old\": 1, \"old_origin\": {\"file\": "
		"\"a.json\", \"line\": 1, \"column\": 6, \"profile\": null}, \"new\": 2, \"new_origin\": "
		"{\"file\": \"a.json\", \"line\": 2, \"column\": 6, \"profile\": null}}, {\"kind\": "
		"\"moved\", \"pointer\": \"/c\", \"from\": \"/b\", \"old\": [1, 2], \"old_origin\": "
		"{\"file\": \"a.json\", \"line\": 1, \"column\": 12, \"profile\": null}, \"new\": [1, 2], "
		"\"new_origin\": {\"file\": \"a.json\", \"line\": 3, \"column\": 6, \"profile\": null}}]");
}

/* ---- any two trees ---- */

static uint32_t next_random(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void random_tree(struct buf *out, uint32_t *seed, unsigned depth)
{
	static const char *const scalars[] = {
		"1", "2", "\"a\"", "\"b\"", "null", "true", "false", "1.0", "\"\"", "[]", "{}",
	};
	uint32_t kind = depth ? next_random(seed, 3) : 0, n = next_random(seed, 5), used = 0;
	if (kind == 0) {
		buf_append_text(out, scalars[next_random(seed, sizeof scalars / sizeof *scalars)]);
		return;
	}
	buf_append_char(out, kind == 1 ? '[' : '{');
	for (uint32_t i = 0; i < n; i++) {
		uint32_t key = next_random(seed, 6);
		if (kind == 2 && used & 1u << key)
			continue;
		used |= 1u << key;
		if (out->p[out->n - 1] != '[' && out->p[out->n - 1] != '{')
			buf_append_char(out, ',');
		if (kind == 2)
			buf_printf(out, "\"%c\":", "abcde/"[key]);
		random_tree(out, seed, depth - 1);
	}
	buf_append_char(out, kind == 1 ? ']' : '}');
}

static void test_compare__applied_to_the_earlier_gives_the_later(void **state)
{
	(void)state;
	uint32_t seed = 7;
	for (int round = 0; round < 5000; round++) {
		owned_buf struct buf a = { 0 }, b = { 0 };
		owned(arena) struct arena *arena = arena_new();
		const struct value *before, *after;
		struct comparison c;
		struct error err;
		random_tree(&a, &seed, 4);
		random_tree(&b, &seed, 4);
		assert_true(value_parse_json(arena, buf_str(&a), &before, &err));
		assert_true(value_parse_json(arena, buf_str(&b), &after, &err));
		value_compare(arena, before, after, &c);
		apply_check(arena, before, after, &c);
	}
}

/* Half a million keys, a third of them changed, gone, new or moved. */
static void test_compare__takes_large_documents(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf a = { 0 }, b = { 0 };
	struct comparison c;
	enum { MANY = 500000 };
	buf_append_char(&a, '{');
	buf_append_char(&b, '{');
	for (int i = 0; i < MANY; i++) {
		buf_printf(&a, "%s\"key%d\":[%d,{\"x\":%d}]", i ? "," : "", i, i, i);
		if (i % 3)
			buf_printf(&b, "%s\"key%d\":[%d,{\"x\":%d}]", b.n > 1 ? "," : "", i, i, i);
		else if (i % 2)
			buf_printf(&b, "%s\"moved%d\":[%d,{\"x\":%d}]", b.n > 1 ? "," : "", i, i, i);
		else
			buf_printf(&b, "%s\"key%d\":[%d,{\"x\":0}]", b.n > 1 ? "," : "", i, i);
	}
	buf_append_char(&a, '}');
	buf_append_char(&b, '}');
	const struct value *before = reading_json(r, buf_str(&a));
	const struct value *after = reading_json(r, buf_str(&b));
	value_compare(r->arena, before, after, &c);
	assert_int_equal(c.counts[DIFFERENCE_MOVED], 83333);
	assert_int_equal(c.counts[DIFFERENCE_CHANGED], 83333);
	assert_int_equal(c.n, 166666);
}

/* Arrays in arrays, as deep as a reader goes, with something new at the very bottom. */
static void test_compare__takes_deep_documents(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf a = { 0 }, b = { 0 };
	struct comparison c;
	enum { DEEP = VALUE_DEPTH_MAX - 1 };
	for (int i = 0; i < DEEP; i++) {
		buf_append_text(&a, "[[1],");
		buf_append_text(&b, "[[1],");
	}
	buf_append_text(&a, "1");
	buf_append_text(&b, "2");
	buf_append_fill(&a, ']', DEEP);
	buf_append_fill(&b, ']', DEEP);
	value_compare(r->arena, reading_json(r, buf_str(&a)), reading_json(r, buf_str(&b)), &c);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.counts[DIFFERENCE_CHANGED], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_compare__tells_what_changed_in_objects),
		READING_TEST(test_compare__tells_insertions_in_arrays),
		READING_TEST(test_compare__tells_what_moved),
		READING_TEST(test_compare__takes_a_whole_that_was_not_there),
		READING_TEST(test_compare__describes_each_with_its_origins),
		READING_TEST(test_compare__applied_to_the_earlier_gives_the_later),
		READING_TEST(test_compare__takes_large_documents),
		READING_TEST(test_compare__takes_deep_documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
