#include "core/engine/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_base64__goes_both_ways(void **state)
{
	static const struct {
		const char *text, *bytes;
	} table[] = {
		{ "", "" }, { "Zg==", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" },
		{ "Zm9vYmFy", "foobar" }, { "+/+/", "\xfb\xff\xbf" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		assert_true(base64_decode(&b, str_of(table[i].text)));
		assert_true(str_eq(buf_str(&b), str_of(table[i].bytes)));
		buf_clear(&b);
		base64_encode(&b, str_of(table[i].bytes));
		assert_true(str_eq(buf_str(&b), str_of(table[i].text)));
	}
}

static void test_base64__refuses_the_rest(void **state)
{
	static const char *const wrong[] = { "Z", "Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-_",
	                                     "=Zm9" };
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		owned_buf struct buf b = { 0 };
		assert_false(base64_decode(&b, str_of(wrong[i])));
	}
}

static void test_base64__has_other_digits_in_urls(void **state)
{
	owned_buf struct buf b = { 0 };
	(void)state;
	buf_append(&b, STR("+/"));
	base64_encode_url(&b, STR("\xfb\xff\xbf\xff"));
	assert_string_equal(buf_text(&b), "+/-_-__w==");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64__goes_both_ways),
		cmocka_unit_test(test_base64__refuses_the_rest),
		cmocka_unit_test(test_base64__has_other_digits_in_urls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
