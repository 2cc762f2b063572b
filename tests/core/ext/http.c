#include "core/ext/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/os/save.h"
#include "tests/core/os/looping.h"
#include "tests/fake/server.h"

struct bench {
	struct loop *loop;
	struct http *http;
	struct server *server;
	char dir[64], path[96];
	struct buf bytes, server_name;  /* what came, and a header of it */
	bool has_date;
	int status, done;
	struct error err;
	struct http_transfer *transfer;
	size_t pulls, fail_at, refuse_at;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-http-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	b->loop = loop_new();
	b->http = http_new(b->loop);
	b->server = server_new(b->loop, b->path);
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	server_free(b->server);
	http_free(b->http);
	loop_free(b->loop);
	buf_finish(&b->bytes);
	buf_finish(&b->server_name);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static bool bench_bytes(void *data, struct str bytes, struct error *err)
{
	struct bench *b = data;
	buf_append(&b->bytes, bytes);
	b->status = http_status(b->transfer);
	if (b->refuse_at && b->bytes.n >= b->refuse_at)
		return error_set(err, ERROR_PROTOCOL, "enough of that");
	return true;
}

static void bench_done(void *data, const struct error *err)
{
	struct bench *b = data;
	b->done++;
	b->status = http_status(b->transfer);
	buf_append(&b->server_name, http_header(b->transfer, "server"));
	b->has_date = http_header(b->transfer, "Date").p;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static enum http_body bench_pull(void *data, struct str *ret_bytes, struct error *err)
{
	struct bench *b = data;
	static char piece[300000];
	memset(piece, 'x', sizeof piece);
	if (b->fail_at && b->pulls == b->fail_at) {
		error_set(err, ERROR_SYSTEM, "'a.txt' has grown");
		return HTTP_BODY_FAILED;
	}
	if (b->pulls++ == 3)
		return HTTP_BODY_DONE;
	*ret_bytes = (struct str){ piece, sizeof piece };
	return HTTP_BODY_DATA;
}

static void bench_start(struct bench *b, const char *method, const char *path, bool body)
{
	struct http_request r = { .method = method, .path = path, .at = { .unix_path = b->path } };
	struct http_events e = { .bytes = bench_bytes, .done = bench_done, .data = b };
	if (body)
		e.pull = bench_pull;
	b->transfer = http_start(b->http, &r, &e);
}

static struct server_answer bench_answer(struct buf *b, const char *request, int status,
                                         struct str body, bool whole)
{
	server_append_answer(b, status, body, 5, whole);
	return (struct server_answer){ .request = request, .bytes = buf_str(b) };
}

static void test_http__gets_an_answer_that_comes_in_pieces(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct server_answer a = bench_answer(&text, "GET /version", 200, STR("{\"a\":12345}"), true);
	server_on(b->server, &a);
	bench_start(b, "GET", "/version?x=1", false);
	looping_run(b->loop);
	assert_int_equal(b->done, 1);
	assert_int_equal(b->err.code, ERROR_NONE);
	assert_int_equal(b->status, 200);
	assert_string_equal(buf_text(&b->bytes), "{\"a\":12345}");
	struct str seen = server_request(b->server, 0);
	assert_true(str_has_prefix(seen, STR("GET /version?x=1 HTTP/1.1\r\n")));
	assert_true(str_find_str(seen, STR("Expect")) == STR_NONE);
}

static void test_http__gives_headers_by_name(void **state)
{
	struct bench *b = *state;
	struct server_answer a = {
		.request = "GET /_ping",
		.bytes = STR("HTTP/1.1 200 OK\r\nServer:   Docker/20.10.24 (linux) \r\n"
		             "Content-Length: 2\r\n\r\nOK"),
	};
	server_on(b->server, &a);
	bench_start(b, "GET", "/_ping", false);
	looping_run(b->loop);
	assert_string_equal(buf_text(&b->server_name), "Docker/20.10.24 (linux)");
	assert_false(b->has_date);
}

static void test_http__gives_the_status_of_a_refusal(void **state)
{
	struct bench *b = *state;
	bench_start(b, "GET", "/nothing", false);
	looping_run(b->loop);
	assert_int_equal(b->status, 404);
	assert_int_equal(b->err.code, ERROR_NONE);
}

static void test_http__sends_a_body_in_chunks_to_its_end(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct server_answer a = bench_answer(&text, "POST /build", 200, STR("ok"), true);
	a.after_body = true;
	server_on(b->server, &a);
	bench_start(b, "POST", "/build", true);
	looping_run(b->loop);
	assert_string_equal(buf_text(&b->bytes), "ok");
	assert_true(server_ended(b->server, 0));
	struct str seen = server_request(b->server, 0);
	assert_int_equal(seen.n - str_find_str(seen, STR("\r\n\r\n")) - 4, 900000);
}

static void test_http__cuts_the_stream_when_the_body_fails(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct server_answer a = bench_answer(&text, "POST /build", 200, STR("ok"), true);
	struct error err = { 0 };
	a.after_body = true;
	server_on(b->server, &a);
	b->fail_at = 1;
	bench_start(b, "POST", "/build", true);
	looping_run(b->loop);
	assert_int_equal(b->err.code, ERROR_SYSTEM);
	assert_string_equal(b->err.text, "'a.txt' has grown");
	for (int i = 0; i < 100 && !server_dropped(b->server); i++)
		assert_true(loop_turn(b->loop, 100, &err));
	assert_int_equal(server_dropped(b->server), 1);
	assert_false(server_ended(b->server, 0));
}

static void test_http__stops_when_what_came_is_refused(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct server_answer a = bench_answer(&text, "GET /", 200, STR("0123456789"), true);
	server_on(b->server, &a);
	b->refuse_at = 4;
	bench_start(b, "GET", "/", false);
	looping_run(b->loop);
	assert_string_equal(b->err.text, "enough of that");
	assert_true(b->bytes.n < 10);
}

static void test_http__says_that_the_peer_went_away(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct server_answer a = bench_answer(&text, "POST /build", 200, STR("0123456789"), false);
	a.then = SERVER_VANISH;
	server_on(b->server, &a);
	bench_start(b, "POST", "/build", false);
	looping_run(b->loop);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "closed the connection"));
	assert_string_equal(buf_text(&b->bytes), "0123456789");
}

static void test_http__says_that_nothing_answers(void **state)
{
	struct bench *b = *state;
	snprintf(b->path, sizeof b->path, "%s/none", b->dir);
	bench_start(b, "GET", "/version", false);
	looping_run(b->loop);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "nothing answers at unix:///tmp/mortar-http-"));
}

static void test_http__refuses_what_is_not_http(void **state)
{
	struct bench *b = *state;
	struct server_answer a = { .request = "GET /", .bytes = STR("220 mail ESMTP\r\n\r\n") };
	server_on(b->server, &a);
	bench_start(b, "GET", "/version", false);
	looping_run(b->loop);
	assert_int_equal(b->err.code, ERROR_PROTOCOL);
}

static void test_http__bounds_the_head(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	buf_append(&text, STR("HTTP/1.1 200 X\r\n"));
	for (int i = 0; i < 4000; i++)
		buf_printf(&text, "X-%d: aaaaaaaaaaaaaaaaaaaaaaaa\r\n", i);
	buf_append(&text, STR("\r\n"));
	struct server_answer a = { .request = "GET /", .bytes = buf_str(&text), .piece = 4096 };
	server_on(b->server, &a);
	bench_start(b, "GET", "/version", false);
	looping_run(b->loop);
	assert_int_equal(b->err.code, ERROR_LIMIT);
}

static void bench_cancel(struct loop *l, void *data)
{
	struct bench *b = data;
	if (!server_requests(b->server)) {
		loop_timer(l, 1, bench_cancel, b);
		return;
	}
	http_cancel(b->transfer);
}

static void test_http__cancel_closes_the_connection(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct error err = { 0 };
	struct server_answer a = bench_answer(&text, "GET /", 200, STR("0123"), false);
	a.then = SERVER_HOLD;
	server_on(b->server, &a);
	bench_start(b, "GET", "/", false);
	loop_timer(b->loop, 0, bench_cancel, b);
	for (int i = 0; i < 100 && !server_dropped(b->server); i++)
		assert_true(loop_turn(b->loop, 100, &err));
	assert_int_equal(server_dropped(b->server), 1);
	assert_int_equal(b->done, 0);
}

static void bench_upgraded(void *data, int status, const struct error *err)
{
	struct bench *b = data;
	b->done++;
	b->status = status;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static void bench_upgrade(struct bench *b, const char *answer)
{
	struct server_answer a = { .request = "POST /grpc", .bytes = str_of(answer) };
	struct http_request r = { .method = "POST", .path = "/grpc", .at = { .unix_path = b->path } };
	a.then = SERVER_HOLD;
	server_on(b->server, &a);
	b->done = b->status = 0;
	b->err = (struct error){ 0 };
	http_upgrade(b->http, &r, "h2c", bench_upgraded, b);
	looping_run(b->loop);
	assert_int_equal(b->done, 1);
}

static void test_http__asks_for_an_upgrade(void **state)
{
	struct bench *b = *state;
	bench_upgrade(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nbinary");
	assert_int_equal(b->status, 101);
	struct str seen = server_request(b->server, 0);
	assert_true(str_find_str(seen, STR("\r\nUpgrade: h2c\r\n")) != STR_NONE);
	bench_upgrade(b, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(b->status, 404);
	bench_upgrade(b, "SSH-2.0-OpenSSH\r\n\r\n");
	assert_int_equal(b->err.code, ERROR_PROTOCOL);
}

static void test_http__an_upgrade_needs_somebody_there(void **state)
{
	struct bench *b = *state;
	struct http_request r = { .method = "POST", .path = "/grpc" };
	r.at.unix_path = "/nonexistent/socket";
	http_upgrade(b->http, &r, "h2c", bench_upgraded, b);
	looping_run(b->loop);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
}

static void test_http__escapes_what_a_query_cannot_hold(void **state)
{
	owned_buf struct buf b = { 0 };
	(void)state;
	http_append_escaped(&b, STR("a-Z_0.~ /\"+%\xc3\xa4"));
	assert_string_equal(buf_text(&b), "a-Z_0.~%20%2F%22%2B%25%C3%A4");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_http__gets_an_answer_that_comes_in_pieces),
		TEST(test_http__gives_headers_by_name),
		TEST(test_http__gives_the_status_of_a_refusal),
		TEST(test_http__sends_a_body_in_chunks_to_its_end),
		TEST(test_http__cuts_the_stream_when_the_body_fails),
		TEST(test_http__stops_when_what_came_is_refused),
		TEST(test_http__says_that_the_peer_went_away),
		TEST(test_http__says_that_nothing_answers),
		TEST(test_http__refuses_what_is_not_http),
		TEST(test_http__bounds_the_head),
		TEST(test_http__cancel_closes_the_connection),
		TEST(test_http__asks_for_an_upgrade),
		TEST(test_http__an_upgrade_needs_somebody_there),
		TEST(test_http__escapes_what_a_query_cannot_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
