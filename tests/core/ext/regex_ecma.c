#include "core/ext/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Whether it matches somewhere. */
static void matches(const char *pattern, struct str text, bool want)
{
	struct error err;
	size_t at, size;
	owned(regex) struct regex *re = regex_new(str_of(pattern), REGEX_ECMA, &err);
	if (!re)
		fail_msg("%s: %s", pattern, err.text);
	if (regex_find(re, text, 0, &at, &size) != want)
		fail_msg("%s on '%.*s'", pattern, STR_ARG(text));
}

static void test_regex_ecma__matches_as_ecma_does(void **state)
{
	(void)state;
	static const struct { const char *pattern, *yes, *no; } table[] = {
		{ "^abc$", "abc", "abc\n" },
		{ "^a|b$", "xb", "xbx" },
		{ "^.$", "\u00e4", "\u2028" },
		{ "^\\d+$", "09", "\u0967" },
		{ "^\\D$", "\u0967", "5" },
		{ "^\\w+$", "aZ_9", "\u00e9" },
		{ "^\\W$", "\u00e9", "_" },
		{ "^\\s$", "\ufeff", "\u200b" },
		{ "^\\S$", "\u180e", "\u2003" },
		{ "^[\\d\\s]+$", "1 \u00a0", "1_" },
		{ "^[^\\D]$", "1", "a" },
		{ "^[\\W\\d]+$", "-1\u00e9", "a" },
		{ "^[\\S]$", "a", "\u3000" },
		{ "\\bfoo\\b", "a foo.", "afoo" },
		{ "\u00e9\\bx", "\u00e9x", "ax" },
		{ "a\\Bb", "ab", "a b" },
		{ "^\\u0041\\x42\\u{43}$", "ABC", "abc" },
		{ "^\\ud83d\\ude00$", "\U0001f600", "\U0001f601" },
		{ "^[\\ud83d\\ude00-\\u{1f602}]$", "\U0001f601", "\U0001f603" },
		{ "^\\cA\\cz$", "\x01\x1a", "\\cA" },
		{ "^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", "tnvfr" },
		{ "^[\\b]$", "\b", "b" },
		{ "^[a\\-z]+$", "a-z", "b" },
		{ "^[\\w-]+$", "a-b", "a b" },
		{ "^[a-]$", "-", "b" },
		{ "^[[:alpha:]]$", ":]", "b]" },
		{ "^[^]$", "\n", "" },
		{ "^(?:[]|a)$", "a", "b" },
		{ "^a{2,3}$", "aaa", "a" },
		{ "^a{,3}$", "a{,3}", "aa" },
		{ "^{x}]$", "{x}]", "x" },
		{ "^a+?b??$", "aa", "c" },
		{ "^(?=a)(?!ab)a", "ac", "ab" },
		{ "(?<=a)b(?<!xb)", "ab", "cb" },
		{ "^(a)(b)?\\2\\1$", "aa", "ab" },
		{ "^(?<q>['\"]).*\\k<q>$", "'x'", "'x\"" },
		{ "^\\p{Letter}\\p{Lu}\\P{L}$", "\u00e9\u00c91", "abc" },
		{ "^\\p{Script=Greek}+$", "\u03b1", "a" },
		{ "^\\^\\$\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\-$", "^$.*+?()[]{}|/-", "" },
		{ "^a b #c$", "a b #c", "ab" },
		{ "^\\0$", "", "0" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		/* The NUL of the last one. */
		bool is_nul = !table[i].yes[0];
		matches(table[i].pattern, is_nul ? (struct str){ "", 1 } : str_of(table[i].yes), true);
		matches(table[i].pattern, str_of(table[i].no), false);
	}
	matches("\\ud83d", STR("\xf0\x9f\x98\x80"), false);
	matches("", STR(""), true);
}

static void test_regex_ecma__refuses_what_ecma_has_not(void **state)
{
	(void)state;
	static const struct { const char *pattern, *text; } table[] = {
		{ "(?i)a", "the pattern is wrong at byte 1: ECMA-262 has no such group" },
		{ "a(?>b)", "the pattern is wrong at byte 2: ECMA-262 has no such group" },
		{ "a++", "the pattern is wrong at byte 3: there is nothing to repeat" },
		{ "*a", "the pattern is wrong at byte 1: there is nothing to repeat" },
		{ "(*UTF)a", "the pattern is wrong at byte 2: there is nothing to repeat" },
		{ "(|?)", "the pattern is wrong at byte 3: there is nothing to repeat" },
		{ "a\\Z", "the pattern is wrong at byte 2: this escape is none of ECMA-262" },
		{ "\\a", "the pattern is wrong at byte 1: this escape is none of ECMA-262" },
		{ "\\Qa\\E", "the pattern is wrong at byte 1: this escape is none of ECMA-262" },
		{ "\\01", "the pattern is wrong at byte 1: this escape is none of ECMA-262" },
		{ "a\\", "the pattern is wrong at byte 2: a single \\ at the end" },
		{ "\\c1", "the pattern is wrong at byte 1: \\c takes a letter" },
		{ "\\xg0", "the pattern is wrong at byte 1: \\x takes two hex digits" },
		{ "\\u12", "the pattern is wrong at byte 3: \\u takes four hex digits or {…}" },
		{ "\\u{110000}", "the pattern is wrong at byte 3: \\u{…} takes a code point in hex "
		  "digits" },
		{ "[a", "the pattern is wrong at byte 1: [ has no ] behind it" },
		{ "[z-a]", "the pattern is wrong at byte 3: the range is out of order" },
		{ "a)", "the pattern is wrong at byte 2: ) has no ( before it" },
		{ "(a", "the pattern is wrong at byte 3: ( has no ) behind it" },
		{ "\\k<a", "the pattern is wrong at byte 4: a group's name has letters, digits and _" },
		{ "\\pL", "the pattern is wrong at byte 1: \\p takes the name of a property in braces" },
		{ "\\p{Age=3}", "the pattern is wrong at byte 1: \\p has no such property" },
		{ "(?<=a+)b", "the pattern cannot be used: lookbehind assertion is not fixed length" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err;
		struct regex *re = regex_new(str_of(table[i].pattern), REGEX_ECMA, &err);
		if (re)
			fail_msg("%s is taken", table[i].pattern);
		assert_string_equal(err.text, table[i].text);
		assert_int_equal(err.code, ERROR_USAGE);
	}
}

static void test_regex_ecma__gives_up_what_takes_too_long(void **state)
{
	(void)state;
	char text[64] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
	struct error err;
	size_t at, size;
	owned(regex) struct regex *re = regex_new(STR("^(a+)+$"), REGEX_ECMA, &err);
	assert_non_null(re);
	assert_false(regex_find(re, str_of(text), 0, &at, &size));
	assert_int_equal(regex_overruns(re), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regex_ecma__matches_as_ecma_does),
		cmocka_unit_test(test_regex_ecma__refuses_what_ecma_has_not),
		cmocka_unit_test(test_regex_ecma__gives_up_what_takes_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
