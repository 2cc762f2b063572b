/* A session inside a call of the connection that it belongs to, as a daemon uses it: the
 * client of one is the server of the other. */
#include "core/engine/grpc.h"
#include "core/engine/wire.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/buildkitd.h"
#include "tests/fake/proto.h"

enum { PIECE = 100000, CALLS = 8 };

struct tunnel {
	struct loop *loop;
	struct buildkitd *peer;
	struct wire *wire;
	struct grpc *outer, *inner;
	struct grpc_call *session, *solve;
	struct sync {
		struct tunnel *tunnel;
		struct grpc_call *call;
		size_t left, wanted;    /* of the file that is asked for */
	} syncs[CALLS];
	size_t nsyncs, size, peak, statuses;
	bool solved, watched, ended;
	int code;
	struct buf message, details;
	struct error err;
	struct arena *arena;
};

/* ---- the outer connection ---- */

static void outer_open(void *data)
{
	(void)data;
}

static void outer_bytes(void *data, struct str bytes)
{
	grpc_feed(((struct tunnel *)data)->outer, bytes);
}

static void outer_drained(void *data)
{
	grpc_drained(((struct tunnel *)data)->outer);
}

static void outer_ended(void *data, const struct error *err)
{
	grpc_closed(((struct tunnel *)data)->outer, err);
}

static void outer_send(void *data, struct str bytes)
{
	struct tunnel *t = data;
	wire_send(t->wire, bytes);
	if (wire_unsent(t->wire) > t->peak)
		t->peak = wire_unsent(t->wire);
}

static size_t outer_unsent(void *data)
{
	return wire_unsent(((struct tunnel *)data)->wire);
}

static void over(void *data, const struct error *err)
{
	struct tunnel *t = data;
	t->ended = true;
	if (err)
		t->err = *err;
}

/* ---- the session ---- */

static void inner_send(void *data, struct str bytes)
{
	struct tunnel *t = data;
	owned_buf struct buf message = { 0 };
	proto_bytes(&message, 1, bytes);
	if (t->session)
		grpc_send(t->session, buf_str(&message));
}

static size_t inner_unsent(void *data)
{
	const struct tunnel *t = data;
	return t->session ? grpc_unsent(t->session) : 0;
}

static void session_message(void *data, struct grpc_call *c, struct str message)
{
	(void)c;
	grpc_feed(((struct tunnel *)data)->inner, proto_find(message, 1));
}

static void session_drained(void *data, struct grpc_call *c)
{
	(void)c;
	grpc_drained(((struct tunnel *)data)->inner);
}

static void session_done(void *data, const struct grpc_status *s, const struct error *err)
{
	struct tunnel *t = data;
	(void)s;
	t->session = NULL;
	grpc_closed(t->inner, err);
}

static void inner_over(void *data, const struct error *err)
{
	(void)data, (void)err;
}

static void packet(struct grpc_call *c, unsigned type, unsigned id, struct str data)
{
	owned_buf struct buf all = { 0 };
	proto_number(&all, 1, type);
	proto_number(&all, 3, id);
	proto_bytes(&all, 4, data);
	grpc_send(c, buf_str(&all));
}

static void sync_more(void *data, struct grpc_call *c)
{
	static char bytes[PIECE];
	struct sync *s = data;
	while (s->left && grpc_unsent(c) <= GRPC_HIGH) {
		size_t n = s->left < PIECE ? s->left : PIECE;
		packet(c, 2, 1, (struct str){ bytes, n });
		s->left -= n;
		if (!s->left)
			packet(c, 2, 1, (struct str){ 0 });
	}
}

static void sync_message(void *data, struct grpc_call *c, struct str message)
{
	struct sync *s = data;
	switch (proto_find_number(message, 1)) {
	case 1:
		assert_int_equal(proto_find_number(message, 3), 1);
		s->left = s->tunnel->size;
		sync_more(s, c);
		break;
	case 3:
		packet(c, 3, 0, (struct str){ 0 });
		grpc_answer(c, GRPC_OK, (struct str){ 0 });
		break;
	default:
		fail();
	}
}

static void sync_done(void *data, const struct grpc_status *s, const struct error *err)
{
	(void)data, (void)s, (void)err;
}

static void stat_send(struct grpc_call *c, const char *path, uint64_t mode, uint64_t size)
{
	owned_buf struct buf stat = { 0 }, all = { 0 };
	proto_bytes(&stat, 1, str_of(path));
	proto_number(&stat, 2, mode);
	proto_number(&stat, 5, size);
	proto_message(&all, 2, buf_str(&stat));
	grpc_send(c, buf_str(&all));
}

static bool inner_begin(void *data, const char *method, const struct pair *metadata, size_t n,
                        struct grpc_call *c, struct grpc_call_events *ret_events)
{
	struct tunnel *t = data;
	struct sync *s = &t->syncs[t->nsyncs];
	if (strcmp(method, "/moby.filesync.v1.FileSync/DiffCopy") != 0)
		return false;
	assert_true(t->nsyncs++ < CALLS && n > 0);
	for (size_t i = 0; i < n; i++)
		assert_false(str_eq(metadata[i].name, STR(":path")));
	*s = (struct sync){ .tunnel = t, .call = c };
	*ret_events = (struct grpc_call_events){ NULL, sync_message, sync_more, NULL, sync_done, s };
	stat_send(c, "dir", 1u << 31 | 0755, 0);
	stat_send(c, "dir/file", 0644, t->size);
	grpc_send(c, (struct str){ 0 });
	return true;
}

/* ---- a build ---- */

static void solve_done(void *data, const struct grpc_status *s, const struct error *err)
{
	struct tunnel *t = data;
	t->solved = true;
	if (err) {
		t->err = *err;
		return;
	}
	t->code = s->code;
	buf_append(&t->message, s->message);
	buf_append(&t->details, s->details);
}

static void solve_message(void *data, struct grpc_call *c, struct str message)
{
	(void)c;
	buf_append(&((struct tunnel *)data)->message, proto_find_entry(message, 1, STR("digest")));
}

static void status_message(void *data, struct grpc_call *c, struct str message)
{
	(void)c, (void)message;
	((struct tunnel *)data)->statuses++;
}

static void status_done(void *data, const struct grpc_status *s, const struct error *err)
{
	struct tunnel *t = data;
	t->watched = true;
	if (err)
		t->err = *err;
	else
		assert_int_equal(s->code, GRPC_OK);
}

static void tunnel_begin(struct tunnel *t, struct scratch *s, const char *script, bool dockerd)
{
	const struct buildkitd_options o = { .unix_path = scratch_path(s, "peer"),
	                                     .script = script, .is_dockerd = dockerd };
	const struct http_address at = { .unix_path = o.unix_path };
	const struct wire_options wire = { .at = &at, .upgrade = dockerd ? "/grpc" : NULL };
	const struct wire_events on = { outer_open, outer_bytes, outer_drained, outer_ended, t };
	const struct grpc_pipe pipe = { outer_send, outer_unsent, t };
	struct error err = { 0 };
	t->loop = loop_new();
	t->arena = arena_new();
	t->peer = buildkitd_new(t->loop, &o, &err);
	t->wire = wire_new(t->loop, &wire, &on, &err);
	assert_true(t->peer && t->wire);
	t->outer = grpc_client(t->loop, &pipe, over, t);
}

static struct grpc_call *tunnel_call(struct tunnel *t, const char *method,
                                     const struct grpc_call_events *on, struct buf *request)
{
	struct grpc_call *c = grpc_call(t->outer, method, NULL, 0, on);
	grpc_send(c, buf_str(request));
	grpc_send_end(c);
	return c;
}

static void tunnel_build(struct tunnel *t)
{
	const struct grpc_pipe pipe = { inner_send, inner_unsent, t };
	const struct grpc_methods methods = { inner_begin, t };
	const struct pair meta[] = { { STR("x-docker-expose-session-uuid"), STR("s1") } };
	const struct grpc_call_events session = { NULL, session_message, session_drained, NULL,
	                                          session_done, t };
	const struct grpc_call_events solve = { NULL, solve_message, NULL, NULL, solve_done, t };
	const struct grpc_call_events status = { NULL, status_message, NULL, NULL, status_done,
	                                         t };
	owned_buf struct buf request = { 0 }, watch = { 0 };
	t->session = grpc_call(t->outer, "/moby.buildkit.v1.Control/Session", meta, 1, &session);
	t->inner = grpc_server(t->loop, &pipe, &methods, inner_over, t);
	proto_bytes(&request, 1, STR("ref1"));
	proto_bytes(&request, 5, STR("s1"));
	proto_bytes(&watch, 1, STR("ref1"));
	tunnel_call(t, "/moby.buildkit.v1.Control/Status", &status, &watch);
	t->solve = tunnel_call(t, "/moby.buildkit.v1.Control/Solve", &solve, &request);
}

static void tunnel_wait(struct tunnel *t, const bool *until)
{
	struct error err = { 0 };
	while (!*until)
		assert_true(loop_turn(t->loop, 20000, &err));
}

static void tunnel_finish(struct tunnel *t)
{
	grpc_free(t->inner);
	grpc_free(t->outer);
	wire_free(t->wire);
	buildkitd_free(t->peer);
	buf_finish(&t->message);
	buf_finish(&t->details);
	arena_free(t->arena);
	loop_free(t->loop);
}

static void test_grpc_tunnel__carries_what_is_asked_for(void **state)
{
	for (int dockerd = 0; dockerd < 2; dockerd++) {
		struct tunnel t = { .size = 30 << 20 };
		tunnel_begin(&t, *state, "vertex a \"load context\"\nstart a\nask context follow=dir\n"
		             "end a\nask dockerfile want=none\nhealth\nanswer digest=sha256:1\n", dockerd);
		tunnel_build(&t);
		tunnel_wait(&t, &t.solved);
		tunnel_wait(&t, &t.watched);
		assert_int_equal(t.code, GRPC_OK);
		assert_string_equal(buf_text(&t.message), "sha256:1");
		const char *log = buildkitd_log(t.peer);
		assert_non_null(strstr(log, "ask context: 2 entries, 1 files, 31457280 bytes\n"));
		assert_non_null(strstr(log, "ask dockerfile: 2 entries, 0 files, 0 bytes\n"));
		assert_non_null(strstr(log, "health : status 12 there is no such method here\n"));
		assert_int_equal(t.statuses, 3);
		/* Nothing of the 30 MB piles up on the way. */
		assert_true(t.peak < GRPC_PIPE + (64 << 10) + 100);
		tunnel_finish(&t);
	}
}

static void test_grpc_tunnel__brings_details_of_failures(void **state)
{
	struct tunnel t = { 0 };
	tunnel_begin(&t, *state, "vertex a x\nfail a boom\n"
	             "error 2 \"failed: \\xc3\\xa4\" source=Dockerfile line=3 vertex=a exit=7\n",
	             false);
	tunnel_build(&t);
	tunnel_wait(&t, &t.solved);
	assert_int_equal(t.code, GRPC_UNKNOWN);
	assert_string_equal(buf_text(&t.message), "failed: \xc3\xa4");
	struct str any = proto_find(buf_str(&t.details), 3);
	assert_true(str_eq(proto_find(any, 1), STR("github.com/moby/buildkit/errdefs.Source+json")));
	tunnel_finish(&t);
}

static void test_grpc_tunnel__takes_a_build_back(void **state)
{
	struct tunnel t = { 0 };
	tunnel_begin(&t, *state, "vertex a x\nstart a\nwait\n", false);
	tunnel_build(&t);
	while (t.statuses < 2)
		assert_true(loop_turn(t.loop, 10000, &(struct error){ 0 }));
	grpc_cancel(t.solve);
	tunnel_wait(&t, &t.watched);
	assert_non_null(strstr(buildkitd_log(t.peer), "cancelled ref1\n"));
	assert_false(t.solved);
	tunnel_finish(&t);
}

static void tunnel_breaks(struct scratch *s, const char *script, const char *text)
{
	struct tunnel t = { 0 };
	tunnel_begin(&t, s, script, false);
	tunnel_build(&t);
	tunnel_wait(&t, &t.solved);
	tunnel_wait(&t, &t.watched);
	if (!strstr(t.err.text, text))
		fail_msg("'%s', not '%s'", t.err.text, text);
	tunnel_finish(&t);
}

static void test_grpc_tunnel__ends_when_the_line_does(void **state)
{
	tunnel_breaks(*state, "vertex a x\ndrop\nwait\n", "the other side has closed the conn");
	tunnel_breaks(*state, "vertex a x\ngoaway 11 \"too \\x1b much\"\ndrop\nwait\n",
	              "the other side ends the connection: too ");
	tunnel_breaks(*state, "flood pings\nwait\n", "frames without end and no data");
	tunnel_breaks(*state, "flood settings\nwait\n", "frames without end and no data");
	tunnel_breaks(*state, "flood windows\nwait\n", "frames without end and no data");
	tunnel_breaks(*state, "health\nflood empty\nwait\n", "frames without end and no data");
	tunnel_breaks(*state, "say ffffff0400000000\nwait\n", "this is no HTTP/2: too large frame");
	tunnel_breaks(*state, "big 17000000\n", "17000010 bytes; 16777216 is the most");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_grpc_tunnel__carries_what_is_asked_for),
		SCRATCH_TEST(test_grpc_tunnel__brings_details_of_failures),
		SCRATCH_TEST(test_grpc_tunnel__takes_a_build_back),
		SCRATCH_TEST(test_grpc_tunnel__ends_when_the_line_does),
	};
	return cmocka_run_group_tests_name("grpc_tunnel", tests, NULL, NULL);
}
