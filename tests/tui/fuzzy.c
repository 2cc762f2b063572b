/* What was probably meant by some letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

#include "tui/fuzzy.h"

static void test_fuzzy__takes_letters_in_their_order(void **state)
{
	(void)state;
	static const struct {
		const char *typed, *text;
		bool fits;
	} cases[] = {
		{ "", "", true }, { "", "abc", true }, { "abc", "abc", true }, { "ac", "abc", true },
		{ "ca", "abc", false }, { "abcd", "abc", false }, { "a", "", false },
		{ "NE", "next error", true }, { "ne", "NEXT ERROR", true }, { "é", "CAFÉ", true },
		{ "字", "漢字kanji", true }, { "字漢", "漢字kanji", false }, { "\xff", "\xfe", true },
		{ "aa", "a", false },
	};
	setlocale(LC_ALL, "C.UTF-8");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int score = fuzzy_score(str_of(cases[i].typed), str_of(cases[i].text));
		if ((score != FUZZY_NO) != cases[i].fits)
			fail_msg("'%s' in '%s'", cases[i].typed, cases[i].text);
	}
}

static void test_fuzzy__puts_the_nearer_first(void **state)
{
	(void)state;
	/* The first of each fits better. */
	static const char *const cases[][3] = {
		{ "hist", "the history", "his first list" }, { "ne", "next error", "open the end" },
		{ "fold", "fold", "unfold" }, { "conf", "api/config.json", "a/c/o/n/f.json" },
		{ "gpu", "profile gpu", "group up" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (fuzzy_score(str_of(cases[i][0]), str_of(cases[i][1])) <=
		    fuzzy_score(str_of(cases[i][0]), str_of(cases[i][2])))
			fail_msg("'%s': '%s' before '%s'", cases[i][0], cases[i][1], cases[i][2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fuzzy__takes_letters_in_their_order),
		cmocka_unit_test(test_fuzzy__puts_the_nearer_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
