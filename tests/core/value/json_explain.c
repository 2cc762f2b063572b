#include "tests/core/value/reading.h"

/* (input, line, column, message): what RFC 8259 forbids, each with its words. */
struct wrong {
	struct str text;
	unsigned line, column;
	const char *message;
};
#define WRONG(text, line, column, message) { { text, sizeof(text) - 1 }, line, column, message }

static void check_all(struct reading *r, const struct wrong *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_null(reading_json(r, table[i].text));
		assert_int_equal(problems_count(r->problems), 1);
		const struct problem *p = problems_get(r->problems, 0);
		struct origin at = span_origin(p->at);
		assert_str(p->text, table[i].message);
		assert_string_equal(p->rule, "json-syntax");
		assert_int_equal(at.line, table[i].line);
		assert_int_equal(at.column, table[i].column);
	}
}
#define CHECK_ALL(table) check_all(*state, table, sizeof table / sizeof *table)

static void test_json_explain__texts_that_are_no_utf_8_or_empty(void **state)
{
	static const struct wrong table[] = {
		WRONG("", 1, 1, "the text is empty; the least JSON is a value such as {}"),
		WRONG(" \n ", 2, 2, "the text is empty; the least JSON is a value such as {}"),
		WRONG("\xef\xbb\xbf{}", 1, 1, "a byte order mark, which JSON forbids; save the file "
		                              "as UTF-8 without one"),
		WRONG("\xff\xfe{\0}\0", 1, 1, "this looks like UTF-16 or UTF-32; save the file as "
		                              "UTF-8"),
		WRONG("\0{\0}", 1, 1, "this looks like UTF-16 or UTF-32; save the file as UTF-8"),
		WRONG("{\0}\0", 1, 2, "a NUL byte; is the file UTF-16? Save it as UTF-8"),
		WRONG("\"\xe9\"", 1, 2, "the byte 0xe9 is not UTF-8; save the file as UTF-8"),
		WRONG("[\"a\xc0\xaf\"]", 1, 4, "the byte 0xc0 is not UTF-8; save the file as UTF-8"),
		WRONG("\"\xed\xa0\x80\"", 1, 2, "the byte 0xed is not UTF-8; save the file as UTF-8"),
		WRONG("[\xff]", 1, 2, "the byte 0xff is not UTF-8; save the file as UTF-8"),
		WRONG("{\xc2\xa0}", 1, 2, "U+00A0 is a blank that JSON does not know; write a plain "
		                          "blank"),
		WRONG("[1]\f", 1, 4, "U+000C is a blank that JSON does not know; write a plain blank"),
	};
	CHECK_ALL(table);
}

static void test_json_explain__numbers(void **state)
{
	static const struct wrong table[] = {
		WRONG("01", 1, 2, "a number has no zeros in front: write it without them, or as the "
		                  "string \"01\""),
		WRONG("[-012]", 1, 4, "a number has no zeros in front: write it without them, or as "
		                      "the string \"-012\""),
		WRONG("1.", 1, 3, "a digit is missing behind the point: write 1.0 instead of 1."),
		WRONG("[-1.e3]", 1, 5, "a digit is missing behind the point: write -1.0 instead of "
		                       "-1."),
		WRONG("+1", 1, 1, "a number has no plus sign in front: write 1"),
		WRONG(".5", 1, 1, "a digit is missing before the point: write 0.5 instead of .5"),
		WRONG("-.5", 1, 2, "a digit is missing before the point: write -0.5 instead of -.5"),
		WRONG("-", 1, 2, "a digit is missing behind the minus sign"),
		WRONG("- 1", 1, 2, "a digit is missing behind the minus sign"),
		WRONG("1e", 1, 3, "a digit is missing in the exponent, as in 1e5"),
		WRONG("1E+]", 1, 4, "a digit is missing in the exponent, as in 1e5"),
		WRONG("0x1F", 1, 2, "0x1F is no JSON number; write it in decimal digits, or as the "
		                    "string \"0x1F\""),
		WRONG("1_000", 1, 2, "1_000 is no JSON number; write it in decimal digits, or as the "
		                     "string \"1_000\""),
		WRONG("1.2.3", 1, 4, "1.2.3 is no JSON number; write it in decimal digits, or as the "
		                     "string \"1.2.3\""),
		WRONG("NaN", 1, 1, "NaN is no JSON value: JSON has only finite numbers; write null or "
		                   "a string"),
		WRONG("[-Infinity]", 1, 3, "-Infinity is no JSON value: JSON has only finite numbers "
		                           "in digits; write null or a string"),
	};
	CHECK_ALL(table);
}

static void test_json_explain__strings(void **state)
{
	static const struct wrong table[] = {
		WRONG("[\n  \"abc", 2, 3, "the string that starts here is not closed; its closing \" "
		                          "is missing"),
		WRONG("\"abc\\", 1, 1, "the string that starts here is not closed; its closing \" is "
		                       "missing"),
		WRONG("\"ab\\u12", 1, 1, "the string that starts here is not closed; its closing \" "
		                         "is missing"),
		WRONG("{\"a\": \"b,\n}", 1, 10, "a line end inside a string; its closing \" is "
		                                "missing, or write \\n"),
		WRONG("\"a\tb\"", 1, 3, "a tab inside a string; write \\t"),
		WRONG("\"a\0b\"", 1, 3, "the control character U+0000 inside a string; write \\u0000"),
		WRONG("\"\x1f\"", 1, 2, "the control character U+001F inside a string; write \\u001f"),
		WRONG("\"C:\\new\\x\"", 1, 9, "\\x is no JSON escape; write \\\\x for a backslash "
		                              "itself"),
		WRONG("\"\\u12G4\"", 1, 6, "\\u needs four hexadecimal digits, as in \\u00e9"),
		WRONG("\"\\\n\"", 1, 3, "a backslash must be followed by one of \" \\ / b f n r t u; "
		                        "write \\\\ for a backslash itself"),
		WRONG("['a']", 1, 2, "single quotes; write \"…\" with double quotes"),
		WRONG("\xe2\x80\x9c" "a\xe2\x80\x9d", 1, 1, "typographic quotes; write plain double "
		                                            "quotes"),
	};
	CHECK_ALL(table);
}

static void test_json_explain__words_and_comments(void **state)
{
	static const struct wrong table[] = {
		WRONG("True", 1, 1, "True is no JSON value: write true"),
		WRONG("[no]", 1, 2, "no is no JSON value: write false"),
		WRONG("{\"a\": None}", 1, 7, "None is no JSON value: write null"),
		WRONG("nulll", 1, 1, "nulll is no JSON value: a string needs double quotes; the words "
		                     "are true, false and null"),
		WRONG("[tru]", 1, 2, "tru is no JSON value: a string needs double quotes; the words "
		                     "are true, false and null"),
		WRONG("// x\n{}", 1, 1, "a comment, and JSON has none; remove it"),
		WRONG("{} # x", 1, 4, "a comment, and JSON has none; remove it"),
		WRONG("{\"a\": /* */ 1}", 1, 7, "a comment, and JSON has none; remove it"),
		WRONG("{\"a\": 1 // x\n}", 1, 9, "a comment, and JSON has none; remove it"),
		WRONG("*", 1, 1, "'*' does not start a value; a value is \"a string\", a number, "
		                 "an object {}, an array [], true, false or null"),
	};
	CHECK_ALL(table);
}

static void test_json_explain__containers(void **state)
{
	static const struct wrong table[] = {
		WRONG("[1,]", 1, 4, "a comma stands before this ]; JSON has no trailing commas, "
		                    "remove it"),
		WRONG("{\"a\": 1,\n}", 2, 1, "a comma stands before this }; JSON has no trailing "
		                             "commas, remove it"),
		WRONG("[,1]", 1, 2, "a value is missing before this comma"),
		WRONG("{,}", 1, 2, "a member is missing before this comma"),
		WRONG("[1 2]", 1, 4, "a comma is missing before this value"),
		WRONG("{\"a\": 1\n \"b\": 2}", 2, 2, "a comma is missing before this member"),
		WRONG("{\"a\" 1}", 1, 6, "a colon is missing behind the key: write \"key\": value"),
		WRONG("{\"a\"}", 1, 5, "a colon is missing behind the key: write \"key\": value"),
		WRONG("{\"a\":}", 1, 6, "a value is missing behind the colon; write \"key\": value"),
		WRONG("{a: 1}", 1, 2, "a key needs double quotes: write \"a\""),
		WRONG("{1: 1}", 1, 2, "a key needs double quotes: write \"1\""),
		WRONG("{'a': 1}", 1, 2, "single quotes; write \"…\" with double quotes"),
		WRONG("{[]: 1}", 1, 2, "'[' does not start a key; members are written \"key\": value"),
		WRONG("[1}", 1, 3, "the array is closed by }; write ]"),
		WRONG("[}", 1, 2, "the array is closed by }; write ]"),
		WRONG("{]", 1, 2, "the object is closed by ]; write }"),
		WRONG("{\"a\":1]", 1, 7, "the object is closed by ]; write }"),
		WRONG("[1:2]", 1, 3, "':' where a comma or the closing ] of the array is expected"),
		WRONG("\n[1", 2, 3, "the text ends inside the array that starts in line 2; close it "
		                    "with ]"),
		WRONG("{\"a\": 1", 1, 8, "the text ends inside the object that starts in line 1; "
		                         "close it with }"),
		WRONG("{", 1, 2, "the text ends inside an object; close it with }"),
		WRONG("[", 1, 2, "the text ends where a value is missing"),
		WRONG("{\"a\":", 1, 6, "the text ends where a value is missing"),
	};
	CHECK_ALL(table);
}

static void test_json_explain__what_follows_the_value(void **state)
{
	static const struct wrong table[] = {
		WRONG("{}\n{}", 2, 1, "a second value; a JSON text holds one, put several into an "
		                      "array"),
		WRONG("{}}", 1, 3, "nothing is open that this } could close; remove it"),
		WRONG("]", 1, 1, "nothing is open that this ] could close; remove it"),
		WRONG("[],", 1, 3, "',' behind the end of the value; remove what follows"),
		WRONG("\"a\"\xc3\xa9", 1, 4, "U+00E9 behind the end of the value; remove what "
		                             "follows"),
	};
	CHECK_ALL(table);
}

static void test_json_explain__long_runs_are_cut(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	buf_append_fill(&text, 'a', 100000);
	assert_null(reading_json(r, buf_str(&text)));
	assert_true(problems_get(r->problems, 0)->text.n < 200);
	buf_clear(&text);
	buf_append_fill(&text, '1', 100000);
	buf_append_char(&text, '.');
	assert_null(reading_json(r, buf_str(&text)));
	assert_true(problems_get(r->problems, 0)->text.n < 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_json_explain__texts_that_are_no_utf_8_or_empty),
		READING_TEST(test_json_explain__numbers),
		READING_TEST(test_json_explain__strings),
		READING_TEST(test_json_explain__words_and_comments),
		READING_TEST(test_json_explain__containers),
		READING_TEST(test_json_explain__what_follows_the_value),
		READING_TEST(test_json_explain__long_runs_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
