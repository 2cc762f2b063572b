#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/command.h"

static void test_command__a_terminal_is_shown_no_control_characters(void **state)
{
	static const struct { const char *text, *shown; } table[] = {
		{ "", "" }, { "\n", "\n" }, { "a\tb\nc", "a\tb\nc" }, { "a\r\n", "a\\r\n" },
		{ "\"\xc2\x9b" "31m\"", "\"\\x9b31m\"" }, { "\x1b[31m", "\\x1b[31m" },
		{ "x\xe2\x80\xae\n\xe2\x81\xa6y", "x\\u202e\n\\u2066y" }, { "\x7f", "\\x7f" },
		{ "\xff\n", "\xef\xbf\xbd\n" }, { "\xc3\xa9", "\xc3\xa9" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf shown = { 0 };
		command_append_shown(&shown, str_of(table[i].text));
		assert_string_equal(buf_text(&shown), table[i].shown);
	}
}

/* Whose locale is not UTF-8 may sit at a terminal that takes 0x9b for a CSI. */
static void test_command__a_terminal_without_utf8_is_shown_ascii(void **state)
{
	(void)state;
	owned_buf struct buf shown = { 0 };
	assert_non_null(setlocale(LC_ALL, "C"));
	command_append_shown(&shown, STR("\u00db31m\xff\t\x1b\u202e\U0001f600\u2026\n"));
	assert_string_equal(buf_text(&shown), "\\xdb31m\\ufffd\t\\x1b\\u202e\\U0001f600...\n");
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command__a_terminal_is_shown_no_control_characters),
		cmocka_unit_test(test_command__a_terminal_without_utf8_is_shown_ascii),
	};
	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
