#include "core/config/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"

struct fixture {
	struct arena *arena;
	struct problems *problems;
	const struct value *const *documents;
	size_t n;
	struct buf tags;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_new();
	f->problems = problems_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(f->arena);
	problems_free(f->problems);
	buf_finish(&f->tags);
	free(f);
	return 0;
}

static bool take_tag(void *data, struct str tag, const struct value *node)
{
	struct fixture *f = data;
	buf_printf(&f->tags, "%.*s at %u;", STR_ARG(tag), span_origin(value_span(node)).line);
	return str_eq(tag, STR("!reset"));
}

static bool read_as(struct fixture *f, struct str text, enum yaml_scalars scalars)
{
	const struct yaml_options options = { scalars, take_tag, f };
	problems_free(f->problems);
	f->problems = problems_new();
	return yaml_read(f->arena, source_new(f->arena, STR("x.yml"), NULL, text), &options,
	                 f->problems, &f->documents, &f->n);
}

/* Types apart: n b i f " and dates D L d. */
static void show(struct buf *out, const struct value *v)
{
	static const char marks[] = "nbif\"??DLdt";
	if (!value_is_container(v)) {
		buf_append_char(out, marks[value_type(v)]);
		buf_append(out, value_text(v));
		return;
	}
	bool object = value_type(v) == VALUE_OBJECT;
	buf_append_char(out, object ? '{' : '[');
	for (const struct value *c = value_child(v); c; c = value_next(c)) {
		if (object)
			buf_printf(out, "%.*s=", STR_ARG(value_key(c)));
		show(out, c);
		if (value_next(c))
			buf_append_char(out, ' ');
	}
	buf_append_char(out, object ? '}' : ']');
}

static void check(struct fixture *f, enum yaml_scalars scalars, const char *text,
                  const char *wanted)
{
	owned_buf struct buf out = { 0 };
	if (!read_as(f, str_of(text), scalars))
		fail_msg("%s: %.*s", text, STR_ARG(problems_get(f->problems, 0)->text));
	for (size_t i = 0; i < f->n; i++) {
		if (i)
			buf_append_text(&out, " --- ");
		show(&out, f->documents[i]);
	}
	assert_string_equal(buf_text(&out), wanted);
}

/* What PyYAML 6.0's safe_load makes of each. */
static void test_yaml__scalars_of_1_1(void **state)
{
	static const struct { const char *text, *wanted; } rows[] = {
		{ "yes", "btrue" }, { "Off", "bfalse" }, { "y", "\"y" }, { "tRue", "\"tRue" },
		{ "~", "nnull" }, { "NULL", "nnull" }, { "''", "\"" }, { "'yes'", "\"yes" },
		{ "010", "i8" }, { "0o10", "\"0o10" }, { "08", "\"08" }, { "0x1F", "i31" },
		{ "0b101", "i5" }, { "1_000", "i1000" }, { "+12", "i12" }, { "-0", "i0" },
		{ "_1", "\"_1" },
		{ "22:22", "i1342" }, { "22:62", "\"22:62" }, { "1:30:00", "i5400" }, { "0:30", "\"0:30" },
		{ "-1:00", "i-60" }, { "8080:80", "\"8080:80" }, { "3306:3306", "\"3306:3306" },
		{ "1.", "f1.0" }, { ".5", "f0.5" }, { "-.5", "\"-.5" }, { "1e3", "\"1e3" },
		{ "1.0e3", "\"1.0e3" }, { "1.0e+3", "f1.0e+3" }, { "1:30.5", "f90.5" },
		{ "-.inf", "f-inf" }, { ".NaN", "fnan" }, { "1.2.3", "\"1.2.3" }, { "3.10", "f3.10" },
		{ "2001-12-14", "d2001-12-14" }, { "2001-1-4", "\"2001-1-4" },
		{ "2001-12-14t21:59:43.10-05:00", "D2001-12-14T21:59:43.10-05:00" },
		{ "2001-12-14 21:59:43.10 -5", "D2001-12-14T21:59:43.10-05:00" },
		{ "2001-12-15 2:59:43.10", "L2001-12-15T02:59:43.10" },
		{ "123456789012345678901234567890", "i123456789012345678901234567890" },
		{ "0xffffffffffffffffffff", "i1208925819614629174706175" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(*state, YAML_SCALARS_1_1, rows[i].text, rows[i].wanted);
}

/* YAML 1.2.2, 10.3.2. */
static void test_yaml__scalars_of_the_core_schema(void **state)
{
	static const struct { const char *text, *wanted; } rows[] = {
		{ "yes", "\"yes" }, { "True", "btrue" }, { "010", "i10" }, { "0o10", "i8" },
		{ "0x1F", "i31" }, { "-0x1F", "\"-0x1F" }, { "1_000", "\"1_000" }, { "22:22", "\"22:22" },
		{ "1e3", "f1.0e3" }, { "-.5", "f-0.5" }, { "1.", "f1.0" }, { ".", "\"." },
		{ "-", "[nnull]" },
		{ "+.INF", "finf" }, { "2001-12-14", "\"2001-12-14" }, { "0b1", "\"0b1" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(*state, YAML_SCALARS_CORE, rows[i].text, rows[i].wanted);
}

static void test_yaml__structure(void **state)
{
	static const struct { const char *text, *wanted; } rows[] = {
		{ "", "" }, { "# nothing\n", "" }, { "a: 1\n---\nb: 2\n", "{a=i1} --- {b=i2}" },
		{ "\xef\xbb\xbfk: v", "{k=\"v}" }, { "a:\r\n- 1\r\n- {b: }\r\n", "{a=[i1 {b=nnull}]}" },
		{ "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a=\"x\ny\n b=\"x y}" },
		{ "%YAML 1.1\n---\na: yes\n", "{a=btrue}" },
		{ "a: !!str 1\nb: !!float 2\nc: ! 3\nd: !!int '4'", "{a=\"1 b=f2.0 c=\"3 d=i4}" },
		{ "a: &x [1, 2]\nb: *x\n&k c: *k", "{a=[i1 i2] b=[i1 i2] c=\"c}" },
		/* What is merged comes first, and what stands beside it wins. */
		{ "a: &a {p: 1, q: 2}\nb: {q: 3, <<: *a}", "{a={p=i1 q=i2} b={p=i1 q=i3}}" },
		{ "l: [&a {p: 1}, &b {p: 2, q: 2}]\nm:\n  <<: [*a, *b]\n",
		  "{l=[{p=i1} {p=i2 q=i2}] m={p=i1 q=i2}}" },
		{ "a: &a {p: 1}\nb: {'<<': *a}", "{a={p=i1} b={<<={p=i1}}}" },
		{ "a: &x 1\n---\na: &x 2\nb: *x", "{a=i1} --- {a=i2 b=i2}" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(*state, YAML_SCALARS_CORE, rows[i].text, rows[i].wanted);
}

static void test_yaml__places_are_bytes_without_properties(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "# \xc3\xbc\xe2\x82\xac\nports: ['a', 22:22]\n"
		"m: &x !!str  # why\n  v\xc3\xbc w\nn:\n  o: *x\n  p: 2\n";
	check(f, YAML_SCALARS_1_1, text,
	      "{ports=[\"a i1342] m=\"v\xc3\xbc w n={o=\"v\xc3\xbc w p=i2}}");
	const struct value *root = f->documents[0];
	static const struct { const char *pointer, *written; unsigned line, column; } rows[] = {
		{ "/ports", "['a', 22:22]", 2, 8 }, { "/ports/0", "'a'", 2, 9 },
		{ "/ports/1", "22:22", 2, 14 }, { "/m", "v\xc3\xbc w", 4, 3 },
		/* An alias stands where its anchor does, a block ends with its last node. */
		{ "/n/o", "v\xc3\xbc w", 4, 3 }, { "/n", "o: *x\n  p: 2", 6, 3 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span at = value_span(value_at(root, str_of(rows[i].pointer)));
		owned_buf struct buf got = { 0 };
		buf_append(&got, span_text(at));
		assert_string_equal(buf_text(&got), rows[i].written);
		assert_int_equal(span_origin(at).line, rows[i].line);
		assert_int_equal(span_origin(at).column, rows[i].column);
	}
	struct span key = value_key_span(value_at(root, STR("/n/p")));
	assert_int_equal(span_origin(key).line, 7);
	assert_int_equal(span_origin(key).column, 3);
}

static void test_yaml__errors(void **state)
{
	struct fixture *f = *state;
	static const struct { const char *text; unsigned line, column; const char *message; } rows[] = {
		{ "a: b: c", 1, 5, "mapping values are not allowed in this context" },
		{ "a:\n\t- b", 2, 1, "found character that cannot start any token (while scanning for the "
		  "next token)" },
		{ "a: [1, 2", 1, 9, "did not find expected ',' or ']' (while parsing a flow sequence "
		  "that begins on line 1)" },
		{ "a: 'x", 1, 6, "found unexpected end of stream (while scanning a quoted scalar)" },
		{ "a: x\nb: \xff", 2, 4, "this is not UTF-8" },
		{ "a: x\nb: \x01", 2, 4, "control characters are not allowed" },
		{ "b: *y", 1, 4, "there is no anchor &y before this" },
		{ "a: &x\n  b: *x", 2, 6, "*x stands inside what it stands for" },
		{ "? [a]\n: b", 1, 3, "a key is a scalar: a list cannot be one" },
		{ "a: &x [1]\n*x : b", 2, 1, "a key is a scalar, and *x is none" },
		{ "<<: 1", 1, 1, "<< takes a mapping or a list of mappings" },
		{ "a: !!int x", 1, 10, "this is no !!int" },
		{ "a: !own x", 1, 9, "the tag !own is not known here" },
		{ "a: !!set {x}", 1, 10, "the tag tag:yaml.org,2002:set is not known here" },
		{ "%YAML 2.0\n---\na: 1", 1, 1, "found incompatible YAML document" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (read_as(f, str_of(rows[i].text), YAML_SCALARS_CORE))
			fail_msg("'%s' is taken", rows[i].text);
		assert_int_equal(problems_count(f->problems), 1);
		const struct problem *p = problems_get(f->problems, 0);
		owned_buf struct buf got = { 0 };
		struct origin at = span_origin(p->at);
		buf_printf(&got, "%u:%u: %.*s", at.line, at.column, STR_ARG(p->text));
		owned_buf struct buf wanted = { 0 };
		buf_printf(&wanted, "%u:%u: %s", rows[i].line, rows[i].column, rows[i].message);
		assert_string_equal(buf_text(&got), buf_text(&wanted));
	}
}

static void test_yaml__a_key_that_comes_twice(void **state)
{
	struct fixture *f = *state;
	check(f, YAML_SCALARS_CORE, "a: 1\nb: 2\na: 3\n", "{a=i3 b=i2}");
	assert_int_equal(problems_count(f->problems), 1);
	const struct problem *p = problems_get(f->problems, 0);
	assert_int_equal(p->severity, SEVERITY_WARNING);
	assert_int_equal(span_origin(p->at).line, 3);
	/* Of many keys too; what a merge brings is no second one. */
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "k%d: 1\n", i);
	buf_append_text(&text, "k7: 2\n<<: {k8: 3}\n");
	assert_true(read_as(f, buf_str(&text), YAML_SCALARS_CORE));
	assert_int_equal(problems_count(f->problems), 1);
	assert_true(str_eq(value_text(value_get(f->documents[0], STR("k7"))), STR("2")));
	assert_true(str_eq(value_text(value_get(f->documents[0], STR("k8"))), STR("1")));
}

static void test_yaml__tags_of_an_application(void **state)
{
	struct fixture *f = *state;
	check(f, YAML_SCALARS_CORE, "a: !reset null\nb: !reset\n  - 1\n", "{a=nnull b=[i1]}");
	assert_string_equal(buf_text(&f->tags), "!reset at 1;!reset at 3;");
}

/* Nine lists of ten aliases each: a billion nodes, where somebody walks them. */
static void test_yaml__aliases_are_bounded(void **state)
{
	struct fixture *f = *state;
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, "a: &a [x]\n");
	for (char c = 'b'; c < 'k'; c++) {
		buf_printf(&text, "%c: &%c [", c, c);
		for (int i = 0; i < 10; i++)
			buf_printf(&text, "%s*%c", i ? ", " : "", c - 1);
		buf_append_text(&text, "]\n");
	}
	assert_false(read_as(f, buf_str(&text), YAML_SCALARS_CORE));
	const struct problem *p = problems_get(f->problems, 0);
	assert_int_equal(span_origin(p->at).line, 8);
	assert_true(str_has_prefix(p->text, STR("what aliases stand for is larger than 64 MiB")));
	/* As many nodes that are written out are none of its business. */
	buf_clear(&text);
	buf_append_text(&text, "[");
	for (int i = 0; i < 300000; i++)
		buf_append_text(&text, "[x],");
	buf_append_text(&text, "]");
	assert_true(read_as(f, buf_str(&text), YAML_SCALARS_CORE));
	assert_int_equal(value_count(f->documents[0]), 300000);
}

static void test_yaml__depth_is_bounded(void **state)
{
	struct fixture *f = *state;
	owned_buf struct buf text = { 0 };
	buf_append_fill(&text, '[', VALUE_DEPTH_MAX);
	buf_append_fill(&text, ']', VALUE_DEPTH_MAX);
	assert_true(read_as(f, buf_str(&text), YAML_SCALARS_CORE));
	buf_clear(&text);
	buf_append_fill(&text, '[', VALUE_DEPTH_MAX + 1);
	assert_false(read_as(f, buf_str(&text), YAML_SCALARS_CORE));
	assert_true(str_eq(problems_get(f->problems, 0)->text,
	                   STR("this is nested deeper than 512 levels")));
}

#define YAML_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		YAML_TEST(test_yaml__scalars_of_1_1),
		YAML_TEST(test_yaml__scalars_of_the_core_schema),
		YAML_TEST(test_yaml__structure),
		YAML_TEST(test_yaml__places_are_bytes_without_properties),
		YAML_TEST(test_yaml__errors),
		YAML_TEST(test_yaml__a_key_that_comes_twice),
		YAML_TEST(test_yaml__tags_of_an_application),
		YAML_TEST(test_yaml__aliases_are_bounded),
		YAML_TEST(test_yaml__depth_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
