#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/term_fake.h"
#include "tui/keymap.h"
#include "tui/prompt.h"

static enum prompt_result type(struct prompt *p, const char *keys)
{
	struct str rest = str_of(keys);
	enum prompt_result result = PROMPT_TYPING;
	while (rest.n)
		result = prompt_key(p, keymap_parse(&rest));
	return result;
}

static void test_prompt__edits_a_line(void **state)
{
	(void)state;
	static const struct {
		const char *keys, *text;
		enum prompt_result result;
	} cases[] = {
		{ "abc", "abc", PROMPT_TYPING }, { "abc<Enter>", "abc", PROMPT_ENTERED },
		{ "abc<Esc>", "abc", PROMPT_LEFT }, { "<Backspace>", "", PROMPT_LEFT },
		{ "日本<Backspace>x", "日x", PROMPT_TYPING }, { "ac<Left>b", "abc", PROMPT_TYPING },
		{ "abc<C-a><Delete>", "bc", PROMPT_TYPING }, { "abc<Left><C-u>", "c", PROMPT_TYPING },
		{ "abc<C-a><Right><C-k>", "a", PROMPT_TYPING }, { "a<C-g><F5>b", "ab", PROMPT_TYPING },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct prompt p = { 0 };
		prompt_open(&p, "/");
		assert_int_equal(type(&p, cases[i].keys), cases[i].result);
		assert_string_equal(buf_text(&p.text), cases[i].text);
		assert_int_equal(p.open, cases[i].result == PROMPT_TYPING);
		prompt_finish(&p);
	}
}

static void test_prompt__brings_back_the_last_line(void **state)
{
	(void)state;
	struct prompt p = { 0 };
	prompt_open(&p, "/");
	type(&p, "first<Enter>");
	prompt_open(&p, "/");
	type(&p, "<Up>!");
	assert_string_equal(buf_text(&p.text), "first!");
	prompt_finish(&p);
}

static void test_prompt__keeps_the_cursor_on_a_narrow_line(void **state)
{
	(void)state;
	owned(surface) struct surface *s = surface_new(1, 8);
	owned_buf struct buf have = { 0 };
	struct prompt p = { 0 };
	prompt_open(&p, "/");
	type(&p, "abcdefghij");
	prompt_draw(&p, s, surface_area(s));
	term_fake_text(s, &have);
	assert_string_equal(buf_text(&have), "/efghij\n");
	assert_int_equal(s->cursor_col, 7);
	prompt_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt__edits_a_line),
		cmocka_unit_test(test_prompt__brings_back_the_last_line),
		cmocka_unit_test(test_prompt__keeps_the_cursor_on_a_narrow_line),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
