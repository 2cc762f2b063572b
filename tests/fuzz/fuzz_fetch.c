/* Whatever answers a download that wants to go on: the bytes are the answer, over a real
 * socket. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/check.h"
#include "core/ext/http.h"
/* The fuzzers link the core alone. */
#include "tests/fake/server.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bench {
	struct loop *loop;
	unsigned begun, done;
};

/* What is passed on fits what was asked, and can be sent back. */
static bool bench_begin(void *data, const struct http_begin *begin, struct error *err)
{
	struct bench *b = data;
	(void)err;
	CHECK(b->begun++ == 0);
	CHECK(begin->from == 0 || begin->from == 3);
	CHECK(strlen(begin->state.etag) <= HTTP_STATE_MAX);
	CHECK(strlen(begin->state.modified) <= HTTP_STATE_MAX);
	CHECK(!begin->part || (begin->part[0] && !strpbrk(begin->part, "\r\n")));
	return true;
}

static bool bench_bytes(void *data, struct str bytes, struct error *err)
{
	struct bench *b = data;
	(void)err;
	CHECK(b->begun == 1 && bytes.n);
	return true;
}

static void bench_done(void *data, enum http_fetched outcome, const struct error *err)
{
	struct bench *b = data;
	CHECK(b->done++ == 0);
	CHECK(!err || outcome == HTTP_FETCHED);
	CHECK(err || outcome != HTTP_FETCHED || b->begun);
	loop_stop(b->loop);
}

static void bench_stop(struct loop *l, void *data)
{
	(void)data;
	loop_stop(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench b = { .loop = loop_new() };
	struct error err = { 0 };
	uint16_t port;
	char url[64];
	struct server *s = server_new_port(b.loop, &port);
	struct http *http = http_new(b.loop);
	struct http_fetch_events events = { bench_begin, bench_bytes, bench_done, &b };
	struct http_fetch what = { .url = url, .known = { "\"e\"", "m" }, .from = 3, .total = 8,
	                           .part = size && data[0] & 1 ? "\"e\"" : "m" };
	snprintf(url, sizeof url, "http://127.0.0.1:%u/file", port);
	server_on(s, &(struct server_answer){ .request = "GET", .piece = 4096, .bytes = str_slice(
		(struct str){ (const char *)data, size }, 1, size) });
	uint64_t late = loop_timer(b.loop, 200, bench_stop, NULL);
	http_fetch(http, &what, &events);
	CHECK(loop_run(b.loop, &err));
	loop_untimer(b.loop, late);
	http_free(http);
	server_free(s);
	loop_free(b.loop);
	return 0;
}
