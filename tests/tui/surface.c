#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/term_fake.h"

static void expect(const struct surface *s, const char *picture)
{
	owned_buf struct buf have = { 0 };
	term_fake_text(s, &have);
	assert_string_equal(buf_text(&have), picture);
}

static void test_surface__cuts_lines_with_a_sign(void **state)
{
	(void)state;
	owned(surface) struct surface *s = surface_new(3, 6);
	struct pen pen = pen_at(s, surface_area(s), 0);
	pen_word(&pen, "abcdef", INK(TEXT));
	pen = pen_at(s, surface_area(s), 1);
	pen_word(&pen, "abcdefg", INK(TEXT));
	pen = pen_at(s, area_cols(surface_area(s), 1, 3), 2);
	pen_word(&pen, "xyz", INK(TEXT));
	pen_word(&pen, "!", INK(TEXT));
	expect(s, "abcdef\nabcde>\n xy>\n");
}

static void test_surface__never_shows_half_a_wide_character(void **state)
{
	(void)state;
	owned(surface) struct surface *s = surface_new(4, 5);
	struct pen pen = pen_at(s, surface_area(s), 0);
	pen_word(&pen, "\u65e5\u672c\u8a9e", INK(TEXT));
	pen = pen_at(s, surface_area(s), 1);
	pen_shift(&pen, 1);
	pen_word(&pen, "\u65e5\u672c", INK(TEXT));
	/* Written over in the middle: the other half goes too. */
	pen = pen_at(s, surface_area(s), 2);
	pen_word(&pen, "\u65e5\u672c", INK(TEXT));
	pen = pen_at(s, area_cols(surface_area(s), 1, 2), 2);
	pen_word(&pen, "ab", INK(TEXT));
	pen = pen_at(s, surface_area(s), 3);
	pen_word(&pen, "e\u0301!", INK(TEXT));
	expect(s, "\u65e5\u672c>\n \u672c\n ab\ne\u0301!\n");
}

static void test_surface__spells_controls_out_in_their_own_style(void **state)
{
	(void)state;
	static const struct term_fake_letter legend[] = {
		{ STYLE_CONTROL, 'c' }, { STYLE_CURSOR, 'o' }, { 0, 0 },
	};
	owned(surface) struct surface *s = surface_new(2, 12);
	owned_buf struct buf styles = { 0 };
	struct pen pen = pen_at(s, surface_area(s), 0);
	pen_word(&pen, "a\x1b]52;b", INK(KEY));
	pen = pen_at(s, surface_area(s), 1);
	pen.over = STYLE_CURSOR;
	pen_word(&pen, "ab", INK(KEY));
	pen_right(&pen, STR("z"), INK(KEY));
	expect(s, "a\\x1b]52;b\nab         z\n");
	term_fake_styles(s, legend, &styles);
	assert_string_equal(buf_text(&styles), ".cccc.......\noooooooooooo\n");
}

static void test_surface__takes_any_area(void **state)
{
	(void)state;
	owned(surface) struct surface *s = surface_new(0, -5);
	struct area a = { -3, -4, 100, 100 }, b = surface_area(s);
	assert_int_equal(s->rows, 1);
	surface_fill(s, a, INK(BAR));
	surface_vertical(s, a);
	surface_horizontal(s, (struct area){ 5, 5, -1, -1 }, INK(BORDER));
	surface_lay(s, a, STYLE_LINKED);
	for (int row = -2; row < 5; row++) {
		struct pen pen = pen_at(s, area_cols(area_rows(b, row, 3), row, 2), row);
		pen_word(&pen, "x\t\u65e5", INK(TEXT));
		pen_right(&pen, STR("right"), INK(TEXT));
		pen_fill(&pen, INK(TEXT));
	}
	assert_int_equal(area_cut_bottom(&b, 5).rows, 1);
	assert_int_equal(area_cut_top(&b, 5).rows, 0);
	surface_resize(s, 2, 3);
	expect(s, "\n\n");
}

static void test_surface__expands_tabs(void **state)
{
	(void)state;
	owned(surface) struct surface *s = surface_new(2, 20);
	struct pen pen = pen_at(s, surface_area(s), 0);
	pen_word(&pen, "ab\tc\td", INK(TEXT));
	pen = pen_at(s, surface_area(s), 1);
	pen_shift(&pen, 4);
	pen_word(&pen, "ab\tc\td", INK(TEXT));
	expect(s, "ab      c       d\n    c       d\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_surface__cuts_lines_with_a_sign),
		cmocka_unit_test(test_surface__never_shows_half_a_wide_character),
		cmocka_unit_test(test_surface__spells_controls_out_in_their_own_style),
		cmocka_unit_test(test_surface__takes_any_area),
		cmocka_unit_test(test_surface__expands_tabs),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
