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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command__a_terminal_is_shown_no_control_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
