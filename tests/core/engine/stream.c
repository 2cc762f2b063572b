#include "core/engine/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static bool stream_collect(void *data, const struct value *m, struct error *err)
{
	struct buf *b = data;
	struct str text = stream_text(m, "stream");
	if (str_eq(text, STR("stop")))
		return error_set(err, ERROR_LIMIT, "told to stop");
	buf_printf(b, "<%.*s>", STR_ARG(text));
	return true;
}

static void test_stream__takes_messages_in_any_pieces(void **state)
{
	struct str all = STR("{\"stream\":\"a\\n\"}\r\n\r\n"
	                     "{\"stream\":1}\n{\"x\":2}\n{\"stream\":\"b\"}");
	(void)state;
	for (size_t piece = 1; piece <= all.n; piece++) {
		struct stream s = { 0 };
		struct error err = { 0 };
		owned_buf struct buf got = { 0 };
		for (size_t at = 0; at < all.n; at += piece)
			assert_true(stream_feed(&s, str_slice(all, at, piece), stream_collect, &got, &err));
		assert_true(stream_end(&s, stream_collect, &got, &err));
		assert_string_equal(buf_text(&got), "<a\n><><><b>");
		stream_finish(&s);
	}
}

static void test_stream__says_what_is_no_message(void **state)
{
	static const char *const wrong[] = { "hello\n", "[]\n", "{\"a\":\n", "{} {}\n", "\x1b[0m\n" };
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct stream s = { 0 };
		struct error err = { 0 };
		owned_buf struct buf got = { 0 };
		assert_false(stream_feed(&s, str_of(wrong[i]), stream_collect, &got, &err));
		assert_int_equal(err.code, ERROR_PROTOCOL);
		assert_null(strchr(err.text, '\x1b'));
		stream_finish(&s);
	}
}

static void test_stream__half_a_message_at_the_end_is_wrong(void **state)
{
	(void)state;
	struct stream s = { 0 };
	struct error err = { 0 };
	owned_buf struct buf got = { 0 };
	assert_true(stream_feed(&s, STR("{\"stream\":\"a\"}\n{\"str"), stream_collect, &got, &err));
	assert_false(stream_end(&s, stream_collect, &got, &err));
	assert_int_equal(err.code, ERROR_PROTOCOL);
	stream_finish(&s);
}

static void test_stream__bounds_a_message(void **state)
{
	(void)state;
	struct stream s = { 0 };
	struct error err = { 0 };
	owned_buf struct buf got = { 0 }, block = { 0 };
	bool ok = true;
	buf_append_fill(&block, 'x', 1 << 20);
	for (int i = 0; ok && i < 20; i++)
		ok = stream_feed(&s, buf_str(&block), stream_collect, &got, &err);
	assert_false(ok);
	assert_int_equal(err.code, ERROR_LIMIT);
	stream_finish(&s);
}

static void test_stream__stops_when_its_reader_does(void **state)
{
	(void)state;
	struct stream s = { 0 };
	struct error err = { 0 };
	owned_buf struct buf got = { 0 };
	assert_false(stream_feed(&s, STR("{\"stream\":\"stop\"}\n{\"stream\":\"b\"}\n"), stream_collect,
	                         &got, &err));
	assert_string_equal(err.text, "told to stop");
	assert_int_equal(got.n, 0);
	stream_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream__takes_messages_in_any_pieces),
		cmocka_unit_test(test_stream__says_what_is_no_message),
		cmocka_unit_test(test_stream__half_a_message_at_the_end_is_wrong),
		cmocka_unit_test(test_stream__bounds_a_message),
		cmocka_unit_test(test_stream__stops_when_its_reader_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
