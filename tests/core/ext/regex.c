#include "core/ext/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"

#define NOWHERE ((size_t)-1)

static void test_regex__finds_the_first_match(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		unsigned flags;
		const char *text;
		size_t from, at, size;
	} table[] = {
		{ "b+", 0, "abbbc", 0, 1, 3 },
		{ "b+", 0, "abbbc", 2, 2, 2 },
		{ "b+", 0, "abbbc", 4, NOWHERE, 0 },
		{ "b", 0, "abc", 9, NOWHERE, 0 },
		{ "B", 0, "abc", 0, NOWHERE, 0 },
		{ "^b", 0, "ab", 1, NOWHERE, 0 },
		{ "(?<=a)b", 0, "ab", 1, 1, 1 },
		{ "x*", 0, "ab", 1, 1, 0 },
		{ "$", 0, "ab", 0, 2, 0 },
		{ "", 0, "", 0, 0, 0 },
		{ "gr\u00f6\u00dfe\\b", 0, "die gr\u00f6\u00dfe!", 0, 4, 7 },
		{ "B", REGEX_IGNORE_CASE, "abc", 0, 1, 1 },
		{ "\u00c4", REGEX_IGNORE_CASE, "x\u00e4", 0, 1, 2 },
		{ "a.c", REGEX_LITERAL, "abc a.c", 0, 4, 3 },
		{ "(", REGEX_LITERAL, "f(x)", 0, 1, 1 },
		{ "A.C", REGEX_LITERAL | REGEX_IGNORE_CASE, "abc a.c", 0, 4, 3 },
		{ "(?=ab\\K)", 0, "ab", 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err;
		size_t at = NOWHERE, size = 0;
		owned(regex) struct regex *re = regex_new(str_of(table[i].pattern), table[i].flags,
		                                          &err);
		if (!re) {
			/* PCRE2 10.38 and later refuse \K in look-around. */
			assert_non_null(strstr(table[i].pattern, "\\K"));
			continue;
		}
		bool found = regex_find(re, str_of(table[i].text), table[i].from, &at, &size);
		assert_int_equal(found, table[i].at != NOWHERE);
		assert_int_equal(at, table[i].at);
		assert_int_equal(size, table[i].size);
		assert_int_equal(regex_overruns(re), 0);
	}
}

static void test_regex__smart_case_looks_for_capitals_that_are_meant(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		unsigned flags;
		bool ignores;
	} table[] = {
		{ "error", 0, true }, { "Error", 0, false }, { "\u00c9tat", 0, false },
		{ "\\S\\W\\Derror", 0, true }, { "\\p{Lu}?error", 0, true },
		{ "\\P{Lu}*Error", 0, false }, { "(*UCP)error", 0, true }, { "\\x{4A}?x", 0, true },
		{ "\\", REGEX_LITERAL, true }, { "\\E", REGEX_LITERAL, false },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err;
		size_t at, size;
		owned_buf struct buf upper = { 0 };
		owned(regex) struct regex *re = regex_new(str_of(table[i].pattern),
		                                          REGEX_SMART_CASE | table[i].flags, &err);
		assert_non_null(re);
		if (table[i].flags)
			buf_append_text(&upper, table[i].ignores ? "\\" : "\\e");
		else
			buf_append_text(&upper, "+++ERROR X \u00c9TAT");
		assert_int_equal(regex_find(re, buf_str(&upper), 0, &at, &size), table[i].ignores);
	}
}

static void test_regex__matches_around_bytes_that_are_no_text(void **state)
{
	(void)state;
	struct error err;
	size_t at, size;
	owned(regex) struct regex *re = regex_new(STR("b."), 0, &err);
	assert_true(regex_find(re, STR("\xff\xfe" "b\xff" "bx\xc3"), 0, &at, &size));
	assert_int_equal(at, 4);
	assert_int_equal(size, 2);
	assert_true(regex_find(re, STR("\xc3\xa4\0bx"), 1, &at, &size));
	assert_int_equal(at, 3);
	assert_false(regex_find(re, STR("b\xf0\x9f"), 0, &at, &size));
	assert_int_equal(regex_overruns(re), 0);
}

static void test_regex__explains_a_wrong_pattern(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *message;
	} table[] = {
		{ "a(b", "the search pattern is wrong at byte 4: missing closing parenthesis" },
		{ "[z-a]", "the search pattern is wrong at byte 4: range out of order in character "
		  "class" },
		{ "*", "the search pattern is wrong at byte 1: quantifier does not follow a "
		  "repeatable item" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err = { 0 };
		assert_null(regex_new(str_of(table[i].pattern), 0, &err));
		assert_int_equal(err.code, ERROR_USAGE);
		assert_string_equal(err.text, table[i].message);
	}
	struct error err = { 0 };
	assert_null(regex_new(STR("\xff"), REGEX_SMART_CASE, &err));
	assert_int_equal(err.code, ERROR_USAGE);
	owned_buf struct buf pattern = { 0 };
	buf_append_fill(&pattern, 'a', REGEX_PATTERN_MAX + 1);
	assert_null(regex_new(buf_str(&pattern), 0, &err));
	assert_int_equal(err.code, ERROR_USAGE);
}

static void test_regex__gives_up_endless_backtracking(void **state)
{
	(void)state;
	struct error err;
	size_t at, size;
	owned_buf struct buf text = { 0 };
	owned(regex) struct regex *re = regex_new(STR("^(a+)+$"), 0, &err);
	buf_append_fill(&text, 'a', 64);
	assert_true(regex_find(re, buf_str(&text), 0, &at, &size));
	buf_append_char(&text, 'b');
	assert_false(regex_find(re, buf_str(&text), 0, &at, &size));
	assert_int_equal(regex_overruns(re), 1);
}

static void test_regex__searches_a_million_lines(void **state)
{
	(void)state;
	struct error err;
	size_t found = 0, at, size;
	owned(regex) struct regex *re = regex_new(STR("error: .*[0-9]+ of"), REGEX_SMART_CASE,
	                                          &err);
	owned_buf struct buf line = { 0 };
	for (unsigned i = 0; i < 1000000; i++) {
		buf_clear(&line);
		buf_append(&line, i % 1000 ? STR("#12 1.234 gcc -O2 -c -o a/b/c.o a/b/c.c") :
		                             STR("#12 1.234 Error: 12 of 13 failed"));
		found += regex_find(re, buf_str(&line), 0, &at, &size);
	}
	assert_int_equal(found, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regex__finds_the_first_match),
		cmocka_unit_test(test_regex__smart_case_looks_for_capitals_that_are_meant),
		cmocka_unit_test(test_regex__matches_around_bytes_that_are_no_text),
		cmocka_unit_test(test_regex__explains_a_wrong_pattern),
		cmocka_unit_test(test_regex__gives_up_endless_backtracking),
		cmocka_unit_test(test_regex__searches_a_million_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
