#include "tui/emit_github.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_emit_github__texts_stay_texts(void **state)
{
	static const struct { struct str text; const char *quoted; } table[] = {
		{ STR("plain: #x"), "\"plain: #x\"" }, { STR("a\"b\\c"), "\"a\\\"b\\\\c\"" },
		{ STR("a\nb\tc\x1b"), "\"a\\nb\\u0009c\\u001B\"" },
		{ STR("\xc3\xa4\xe2\x80\xa8"), "\"\xc3\xa4\\u2028\"" },
		{ STR("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"" }, { STR("\xff"), "\"\xef\xbf\xbd\"" },
		{ STR("${{ secrets.X }}"), "\"${{ '${{' }} secrets.X }}\"" }, { STR("${"), "\"${\"" },
		{ STR(""), "\"\"" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf out = { 0 };
		emit_github_quoted(&out, table[i].text);
		assert_string_equal(buf_text(&out), table[i].quoted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_emit_github__texts_stay_texts) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
