#include "core/engine/frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* "1:one|2:two|": pieces of one stream that follow each other are one. */
struct heard {
	struct buf text;
	int stream;
};

static void heard_add(void *data, int stream, struct str bytes)
{
	struct heard *h = data;
	assert_true(bytes.n > 0);
	if (stream != h->stream)
		buf_printf(&h->text, "|%d:", stream);
	h->stream = stream;
	buf_append(&h->text, bytes);
}

static const char stream[] =
	"\x01\0\0\0\0\0\0\x04one\n" "\x02\0\0\0\0\0\0\x03two" "\x01\0\0\0\0\0\0\0"
	"\x01\0\0\0\0\0\0\x06" "\x01\0\0\0\0\0" "\0\0\0\0\0\0\0\x01i" "\x03\0\0\0\0\0\0\x03" "bad";
static const struct str whole = { stream, sizeof stream - 1 };
/* What looks like a head within a piece is text; 0 and 3 go to stderr. */
static const struct str expected = { "|1:one\n|2:two|1:\x01\0\0\0\0\0|2:ibad",
                                     sizeof "|1:one\n|2:two|1:\x01\0\0\0\0\0|2:ibad" - 1 };

static void test_frames__are_the_same_split_anywhere(void **state)
{
	(void)state;
	for (size_t at = 0; at <= whole.n; at++)
		for (size_t second = at; second <= whole.n; second++) {
			struct frames f = { 0 };
			struct heard h = { 0 };
			struct error err = { 0 };
			assert_true(frames_feed(&f, str_slice(whole, 0, at), heard_add, &h, &err));
			assert_true(frames_feed(&f, str_slice(whole, at, second - at), heard_add, &h, &err));
			assert_true(frames_feed(&f, str_slice(whole, second, whole.n), heard_add, &h, &err));
			assert_true(frames_are_whole(&f));
			assert_int_equal(h.text.n, expected.n);
			assert_memory_equal(h.text.p, expected.p, expected.n);
			buf_finish(&h.text);
		}
}

static void test_frames__tell_when_the_end_is_missing(void **state)
{
	(void)state;
	for (size_t n = 0; n <= whole.n; n++) {
		static const size_t ends[] = { 0, 12, 23, 31, 45, 54, 65 };
		struct frames f = { 0 };
		struct heard h = { 0 };
		struct error err = { 0 };
		bool is_end = false;
		for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
			is_end |= n == ends[i];
		assert_true(frames_feed(&f, str_slice(whole, 0, n), heard_add, &h, &err));
		assert_int_equal(frames_are_whole(&f), is_end);
		buf_finish(&h.text);
	}
}

static void test_frames__take_a_piece_of_four_gigabytes_as_it_comes(void **state)
{
	struct frames f = { 0 };
	struct heard h = { 0 };
	struct error err = { 0 };
	(void)state;
	assert_true(frames_feed(&f, (struct str){ "\x01\0\0\0\xff\xff\xff\xff" "abc", 11 }, heard_add,
	                        &h, &err));
	assert_string_equal(buf_text(&h.text), "|1:abc");
	assert_int_equal(f.left, 0xffffffffu - 3);
	buf_finish(&h.text);
}

static void test_frames__refuse_what_is_no_head(void **state)
{
	static const char *const heads[] = {
		"HTTP/1.1", "\x04\0\0\0\0\0\0\x01", "\x01\0\x01\0\0\0\0\x01", "\x01\0\0\x7f\0\0\0\x01",
	};
	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct frames f = { 0 };
		struct heard h = { 0 };
		struct error err = { 0 };
		assert_false(frames_feed(&f, (struct str){ heads[i], 8 }, heard_add, &h, &err));
		assert_int_equal(err.code, ERROR_PROTOCOL);
		assert_int_equal(h.text.n, 0);
		buf_finish(&h.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames__are_the_same_split_anywhere),
		cmocka_unit_test(test_frames__tell_when_the_end_is_missing),
		cmocka_unit_test(test_frames__take_a_piece_of_four_gigabytes_as_it_comes),
		cmocka_unit_test(test_frames__refuse_what_is_no_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
