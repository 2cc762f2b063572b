#include "core/journal/line.h"

#include "tests/core/os/scratch.h"

static void test_line__takes_a_line_apart(void **state)
{
	(void)state;
	struct str line = STR("{ \"a\" : [1,{\"b\":\"]}\\\"\"}] ,\"k\\\"\":\"x,}\",\"n\":-1.5e3}");
	static const char *const expected[][2] = {
		{ "a", "[1,{\"b\":\"]}\\\"\"}]" }, { "k\\\"", "\"x,}\"" }, { "n", "-1.5e3" },
	};
	struct line_member m;
	size_t at = 0;
	for (size_t i = 0; i < 3; i++) {
		assert_true(line_next(line, &at, &m));
		assert_true(str_eq(m.key, str_of(expected[i][0])));
		assert_true(str_eq(m.value, str_of(expected[i][1])));
	}
	assert_false(line_next(line, &at, &m));
}

static void test_line__reads_the_facts_of_a_log_event(void **state)
{
	(void)state;
	struct line_head head;
	assert_true(line_head(STR("{\"t\":12.345,\"ev\":\"log\",\"step\":3,\"stream\":2,"
	                          "\"offset\":18446744073709551615,\"length\":7,"
	                          "\"gap\":9,\"new\":{}}"), &head));
	assert_true(head.t > 12.344 && head.t < 12.346);
	assert_int_equal(head.kind, EVENT_LOG);
	assert_int_equal(head.step, 3);
	assert_int_equal(head.stream, 2);
	assert_true(head.offset == UINT64_MAX);
	assert_int_equal(head.length, 7);
	assert_int_equal(head.gap, 9);
	struct str tomorrow = STR("{\"ev\":\"of.tomorrow\",\"t\":1e300,\"step\":99999999999}");
	assert_true(line_head(tomorrow, &head));
	assert_int_equal(head.kind, EVENT_UNKNOWN);
	assert_int_equal(head.step, -1);
	assert_true(head.t == 0);
}

static void test_line__knows_every_event_by_its_name(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_UNKNOWN; kind++) {
		owned_buf struct buf line = { 0 };
		struct line_head head;
		buf_printf(&line, "{\"ev\":\"%s\"}", event_name((enum event_kind)kind));
		assert_true(line_head(buf_str(&line), &head));
		assert_int_equal(head.kind, kind);
	}
	assert_null(event_name(EVENT_UNKNOWN));
}

static void test_line__refuses_what_is_cut_or_no_object(void **state)
{
	(void)state;
	struct str whole = STR("{\"t\":1.000,\"ev\":\"warning\",\"text\":\"a\\\"b\",\"x\":[{}]}");
	struct line_head head;
	assert_true(line_head(whole, &head));
	for (size_t n = 0; n < whole.n; n++)
		assert_false(line_head(str_slice(whole, 0, n), &head));
	static const char *const bad[] = {
		"", "null", "[]", "{}", "{\"a\":}", "{\"a\" 1}", "{\"a\":1}{", "{a:1}",
		"{\"a\":1,}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(line_head(str_of(bad[i]), &head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line__takes_a_line_apart),
		cmocka_unit_test(test_line__reads_the_facts_of_a_log_event),
		cmocka_unit_test(test_line__knows_every_event_by_its_name),
		cmocka_unit_test(test_line__refuses_what_is_cut_or_no_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
