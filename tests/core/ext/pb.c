#include "core/ext/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_pb__reads_vertex_status_log_and_warning(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_trace t;
	/* Vertex d1 <- d0 "[1/2] FROM a\0b", cached, from 1.5 s to 2 s, in group g. */
	static const char bytes[] =
		"\x0a\x30\x0a\x02\x64\x31\x12\x02\x64\x30\x1a\x0e\x5b\x31\x2f\x32\x5d\x20\x46\x52"
		"\x4f\x4d\x20\x61\x00\x62\x20\x01\x2a\x08\x08\x01\x10\x80\xca\xb5\xee\x01\x32\x02"
		"\x08\x02\x42\x06\x0a\x01\x67\x12\x01\x6e\x12\x0b\x0a\x01\x69\x12\x02\x64\x31\x20"
		"\x05\x28\x09\x1a\x0c\x0a\x02\x64\x31\x18\x02\x22\x04\xff\x00\x0d\x0a\x22\x09\x0a"
		"\x02\x64\x31\x10\x01\x1a\x01\x77";
	assert_true(pb_trace_parse(a, (struct str){ bytes, sizeof bytes - 1 }, &t, &err));
	assert_int_equal(t.nvertexes, 1);
	assert_int_equal(t.vertexes[0].name.n, 14);
	assert_int_equal(t.vertexes[0].ninputs, 1);
	assert_true(str_eq(t.vertexes[0].inputs[0], STR("d0")));
	assert_true(t.vertexes[0].cached);
	assert_true(t.vertexes[0].started == 1500000000);
	assert_true(t.vertexes[0].completed == 2000000000);
	assert_true(str_eq(t.vertexes[0].group, STR("g")));
	assert_int_equal(t.nstatuses, 1);
	assert_int_equal(t.statuses[0].current, 5);
	assert_int_equal(t.statuses[0].total, 9);
	assert_int_equal(t.nlogs, 1);
	assert_int_equal(t.logs[0].stream, 2);
	assert_int_equal(t.logs[0].bytes.n, 4);
	assert_int_equal(t.nwarnings, 1);
	assert_true(str_eq(t.warnings[0].text, STR("w")));
}

static void test_pb__times_that_cannot_be_are_absent(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_trace t;
	/* seconds = -1, then seconds = 2^62. */
	static const char bytes[] =
		"\x0a\x0d" "\x2a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
		"\x0a\x0c" "\x2a\x0a\x08\x80\x80\x80\x80\x80\x80\x80\x80\x40";
	assert_true(pb_trace_parse(a, (struct str){ bytes, sizeof bytes - 1 }, &t, &err));
	assert_int_equal(t.nvertexes, 2);
	assert_true(t.vertexes[0].started == 0);
	assert_true(t.vertexes[1].started == 0);
}

static void test_pb__refuses_what_is_no_message(void **state)
{
	(void)state;
	static const struct str wrong[] = {
		{ "\x0a", 1 }, { "\x0a\x05" "ab", 4 }, { "hello", 5 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11 }, { "\x0b\x0c", 2 },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		owned(arena) struct arena *a = arena_new();
		struct error err = { 0 };
		struct pb_trace t;
		assert_false(pb_trace_parse(a, wrong[i], &t, &err));
		assert_int_equal(err.code, ERROR_PROTOCOL);
	}
}

static void test_pb__an_empty_message_says_nothing(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_trace t;
	assert_true(pb_trace_parse(a, (struct str){ 0 }, &t, &err));
	assert_int_equal(t.nvertexes + t.nstatuses + t.nlogs + t.nwarnings, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pb__reads_vertex_status_log_and_warning),
		cmocka_unit_test(test_pb__times_that_cannot_be_are_absent),
		cmocka_unit_test(test_pb__refuses_what_is_no_message),
		cmocka_unit_test(test_pb__an_empty_message_says_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
