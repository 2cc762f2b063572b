#include "core/base/utf8.h"

#include "tests/core/base/testing.h"

static void test_utf8__every_code_point_goes_both_ways(void **state)
{
	(void)state;
	for (uint32_t rune = 0; rune <= 0x10ffff; rune++) {
		char bytes[UTF8_MAX];
		size_t size = 0, n = utf8_encode(rune, bytes);
		uint32_t back = utf8_decode((struct str){ bytes, n }, &size);
		bool surrogate = rune >= 0xd800 && rune <= 0xdfff;
		if (back != (surrogate ? UTF8_REPLACEMENT : rune) || size != n)
			fail_msg("U+%04X came back as U+%04X in %zu of %zu bytes", (unsigned)rune,
			         (unsigned)back, size, n);
	}
	char bytes[UTF8_MAX];
	assert_int_equal(utf8_encode(0x110000, bytes), 3);
	assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
}

/* Unicode 15, 3.9: one U+FFFD for each maximal subpart. */
static void test_utf8__bad_parts_are_as_long_as_unicode_says(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
	} table[] = {
		{ "\x80", 1 }, { "\xbf\x80", 1 }, { "\xc0\x80", 1 }, { "\xc1\xbf", 1 },
		{ "\xc2", 1 }, { "\xc2" "a", 1 }, { "\xe0\x80\x80", 1 }, { "\xe0\xa0", 2 },
		{ "\xe1\x80" "a", 2 }, { "\xed\xa0\x80", 1 }, { "\xf0\x80\x80\x80", 1 },
		{ "\xf0\x90\x80", 3 }, { "\xf1\x80" "a", 2 }, { "\xf4\x90\x80\x80", 1 },
		{ "\xf5\x80\x80\x80", 1 }, { "\xff", 1 }, { "\xfe\xfe", 1 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t size = 0;
		assert_true(utf8_decode(str_of(table[i].bytes), &size) == UTF8_BAD);
		assert_int_equal(size, table[i].size);
		assert_int_equal(utf8_invalid(str_of(table[i].bytes)), 0);
	}
	assert_int_equal(utf8_invalid(STR("aé😀")), STR_NONE);
	assert_int_equal(utf8_invalid(STR("aé\xff")), 3);
	assert_int_equal(utf8_invalid((struct str){ 0 }), STR_NONE);
}

static void test_utf8__bad_parts_become_replacements(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	/* The example of Unicode 15, table 3-8. */
	utf8_append_valid(&b, STR("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64"));
	assert_string_equal(buf_text(&b), "a���b�c��d");
}

static void test_utf8__what_a_terminal_must_not_see_becomes_visible(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	utf8_append_visible(&b, STR("a\n\t\r\x1b[31m\x7f\xc2\x9b" "é\xe2\x80\xae\xff\0z"));
	assert_string_equal(buf_text(&b), "a\\n\\t\\r\\x1b[31m\\x7f\\x9bé\\u202e�\\x00z");
	buf_clear(&b);
	utf8_append_visible(&b, STR("\xf3\xa0\x80\x81" "\xf3\xa0\x81\xa1"));
	assert_string_equal(buf_text(&b), "\\U000e0001\\U000e0061");
	static const uint32_t controls[] = {
		0, 0x1f, 0x7f, 0x80, 0x9f, 0xad, 0x61c, 0x180e, 0x200b, 0x200e, 0x2028, 0x2029, 0x202a,
		0x2060, 0x2066, 0x2069, 0x206f, 0xfdd0, 0xfeff, 0xfff9, 0xfffe, 0xffff, 0x1bca0, 0x1d173,
		0x1fffe, 0xe0001, 0xe007f, 0xeffff, 0x10ffff,
	};
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
		assert_true(utf8_is_control(controls[i]));
	static const uint32_t plain[] = {
		' ', '~', 0xa0, 0xac, 0xae, 0xe9, 0x600, 0x200c, 0x200d, 0x2027, 0x2070, 0xfe0f, 0xfffd,
		0x1d172, 0x1f600, 0xe0100, 0xe1000,
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		assert_false(utf8_is_control(plain[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8__every_code_point_goes_both_ways),
		cmocka_unit_test(test_utf8__bad_parts_are_as_long_as_unicode_says),
		cmocka_unit_test(test_utf8__bad_parts_become_replacements),
		cmocka_unit_test(test_utf8__what_a_terminal_must_not_see_becomes_visible),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
