#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tui/palette.h"
#include "tui/theme.h"

static void load(const char *name, struct theme *theme)
{
	owned(arena) struct arena *arena = arena_new();
	owned(files) struct files *files = files_disk(".");
	struct error err;
	if (!theme_find(files, arena_printf(arena, "themes/%s.theme", name), theme, &err))
		fail_msg("%s", err.text);
}

/* Calls each for every pair of styles that may meet in a cell. */
static void pairs(void (*each)(const struct theme *, enum style, enum style), const struct theme *t)
{
	for (enum style s = 0; s < STYLE_COUNT; s++) {
		if (style_what(s) == STYLE_WHAT_OVER)
			continue;
		each(t, s, STYLE_NONE);
		for (enum style over = 0; over < STYLE_COUNT; over++)
			if (style_what(over) == STYLE_WHAT_OVER &&
			    (s == STYLE_TEXT || style_what(s) == STYLE_WHAT_TEXT))
				each(t, s, over);
	}
}

/* WCAG's AA, and AAA for the theme that is named after it. */
static double least = 4.5;

static void expect_contrast(const struct theme *t, enum style s, enum style over)
{
	struct look look = theme_look(t, s, over);
	double contrast = theme_contrast(look.fg, look.bg);
	if (theme_is_terminals(look.fg) || t->colours == 0)
		return;
	if (contrast < least)
		fail_msg("%s on %s: %.2f", style_name(s), over < STYLE_COUNT ? style_name(over) : "itself",
		         contrast);
}

static void expect_contrast_in(const struct theme *t, enum style s, enum style over)
{
	static const unsigned depths[] = { 256, 16, 8 };
	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		struct paint paint = theme_paint(t, s, over, depths[i]);
		double contrast = theme_contrast(theme_palette(paint.fg), theme_palette(paint.bg));
		if (contrast < 4.5)
			fail_msg("%s on %s in %u colours: %.2f", style_name(s),
			         over < STYLE_COUNT ? style_name(over) : "itself", depths[i], contrast);
	}
}

/* What is seen where a terminal says that it redefines colours, and does not. */
static void expect_contrast_undefined(const struct theme *t, enum style s, enum style over)
{
	static struct palette palette;
	static const struct theme *of;
	bool is_new;
	struct look look = theme_look(t, s, over);
	if (of != t)
		palette = (struct palette){ { 0 }, { 0 } };
	of = t;
	uint32_t fg = theme_palette(palette_index(&palette, look.fg, &is_new));
	uint32_t bg = theme_palette(palette_index(&palette, look.bg, &is_new));
	/* By the order of first use a colour may get its second nearest: still to be read. */
	if (theme_contrast(fg, bg) < 3)
		fail_msg("%s on %s undefined: %.2f", style_name(s),
		         over < STYLE_COUNT ? style_name(over) : "itself", theme_contrast(fg, bg));
}

static void test_theme__can_be_read_in_every_pair(void **state)
{
	(void)state;
	owned(arena) struct arena *arena = arena_new();
	owned(files) struct files *files = files_disk(".");
	struct files_list list;
	struct error err;
	struct theme themes[8];
	size_t n = 0;
	assert_int_equal(files_list(files, "themes", arena, &list, &err), FILES_OK);
	for (size_t i = 0; i < list.n; i++) {
		struct str name = str_of(list.entries[i].name);
		assert_true(n < 8 && str_has_suffix(name, STR(".theme")));
		load(arena_text(arena, str_slice(name, 0, name.n - 6)), &themes[n]);
		bool high = str_eq(name, STR("contrast.theme")) || str_eq(name, STR("paper.theme"));
		least = high ? 7 : 4.5;
		pairs(expect_contrast, &themes[n]);
		if (themes[n].colours > 256) {
			pairs(expect_contrast_in, &themes[n]);
			pairs(expect_contrast_undefined, &themes[n]);
		}
		n++;
	}
	assert_int_equal(n, 7);
}

/* What the terminal's own colours look like nobody knows, but both of a cell are not one, and
 * a style that is not plain text is told apart by something. */
static void test_theme__terminal_and_mono_choose_no_colours(void **state)
{
	struct theme terminal, mono;
	(void)state;
	load("terminal", &terminal);
	load("mono", &mono);
	assert_int_equal(terminal.colours, 16);
	assert_int_equal(mono.colours, 0);
	for (enum style s = 0; s < STYLE_COUNT; s++) {
		const struct look *look = &terminal.looks[s];
		assert_true(style_what(s) == STYLE_WHAT_OVER || theme_is_terminals(look->fg));
		assert_true(style_what(s) == STYLE_WHAT_TEXT || look->bg == THEME_DEFAULT);
	}
	assert_int_equal(terminal.looks[STYLE_ERROR].fg, THEME_TERMINAL + 1);
	assert_int_equal(terminal.looks[STYLE_ERROR].attributes, THEME_BOLD);
	assert_int_equal(terminal.looks[STYLE_CURSOR].attributes, THEME_REVERSE);
	assert_int_equal(theme_look(&mono, STYLE_ERROR, STYLE_CURSOR).mono & THEME_REVERSE,
	                 theme_look(&mono, STYLE_TEXT, STYLE_CURSOR).mono & THEME_REVERSE);
}

static void test_palette__keeps_the_users_colours_and_what_was_given(void **state)
{
	(void)state;
	struct palette palette = { { 0 }, { 0 } };
	bool is_new;
	unsigned first = palette_index(&palette, 0x15181e, &is_new);
	assert_true(is_new);
	assert_int_equal(first, theme_nearest(0x15181e, 256));
	assert_int_equal(palette_index(&palette, 0x15181e, &is_new), first);
	assert_false(is_new);
	/* Its nearest is taken: another one near it. */
	unsigned second = palette_index(&palette, 0x15181d, &is_new);
	assert_true(is_new && second != first && second >= 16);
	for (uint32_t rgb = 0x200000; rgb < 0x200000 + 300; rgb++)
		assert_in_range(palette_index(&palette, rgb, &is_new), 16, 255);
	assert_false(is_new);
}

static void test_theme__dark_file_is_the_built_in(void **state)
{
	(void)state;
	struct theme file, built_in;
	load("dark", &file);
	theme_default(&built_in);
	for (enum style s = 0; s < STYLE_COUNT; s++) {
		assert_int_equal(file.looks[s].fg, built_in.looks[s].fg);
		assert_int_equal(file.looks[s].bg, built_in.looks[s].bg);
		assert_int_equal(file.looks[s].attributes, built_in.looks[s].attributes);
	}
}

static void test_theme__says_what_is_wrong_and_where(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "\n# x\ntext\n", "t:3:1: 'text' is no setting: a line is NAME = VALUE" },
		{ "colour = #ffffff\n",
		  "t:1:1: there is no style 'colour'; tui/style.def and dark.theme name all" },
		{ "key = #12345\n", "t:1:1: '#12345' is no colour: #rrggbb" },
		{ "key = #12345g\n", "t:1:1: '#12345g' is no colour: #rrggbb" },
		{ "key = reddish\n", "t:1:1: 'reddish' is neither a colour (#rrggbb, or red, bright-blue "
		  "…, default), 'on', nor bold, dim, underline, reverse, italic" },
		{ "\nkey = red blue\n", "t:2:1: 'blue' is one colour too many" },
		{ "colours = 17\n", "t:1:1: '17': colours are 256, 16, 8 or none" },
		{ "colours =\n", "t:1:1: '': colours are 256, 16, 8 or none" },
		{ "key = #111111 on #222222\n", "t:1:1: 'key' takes a foreground alone: #rrggbb [bold …]" },
		{ "cursor = #111111\n", "t:1:1: 'cursor' takes a background alone: on #rrggbb" },
		{ "bar = #111111\n", "t:1:1: 'bar' takes both colours: #rrggbb on #rrggbb [bold …]" },
		{ "bar = #111111 on\n", "t:1:1: 'on' wants a colour behind it" },
		{ "bar = #111111 #222222\n", "t:1:1: '#222222' is one colour too many" },
		{ "key =\n", "t:1:1: 'key' takes a foreground alone: #rrggbb [bold …]" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct theme theme;
		struct error err;
		owned_buf struct buf text = { 0 };
		assert_false(theme_parse(str_of(cases[i].text), "t", &theme, &err));
		error_print(&text, &err);
		assert_string_equal(buf_text(&text), cases[i].error);
	}
}

static void test_theme__keeps_the_default_for_what_is_not_named(void **state)
{
	(void)state;
	struct theme theme, built_in;
	struct error err;
	theme_default(&built_in);
	assert_true(theme_parse(STR("  key=#010203   bold\r\n"), "t", &theme, &err));
	assert_int_equal(theme.looks[STYLE_KEY].fg, 0x010203);
	assert_int_equal(theme.looks[STYLE_KEY].attributes, THEME_BOLD);
	assert_int_equal(theme.looks[STYLE_STRING].fg, built_in.looks[STYLE_STRING].fg);
}

static void test_theme__dark_needs_no_file_and_others_are_missed(void **state)
{
	(void)state;
	owned(files) struct files *files = files_memory(NULL);
	struct theme theme;
	struct error err = { 0 };
	assert_true(theme_find(files, "dark", &theme, &err));
	assert_true(theme_find(files, NULL, &theme, &err));
	assert_false(theme_find(files, "absent", &theme, &err));
	assert_int_equal(err.code, ERROR_MISSING);
}

static void test_theme__finds_the_nearest_colour(void **state)
{
	(void)state;
	assert_int_equal(theme_nearest(0xffffff, 256), 231);
	assert_int_equal(theme_nearest(0x808080, 256), 244);
	assert_int_equal(theme_nearest(0xfe0101, 16), 9);
	assert_int_equal(theme_nearest(0x000000, 8), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_theme__can_be_read_in_every_pair),
		cmocka_unit_test(test_theme__terminal_and_mono_choose_no_colours),
		cmocka_unit_test(test_palette__keeps_the_users_colours_and_what_was_given),
		cmocka_unit_test(test_theme__dark_file_is_the_built_in),
		cmocka_unit_test(test_theme__says_what_is_wrong_and_where),
		cmocka_unit_test(test_theme__keeps_the_default_for_what_is_not_named),
		cmocka_unit_test(test_theme__dark_needs_no_file_and_others_are_missed),
		cmocka_unit_test(test_theme__finds_the_nearest_colour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
