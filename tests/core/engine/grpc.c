#include "core/engine/grpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/check.h"

/* A client and a server of ours with a line between them that cuts what goes over it into
 * pieces and lets no more than `room` bytes through a turn. */
struct end {
	struct both *both;
	struct grpc *grpc;
	struct buf line;                /* to the other end */
	struct end *other;
	bool ended;
	struct error err;
};
struct both {
	struct loop *loop;
	struct end client, server;
	size_t piece, room;
	uint64_t timer;
	struct buf log;                 /* what has happened, in words */
	struct grpc_call *served;
	size_t got, chunks, peak;
	bool holds;
};

static void move_on(struct loop *l, void *data);

static void line_send(void *data, struct str bytes)
{
	struct end *e = data;
	buf_append(&e->line, bytes);
	if (!e->both->timer)
		e->both->timer = loop_timer(e->both->loop, 0, move_on, e->both);
}

static size_t line_unsent(void *data)
{
	return ((struct end *)data)->line.n;
}

static void line_move(struct end *e)
{
	struct both *b = e->both;
	owned_buf struct buf now = { 0 };
	size_t n = e->line.n < b->room ? e->line.n : b->room;
	buf_append(&now, (struct str){ e->line.p, n });
	buf_shift(&e->line, n);
	for (size_t at = 0; at < n && e->other->grpc; at += b->piece)
		grpc_feed(e->other->grpc, str_slice(buf_str(&now), at, b->piece));
	if (n && e->grpc)
		grpc_drained(e->grpc);
}

static void move_on(struct loop *l, void *data)
{
	struct both *b = data;
	b->timer = 0;
	if (b->client.line.n)
		line_move(&b->client);
	if (b->server.line.n)
		line_move(&b->server);
	if ((b->client.line.n || b->server.line.n) && !b->timer)
		b->timer = loop_timer(l, 0, move_on, b);
}

static void on_ended(void *data, const struct error *err)
{
	struct end *e = data;
	assert_false(e->ended);
	e->ended = true;
	if (err)
		e->err = *err;
}

/* ---- the server's methods ---- */

static void say(struct both *b, const char *what, struct str text)
{
	buf_printf(&b->log, "%s[%.*s] ", what, text.n > 60 ? 60 : (int)text.n, text.p ? text.p : "");
}

static void served_message(void *data, struct grpc_call *c, struct str bytes)
{
	struct both *b = data;
	b->got += bytes.n;
	b->chunks++;
	if (bytes.n < 100)
		say(b, "server", bytes);
	if (str_eq(bytes, STR("fail")))
		grpc_answer(c, GRPC_NOT_FOUND, STR("no 100% \xc3\xa4\n"));
	else if (str_eq(bytes, STR("hold")))
		grpc_hold(c, true);
	else if (str_has_prefix(bytes, STR("echo")))
		grpc_send(c, bytes);
}

static void served_end(void *data, struct grpc_call *c)
{
	say(data, "server-end", (struct str){ 0 });
	grpc_answer(c, GRPC_OK, (struct str){ 0 });
}

static void served_done(void *data, const struct grpc_status *s, const struct error *err)
{
	assert_null(s);
	say(data, "server-done", str_of(err->text));
	((struct both *)data)->served = NULL;
}

static bool served_begin(void *data, const char *method, const struct pair *metadata, size_t n,
                         struct grpc_call *c, struct grpc_call_events *ret_events)
{
	struct both *b = data;
	say(b, "begin", str_of(method));
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(metadata[i].name, STR("x-")))
			say(b, "meta", metadata[i].value);
	if (strcmp(method, "/a.B/At/Once") == 0) {
		grpc_answer(c, GRPC_OK, (struct str){ 0 });
		return true;
	}
	*ret_events = (struct grpc_call_events){ NULL, served_message, NULL, served_end,
		served_done, b };
	bool is_known = strcmp(method, "/a.B/Known") == 0;
	if (is_known)
		b->served = c;
	return is_known;
}

/* ---- the client's side ---- */

static void called_message(void *data, struct grpc_call *c, struct str bytes)
{
	(void)c;
	((struct both *)data)->got += bytes.n;
	if (bytes.n < 100)
		say(data, "client", bytes);
}

static void called_head(void *data, const struct pair *metadata, size_t n)
{
	assert_int_equal(n, 1);
	say(data, "head", metadata->value);
}

static void called_drained(void *data, struct grpc_call *c)
{
	(void)c;
	say(data, "drained", (struct str){ 0 });
}

static void called_done(void *data, const struct grpc_status *s, const struct error *err)
{
	struct both *b = data;
	if (err)
		buf_printf(&b->log, "err[%d %s] ", err->code, err->text);
	else
		buf_printf(&b->log, "done[%d %.*s] ", s->code, STR_ARG(s->message));
}

static struct grpc_call *call(struct both *b, const char *method)
{
	const struct grpc_call_events on = { called_head, called_message, called_drained, NULL,
		called_done, b };
	const struct pair meta[] = { { STR("x-a"), STR("1") }, { STR("x-a"), STR("2") } };
	return grpc_call(b->client.grpc, method, meta, 2, &on);
}

static void end_init(struct both *b, struct end *e, struct end *other)
{
	e->both = b;
	e->other = other;
}

static struct both *both_new(size_t piece, size_t room)
{
	struct both *b = xcalloc(1, sizeof *b);
	b->loop = loop_new();
	b->piece = piece;
	b->room = room;
	end_init(b, &b->client, &b->server);
	end_init(b, &b->server, &b->client);
	const struct grpc_pipe up = { line_send, line_unsent, &b->client };
	const struct grpc_pipe down = { line_send, line_unsent, &b->server };
	const struct grpc_methods methods = { served_begin, b };
	b->client.grpc = grpc_client(b->loop, &up, on_ended, &b->client);
	b->server.grpc = grpc_server(b->loop, &down, &methods, on_ended, &b->server);
	return b;
}

/* Until nothing moves any more. */
static void settle(struct both *b)
{
	struct error err = { 0 };
	for (int quiet = 0; quiet < 3; quiet++) {
		size_t before = b->log.n + b->got;
		assert_true(loop_turn(b->loop, 0, &err));
		if (b->timer || before != b->log.n + b->got)
			quiet = 0;
	}
}

static void both_free(struct both *b)
{
	grpc_free(b->client.grpc);
	grpc_free(b->server.grpc);
	loop_untimer(b->loop, b->timer);
	buf_finish(&b->client.line);
	buf_finish(&b->server.line);
	buf_finish(&b->log);
	loop_free(b->loop);
	free(b);
}

static const size_t pieces[] = { 1, 2, 3, 5, 9, 64, 1 << 20 };

static void test_grpc__talks_in_pieces_of_any_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct both *b = both_new(pieces[i], 1 << 20);
		struct grpc_call *c = call(b, "/a.B/Known");
		grpc_send(c, STR("echo one"));
		grpc_send(c, (struct str){ 0 });
		grpc_send(c, STR("echo two"));
		grpc_send_end(c);
		settle(b);
		assert_string_equal(buf_text(&b->log), "begin[/a.B/Known] meta[1] meta[2] "
		                    "server[echo one] server[] server[echo two] server-end[] "
		                    "head[application/grpc] client[echo one] client[echo two] done[0 ] ");
		both_free(b);
	}
}

static void test_grpc__tells_how_a_call_failed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct both *b = both_new(pieces[i], 1 << 20);
		grpc_send(call(b, "/a.B/Known"), STR("fail"));
		settle(b);
		assert_non_null(strstr(buf_text(&b->log), "server[fail] done[5 no 100% \xc3\xa4\n] "));
		call(b, "/a.B/Other");
		call(b, "/a.B/At/Once");
		settle(b);
		assert_non_null(strstr(buf_text(&b->log), "done[12 there is no such method here] "));
		assert_non_null(strstr(buf_text(&b->log), "begin[/a.B/At/Once] "));
		assert_non_null(strstr(buf_text(&b->log), "done[0 ] "));
		both_free(b);
	}
}

static void test_grpc__takes_a_call_back(void **state)
{
	(void)state;
	struct both *b = both_new(7, 1 << 20);
	struct grpc_call *c = call(b, "/a.B/Known");
	grpc_send(c, STR("echo"));
	settle(b);
	grpc_cancel(c);
	settle(b);
	assert_non_null(strstr(buf_text(&b->log),
	                       "server-done[the other side has cut a call (CANCEL)] "));
	assert_null(strstr(buf_text(&b->log), "err["));
	/* The connection goes on. */
	grpc_send_end(call(b, "/a.B/Known"));
	settle(b);
	assert_non_null(strstr(buf_text(&b->log), "done[0 ] "));
	both_free(b);
}

static void test_grpc__keeps_little_of_what_is_much(void **state)
{
	(void)state;
	struct both *b = both_new(1 << 20, 100000);
	struct grpc_call *c = call(b, "/a.B/Known");
	owned_memory char *piece = xcalloc(1, 200000);
	size_t sent = 0;
	for (int i = 0; i < 500; i++) {
		while (grpc_unsent(c) <= GRPC_HIGH) {
			grpc_send(c, (struct str){ piece, 200000 });
			sent += 200000;
		}
		assert_true(grpc_unsent(c) < GRPC_HIGH + 200010);
		assert_true(b->client.line.n < GRPC_PIPE + (64 << 10) + 100);
		buf_clear(&b->log);
		while (!strstr(buf_text(&b->log), "drained"))
			settle(b);
	}
	grpc_send_end(c);
	settle(b);
	assert_int_equal(b->got, sent);
	assert_true(sent >= 100000000);
	both_free(b);
}

static void test_grpc__asks_for_no_more_than_can_be_taken(void **state)
{
	(void)state;
	struct both *b = both_new(1 << 20, 100000);
	struct grpc_call *c = call(b, "/a.B/Known");
	owned_memory char *piece = xcalloc(1, 1 << 20);
	grpc_send(c, STR("hold"));
	for (int i = 0; i < 20; i++)
		grpc_send(c, (struct str){ piece, 1 << 20 });
	settle(b);
	assert_true(b->got <= (4 << 20));
	assert_true(b->got >= (3 << 20));
	/* Others are not held up. */
	grpc_send_end(call(b, "/a.B/Other"));
	settle(b);
	assert_non_null(strstr(buf_text(&b->log), "done[12 "));
	assert_true(b->got <= (4 << 20));
	grpc_hold(b->served, false);
	settle(b);
	assert_int_equal(b->got, (20 << 20) + 4);
	both_free(b);
}

static void test_grpc__refuses_what_is_too_large(void **state)
{
	(void)state;
	struct both *b = both_new(999, 1 << 20);
	grpc_limit(b->server.grpc, 1000, 0);
	struct grpc_call *c = call(b, "/a.B/Known");
	owned_memory char *piece = xcalloc(1, 1001);
	grpc_send(c, (struct str){ piece, 1000 });
	settle(b);
	assert_int_equal(b->got, 1000);
	grpc_send(c, (struct str){ piece, 1001 });
	settle(b);
	assert_int_equal(b->got, 1000);
	assert_non_null(strstr(buf_text(&b->log),
	                       "server-done[a message has 1001 bytes; 1000 is the most] "));
	assert_non_null(strstr(buf_text(&b->log), "err["));
	both_free(b);
}

static void test_grpc__tells_all_calls_that_the_line_is_gone(void **state)
{
	(void)state;
	struct both *b = both_new(9, 1 << 20);
	grpc_send(call(b, "/a.B/Known"), STR("echo"));
	call(b, "/a.B/Known");
	settle(b);
	buf_clear(&b->log);
	grpc_closed(b->client.grpc, NULL);
	grpc_closed(b->server.grpc, NULL);
	assert_true(b->client.ended && b->server.ended);
	assert_int_equal(b->client.err.code, ERROR_UNREACHABLE);
	/* And those made afterwards, later. */
	size_t before = b->log.n;
	call(b, "/a.B/Known");
	assert_int_equal(b->log.n, before);
	settle(b);
	const char *at = buf_text(&b->log) + before;
	assert_string_equal(at, "err[10 the other side has closed the connection] ");
	both_free(b);
}

static void feed_client(const char *bytes, size_t n, enum error_code code, const char *text)
{
	struct both *b = both_new(1 << 20, 1 << 20);
	grpc_free(b->server.grpc);
	b->server.grpc = NULL;
	call(b, "/a.B/Known");
	settle(b);
	grpc_feed(b->client.grpc, (struct str){ bytes, n });
	settle(b);
	if (!b->client.ended || b->client.err.code != code || !strstr(b->client.err.text, text))
		fail_msg("%d '%s', not '%s'", b->client.err.code, b->client.err.text, text);
	assert_non_null(strstr(buf_text(&b->log), text));
	both_free(b);
}

static void test_grpc__says_what_is_spoken_instead(void **state)
{
	(void)state;
	feed_client("HTTP/1.1 301 Moved\r\n", 20, ERROR_PROTOCOL, "HTTP/1 is spoken here");
	feed_client("\x15\x03\x01\x00\x02\x02\x16", 7, ERROR_PROTOCOL, "TLS is spoken here");
	feed_client("garbage all the way", 19, ERROR_PROTOCOL, "this is no HTTP/2");
	feed_client("\xff\xff\xff\x04\0\0\0\0\0", 9, ERROR_PROTOCOL, "this is no HTTP/2");
	/* Data before any question: calls that were not asked yet have the same reason. */
	feed_client("\0\0\0\4\0\0\0\0\0\0\0\1\0\0\0\0\0\3x", 19, ERROR_PROTOCOL,
	            "this is no HTTP/2");
}

static void test_grpc__waits_for_an_answer_only_so_long(void **state)
{
	(void)state;
	struct both *b = both_new(1 << 20, 0);
	struct error err = { 0 };
	call(b, "/a.B/Known");
	grpc_limit(b->client.grpc, 0, 1);
	while (!b->client.ended)
		assert_true(loop_turn(b->loop, -1, &err));
	assert_string_equal(b->client.err.text, "nothing is answered for 1 s");
	assert_int_equal(b->client.err.code, ERROR_UNREACHABLE);
	both_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grpc__talks_in_pieces_of_any_size),
		cmocka_unit_test(test_grpc__tells_how_a_call_failed),
		cmocka_unit_test(test_grpc__takes_a_call_back),
		cmocka_unit_test(test_grpc__keeps_little_of_what_is_much),
		cmocka_unit_test(test_grpc__asks_for_no_more_than_can_be_taken),
		cmocka_unit_test(test_grpc__refuses_what_is_too_large),
		cmocka_unit_test(test_grpc__tells_all_calls_that_the_line_is_gone),
		cmocka_unit_test(test_grpc__says_what_is_spoken_instead),
		cmocka_unit_test(test_grpc__waits_for_an_answer_only_so_long),
	};
	return cmocka_run_group_tests_name("grpc", tests, NULL, NULL);
}
