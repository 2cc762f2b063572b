#include "core/ext/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "tests/core/os/looping.h"
#include "tests/fake/server.h"

struct bench {
	struct loop *loop;
	struct http *http;
	struct server *server;
	char url[64];
	struct buf bytes, begun, answer;
	unsigned begins, done;
	enum http_fetched outcome;
	bool refuses;
	struct error err;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	uint16_t port;
	b->loop = loop_new();
	b->http = http_new(b->loop);
	b->server = server_new_port(b->loop, &port);
	snprintf(b->url, sizeof b->url, "http://127.0.0.1:%u/file", port);
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	server_free(b->server);
	http_free(b->http);
	loop_free(b->loop);
	buf_finish(&b->bytes);
	buf_finish(&b->begun);
	buf_finish(&b->answer);
	free(b);
	return 0;
}

static bool bench_begin(void *data, const struct http_begin *begin, struct error *err)
{
	struct bench *b = data;
	b->begins++;
	buf_printf(&b->begun, "%llu of %llu etag %s modified %s part %s",
	           (unsigned long long)begin->from, (unsigned long long)begin->total,
	           begin->state.etag, begin->state.modified, begin->part ? begin->part : "none");
	return !b->refuses || error_set(err, ERROR_SYSTEM, "no room");
}

static bool bench_bytes(void *data, struct str bytes, struct error *err)
{
	struct bench *b = data;
	(void)err;
	assert_int_equal(b->begins, 1);
	buf_append(&b->bytes, bytes);
	return true;
}

static void bench_done(void *data, enum http_fetched outcome, const struct error *err)
{
	struct bench *b = data;
	b->done++;
	b->outcome = outcome;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

/* The answer is a head with its lines, and a body. */
static void bench_fetch(struct bench *b, const struct http_fetch *what, const char *head,
                        const char *body)
{
	struct http_fetch_events events = { bench_begin, bench_bytes, bench_done, b };
	struct http_fetch now = *what;
	if (head) {
		buf_printf(&b->answer, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head, strlen(body),
		           body);
		server_on(b->server, &(struct server_answer){ .request = "GET /file",
		                                              .bytes = buf_str(&b->answer) });
	}
	now.url = what->url ? what->url : b->url;
	http_fetch(b->http, &now, &events);
	looping_run(b->loop);
	assert_int_equal(b->done, 1);
}

static bool bench_sent(const struct bench *b, const char *line)
{
	return str_find_str(server_request(b->server, 0), str_of(line)) != STR_NONE;
}

static void test_http_fetch__tells_what_comes(void **state)
{
	struct bench *b = *state;
	bench_fetch(b, &(struct http_fetch){ 0 }, "200 OK\r\nETag: \"e\"\r\nLast-Modified: m", "12345");
	assert_int_equal(b->err.code, ERROR_NONE);
	assert_int_equal(b->outcome, HTTP_FETCHED);
	assert_string_equal(buf_text(&b->begun), "0 of 5 etag \"e\" modified m part \"e\"");
	assert_string_equal(buf_text(&b->bytes), "12345");
	assert_false(bench_sent(b, "Range") || bench_sent(b, "If-"));
}

static void test_http_fetch__begins_what_is_empty(void **state)
{
	struct bench *b = *state;
	bench_fetch(b, &(struct http_fetch){ 0 }, "200 OK", "");
	assert_int_equal(b->err.code, ERROR_NONE);
	assert_int_equal(b->begins, 1);
}

/* RFC 9110, 13.1.5 and 8.8.2.2: neither a weak ETag nor the second that was not over. */
static void test_http_fetch__goes_on_by_strong_validators_only(void **state)
{
	static const struct { const char *head, *part; } cases[] = {
		{ "200 OK\r\nETag: W/\"e\"\r\nLast-Modified: m\r\nDate: d", "none" },
		{ "200 OK\r\nLast-Modified: m\r\nDate: d", "m" },
		{ "200 OK\r\nLast-Modified: m\r\nDate: m", "none" },
		{ "200 OK\r\nLast-Modified: m", "none" },
		{ "200 OK\r\nETag: \"\xc3\xa4\"", "none" },
		{ "200 OK", "none" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench *b;
		bench_setup((void **)&b);
		bench_fetch(b, &(struct http_fetch){ 0 }, cases[i].head, "x");
		const char *part = strstr(buf_text(&b->begun), " part ");
		assert_non_null(part);
		assert_string_equal(part + 6, cases[i].part);
		bench_teardown((void **)&b);
	}
	(void)state;
}

static void test_http_fetch__asks_whether_it_has_changed(void **state)
{
	struct bench *b = *state;
	struct http_fetch what = { .known = { "W/\"e\"", "m" } };
	bench_fetch(b, &what, "304 Not Modified", "");
	assert_int_equal(b->err.code, ERROR_NONE);
	assert_int_equal(b->outcome, HTTP_UNCHANGED);
	assert_int_equal(b->begins, 0);
	assert_true(bench_sent(b, "\r\nIf-None-Match: W/\"e\"\r\n"));
	assert_true(bench_sent(b, "\r\nIf-Modified-Since: m\r\n"));
}

static void test_http_fetch__goes_on(void **state)
{
	struct bench *b = *state;
	struct http_fetch what = { .from = 3, .total = 8, .part = "\"e\"" };
	bench_fetch(b, &what, "206 Partial\r\nETag: \"e\"\r\nContent-Range: bytes 3-7/8", "45678");
	assert_int_equal(b->err.code, ERROR_NONE);
	assert_int_equal(b->outcome, HTTP_FETCHED);
	assert_string_equal(buf_text(&b->begun), "3 of 8 etag \"e\" modified  part \"e\"");
	assert_true(bench_sent(b, "\r\nRange: bytes=3-\r\n"));
	assert_true(bench_sent(b, "\r\nIf-Range: \"e\"\r\n"));
}

/* Nothing of a part that does not fit is ever taken. */
static void test_http_fetch__says_when_a_part_is_of_no_use(void **state)
{
	static const char *const heads[] = {
		"206 Partial\r\nContent-Range: bytes 2-7/8", "206 Partial\r\nContent-Range: bytes 3-7/9",
		"206 Partial\r\nContent-Range: bytes 3-7", "206 Partial\r\nContent-Range: x 3-7/8",
		"206 Partial\r\nContent-Range: bytes 3-7/8x", "206 Partial",
		"206 Partial\r\nETag: \"f\"\r\nContent-Range: bytes 3-7/8", "416 No\r\nETag: \"f\"",
	};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct bench *b;
		struct http_fetch what = { .from = 3, .total = 8, .part = "\"e\"" };
		bench_setup((void **)&b);
		bench_fetch(b, &what, heads[i], "45678");
		assert_int_equal(b->err.code, ERROR_NONE);
		assert_int_equal(b->outcome, HTTP_ANEW);
		assert_int_equal(b->begins, 0);
		assert_int_equal(b->bytes.n, 0);
		bench_teardown((void **)&b);
	}
	(void)state;
}

static void test_http_fetch__takes_all_from_a_server_without_ranges(void **state)
{
	struct bench *b = *state;
	struct http_fetch what = { .from = 3, .total = 8, .part = "\"e\"" };
	bench_fetch(b, &what, "200 OK\r\nETag: \"f\"", "12345678");
	assert_int_equal(b->outcome, HTTP_FETCHED);
	assert_string_equal(buf_text(&b->begun), "0 of 8 etag \"f\" modified  part \"f\"");
	assert_string_equal(buf_text(&b->bytes), "12345678");
}

static void test_http_fetch__takes_no_other_answer_for_the_file(void **state)
{
	static const char *const heads[] = {
		"404 No", "500 No", "302 Found", "304 Not Modified", "202 Later", "416 No",
		"206 Partial\r\nContent-Range: bytes 0-1/2",
	};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct bench *b;
		char says[32];
		bench_setup((void **)&b);
		bench_fetch(b, &(struct http_fetch){ 0 }, heads[i],
		            strncmp(heads[i], "304", 3) ? "no" : "");
		snprintf(says, sizeof says, "the server answers %.3s", heads[i]);
		assert_int_equal(b->outcome, HTTP_FETCHED);
		assert_int_equal(b->err.code, ERROR_MISSING);
		assert_non_null(strstr(b->err.text, b->url));
		assert_non_null(strstr(b->err.text, says));
		assert_int_equal(b->begins, 0);
		bench_teardown((void **)&b);
	}
	(void)state;
}

static void test_http_fetch__tells_a_cut_from_an_end(void **state)
{
	struct bench *b = *state;
	buf_append_text(&b->answer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234");
	server_on(b->server, &(struct server_answer){ .request = "GET", .bytes = buf_str(&b->answer) });
	bench_fetch(b, &(struct http_fetch){ 0 }, NULL, NULL);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "closed the connection"));
}

static void test_http_fetch__ends_where_nobody_takes_it(void **state)
{
	struct bench *b = *state;
	b->refuses = true;
	bench_fetch(b, &(struct http_fetch){ 0 }, "200 OK", "12345");
	assert_int_equal(b->err.code, ERROR_SYSTEM);
	assert_non_null(strstr(b->err.text, "no room"));
	assert_int_equal(b->bytes.n, 0);
}

static void test_http_fetch__never_shows_a_password(void **state)
{
	struct bench *b = *state;
	struct http_fetch what = { .url = "http://me:secret@127.0.0.1:1/x?token=secret" };
	bench_fetch(b, &what, NULL, NULL);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_null(strstr(b->err.text, "secret"));
	assert_non_null(strstr(b->err.text, "http://127.0.0.1:1/x"));
}

static void test_http_fetch__says_where_it_was_led(void **state)
{
	struct bench *b = *state;
	bench_fetch(b, &(struct http_fetch){ 0 },
	            "302 Found\r\nLocation: http://me:secret@127.0.0.1:1/y?secret", "");
	assert_non_null(strstr(b->err.text, "it leads to http://127.0.0.1:1/y: nothing answers"));
	assert_null(strstr(b->err.text, "secret"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_http_fetch__tells_what_comes),
		TEST(test_http_fetch__begins_what_is_empty),
		TEST(test_http_fetch__goes_on_by_strong_validators_only),
		TEST(test_http_fetch__asks_whether_it_has_changed),
		TEST(test_http_fetch__goes_on),
		TEST(test_http_fetch__says_when_a_part_is_of_no_use),
		TEST(test_http_fetch__takes_all_from_a_server_without_ranges),
		TEST(test_http_fetch__takes_no_other_answer_for_the_file),
		TEST(test_http_fetch__tells_a_cut_from_an_end),
		TEST(test_http_fetch__ends_where_nobody_takes_it),
		TEST(test_http_fetch__never_shows_a_password),
		TEST(test_http_fetch__says_where_it_was_led),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
