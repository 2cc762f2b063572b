#include "core/plan/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "core/value/json.h"

static void test_run_port__parses_what_publish_takes(void **state)
{
	static const struct {
		const char *text, *port, *address;
		unsigned number;
	} table[] = {
		{ "8080", "8080/tcp", "", 0 }, { "18080:8080", "8080/tcp", "", 18080 },
		{ "0:8080/tcp", "8080/tcp", "", 0 }, { "53/udp", "53/udp", "", 0 },
		{ "0.0.0.0:80:8080", "8080/tcp", "0.0.0.0", 80 },
		{ "127.0.0.1::8080", "8080/tcp", "127.0.0.1", 0 },
		{ "[::1]:80:8080", "8080/tcp", "::1", 80 }, { "65535:65535", "65535/tcp", "", 65535 },
	};
	owned(arena) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct run_port p;
		struct error err = { 0 };
		if (!run_port_parse(a, str_of(table[i].text), &p, &err))
			fail_msg("%s: %s", table[i].text, err.text);
		assert_true(str_eq(p.port, str_of(table[i].port)));
		assert_true(str_eq(p.address, str_of(table[i].address)));
		assert_int_equal(p.number, table[i].number);
	}
}

static void test_run_port__refuses_the_rest(void **state)
{
	static const char *const texts[] = {
		"", "0", "x", "65536", "8080:", "80:", ":80", "80:x", "x:80", "-1", "80/sctp", "80/",
		"1:2:3:4 ", "$(id):1:2", "70000:80", "/tcp", "8080 ", "a b:1:2",
	};
	owned(arena) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct run_port p;
		struct error err = { 0 };
		if (run_port_parse(a, str_of(texts[i]), &p, &err))
			fail_msg("'%s' is taken", texts[i]);
		assert_int_equal(err.code, ERROR_USAGE);
	}
}

static void test_run_port__has_an_address_to_open(void **state)
{
	static const struct {
		struct run_port port;
		const char *url;
	} table[] = {
		{ { { "80/tcp", 6 }, { "127.0.0.1", 9 }, 49153 }, "http://127.0.0.1:49153" },
		{ { { "80/tcp", 6 }, { "0.0.0.0", 7 }, 80 }, "http://127.0.0.1:80" },
		{ { { "80/tcp", 6 }, { "::1", 3 }, 80 }, "http://[::1]:80" },
		{ { { "53/udp", 6 }, { "10.0.0.1", 8 }, 53 }, "udp://10.0.0.1:53" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf url = { 0 };
		run_port_append_url(&url, &table[i].port);
		assert_string_equal(buf_text(&url), table[i].url);
	}
}

static void test_run_report__comes_back_from_json(void **state)
{
	static const struct run_port ports[] = {
		{ { "80/tcp", 6 }, { "127.0.0.1", 9 }, 1 }, { { "81/tcp", 6 }, { "127.0.0.1", 9 }, 2 },
	};
	const struct run_report reports[] = {
		{ .exit_code = -1, .probe_exit = -1 },
		{ .phase = RUN_RUNNING, .health = RUN_HEALTH_UNHEALTHY, .id = STR("ab"), .name = STR("web"),
		  .started = 1767323045.25, .exit_code = -1, .probe = STR("bad\n\x1b[2J"), .probe_exit = 3,
		  .failing = 4, .ports = ports, .nports = 2 },
		{ .phase = RUN_REMOVED, .started = 1, .ended = 2.5, .exit_code = 137, .probe_exit = -1,
		  .out_of_memory = true },
	};
	owned(arena) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
		owned_buf struct buf text = { 0 };
		const struct value *v;
		struct run_report back;
		struct error err = { 0 };
		value_write_json(&text, run_report_value(a, &reports[i]), JSON_LINE);
		assert_true(value_parse_json(a, buf_str(&text), &v, &err));
		assert_true(run_report_read(a, v, &back));
		assert_true(run_report_equal(&reports[i], &back));
		back.failing++;
		assert_false(run_report_equal(&reports[i], &back));
	}
}

static void test_run_report__what_is_none_is_refused(void **state)
{
	static const char *const texts[] = {
		"{}", "{\"state\":\"running\"}", "{\"state\":\"walking\",\"health\":\"none\"}",
		"{\"state\":1,\"health\":\"none\"}",
	};
	owned(arena) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct value *v;
		struct run_report r;
		struct error err = { 0 };
		assert_true(value_parse_json(a, str_of(texts[i]), &v, &err));
		assert_false(run_report_read(a, v, &r));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_port__parses_what_publish_takes),
		cmocka_unit_test(test_run_port__refuses_the_rest),
		cmocka_unit_test(test_run_port__has_an_address_to_open),
		cmocka_unit_test(test_run_report__comes_back_from_json),
		cmocka_unit_test(test_run_report__what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
