#include "core/engine/address.h"

#include "tests/core/os/scratch.h"

static void test_address__is_a_socket_or_a_host(void **state)
{
	struct scratch *s = *state;
	struct http_address at;
	assert_true(address_parse(s->arena, "unix:///run/x.sock", &at, &s->err));
	assert_string_equal(at.unix_path, "/run/x.sock");
	assert_true(address_parse(s->arena, "tcp://host:99/", &at, &s->err));
	assert_true(!at.unix_path && !strcmp(at.host, "host") && at.port == 99);
	assert_true(address_parse(s->arena, "http://[::1]", &at, &s->err));
	assert_true(!strcmp(at.host, "[::1]") && at.port == 2375);
	static const char *const wrong[] = { "unix://", "tcp://", "tcp://:5", "tcp://h:0", "tcp://h:x",
	                                     "tcp://h:65536", "ssh://h", "", "h:5" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (address_parse(s->arena, wrong[i], &at, &s->err))
			fail_msg("'%s' is taken", wrong[i]);
}

static void test_address__of_docker_is_what_the_environment_says(void **state)
{
	(void)state;
	setenv("DOCKER_HOST", "tcp://h:1", 1);
	assert_string_equal(address_of_docker(), "tcp://h:1");
	setenv("DOCKER_HOST", "", 1);
	assert_string_equal(address_of_docker(), "unix:///var/run/docker.sock");
	unsetenv("DOCKER_HOST");
	assert_string_equal(address_of_docker(), "unix:///var/run/docker.sock");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_address__is_a_socket_or_a_host),
		cmocka_unit_test(test_address__of_docker_is_what_the_environment_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
