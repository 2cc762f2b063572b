#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/text.h"

static int utf8(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static int plain(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C") ? 0 : -1;
}

static void test_text__counts_columns_not_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
		{ "", 0 }, { "abc", 3 }, { "h\u00e4", 2 }, { "\u65e5\u672c", 4 },
		{ "e\u0301\u0323x", 2 }, { "\U0001f6a2", 2 }, { "a\tb", 9 }, { "\x1b[31m", 8 },
		{ "\u202eabc", 9 }, { "\xff", 1 }, { "\xc2\x9b", 4 }, { "\u0301", 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(text_width(str_of(cases[i].text)), cases[i].width);
}

static void test_text__cuts_between_characters(void **state)
{
	(void)state;
	size_t width;
	assert_int_equal(text_cut(STR("\u65e5\u672c"), 3, &width).n, 3);
	assert_int_equal(width, 2);
	assert_int_equal(text_cut(STR("e\u0301x"), 1, &width).n, 3);
	assert_int_equal(text_cut(STR("abc"), 0, &width).n, 0);
}

static void test_text__keeps_marks_with_their_base(void **state)
{
	(void)state;
	struct glyph g;
	assert_int_equal(text_glyph(STR("e\u0301\u0302\u0303\u0304\u0305z"), &g), 11);
	assert_int_equal(g.runes[0], 'e');
	assert_int_equal(g.runes[TEXT_MARKS], 0x304);
	assert_int_equal(g.width, 1);
}

/* Terminals differ on whether these are one picture: so each stays what it is alone. */
static void test_text__joins_no_pictures(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t bytes, width;
		uint32_t rune;
	} cases[] = {
		{ "\U0001f469\u200d\U0001f4bb", 7, 2, 0x1f469 },       /* woman, ZWJ, laptop */
		{ "\u2764\ufe0f!", 6, 1, 0x2764 },                      /* heart, VS16 */
		{ "\U0001f44d\U0001f3fd!", 8, 2, 0x1f44d },             /* thumb, skin colour */
		{ "a\u200db", 4, 1, 'a' },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct glyph g;
		assert_int_equal(text_glyph(str_of(cases[i].text), &g), cases[i].bytes);
		assert_int_equal(g.width, cases[i].width);
		assert_int_equal(g.runes[0], cases[i].rune);
		assert_int_equal(g.runes[1], 0);
	}
	/* A skin colour without a hand is a picture of its own. */
	assert_int_equal(text_width(STR("a\U0001f3fd")), 3);
	assert_int_equal(text_width(STR("\U0001f469\u200d\U0001f4bb")), 4);
}

static void test_text__spells_out_what_must_not_reach_a_terminal(void **state)
{
	(void)state;
	static const struct {
		const char *text, *visible;
	} cases[] = {
		{ "\x1b", "\\x1b" }, { "\x07", "\\x07" }, { "\x7f", "\\x7f" }, { "\xc2\x9b", "\\x9b" },
		{ "\u202e", "\\u202e" }, { "\u2066", "\\u2066" }, { "\n", "\\x0a" },
		{ "\u2028", "\\u2028" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct glyph g;
		text_glyph(str_of(cases[i].text), &g);
		assert_string_equal(g.visible, cases[i].visible);
	}
}

static void test_text__is_ascii_where_the_locale_is(void **state)
{
	(void)state;
	struct glyph g;
	assert_true(text_is_ascii());
	assert_int_equal(text_glyph(STR("\u65e5"), &g), 3);
	assert_int_equal(g.runes[0], '?');
	assert_int_equal(text_width(STR("\u65e5\u672cx")), 3);
	assert_true(str_eq(text_sign(SIGN_VERTICAL), STR("|")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_text__counts_columns_not_bytes, utf8),
		cmocka_unit_test_setup(test_text__cuts_between_characters, utf8),
		cmocka_unit_test_setup(test_text__keeps_marks_with_their_base, utf8),
		cmocka_unit_test_setup(test_text__joins_no_pictures, utf8),
		cmocka_unit_test_setup(test_text__spells_out_what_must_not_reach_a_terminal, utf8),
		cmocka_unit_test_setup(test_text__is_ascii_where_the_locale_is, plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
