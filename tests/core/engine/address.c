#include "core/engine/address.h"

#include "tests/core/os/scratch.h"

static void test_address__is_a_socket_or_a_host(void **state)
{
	struct scratch *s = *state;
	struct http_address at;
	assert_true(address_parse(s->arena, "unix:///run/x.sock", &at, &s->err));
	assert_string_equal(at.unix_path, "/run/x.sock");
	assert_true(address_parse(s->arena, "tcp://host:99/", &at, &s->err));
	assert_true(!at.unix_path && !strcmp(at.host, "host") && at.port == 99 && !at.tls);
	assert_true(address_parse(s->arena, "http://[::1]", &at, &s->err));
	assert_true(!strcmp(at.host, "[::1]") && at.port == 2375);
	static const char *const wrong[] = { "unix://", "tcp://", "tcp://:5", "tcp://h:0", "tcp://h:x",
	                                     "tcp://h:65536", "ssh://h", "", "h:5", "tcp://-h",
	                                     "tcp://a b", "tcp://h/path", "tcp://[::1", "tcp://[]",
	                                     "tcp://u@h", "tcp://h\n", "tcp://$(id)" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (address_parse(s->arena, wrong[i], &at, &s->err))
			fail_msg("'%s' is taken", wrong[i]);
}

static void test_address__takes_what_tls_needs(void **state)
{
	struct scratch *s = *state;
	struct http_address at;
	assert_true(address_parse(s->arena, "tcp://h?ca=/a%20b.pem&cert=/c&key=/k&server_name=x.y", &at,
	                          &s->err));
	assert_true(at.tls && at.port == 2376);
	assert_string_equal(at.ca, "/a b.pem");
	assert_string_equal(at.cert, "/c");
	assert_string_equal(at.key, "/k");
	assert_string_equal(at.server_name, "x.y");
	assert_true(address_parse(s->arena, "tcp://h?tls=1", &at, &s->err));
	assert_true(at.tls && !at.ca);
	assert_true(address_parse(s->arena, "tcp://h?tls=0", &at, &s->err));
	assert_true(!at.tls && at.port == 2375);
}

static void test_address__says_what_is_wrong_with_tls(void **state)
{
	static const struct { const char *spec, *says; } table[] = {
		{ "tcp://h?cert=/c", "needs both" }, { "tcp://h?ca=x.pem", "absolute path" },
		{ "tcp://h?tls=0&ca=/x", "tls= is 1, or 0" }, { "tcp://h?tls=yes", "tls= is 1" },
		{ "tcp://h?pa=/x", "nothing is called 'pa'" }, { "tcp://h?ca=/x&ca=/y", "twice" },
		{ "tcp://h?ca=", "wants a value" }, { "tcp://h?ca=/%0a", "wants a value" },
		{ "tcp://h?ca=/%4", "wants a value" }, { "tcp://h?ca", "wants a value" },
	};
	struct scratch *s = *state;
	struct http_address at;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_false(address_parse(s->arena, table[i].spec, &at, &s->err));
		assert_int_equal(s->err.code, ERROR_USAGE);
		if (!strstr(s->err.text, table[i].says))
			fail_msg("%s: %s", table[i].spec, s->err.text);
	}
}

static void test_address__never_tells_a_password(void **state)
{
	struct scratch *s = *state;
	struct http_address at;
	assert_false(address_parse(s->arena, "tcp://me:hunter2@h", &at, &s->err));
	assert_null(strstr(s->err.text, "hunter2"));
}

static void test_address__goes_to_text_and_back(void **state)
{
	static const char *const specs[] = {
		"unix:///run/x.sock", "tcp://h:1?tls=0", "tcp://h:1?tls=1", "tcp://[::1]:1?ca=%2Fa%20b",
		"tcp://h:1?cert=%2Fc&key=%2Fk&server_name=x",
	};
	struct scratch *s = *state;
	struct http_address at;
	for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
		owned_buf struct buf back = { 0 };
		assert_true(address_parse(s->arena, specs[i], &at, &s->err));
		address_append(&back, &at);
		assert_string_equal(buf_text(&back), specs[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_address__is_a_socket_or_a_host),
		SCRATCH_TEST(test_address__takes_what_tls_needs),
		SCRATCH_TEST(test_address__says_what_is_wrong_with_tls),
		SCRATCH_TEST(test_address__never_tells_a_password),
		SCRATCH_TEST(test_address__goes_to_text_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
