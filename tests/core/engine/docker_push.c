#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/engine/engine.h"
#include "core/os/save.h"
#include "tests/core/os/looping.h"
#include "tests/fake/server.h"

#define DIGEST "sha256:a13089b962f46c3acacbc572d85c0517c9c5a621ac3514af7c94ec4e2ca2d43c"
#define PUSHED "{\"status\":\"Layer already exists\",\"id\":\"aa\"}\n" \
	"{\"aux\":{\"Tag\":\"1\",\"Digest\":\"" DIGEST "\",\"Size\":949}}\n"

static const char docker_version[] =
	"{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}";
static const char podman_version[] =
	"{\"Components\":[{\"Name\":\"Podman Engine\",\"Version\":\"4.3.1\"}],"
	"\"Version\":\"4.3.1\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.24\"}";

/* An engine by its answers, and a user with a login for r.example. */
struct bench {
	struct loop *loop;
	struct server *server;
	struct engine *engine;
	struct work *work;
	char dir[64], path[96], address[112];
	struct buf version, answer, said, digest;
	struct push_task task;
	struct work_result result;
	bool cancels;
	int dones;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	struct error err = { 0 };
	char config[96];
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-push-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	snprintf(b->address, sizeof b->address, "unix://%s", b->path);
	snprintf(config, sizeof config, "%s/config.json", b->dir);
	CHECK(save_file(config, STR("{\"auths\":{\"r.example\":{\"auth\":\"YW5uOnB3\"}}}"), 0600,
	                &err));
	setenv("DOCKER_CONFIG", b->dir, 1);
	b->loop = loop_new();
	b->task = (struct push_task){ .name = "r.example/app:1" };
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	engine_free(b->engine);
	server_free(b->server);
	loop_free(b->loop);
	buf_finish(&b->version);
	buf_finish(&b->answer);
	buf_finish(&b->said);
	buf_finish(&b->digest);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	(void)f;
	assert_null(err);
	loop_stop(b->loop);
}

static void bench_probe(struct bench *b, const char *version)
{
	struct engine_options o = { .spec = b->address, .build_id = "b1" };
	struct error err = { 0 };
	server_append_answer(&b->version, 200, str_of(version), 50, true);
	b->server = server_new(b->loop, b->path);
	server_on(b->server, &(struct server_answer){ .request = "GET /version",
	                                              .bytes = buf_str(&b->version) });
	b->engine = engine_new(&o, b->loop, &err);
	assert_non_null(b->engine);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
}

static void bench_answer(struct bench *b, const char *request, const char *bytes,
                         enum server_then then)
{
	buf_append_text(&b->answer, bytes);
	server_on(b->server, &(struct server_answer){ .request = request, .bytes = buf_str(&b->answer),
	                                              .then = then });
}

/* A push that is answered with this body and 200. */
static void bench_stream(struct bench *b, const char *body, bool whole)
{
	owned_buf struct buf text = { 0 };
	server_append_answer(&text, 200, str_of(body), 30, whole);
	bench_answer(b, "POST /v1.41/images/r.example%2Fapp/push?", buf_text(&text), SERVER_CLOSE);
}

static void bench_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct bench *b = data;
	(void)key;
	(void)stream;
	(void)t;
	buf_append(&b->said, bytes);
	if (b->cancels)
		engine_cancel(b->work);
}

static void bench_warning(void *data, struct str text)
{
	struct bench *b = data;
	buf_printf(&b->said, "! %.*s\n", STR_ARG(text));
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	buf_append(&b->digest, r->digest);
	loop_stop(b->loop);
}

static void bench_push(struct bench *b)
{
	struct engine_sink sink = { .log = bench_log, .warning = bench_warning, .done = bench_done,
	                            .data = b };
	struct error err = { 0 };
	b->work = engine_push(b->engine, &b->task, &sink, &err);
	assert_non_null(b->work);
	assert_int_equal(b->dones, 0);
	looping_run(b->loop);
	assert_int_equal(b->dones, 1);
}

static bool bench_asked(const struct bench *b, size_t n, const char *part)
{
	return str_find_str(server_request(b->server, n), str_of(part)) != STR_NONE;
}

/* base64url of {"username":"ann","password":"pw","serveraddress":"r.example"} */
#define HEADER "X-Registry-Auth: eyJ1c2VybmFtZSI6ImFubiIsInBhc3N3b3JkIjoicHciLCJzZXJ2ZXJhZGRyZX" \
	"NzIjoici5leGFtcGxlIn0=\r\n"

static void test_docker_push__sends_the_login_and_tells_the_digest(void **state)
{
	struct bench *b = *state;
	bench_probe(b, docker_version);
	size_t before = server_requests(b->server);
	bench_stream(b, PUSHED, true);
	bench_push(b);
	assert_true(b->result.ok);
	assert_string_equal(buf_text(&b->digest), DIGEST);
	assert_string_equal(buf_text(&b->said), "aa: already there\n");
	assert_true(bench_asked(b, before, "push?tag=1 HTTP"));
	assert_true(bench_asked(b, before, HEADER));
}

static void test_docker_push__says_that_there_is_no_login(void **state)
{
	struct bench *b = *state;
	setenv("DOCKER_CONFIG", "/nowhere", 1);
	bench_probe(b, docker_version);
	size_t before = server_requests(b->server);
	bench_stream(b, "{\"error\":\"no basic auth credentials\"}\n", true);
	bench_push(b);
	assert_false(b->result.ok || b->result.is_passing);
	assert_string_equal(b->result.error.text, "r.example wants a login to take r.example/app:1, "
	                    "and /nowhere/config.json has none for it: docker login r.example "
	                    "stores one");
	assert_true(bench_asked(b, before, "X-Registry-Auth: e30=\r\n"));
}

/* podman has logins of its own, and TLS for what is not here. */
static void test_docker_push__leaves_podman_its_own_logins(void **state)
{
	struct bench *b = *state;
	setenv("DOCKER_CONFIG", "/nowhere", 1);
	bench_probe(b, podman_version);
	size_t before = server_requests(b->server);
	bench_stream(b, "{\"status\":\"1: digest: " DIGEST " size: 740\"}\n", true);
	bench_push(b);
	assert_true(b->result.ok);
	assert_string_equal(buf_text(&b->digest), DIGEST);
	assert_false(bench_asked(b, before, "X-Registry-Auth"));
	assert_false(bench_asked(b, before, "tlsVerify"));
}

static void test_docker_push__lets_podman_do_without_tls_on_this_machine(void **state)
{
	struct bench *b = *state;
	bench_probe(b, podman_version);
	size_t before = server_requests(b->server);
	b->task.name = "127.0.0.1:5000/app:1";
	bench_push(b);
	assert_true(bench_asked(b, before,
	                        "/images/127.0.0.1%3A5000%2Fapp/push?tag=1&tlsVerify=false"));
}

static void test_docker_push__gives_a_name_first_where_there_is_none(void **state)
{
	struct bench *b = *state;
	bench_probe(b, docker_version);
	size_t before = server_requests(b->server);
	b->task.image = "sha256:0011";
	bench_answer(b, "POST /v1.41/images/sha256%3A0011/tag?",
	             "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", SERVER_CLOSE);
	b->task.is_local = true;
	bench_push(b);
	assert_true(b->result.ok);
	assert_true(bench_asked(b, before, "/tag?repo=r.example%2Fapp&tag=1 HTTP"));
	assert_int_equal(server_requests(b->server), before + 1);
}

static void test_docker_push__does_not_send_what_cannot_be_named(void **state)
{
	struct bench *b = *state;
	bench_probe(b, docker_version);
	size_t before = server_requests(b->server);
	b->task.image = "sha256:0011";
	bench_answer(b, "POST /v1.41/images/sha256%3A0011/tag?", "HTTP/1.1 404 Not Found\r\n"
	             "Content-Length: 27\r\n\r\n{\"message\":\"no such image\"}", SERVER_CLOSE);
	bench_push(b);
	assert_false(b->result.ok);
	assert_non_null(strstr(b->result.error.text, "no such image"));
	assert_int_equal(server_requests(b->server), before + 1);
}

static void test_docker_push__heeds_retry_after(void **state)
{
	struct bench *b = *state;
	bench_probe(b, docker_version);
	bench_answer(b, "POST /v1.41/images/r.example%2Fapp/push?", "HTTP/1.1 429 Too Many Requests\r\n"
	             "Retry-After: 17\r\nContent-Length: 22\r\n\r\n{\"message\":\"too many\"}",
	             SERVER_CLOSE);
	bench_push(b);
	assert_true(!b->result.ok && b->result.is_passing);
	assert_int_equal(b->result.retry_after, 17);
	assert_non_null(strstr(b->result.error.text, "too many"));
}

static void test_docker_push__tells_what_may_pass(void **state)
{
	struct bench *b = *state;
	bench_probe(b, docker_version);
	bench_answer(b, "POST /v1.41/images/r.example%2Fapp/push?", "HTTP/1.1 503 Service Unavailable"
	             "\r\nContent-Length: 0\r\n\r\n", SERVER_CLOSE);
	bench_push(b);
	assert_true(!b->result.ok && b->result.is_passing);
	assert_int_equal(b->result.retry_after, 0);
}

static void test_docker_push__does_not_repeat_what_the_engine_refuses(void **state)
{
	struct bench *b = *state;
	bench_probe(b, docker_version);
	bench_answer(b, "POST /v1.41/images/r.example%2Fapp/push?", "HTTP/1.1 404 Not Found\r\n"
	             "Content-Length: 27\r\n\r\n{\"message\":\"image not known\"}", SERVER_CLOSE);
	bench_push(b);
	assert_true(!b->result.ok && !b->result.is_passing);
	assert_int_equal(b->result.error.code, ERROR_REFUSED);
}

static void test_docker_push__without_an_end_is_no_success(void **state)
{
	static const char *const bodies[] = { "", "{\"status\":\"Pushed\",\"id\":\"aa\"}\n",
	                                      "{\"status\":\"Pu" };
	for (size_t i = 0; i < 3; i++)
		for (int whole = 0; whole < 2; whole++) {
			struct bench *b;
			bench_setup((void **)&b);
			bench_probe(b, docker_version);
			bench_stream(b, bodies[i], whole);
			bench_push(b);
			assert_false(b->result.ok || b->result.is_passing);
			assert_int_equal(b->result.error.code, ERROR_UNREACHABLE);
			bench_teardown((void **)&b);
		}
	(void)state;
}

static void test_docker_push__is_cancelled_by_closing(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct error err = { 0 };
	bench_probe(b, docker_version);
	server_append_answer(&text, 200, STR("{\"status\":\"Layer already exists\",\"id\":\"aa\"}\n"),
	                     30, false);
	bench_answer(b, "POST /v1.41/images/r.example%2Fapp/push?", buf_text(&text), SERVER_HOLD);
	b->cancels = true;
	bench_push(b);
	assert_true(b->result.cancelled && !b->result.ok);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	for (int turns = 0; turns < 1000 && !server_dropped(b->server); turns++)
		assert_true(loop_turn(b->loop, 10, &err));
	assert_int_equal(server_dropped(b->server), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_docker_push__sends_the_login_and_tells_the_digest),
		TEST(test_docker_push__says_that_there_is_no_login),
		TEST(test_docker_push__leaves_podman_its_own_logins),
		TEST(test_docker_push__lets_podman_do_without_tls_on_this_machine),
		TEST(test_docker_push__gives_a_name_first_where_there_is_none),
		TEST(test_docker_push__does_not_send_what_cannot_be_named),
		TEST(test_docker_push__heeds_retry_after),
		TEST(test_docker_push__tells_what_may_pass),
		TEST(test_docker_push__does_not_repeat_what_the_engine_refuses),
		cmocka_unit_test(test_docker_push__without_an_end_is_no_success),
		TEST(test_docker_push__is_cancelled_by_closing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
