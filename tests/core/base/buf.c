#include "core/base/buf.h"

#include "tests/core/base/testing.h"

static void test_buf__grows_and_ends_with_nul(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	assert_str(buf_str(&b), "");
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++) {
		buf_append(&b, STR("abc"));
		assert_int_equal(b.p[b.n], '\0');
	}
	assert_int_equal(b.n, 3000);
	buf_clear(&b);
	buf_append_text(&b, "x");
	buf_append_char(&b, '-');
	buf_append_fill(&b, '=', 3);
	buf_append_rune(&b, 0xe9);
	buf_printf(&b, "%d%s", 42, "!");
	buf_append(&b, (struct str){ 0 });
	assert_string_equal(buf_text(&b), "x-===é42!");
}

static void test_buf__keeps_to_its_limit(void **state)
{
	(void)state;
	owned_buf struct buf b = { .limit = 5 };
	buf_append(&b, STR("abc"));
	assert_false(b.full);
	buf_append(&b, STR("de"));
	assert_false(b.full);
	buf_append(&b, STR(""));
	assert_false(b.full);
	buf_append(&b, STR("f"));
	assert_true(b.full);
	assert_string_equal(buf_text(&b), "abcde");
	buf_append_fill(&b, 'x', 1u << 30);
	buf_printf(&b, "%d", 1);
	assert_int_equal(b.n, 5);
	buf_clear(&b);
	assert_false(b.full);
	buf_append(&b, STR("0123456789"));
	assert_str(buf_str(&b), "01234");
	buf_finish(&b);
	assert_int_equal(b.limit, 5);
	assert_null(b.p);
}

static void test_buf__room_can_be_filled_from_outside(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	buf_append(&b, STR("ab"));
	memcpy(buf_reserve(&b, 3), "cde", 3);
	buf_grew(&b, 3);
	assert_string_equal(buf_text(&b), "abcde");
}

static void test_buf__shifts_and_replaces(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	buf_append(&b, STR("abcdef"));
	buf_shift(&b, 0);
	buf_shift(&b, 2);
	assert_string_equal(buf_text(&b), "cdef");
	buf_replace(&b, 1, 2, STR("12345"));
	assert_string_equal(buf_text(&b), "c12345f");
	buf_replace(&b, 0, 6, STR(""));
	assert_string_equal(buf_text(&b), "f");
	buf_replace(&b, 1, 0, STR("end"));
	assert_string_equal(buf_text(&b), "fend");
	buf_shift(&b, 4);
	assert_int_equal(b.n, 0);
}

static void test_buf__taken_memory_is_the_callers(void **state)
{
	(void)state;
	struct buf b = { .limit = 9 };
	buf_append(&b, STR("abc"));
	char *p = buf_take(&b);
	assert_string_equal(p, "abc");
	assert_null(b.p);
	assert_int_equal(b.limit, 9);
	free(p);
	p = buf_take(&b);
	assert_string_equal(p, "");
	free(p);
}

static void replace_past_the_end(void)
{
	struct buf b = { 0 };
	buf_append(&b, STR("abc"));
	buf_replace(&b, 2, 2, STR(""));
}

static void shift_past_the_end(void)
{
	struct buf b = { 0 };
	buf_shift(&b, 1);
}

static void test_buf__misuse_is_a_bug(void **state)
{
	(void)state;
	assert_true(testing_dies(replace_past_the_end));
	assert_true(testing_dies(shift_past_the_end));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf__grows_and_ends_with_nul),
		cmocka_unit_test(test_buf__keeps_to_its_limit),
		cmocka_unit_test(test_buf__room_can_be_filled_from_outside),
		cmocka_unit_test(test_buf__shifts_and_replaces),
		cmocka_unit_test(test_buf__taken_memory_is_the_callers),
		cmocka_unit_test(test_buf__misuse_is_a_bug),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
