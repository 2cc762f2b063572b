#include "tests/core/engine/docker_bench.h"

static void test_docker__probe_tells_what_answers(void **state)
{
	struct bench *b = *state;
	bench_sessions(b);
	assert_string_equal(b->facts.product, "dockerd");
	assert_string_equal(b->facts.version, "20.10.24");
	assert_string_equal(b->facts.api_version, "1.41");
	assert_string_equal(b->facts.address, b->address);
	assert_int_equal(b->facts.numbering, NUMBERING_BUILDKIT);
}

static void test_docker__takes_the_head_of_a_ping_for_a_version(void **state)
{
	static const struct {
		const char *server, *api;
		const char *version;            /* NULL: /version is asked */
	} table[] = {
		{ "Docker/20.10.24+dfsg1 (linux)", "1.41", "20.10.24+dfsg1" },
		{ "Docker/28.5.1 (linux)", "1.51", "28.5.1" },
		{ "Docker/29.0.0 (linux)", "1.52", NULL },
		{ "Docker/19.03.15 (linux)", "1.40", NULL },
		{ "Docker/27.0.0", "new", NULL },
		{ "Libpod/4.3.1 (linux)", "1.41", NULL },
		{ "nginx", "1.41", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		char text[300];
		bench_setup(&own);
		struct bench *b = own;
		snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nServer: %s\r\nApi-Version: %s\r\n"
		         "Content-Length: 2\r\n\r\nOK", table[i].server, table[i].api);
		struct server_answer ping = { .request = "GET /_ping", .bytes = str_of(text) };
		server_on(b->server, &ping);
		bench_answer(b, "GET /version", 200, str_of(version_text), SERVER_CLOSE);
		bench_probe(b, b->address);
		assert_string_equal(b->facts.version, table[i].version ? table[i].version : "20.10.24");
		assert_string_equal(b->facts.product, "dockerd");
		assert_string_equal(b->facts.api_version, "1.41");
		bench_teardown(&own);
	}
}

static void test_docker__meets_the_version_half_way(void **state)
{
	static const struct {
		const char *most, *least, *met;
	} table[] = {
		{ "1.41", "1.12", "1.41" }, { "1.40", "1.12", "1.40" }, { "1.52", "1.24", "1.41" },
		{ "1.53", "1.44", "1.44" }, { "1.9", "1.0", "1.9" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		char text[120];
		bench_setup(&own);
		struct bench *b = own;
		snprintf(text, sizeof text, "{\"ApiVersion\":\"%s\",\"MinAPIVersion\":\"%s\"}",
		         table[i].most, table[i].least);
		bench_answer(b, "GET /version", 200, str_of(text), SERVER_CLOSE);
		bench_probe(b, b->address);
		assert_string_equal(b->facts.api_version, table[i].met);
		bench_teardown(&own);
	}
}

/* Whoever should speak gRPC at once, by its version, but does not. */
static void test_docker__falls_back_to_the_upgrade(void **state)
{
	struct bench *b = *state;
	struct server_answer grpc = { .request = "POST /grpc", .bytes = str_of(upgrade_text),
	                              .then = SERVER_HOLD };
	size_t tried = 0;
	server_on(b->server, &grpc);
	bench_answer(b, "GET /version", 200,
	             STR("{\"Version\":\"29.2.0\",\"ApiVersion\":\"1.53\"}"), SERVER_CLOSE);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "buildkit");
	assert_string_equal(b->facts.version, "29.2.0");
	assert_true(b->facts.abilities & ABILITY_SSH_MOUNTS);
	for (size_t i = 0; i < server_requests(b->server); i++)
		tried += str_has_prefix(server_request(b->server, i), STR("PRI * HTTP/2.0\r\n"));
	assert_int_equal(tried, 1);
}

static void test_docker__probe_refuses_what_it_cannot_use(void **state)
{
	static const struct {
		int status;
		const char *body, *says;
		enum error_code code;
	} table[] = {
		{ 200, "<html>", "no docker engine", ERROR_PROTOCOL },
		{ 200, "{}", "tells no ApiVersion", ERROR_PROTOCOL },
		{ 200, "[]", "tells no ApiVersion", ERROR_PROTOCOL },
		{ 503, "{}", "status 503", ERROR_PROTOCOL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		bench_answer(b, "GET /version", table[i].status, str_of(table[i].body), SERVER_CLOSE);
		bench_probe(b, b->address);
		assert_int_equal(b->err.code, table[i].code);
		assert_non_null(strstr(b->err.text, table[i].says));
		bench_teardown(&own);
	}
}

static void test_docker__refuses_addresses_it_cannot_use(void **state)
{
	static const char *const wrong[] = { "ssh://-host", "tcp://", "tcp://host:0", "tcp://h:x",
	                                     "unix://", "npipe:////./pipe/docker" };
	struct bench *b = *state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct engine_options o = { .spec = wrong[i] };
		struct error err = { 0 };
		assert_null(engine_new(&o, b->loop, &err));
		assert_int_equal(err.code, ERROR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_docker__probe_tells_what_answers),
		TEST(test_docker__takes_the_head_of_a_ping_for_a_version),
		TEST(test_docker__meets_the_version_half_way),
		TEST(test_docker__falls_back_to_the_upgrade),
		TEST(test_docker__probe_refuses_what_it_cannot_use),
		TEST(test_docker__refuses_addresses_it_cannot_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
