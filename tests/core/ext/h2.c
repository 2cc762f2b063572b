#include "core/ext/h2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/check.h"

/* Two ends, and what each was told. */
struct end {
	struct h2 *h2;
	struct h2_stream *stream;       /* the last that was told of */
	struct buf log, bytes;
	bool frees;
};

static void end_head(void *data, struct h2_stream *s, const struct pair *headers, size_t n,
                     bool is_trailer)
{
	struct end *e = data;
	e->stream = s;
	buf_printf(&e->log, "%s(", is_trailer ? "trailer" : "head");
	for (size_t i = 0; i < n; i++)
		buf_printf(&e->log, "%.*s=%.*s ", STR_ARG(headers[i].name), STR_ARG(headers[i].value));
	buf_append_text(&e->log, ") ");
	if (!e->frees)
		return;
	h2_free(e->h2);
	e->h2 = NULL;
}

static void end_bytes(void *data, struct h2_stream *s, struct str bytes)
{
	(void)s;
	buf_append(&((struct end *)data)->bytes, bytes);
}

static void end_end(void *data, struct h2_stream *s)
{
	(void)s;
	buf_append_text(&((struct end *)data)->log, "end ");
}

static void end_closed(void *data, struct h2_stream *s, uint32_t code)
{
	struct end *e = data;
	(void)s;
	e->stream = NULL;
	buf_printf(&e->log, "closed:%s ", h2_code_name(code));
}

static void end_init(struct end *e, enum h2_role role)
{
	const struct h2_events on = { end_head, end_bytes, end_end, NULL, end_closed, e };
	*e = (struct end){ .h2 = h2_new(role, &on) };
}

static void end_finish(struct end *e)
{
	h2_free(e->h2);
	buf_finish(&e->log);
	buf_finish(&e->bytes);
}

/* What one has to say goes to the other, in pieces. */
static bool end_move(struct end *from, struct end *to, size_t piece, struct error *err)
{
	struct str bytes;
	struct error ignored = { 0 };
	while (from->h2 && h2_pull(from->h2, &bytes, &ignored) && bytes.n) {
		owned_buf struct buf kept = { 0 };
		buf_append(&kept, bytes);
		for (size_t at = 0; at < kept.n && to->h2; at += piece)
			if (!h2_feed(to->h2, str_slice(buf_str(&kept), at, piece), err))
				return false;
	}
	return true;
}

static void both_settle(struct end *client, struct end *server, size_t piece)
{
	struct error err = { 0 };
	for (int i = 0; i < 20; i++) {
		assert_true(end_move(client, server, piece, &err));
		assert_true(end_move(server, client, piece, &err));
	}
}

static const struct pair request[] = {
	{ { ":method", 7 }, { "POST", 4 } }, { { ":scheme", 7 }, { "http", 4 } },
	{ { ":path", 5 }, { "/a", 2 } }, { { ":authority", 10 }, { "x", 1 } },
};
static const struct pair answer[] = { { { ":status", 7 }, { "200", 3 } } };
static const struct pair trailer[] = { { { "how", 3 }, { "well", 4 } } };

static void test_h2__talks_in_pieces_of_any_size(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 2000; piece = piece * 3 + 1) {
		struct end client, server;
		end_init(&client, H2_CLIENT);
		end_init(&server, H2_SERVER);
		assert_false(h2_is_met(client.h2));
		struct h2_stream *s = h2_open(client.h2, request, 4, &client);
		assert_ptr_equal(h2_stream_data(s), &client);
		h2_send(s, STR("question"));
		h2_send_end(s, NULL, 0);
		both_settle(&client, &server, piece);
		assert_true(h2_is_met(client.h2) && h2_is_met(server.h2));
		assert_string_equal(buf_text(&server.bytes), "question");
		h2_answer(server.stream, answer, 1);
		h2_send(server.stream, STR("answer"));
		h2_send_end(server.stream, trailer, 1);
		both_settle(&client, &server, piece);
		assert_string_equal(buf_text(&server.log), "head(:method=POST :scheme=http :path=/a "
		                    ":authority=x ) end closed:NO_ERROR ");
		assert_string_equal(buf_text(&client.log),
		                    "head(:status=200 ) trailer(how=well ) end closed:NO_ERROR ");
		assert_string_equal(buf_text(&client.bytes), "answer");
		assert_int_equal(h2_streams(client.h2) + h2_streams(server.h2), 0);
		end_finish(&client);
		end_finish(&server);
	}
}

static void test_h2__a_server_need_not_hear_all(void **state)
{
	struct end client, server;
	(void)state;
	end_init(&client, H2_CLIENT);
	end_init(&server, H2_SERVER);
	struct h2_stream *s = h2_open(client.h2, request, 4, NULL);
	h2_send(s, STR("question"));
	both_settle(&client, &server, 9);
	h2_answer_only(server.stream, answer, 1);
	both_settle(&client, &server, 9);
	assert_string_equal(buf_text(&client.log), "head(:status=200 ) end closed:NO_ERROR ");
	assert_int_equal(h2_streams(client.h2) + h2_streams(server.h2), 0);
	end_finish(&client);
	end_finish(&server);
}

static void test_h2__can_be_freed_by_what_it_tells(void **state)
{
	struct end client, server;
	struct error err = { 0 };
	(void)state;
	end_init(&client, H2_CLIENT);
	end_init(&server, H2_SERVER);
	server.frees = true;
	h2_send(h2_open(client.h2, request, 4, NULL), STR("question"));
	assert_true(end_move(&client, &server, 1 << 20, &err));
	assert_null(server.h2);
	assert_int_equal(server.bytes.n, 0);
	end_finish(&client);
	end_finish(&server);
}

/* ---- the other end misbehaves: frames by hand ---- */

enum { DATA, HEADERS, RST = 3, SETTINGS, PING = 6, GOAWAY, WINDOW, CONTINUATION };

static void frame(struct buf *b, int type, int flags, unsigned stream, struct str payload)
{
	const char head[] = { (char)(payload.n >> 16), (char)(payload.n >> 8), (char)payload.n,
	                      (char)type, (char)flags, 0, 0, (char)(stream >> 8), (char)stream };
	buf_append(b, (struct str){ head, sizeof head });
	buf_append(b, payload);
}

/* Feeds a client that has asked; false: it has had enough. */
static bool hostile(struct end *e, const struct buf *bytes, int times, struct error *err)
{
	struct str out;
	bool ok = true;
	for (int i = 0; ok && i < times; i++) {
		ok = h2_feed(e->h2, buf_str(bytes), err);
		while (ok && (ok = h2_pull(e->h2, &out, err)) && out.n)
			;
	}
	return ok;
}

static void hostile_begin(struct end *e, struct buf *bytes)
{
	struct error err = { 0 };
	end_init(e, H2_CLIENT);
	assert_non_null(h2_open(e->h2, request, 4, NULL));
	frame(bytes, SETTINGS, 0, 0, (struct str){ 0 });
	if (!hostile(e, bytes, 1, &err))
		fail_msg("%s", err.text);
	buf_clear(bytes);
}

static void fails_with(const struct buf *bytes, int times, enum error_code code, const char *text)
{
	struct end e;
	struct error err = { 0 };
	owned_buf struct buf settings = { 0 };
	hostile_begin(&e, &settings);
	if (hostile(&e, bytes, times, &err))
		fail_msg("nothing is wrong, but '%s' should be", text);
	if (err.code != code || !strstr(err.text, text))
		fail_msg("%d '%s', not '%s'", err.code, err.text, text);
	/* And so it stays. */
	assert_false(h2_feed(e.h2, STR("more"), &err));
	end_finish(&e);
}

static void test_h2__has_enough_of_floods(void **state)
{
	static const struct {
		int type, stream;
		struct str payload;
	} floods[] = {
		{ SETTINGS, 0, { "", 0 } }, { PING, 0, { "12345678", 8 } },
		{ WINDOW, 0, { "\0\0\0\1", 4 } }, { WINDOW, 1, { "\0\0\0\1", 4 } },
		{ 200, 0, { "unknown", 7 } }, { 2 /* PRIORITY */, 1, { "\0\0\0\0\0", 5 } },
	};
	(void)state;
	for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
		owned_buf struct buf b = { 0 };
		for (int n = 0; n < 500; n++)
			frame(&b, floods[i].type, 0, (unsigned)floods[i].stream, floods[i].payload);
		fails_with(&b, 2000, ERROR_PROTOCOL, "the other side sends frames without end and no data");
	}
	/* One after the other they are in order, as on a line that is kept alive for days. */
	struct end e;
	struct error err = { 0 };
	owned_buf struct buf b = { 0 };
	hostile_begin(&e, &b);
	frame(&b, PING, 0, 0, STR("12345678"));
	assert_true(hostile(&e, &b, H2_IDLE_FRAMES_MAX - 10, &err));
	end_finish(&e);
}

static void test_h2__takes_headers_only_so_long(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 }, block = { 0 };
	/* Literal headers without indexing, "a: bbb…". */
	for (int i = 0; i < 15; i++) {
		buf_append(&block, (struct str){ "\0\1a\177\201\7", 6 });
		buf_append_fill(&block, 'b', 127 + 1 + 7 * 128);
	}
	frame(&b, HEADERS, 0, 1, (struct str){ "\210", 1 });
	for (int i = 0; i < 6; i++)
		frame(&b, CONTINUATION, i == 5 ? 4 : 0, 1, buf_str(&block));
	fails_with(&b, 1, ERROR_PROTOCOL, "more than 64 KiB of headers");
	buf_clear(&b);
	frame(&b, HEADERS, 0, 1, (struct str){ "\210", 1 });
	for (int i = 0; i < 1000; i++)
		frame(&b, CONTINUATION, 0, 1, (struct str){ 0 });
	struct end e;
	struct error err = { 0 };
	owned_buf struct buf settings = { 0 };
	hostile_begin(&e, &settings);
	assert_false(hostile(&e, &b, 1000, &err));
	end_finish(&e);
}

static void test_h2__says_what_is_no_http2(void **state)
{
	static const struct {
		struct str bytes;
		const char *text;
	} table[] = {
		{ { "\377\377\377\4\0\0\0\0\0", 9 }, "too large frame size (FRAME_SIZE_ERROR)" },
		{ { "\0\0\1\0\0\0\0\0\2x", 10 }, "this is no HTTP/2: " },
		{ { "\0\0\3\10\0\0\0\0\0xyz", 12 }, "(FRAME_SIZE_ERROR)" },
		{ { "\0\0\4\10\0\0\0\0\0\177\377\377\377", 13 }, "(FLOW_CONTROL_ERROR)" },
		{ { "\0\0\1\1\4\0\0\0\1\377", 10 }, "(COMPRESSION_ERROR)" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		buf_append(&b, table[i].bytes);
		fails_with(&b, 2, ERROR_PROTOCOL, table[i].text);
	}
}

static void test_h2__hears_a_goodbye(void **state)
{
	struct end e;
	struct error err = { 0 };
	struct str text;
	uint32_t code;
	owned_buf struct buf b = { 0 };
	(void)state;
	hostile_begin(&e, &b);
	assert_false(h2_is_leaving(e.h2, NULL, NULL));
	frame(&b, GOAWAY, 0, 0, (struct str){ "\0\0\0\0\0\0\0\13too_many_pings", 22 });
	assert_true(hostile(&e, &b, 1, &err));
	assert_true(h2_is_leaving(e.h2, &code, &text));
	assert_string_equal(h2_code_name(code), "ENHANCE_YOUR_CALM");
	assert_true(str_eq(text, STR("too_many_pings")));
	/* The call that it has not taken is closed, and there are no new ones. */
	assert_string_equal(buf_text(&e.log), "closed:REFUSED_STREAM ");
	assert_null(h2_open(e.h2, request, 4, NULL));
	end_finish(&e);
}

static void test_h2__a_client_opens_only_so_many_streams(void **state)
{
	struct end client, server;
	(void)state;
	end_init(&client, H2_CLIENT);
	end_init(&server, H2_SERVER);
	both_settle(&client, &server, 1 << 20);
	for (int i = 0; i < H2_STREAMS_MAX + 500; i++)
		assert_non_null(h2_open(client.h2, request, 4, NULL));
	both_settle(&client, &server, 1 << 20);
	assert_int_equal(h2_streams(server.h2), H2_STREAMS_MAX);
	end_finish(&client);
	end_finish(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_h2__talks_in_pieces_of_any_size),
		cmocka_unit_test(test_h2__a_server_need_not_hear_all),
		cmocka_unit_test(test_h2__can_be_freed_by_what_it_tells),
		cmocka_unit_test(test_h2__has_enough_of_floods),
		cmocka_unit_test(test_h2__takes_headers_only_so_long),
		cmocka_unit_test(test_h2__says_what_is_no_http2),
		cmocka_unit_test(test_h2__hears_a_goodbye),
		cmocka_unit_test(test_h2__a_client_opens_only_so_many_streams),
	};
	return cmocka_run_group_tests_name("h2", tests, NULL, NULL);
}
