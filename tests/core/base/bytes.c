#include "core/base/bytes.h"

#include "core/base/utf8.h"
#include "tests/core/base/testing.h"

static void test_bytes__any_bytes_come_back(void **state)
{
	owned_buf struct buf bytes = { 0 }, text = { 0 }, back = { 0 };
	(void)state;
	for (int i = 0; i < 512; i++)
		buf_append_char(&bytes, (char)(i * 7));
	bytes_append_text(&text, buf_str(&bytes));
	assert_int_equal(utf8_invalid(buf_str(&text)), STR_NONE);
	assert_true(bytes_append_back(&back, buf_str(&text)));
	assert_true(str_eq(buf_str(&back), buf_str(&bytes)));
}

static void test_bytes__ascii_stays_and_other_text_is_refused(void **state)
{
	owned_buf struct buf text = { 0 }, back = { 0 };
	(void)state;
	bytes_append_text(&text, STR("GET / 200\n\xff"));
	assert_string_equal(buf_text(&text), "GET / 200\n\xc3\xbf");
	assert_false(bytes_append_back(&back, STR("\xe2\x82\xac")));
	assert_false(bytes_append_back(&back, STR("\xff")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes__any_bytes_come_back),
		cmocka_unit_test(test_bytes__ascii_stays_and_other_text_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
