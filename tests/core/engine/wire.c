/* Lines to a peer that really listens: over a unix socket, a port, TLS, after an upgrade. */
#include "core/engine/wire.h"

#include "core/engine/grpc.h"
#include "core/ext/crypto.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/buildkitd.h"
#include "tests/fake/proto.h"

struct line_case {
	struct loop *loop;
	struct buildkitd *peer;
	struct wire *wire;
	struct grpc *grpc;
	struct http_address at;
	bool opened, answered, ended;
	struct buf answer;
	struct grpc_status status;
	struct error err, call_err;     /* of the wire; of the call */
};

static void case_open(void *data)
{
	struct line_case *c = data;
	assert_false(c->opened);
	c->opened = true;
}

static void case_bytes(void *data, struct str bytes)
{
	grpc_feed(((struct line_case *)data)->grpc, bytes);
}

static void case_drained(void *data)
{
	grpc_drained(((struct line_case *)data)->grpc);
}

static void case_ended(void *data, const struct error *err)
{
	struct line_case *c = data;
	c->ended = true;
	if (err)
		c->err = *err;
	grpc_closed(c->grpc, err);
}

static void case_send(void *data, struct str bytes)
{
	wire_send(((struct line_case *)data)->wire, bytes);
}

static size_t case_unsent(void *data)
{
	return wire_unsent(((struct line_case *)data)->wire);
}

static void case_message(void *data, struct grpc_call *call, struct str message)
{
	(void)call;
	buf_append(&((struct line_case *)data)->answer, message);
}

static void case_done(void *data, const struct grpc_status *status, const struct error *err)
{
	struct line_case *c = data;
	c->answered = true;
	if (err)
		c->call_err = *err;
	else
		c->status = *status;
	c->status.message = c->status.details = (struct str){ 0 };
}

static void case_over(void *data, const struct error *err)
{
	(void)data, (void)err;
}

/* Calls Info and waits for whatever comes of it. */
static void case_ask(struct line_case *c, const char *upgrade, const char *alpn)
{
	const struct wire_options o = { .at = &c->at, .upgrade = upgrade, .alpn = alpn };
	const struct wire_events on = { case_open, case_bytes, case_drained, case_ended, c };
	const struct grpc_pipe pipe = { case_send, case_unsent, c };
	const struct grpc_call_events call = { .message = case_message, .done = case_done,
	                                       .data = c };
	struct error err = { 0 };
	if (!(c->wire = wire_new(c->loop, &o, &on, &c->err))) {
		c->ended = true;
		return;
	}
	c->grpc = grpc_client(c->loop, &pipe, case_over, c);
	struct grpc_call *info = grpc_call(c->grpc, "/moby.buildkit.v1.Control/Info", NULL, 0, &call);
	grpc_send(info, (struct str){ 0 });
	grpc_send_end(info);
	while (!c->answered)
		assert_true(loop_turn(c->loop, 10000, &err));
}

static void case_begin(struct line_case *c, const struct buildkitd_options *o)
{
	struct error err = { 0 };
	*c = (struct line_case){ .loop = loop_new() };
	c->peer = buildkitd_new(c->loop, o, &err);
	assert_non_null(c->peer);
	c->at = (struct http_address){ .unix_path = o->unix_path };
	if (!o->unix_path)
		c->at = (struct http_address){ .host = "localhost", .port = buildkitd_port(c->peer),
		                               .tls = o->cert };
}

static void case_finish(struct line_case *c)
{
	grpc_free(c->grpc);
	wire_free(c->wire);
	buildkitd_free(c->peer);
	buf_finish(&c->answer);
	loop_free(c->loop);
}

static void case_has_answer(struct line_case *c)
{
	assert_string_equal(c->call_err.text, "");
	assert_int_equal(c->status.code, GRPC_OK);
	struct str version = proto_find(proto_find(buf_str(&c->answer), 1), 2);
	assert_true(str_eq(version, STR("v0.24.0")));
}

static void test_wire__reaches_a_socket_and_a_port(void **state)
{
	struct scratch *s = *state;
	const struct buildkitd_options there = { .unix_path = scratch_path(s, "peer") };
	const struct buildkitd_options port = { 0 };
	struct line_case c;
	case_begin(&c, &there);
	case_ask(&c, NULL, NULL);
	case_has_answer(&c);
	case_finish(&c);
	/* Which listens on 127.0.0.1 alone, where localhost is ::1 as well. */
	case_begin(&c, &port);
	case_ask(&c, NULL, NULL);
	case_has_answer(&c);
	case_finish(&c);
}

static void test_wire__upgrades(void **state)
{
	struct scratch *s = *state;
	const struct buildkitd_options o = { .unix_path = scratch_path(s, "peer"),
	                                     .is_dockerd = true };
	struct line_case c;
	case_begin(&c, &o);
	case_ask(&c, "/grpc", NULL);
	assert_int_equal(c.status.code, GRPC_UNIMPLEMENTED);
	assert_true(c.opened);
	case_finish(&c);
	case_begin(&c, &o);
	case_ask(&c, "/other", NULL);
	assert_false(c.opened);
	assert_int_equal(c.err.code, ERROR_REFUSED);
	assert_non_null(strstr(c.err.text, "the engine refused (404): page not found"));
	case_finish(&c);
}

static void test_wire__says_why_nothing_is_there(void **state)
{
	struct scratch *s = *state;
	const char *const faults[][2] = {
		{ "close", "/peer: the connection is closed without an answer" },
		{ "garbage", "/peer: the answer is no HTTP" },
	};
	struct line_case c;
	struct error err = { 0 };
	for (size_t i = 0; i < 2; i++) {
		const struct buildkitd_options o = { .unix_path = scratch_path(s, "peer"),
		                                     .fault = faults[i][0] };
		case_begin(&c, &o);
		case_ask(&c, "/grpc", NULL);
		if (!strstr(c.err.text, faults[i][1]))
			fail_msg("'%s', not '%s'", c.err.text, faults[i][1]);
		case_finish(&c);
	}
	const struct buildkitd_options o = { .unix_path = scratch_path(s, "peer"), .fault = "silent" };
	case_begin(&c, &o);
	const struct wire_options never = { .at = &c.at, .upgrade = "/grpc", .open_ms = 1 };
	const struct wire_events on = { case_open, case_bytes, case_drained, case_ended, &c };
	const struct grpc_pipe pipe = { case_send, case_unsent, &c };
	c.wire = wire_new(c.loop, &never, &on, &err);
	c.grpc = grpc_client(c.loop, &pipe, case_over, &c);
	while (!c.ended)
		assert_true(loop_turn(c.loop, 10000, &err));
	assert_non_null(strstr(c.err.text, "nothing is answered for 1 s"));
	assert_int_equal(c.err.code, ERROR_UNREACHABLE);
	const struct http_address nobody = { .unix_path = scratch_path(s, "nobody") };
	const struct wire_options to = { .at = &nobody };
	assert_null(wire_new(c.loop, &to, &on, &err));
	assert_int_equal(err.code, ERROR_UNREACHABLE);
	case_finish(&c);
}

/* ---- TLS, with certificates that vouch for themselves ---- */

struct identity {
	const char *cert, *key;
};

static struct identity identity(struct scratch *s, const char *name)
{
	owned_buf struct buf key = { 0 }, cert = { 0 };
	const struct crypto_subject subject = { .common_name = name };
	assert_true(crypto_self_signed(&key, &cert, &subject, 2048, 10, &s->err));
	return (struct identity){
		scratch_write(s, arena_printf(s->arena, "%s.cert", name), buf_text(&cert)),
		scratch_write(s, arena_printf(s->arena, "%s.key", name), buf_text(&key)),
	};
}

static void tls_fails(const struct buildkitd_options *o, const struct http_address *how,
                      enum error_code code, const char *text)
{
	struct line_case c;
	case_begin(&c, o);
	c.at.ca = how->ca;
	c.at.cert = how->cert;
	c.at.key = how->key;
	c.at.server_name = how->server_name;
	case_ask(&c, NULL, "h2");
	if (!strstr(c.err.text, text) || c.err.code != code)
		fail_msg("%d '%s', not '%s'", c.err.code, c.err.text, text);
	case_finish(&c);
}

static void test_wire__knows_who_is_there(void **state)
{
	struct scratch *s = *state;
	struct identity server = identity(s, "server"), other = identity(s, "other");
	const struct buildkitd_options o = { .cert = server.cert, .key = server.key };
	const struct http_address good = { .ca = server.cert };
	const struct http_address unknown = { .ca = other.cert };
	const struct http_address misnamed = { .ca = server.cert, .server_name = "example.org" };
	const struct http_address elsewhere = { .ca = server.cert, .server_name = "10.0.0.1" };
	const struct http_address no_file = { .ca = "/nonexistent/ca.pem" };
	const struct http_address no_pem = { .ca = server.cert, .cert = server.key,
	                                     .key = server.key };
	const struct http_address no_pair = { .ca = server.cert, .cert = server.cert,
	                                      .key = other.key };
	const struct http_address no_key = { .ca = server.cert, .cert = server.cert };
	static const char *const names[] = { "localhost", "127.0.0.1", "server", NULL };
	struct line_case c;
	for (size_t i = 0; names[i]; i++) {
		case_begin(&c, &o);
		c.at.ca = good.ca;
		c.at.server_name = names[i];
		case_ask(&c, NULL, "h2");
		case_has_answer(&c);
		case_finish(&c);
	}
	tls_fails(&o, &unknown, ERROR_REFUSED, "authority that is not trusted here: 'server'");
	tls_fails(&o, &(struct http_address){ 0 }, ERROR_REFUSED, "not trusted here: 'server'");
	tls_fails(&o, &misnamed, ERROR_REFUSED, "certificate is not for 'example.org' but for ");
	tls_fails(&o, &elsewhere, ERROR_REFUSED, "certificate is not for '10.0.0.1' but for ");
	tls_fails(&o, &no_file, ERROR_USAGE, "/nonexistent/ca.pem: No such file or directory");
	tls_fails(&o, &no_pem, ERROR_USAGE, "server.key: this is no certificate in PEM");
	tls_fails(&o, &no_pair, ERROR_USAGE, "other.key is not the key of ");
	tls_fails(&o, &no_key, ERROR_USAGE, "a certificate and its key go together");
}

static void test_wire__shows_who_we_are(void **state)
{
	struct scratch *s = *state;
	struct identity server = identity(s, "server"), ours = identity(s, "ours");
	struct identity other = identity(s, "other");
	const struct buildkitd_options o = { .cert = server.cert, .key = server.key,
	                                     .ca = ours.cert };
	const struct http_address none = { .ca = server.cert };
	const struct http_address wrong = { .ca = server.cert, .cert = other.cert,
	                                    .key = other.key };
	struct line_case c;
	case_begin(&c, &o);
	c.at.ca = server.cert;
	c.at.cert = ours.cert;
	c.at.key = ours.key;
	case_ask(&c, NULL, "h2");
	case_has_answer(&c);
	case_finish(&c);
	tls_fails(&o, &none, ERROR_REFUSED, "the server wants a certificate of ours, and there is ");
	tls_fails(&o, &wrong, ERROR_REFUSED, "the server refuses our certificate ");
	tls_fails(&o, &wrong, ERROR_REFUSED, "other.cert: it does not trust its authority");
}

static void test_wire__tells_what_is_spoken_there(void **state)
{
	struct scratch *s = *state;
	struct identity server = identity(s, "server");
	const struct buildkitd_options plain = { 0 };
	const struct buildkitd_options tls = { .cert = server.cert, .key = server.key };
	const struct buildkitd_options docker = { .cert = server.cert, .key = server.key,
	                                          .is_dockerd = true };
	struct line_case c;
	case_begin(&c, &plain);
	c.at.tls = true;
	case_ask(&c, NULL, "h2");
	assert_non_null(strstr(c.err.text, "no TLS is spoken here"));
	case_finish(&c);
	case_begin(&c, &tls);
	c.at.tls = false;
	case_ask(&c, NULL, NULL);
	assert_int_equal(c.call_err.code, ERROR_UNREACHABLE);
	case_finish(&c);
	/* One that speaks HTTP/1 alone over TLS says so. */
	tls_fails(&docker, &(struct http_address){ .ca = server.cert }, ERROR_REFUSED,
	          "the server does not speak h2 over TLS");
	case_begin(&c, &docker);
	c.at.ca = server.cert;
	case_ask(&c, "/grpc", NULL);
	assert_int_equal(c.status.code, GRPC_UNIMPLEMENTED);
	case_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_wire__reaches_a_socket_and_a_port),
		SCRATCH_TEST(test_wire__upgrades),
		SCRATCH_TEST(test_wire__says_why_nothing_is_there),
		SCRATCH_TEST(test_wire__knows_who_is_there),
		SCRATCH_TEST(test_wire__shows_who_we_are),
		SCRATCH_TEST(test_wire__tells_what_is_spoken_there),
	};
	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
