#include "core/config/toml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "core/base/intern.h"

struct fixture {
	struct arena *arena;
	struct problems *problems;
	const struct value *root;
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
	free(f);
	return 0;
}

static bool read_text(struct fixture *f, struct str text)
{
	problems_free(f->problems);
	f->problems = problems_new();
	f->root = NULL;
	return toml_read(f->arena, source_new(f->arena, STR("x.toml"), NULL, text), f->problems,
	                 &f->root);
}

/* The types' names in JSON's own notation: what stays apart must look so. */
static void show(struct buf *out, const struct value *v)
{
	static const char marks[] = "?bif\"??DLdt";
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
			buf_append_char(out, ',');
	}
	buf_append_char(out, object ? '}' : ']');
}

struct shown {
	const char *text, *tree;
};

static void check_shown(struct fixture *f, const struct shown *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		owned_buf struct buf out = { 0 };
		if (!read_text(f, str_of(table[i].text))) {
			problem_print(&out, problems_get(f->problems, 0));
			fail_msg("%s: %s", table[i].text, buf_text(&out));
		}
		show(&out, f->root);
		assert_string_equal(buf_text(&out), table[i].tree);
		assert_int_equal(problems_count(f->problems), 0);
	}
}
#define CHECK_SHOWN(f, table) check_shown(f, table, sizeof(table) / sizeof *(table))

static void test_toml__reads_numbers_as_written(void **state)
{
	static const struct shown table[] = {
		{ "a = 1_000", "{a=i1_000}" },
		{ "a = +99\nb = -17\nc = -0\nd = 0", "{a=i+99,b=i-17,c=i-0,d=i0}" },
		{ "a = 0xDEAD_beef", "{a=i0xDEAD_beef}" },
		{ "a = 0o755\nb = 0b1101", "{a=i0o755,b=i0b1101}" },
		{ "a = 9223372036854775807", "{a=i9223372036854775807}" },
		{ "a = -9223372036854775808", "{a=i-9223372036854775808}" },
		{ "a = 0x7fffffffffffffff", "{a=i0x7fffffffffffffff}" },
		{ "a = 1.10", "{a=f1.10}" },
		{ "a = 1e06\nb = -2E-2\nc = 6.6_2e-34", "{a=f1e06,b=f-2E-2,c=f6.6_2e-34}" },
		{ "a = inf\nb = -inf\nc = +nan", "{a=finf,b=f-inf,c=f+nan}" },
		{ "a = true\nb = false # no", "{a=btrue,b=bfalse}" },
	};
	CHECK_SHOWN(*state, table);
}

static void test_toml__reads_dates(void **state)
{
	static const struct shown table[] = {
		{ "a = 1979-05-27T07:32:00Z", "{a=D1979-05-27T07:32:00Z}" },
		{ "a = 1979-05-27 07:32:00.999999-07:00",
		  "{a=D1979-05-27 07:32:00.999999-07:00}" },
		{ "a = 1979-05-27t07:32:00", "{a=L1979-05-27t07:32:00}" },
		{ "a = 1979-05-27 # a day", "{a=d1979-05-27}" },
		{ "a = [1979-05-27 ,2000-02-29]", "{a=[d1979-05-27,d2000-02-29]}" },
		{ "a = 23:59:60.5", "{a=t23:59:60.5}" },
	};
	CHECK_SHOWN(*state, table);
}

static void test_toml__reads_strings(void **state)
{
	static const struct shown table[] = {
		{ "a = \"\"\nb = ''", "{a=\",b=\"}" },
		{ "a = \"q\\\"\\\\ \\t\\u00e9\\U0001F600\"", "{a=\"q\"\\ \t\u00e9\U0001F600}" },
		{ "a = 'C:\\new'", "{a=\"C:\\new}" },
		{ "a = \"\"\"\nx\r\ny\"\"\"", "{a=\"x\ny}" },
		{ "a = \"\"\"x \\\n\n   \t y\"\"\"", "{a=\"x y}" },
		{ "a = \"\"\"x \\  \r\n y\"\"\"", "{a=\"x y}" },
		{ "a = \"\"\"\"\"two\"\"\"\"\"", "{a=\"\"\"two\"\"}" },
		{ "a = '''\r\nit's \\'''", "{a=\"it's \\}" },
		{ "a = ''''a'''''", "{a=\"'a''}" },
		{ "\xef\xbb\xbf" "a = '\xc3\xa9'", "{a=\"\u00e9}" },
	};
	CHECK_SHOWN(*state, table);
	struct fixture *f = *state;
	assert_true(read_text(f, STR("a = \"x\\u0000y\"")));
	assert_true(str_eq(value_text(value_get(f->root, STR("a"))), STR("x\0y")));
}

static void test_toml__reads_keys_and_tables(void **state)
{
	static const struct shown table[] = {
		{ "", "{}" },
		{ "# only\r\n\t# words", "{}" },
		{ "1234 = 1\n-_a = 2\n\"\" = 3\n'q \"' = 4", "{1234=i1,-_a=i2,=i3,q \"=i4}" },
		{ "3.14 = 'pi'", "{3={14=\"pi}}" },
		{ "a . \"b.c\" .d = 1", "{a={b.c={d=i1}}}" },
		{ "a.b = 1\nc = 2\na.d = 3", "{a={b=i1,d=i3},c=i2}" },
		{ "[a.b]\nx = 1\n[a]\ny = 2", "{a={b={x=i1},y=i2}}" },
		{ "[ a . b ] # c\n[c]", "{a={b={}},c={}}" },
		{ "[a]\nb.c = 1\n[a.b.d]\ne = 2", "{a={b={c=i1,d={e=i2}}}}" },
		{ "[a.b.c]\nz = 1\n[a]\nb.x = 2", "{a={b={c={z=i1},x=i2}}}" },
		{ "[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\n[[a.c]]\n[[a.c]]",
		  "{a=[{x=i1,b={y=i2}},{c=[{},{}]}]}" },
		{ "a = [1, 'x', [2.0], # c\n {b = 1, c.d = [], c.e = {}} ,\n]",
		  "{a=[i1,\"x,[f2.0],{b=i1,c={d=[],e={}}}]}" },
		{ "a = { }\nb = []", "{a={},b=[]}" },
		{ "a.b = {c = [{d.e = 1}]}", "{a={b={c=[{d={e=i1}}]}}}" },
	};
	CHECK_SHOWN(*state, table);
}

struct fault {
	const char *text;
	unsigned line, column;
	const char *message;
};

static void check_faults(struct fixture *f, const struct fault *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct error err;
		owned_buf struct buf printed = { 0 };
		if (read_text(f, str_of(table[i].text)))
			fail_msg("accepted: %s", table[i].text);
		assert_int_equal(problems_count(f->problems), 1);
		const struct problem *p = problems_get(f->problems, 0);
		error_set_at(&err, (struct origin){ intern(STR("x.toml")), NULL, table[i].line,
		                                    table[i].column }, "%s", table[i].message);
		error_print(&printed, &err);
		owned_buf struct buf got = { 0 };
		problem_print(&got, p);
		assert_string_equal(buf_text(&got), buf_text(&printed));
		assert_null(f->root);
	}
}
#define CHECK_FAULTS(f, table) check_faults(f, table, sizeof(table) / sizeof *(table))

#define VALUE "a value (\"text\", 42, 1.5, true, a date, [1, 2], { a = 1 })"
#define KEY "a key (letters, digits, _ and -, or a string in quotes)"
#define RANGE "an integer lies between -9223372036854775808 and 9223372036854775807; " \
	"write a float (1e20) or a string for more"
#define UNDERSCORE "a digit is missing here; in numbers underscores stand only between " \
	"digits: 1_000"
#define WORDS " is no value: text is written in quotes, and the only words are true, " \
	"false, inf and nan"

static void test_toml__refuses_wrong_numbers_with_their_place(void **state)
{
	static const struct fault table[] = {
		{ "a = 9223372036854775808", 1, 5, RANGE },
		{ "a = -9223372036854775809", 1, 5, RANGE },
		{ "a = 0x8000000000000000", 1, 5, RANGE },
		{ "a = 01", 1, 5, "a number does not begin with 0 (octal is 0o17, a string "
		  "\"017\")" },
		{ "a = -01.5", 1, 5, "a number does not begin with 0 (octal is 0o17, a "
		  "string \"017\")" },
		{ "a = 1__0", 1, 7, UNDERSCORE },
		{ "a = 1_", 1, 7, UNDERSCORE },
		{ "a = +_1", 1, 6, UNDERSCORE },
		{ "a = _1", 1, 5, "_1" WORDS },
		{ "a = +", 1, 6, UNDERSCORE },
		{ "a = 0x", 1, 7, "after 0x come hexadecimal digits, with underscores only "
		  "between them" },
		{ "a = 0o8", 1, 7, "after 0o come digits 0 to 7, with underscores only "
		  "between them" },
		{ "a = 0b1_", 1, 9, "after 0b come digits 0 and 1, with underscores only "
		  "between them" },
		{ "a = -0x1", 1, 5, "a number in base 16 has no sign" },
		{ "a = .5", 1, 5, "digits stand on both sides of a float's point: 0.5" },
		{ "a = 5.", 1, 7, "digits stand on both sides of a float's point, with "
		  "underscores only between them: 1.0" },
		{ "a = 1e", 1, 7, "an exponent has digits: 1e6, 1e-6" },
		{ "a = 1.5x", 1, 8, "this number goes on in a way TOML does not know; text "
		  "is written in quotes" },
		{ "a = yes", 1, 5, "yes" WORDS },
		{ "a = True", 1, 5, "True" WORDS },
		{ "a = Inf", 1, 5, "Inf" WORDS },
	};
	CHECK_FAULTS(*state, table);
}

static void test_toml__refuses_dates_that_are_none(void **state)
{
	static const struct fault table[] = {
		{ "a = 2021-02-29", 1, 13, "month 02 of the year 2021 has the days 01 to 28" },
		{ "a = 2020-02-30", 1, 13, "month 02 of the year 2020 has the days 01 to 29" },
		{ "a = 1900-02-29", 1, 13, "month 02 of the year 1900 has the days 01 to 28" },
		{ "a = 2021-04-31", 1, 13, "month 04 of the year 2021 has the days 01 to 30" },
		{ "a = 2021-00-01", 1, 10, "a month lies between 01 and 12" },
		{ "a = 2021-1-01", 1, 5, "a date is written 2021-01-31" },
		{ "a = 24:00:00", 1, 5, "an hour lies between 00 and 23" },
		{ "a = 2021-01-01T00:60:00", 1, 19, "a minute lies between 00 and 59" },
		{ "a = 2021-01-01 00:00:61", 1, 22, "a second lies between 00 and 59, or is "
		  "the leap second 60" },
		{ "a = 07:32", 1, 5, "a time is written 07:32:00, with its seconds" },
		{ "a = 2021-01-01T07:32Z", 1, 16,
		  "a time is written 07:32:00, with its seconds" },
		{ "a = 2021-01-01T", 1, 16, "a time is written 07:32:00, with its seconds" },
		{ "a = 07:32:00.", 1, 14, "digits follow the point of a second: 00.5" },
		{ "a = 2021-01-01T00:00:00+1:00", 1, 24, "an offset is written Z, or +hh:mm "
		  "up to 23:59" },
		{ "a = 2021-01-01T00:00:00+24:00", 1, 24, "an offset is written Z, or +hh:mm "
		  "up to 23:59" },
		{ "a = 07:32:00Z", 1, 13, "this date goes on in a way TOML does not know: it "
		  "is written 2021-01-31, 07:32:00, 2021-01-31T07:32:00 or with Z or +01:00 "
		  "behind it" },
	};
	CHECK_FAULTS(*state, table);
}

#define RETURNS "a carriage return stands alone in a string: write \\r, and end lines with " \
	"LF or CRLF"
#define ESCAPES "TOML knows only \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX and \\UXXXXXXXX; for a " \
	"backslash write \\\\, or use 'single quotes'"
#define ONE_LINE(quote) "this string is not closed in its line: " quote " is missing (three of " \
	"them enclose several lines)"

static void test_toml__refuses_wrong_strings_with_their_place(void **state)
{
	static const struct fault table[] = {
		{ "a = \"x", 1, 5, "this string is not closed: \" is missing" },
		{ "a = '''x''", 1, 5, "this string is not closed: ''' is missing" },
		{ "a = \"\"\"x\"\"\\\"", 1, 5, "this string is not closed: \"\"\" is missing" },
		{ "a = \"x\ny\"", 1, 5, ONE_LINE("\"") },
		{ "a = 'x\r\n'", 1, 5, ONE_LINE("'") },
		{ "a = \"x\ry\"", 1, 7, RETURNS },
		{ "a = '''x\ry'''", 1, 9, RETURNS },
		{ "a = \"\\x41\"", 1, 6, ESCAPES },
		{ "a = \"\\e\"", 1, 6, ESCAPES },
		{ "a = \"\\ \"", 1, 6, ESCAPES },
		{ "a = \"\"\"x\\ y\"\"\"", 1, 9, "nothing may stand between a backslash and "
		  "the end of its line; for a backslash itself write \\\\" },
		{ "a = \"\\u12\"", 1, 6, "\\u takes exactly 4 hexadecimal digits" },
		{ "a = \"\\U0000004\"", 1, 6, "\\U takes exactly 8 hexadecimal digits" },
		{ "a = \"\\uD800\"", 1, 6, "U+D800 is no character: \\u and \\U take 0 to "
		  "D7FF and E000 to 10FFFF" },
		{ "a = \"\\U00110000\"", 1, 6, "U+110000 is no character: \\u and \\U take 0 "
		  "to D7FF and E000 to 10FFFF" },
		{ "a = \"x\x01\"", 1, 7, "a string may hold no control character but the "
		  "tab: write \\u0001 in double quotes" },
		{ "a = '\x7f'", 1, 6, "a string may hold no control character but the tab: write "
		  "\\u007F in double quotes" },
		{ "a = '\xff'", 1, 6, "these bytes are not UTF-8, as TOML has to be" },
		{ "a = '\xed\xa0\x80'", 1, 6, "these bytes are not UTF-8, as TOML has to be" },
		{ "# x\x0b", 1, 4, "a comment may hold no control character but the tab, and "
		  "this is 0x0b" },
		{ "# x\ry", 1, 4, "a comment may hold no control character but the tab, and "
		  "this is 0x0d" },
	};
	CHECK_FAULTS(*state, table);
}

static void test_toml__refuses_wrong_lines_with_their_place(void **state)
{
	static const struct fault table[] = {
		{ "a = ", 1, 5, "the file ends where " VALUE " should be" },
		{ "a =\n", 1, 4, "the line ends where " VALUE " should be" },
		{ "a\n", 1, 2, "the line ends where = and a value should be" },
		{ "= 1", 1, 1, "'=' stands where " KEY " should be" },
		{ "a. = 1", 1, 4, "'=' stands where " KEY " should be" },
		{ "b\xc3\xa9 = 1", 1, 2, "'\u00e9' stands where = and a value should be" },
		{ "\"\"\"a\"\"\" = 1", 1, 1, "a key is written in one line: \"key\"" },
		{ "a = 1 b = 2", 1, 7, "'b' stands where the end of the line or a comment "
		  "should be" },
		{ "a = 1\rb = 2", 1, 6, "a carriage return stands alone where the end of the "
		  "line or a comment should be: lines end with LF or CRLF" },
		{ "[a", 1, 3, "the file ends where the ] of this header should be" },
		{ "[[a]\n", 1, 4, "']' stands where the ]] of this header should be" },
		{ "[[a] ]\n", 1, 4, "']' stands where the ]] of this header should be" },
		{ "[]", 1, 2, "']' stands where " KEY " should be" },
		{ "[a] b = 1", 1, 5, "'b' stands where the end of the line or a comment "
		  "should be" },
		{ "a = [1 2]", 1, 8,
		  "'2' stands where a comma or the ] of this array should be" },
		{ "a = [1,\n,]", 2, 1, "',' stands where " VALUE " should be" },
		{ "a = {b = 1,}", 1, 12, "no comma stands before the } of an inline table" },
		{ "a = {b = 1\n}", 1, 11, "the line ends where a comma or the } of this "
		  "inline table, which stands in one line, should be" },
		{ "a = {,}", 1, 6, "',' stands where " KEY " should be" },
	};
	CHECK_FAULTS(*state, table);
}

static void test_toml__refuses_what_was_defined_before(void **state)
{
	static const struct fault table[] = {
		{ "a = 1\na = 2", 2, 1, "a is already a value since line 1: a table has each "
		  "key once" },
		{ "a = 1\n'a' = 2", 2, 1, "a is already a value since line 1: a table has "
		  "each key once" },
		{ "[a]\n[a]", 2, 2, "a is already a table since line 1: a [table] is opened "
		  "once, under a name that nothing else has" },
		{ "[a.b]\n[a]\n[a]", 3, 2, "a is already a table since line 2: a [table] is "
		  "opened once, under a name that nothing else has" },
		{ "a.b = 1\n[a]", 2, 2,
		  "a is already a table made by dotted keys since line 1: a [table] is "
		  "opened once, under a name that nothing else has" },
		{ "[a.b.c]\n[a]\nb.c.d = 1", 3, 3, "c is already a table since line 1: write "
		  "its keys under its own header, not as dotted keys" },
		{ "[[a.b]]\n[a]\nb.c = 1", 3, 1, "b is already an array of tables since line "
		  "1: write its keys under its own header, not as dotted keys" },
		{ "a = 1\na.b = 2", 2, 1, "a is already a value since line 1: dotted keys "
		  "cannot add to it" },
		{ "a = {}\n[a.b]", 2, 2, "a is already an inline table, which is closed, "
		  "since line 1: no header can add to it" },
		{ "a = {b.c = 1, b.c.d = 2}", 1, 17, "c is already a value since line 1: "
		  "dotted keys cannot add to it" },
		{ "a = [{}]\n[[a]]", 2, 3, "a is already a value since line 1: [[tables]] "
		  "need a name that nothing else has" },
		{ "[[a.b]]\n[[a]]", 2, 3, "a is already a table since line 1: [[tables]] "
		  "need a name that nothing else has" },
		{ "[[a]]\n[a]", 2, 2, "a is already an array of tables since line 1: a "
		  "[table] is opened once, under a name that nothing else has" },
		{ "[a]\nb = 1\n[a.b.c]", 3, 4, "b is already a value since line 2: no header "
		  "can add to it" },
	};
	CHECK_FAULTS(*state, table);
}

/* From toml-test, the public suite: what other readers have stumbled over. */
static void test_toml__takes_what_is_tricky_in_the_suite(void **state)
{
	static const struct shown table[] = {
		{ "[[arr]]\n[arr.subtab]\nval=1\n[[arr]]\n[arr.subtab]\nval=2",
		  "{arr=[{subtab={val=i1}},{subtab={val=i2}}]}" },
		{ "[[parent-table.arr]]\n[[parent-table.arr]]\n[parent-table]\nnot-arr = 1",
		  "{parent-table={arr=[{},{}],not-arr=i1}}" },
		{ "[tab.key]\nval1 = 1\n[[tab.other]]\nx=1\n[tab]\nval2=2",
		  "{tab={key={val1=i1},other=[{x=i1}],val2=i2}}" },
		{ "a = { a.b = 1, a.c = {d = 2}, \"a\".'e' = 3 }", "{a={a={b=i1,c={d=i2},e=i3}}}" },
		{ "''.x = 1\n\"\".y = 2\nx.\"\".\"\" = 3", "{={x=i1,y=i2},x={={=i3}}}" },
		{ "2001-02-03 = 1\n2001-02-08.x = 2\ninf = 3\n-1 = 4\ntrue = 5",
		  "{2001-02-03=i1,2001-02-08={x=i2},inf=i3,-1=i4,true=i5}" },
		{ "a = \"\"\"\\\n\\\n  \\\n\"\"\"", "{a=\"}" },
		{ "a = \"\"\"\"This,\" she said, \"\"is\"\"\"\"\"",
		  "{a=\"\"This,\" she said, \"\"is\"\"}" },
		{ "a = \"\\u007f\"\nb = '\\u007f'", "{a=\"\x7f,b=\"\\u007f}" },
		{ "a = ['x]', \"y],\\\"\", '''z\n]''' ,]", "{a=[\"x],\"y],\",\"z\n]]}" },
		{ "[ j . \"\u029e\" . 'l' ]", "{j={\u029e={l={}}}}" },
		{ "\xef\xbb\xbf# a mark\na=1", "{a=i1}" },
		{ "a = 1979-05-27 07:32:00Z\nb = [07:32:00,\n]",
		  "{a=D1979-05-27 07:32:00Z,b=[t07:32:00]}" },
	};
	CHECK_SHOWN(*state, table);
}

static void test_toml__refuses_what_is_tricky_in_the_suite(void **state)
{
	struct fixture *f = *state;
	static const char *const table[] = {
		"[a]\nb = 1\n[[a.b]]", "a = {}\n[[a.b]]", "a = {b = {}}\na.b.c = 1",
		"[a.b.c]\nz=9\n[a]\nb.c.t = 1", "[[a.b]]\n[a]\nb.y = 2", "a = {b.c = 1}\n[a.b]",
		"t = {i.a = 1, i = 2}", "t = {i = {a = 1}, i.b = 2}", "t = {a.b = 1, a = {c = 1}}",
		"[fruit]\napple.color = 1\n[fruit.apple]", "[fruit]\napple.taste.sweet = true\n"
		"[fruit.apple.taste]", "[a]\n[a.b]\n[a]", "x = [{}]\n[[x.y]]", "a.b = 0\na = {}",
		"a = {b = 1,}", "a = {\n}", "a = {b = [\n], c = 1\n}", "[ [a]]", "[[a] ]", "[[a]\n]",
		"a = \"\"\"x\"\"\"\"\"\"", "a = '''x''''''", "a = \"\\uD800\"", "a = \"\\U00110000\"",
		"\"\"\"k\"\"\" = 1", "a = 1 b = 2", "a = 1_", "a = 0x_1", "a = +0x1", "a = 1e_1",
		"a = 1._0", "a = 00.1", "a = 1979-05-27T07:32:00.Z", "a = 2021-02-29", "a = 07:32:00.",
		"a = 1979-05-27T07:32:00+24:00", "a = 'x\r'", "a = 1 # \r", "# \x7f", "a\n= 1", "a =\n1",
		"a = 1\n\xef\xbb\xbf b = 2", "[a]]", "[]", "[a.]", "[.a]", ".a = 1", "a..b = 1", "= 1",
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (read_text(f, str_of(table[i])) || problems_count(f->problems) != 1)
			fail_msg("accepted: %s", table[i]);
}

/* Whether a key is there already is told in two ways, by how many there are. */
static void test_toml__knows_the_keys_of_large_inline_tables(void **state)
{
	struct fixture *f = *state;
	static const char *const ends[] = { " = 1}", " . y = 1}", ".x.z = 1}" };
	for (unsigned keys = 1; keys <= 40; keys++) {
		owned_buf struct buf text = { 0 };
		buf_append_text(&text, "t = {");
		for (unsigned i = 0; i < keys; i++)
			buf_printf(&text, "%sk%u = {x = %u}", i ? ", " : "", i, i);
		for (unsigned i = 0; i < 3 * keys; i++) {
			owned_buf struct buf again = { 0 };
			buf_printf(&again, "%s, k%u%s", buf_text(&text), i / 3, ends[i % 3]);
			assert_false(read_text(f, buf_str(&again)));
			assert_int_equal(span_origin(problems_get(f->problems, 0)->at).column,
			                 text.n + 3);
		}
		buf_append_text(&text, "}");
		assert_true(read_text(f, buf_str(&text)));
		assert_int_equal(value_count(value_at(f->root, STR("/t"))), keys);
	}
}

static void test_toml__places_every_value_and_key(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *pointer, *key, *value;
	} table[] = {
		{ "/a", "a", "[ 1, {b = 'x'} ]" }, { "/a/0", "", "1" }, { "/a/1", "", "{b = 'x'}" },
		{ "/a/1/b", "b", "'x'" }, { "/t/\"q\"", "'\"q\"'", "\"\"\"\nmore\"\"\"" },
		{ "/t/d/e", "e", "1979-05-27 07:32:00" }, { "/t", "t", "t" },
	};
	assert_true(read_text(f, STR("a = [ 1, {b = 'x'} ]\n[t]\n'\"q\"' = \"\"\"\nmore\"\"\"\n"
	                             "d.e = 1979-05-27 07:32:00 # c\n")));
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct value *v = value_at(f->root, str_of(table[i].pointer));
		assert_non_null(v);
		assert_true(str_eq(span_text(value_span(v)), str_of(table[i].value)));
		assert_true(str_eq(span_text(value_key_span(v)), str_of(table[i].key)));
	}
	struct origin at = value_origin(value_at(f->root, STR("/t/d/e")));
	assert_int_equal(at.line, 5);
	assert_int_equal(at.column, 7);
}

/* count times one text, then another: nested as deep as it gets. */
static bool read_nested(struct fixture *f, const char *start, const char *one, size_t count,
                        const char *end)
{
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, start);
	for (size_t i = 0; i < count; i++)
		buf_append_text(&text, one);
	buf_append_text(&text, end);
	return read_text(f, arena_str(f->arena, buf_str(&text)));
}

static void test_toml__bounds_depth(void **state)
{
	struct fixture *f = *state;
	owned_buf struct buf close = { 0 };
	buf_append_fill(&close, ']', VALUE_DEPTH_MAX - 1);
	/* The root is the first level. */
	assert_true(read_nested(f, "a = ", "[", VALUE_DEPTH_MAX - 1, buf_text(&close)));
	static const struct {
		const char *start, *one, *end;
	} table[] = {
		{ "a = ", "[", "" }, { "", "a.", "a = 1" }, { "[", "a.", "a]" },
		{ "[[", "a.", "a]]" }, { "a = ", "{a=", "" }, { "a = ", "{a.a=", "" },
		{ "a = {", "a.", "a = 1}" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_false(read_nested(f, table[i].start, table[i].one, 100000, table[i].end));
		const struct problem *p = problems_get(f->problems, 0);
		assert_true(str_find_str(p->text, STR("512")) != STR_NONE);
	}
}

/* Quadratic work on any of these would take minutes. */
static void test_toml__stays_linear(void **state)
{
	struct fixture *f = *state;
	owned_buf struct buf text = { 0 };
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "key%u = %u\nd.e%u.f = [1, {}]\n", i, i, i);
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "[[t.u]]\n[t.u.v%u]\nx.y = 1\n", i);
	assert_true(read_text(f, buf_str(&text)));
	const struct value *v = value_at(f->root, STR("/t/u/99999/v99999/x/y"));
	assert_non_null(v);
	assert_int_equal(value_origin(v).line, 500000);
}

#define TOML_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TOML_TEST(test_toml__reads_numbers_as_written),
		TOML_TEST(test_toml__reads_dates),
		TOML_TEST(test_toml__reads_strings),
		TOML_TEST(test_toml__reads_keys_and_tables),
		TOML_TEST(test_toml__refuses_wrong_numbers_with_their_place),
		TOML_TEST(test_toml__refuses_dates_that_are_none),
		TOML_TEST(test_toml__refuses_wrong_strings_with_their_place),
		TOML_TEST(test_toml__refuses_wrong_lines_with_their_place),
		TOML_TEST(test_toml__refuses_what_was_defined_before),
		TOML_TEST(test_toml__takes_what_is_tricky_in_the_suite),
		TOML_TEST(test_toml__refuses_what_is_tricky_in_the_suite),
		TOML_TEST(test_toml__knows_the_keys_of_large_inline_tables),
		TOML_TEST(test_toml__places_every_value_and_key),
		TOML_TEST(test_toml__bounds_depth),
		TOML_TEST(test_toml__stays_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
