/* Any bytes from the other end of a gRPC connection, in both roles; messages in their frames,
 * in pieces and whole; a status as headers have it. */
#include <stdint.h>

#include "core/base/check.h"
#include "core/engine/grpc_framing.h"
#include "core/engine/grpc_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_CALLS = 3, FUZZ_SERVED = 2000, FUZZ_MAX = 100000 };

struct fuzz {
	struct grpc *grpc;
	size_t out, taken, messages;
	bool ended, done[FUZZ_CALLS];
	size_t open;                    /* calls of the other end */
};

static void fuzz_send(void *data, struct str bytes)
{
	struct fuzz *f = data;
	CHECK(bytes.n > 0);
	f->out += bytes.n;
}

/* Every other question finds the pipe full. */
static size_t fuzz_unsent(void *data)
{
	struct fuzz *f = data;
	return f->taken++ % 2 ? GRPC_PIPE : 0;
}

static void fuzz_ended(void *data, const struct error *err)
{
	struct fuzz *f = data;
	CHECK(!f->ended && (!err || err->code != ERROR_NONE));
	f->ended = true;
}

static void fuzz_message(void *data, struct grpc_call *c, struct str bytes)
{
	struct fuzz *f = data;
	CHECK(bytes.n <= FUZZ_MAX);
	/* Said back, answered, taken back, held: by its first byte. */
	f->messages++;
	switch (bytes.n ? bytes.p[0] & 7 : 0) {
	case 1: grpc_send(c, bytes); break;
	case 2: grpc_hold(c, true); break;
	case 3: grpc_hold(c, false); break;
	default: break;
	}
}

static void fuzz_served_end(void *data, struct grpc_call *c)
{
	(void)data;
	grpc_answer(c, GRPC_NOT_FOUND, STR("100%"));
}

static void fuzz_served_done(void *data, const struct grpc_status *s, const struct error *err)
{
	(void)data;
	CHECK(!s && err && err->code != ERROR_NONE);
}

static bool fuzz_begin(void *data, const char *method, const struct pair *metadata, size_t n,
                       struct grpc_call *c, struct grpc_call_events *ret_events)
{
	struct fuzz *f = data;
	for (size_t i = 0; i < n; i++)
		CHECK(metadata[i].name.n && metadata[i].name.p[0] != ':');
	if (strcmp(method, "/a/once") == 0)
		grpc_answer(c, GRPC_OK, (struct str){ 0 });
	*ret_events = (struct grpc_call_events){ .message = fuzz_message, .end = fuzz_served_end,
	                                         .done = fuzz_served_done, .data = f };
	return f->open++ < FUZZ_SERVED;
}

static void fuzz_done(void *data, const struct grpc_status *s, const struct error *err)
{
	bool *done = data;
	CHECK(!*done && !s != !err);
	*done = true;
}

static void fuzz_client_message(void *data, struct grpc_call *c, struct str bytes)
{
	(void)data, (void)c;
	CHECK(bytes.n <= FUZZ_MAX);
}

static void fuzz_calls(struct fuzz *f)
{
	for (size_t i = 0; i < FUZZ_CALLS; i++) {
		const struct grpc_call_events on = { .message = fuzz_client_message,
		                                     .done = fuzz_done, .data = &f->done[i] };
		struct grpc_call *c = grpc_call(f->grpc, "/a/b", NULL, 0, &on);
		grpc_send(c, STR("question"));
		if (i)
			grpc_send_end(c);
	}
}

static void fuzz_connection(struct str bytes, bool is_server, size_t piece)
{
	owned(loop) struct loop *loop = loop_new();
	struct fuzz f = { 0 };
	struct error err = { 0 };
	const struct grpc_pipe pipe = { fuzz_send, fuzz_unsent, &f };
	const struct grpc_methods methods = { fuzz_begin, &f };
	f.grpc = is_server ? grpc_server(loop, &pipe, &methods, fuzz_ended, &f)
	                   : grpc_client(loop, &pipe, fuzz_ended, &f);
	grpc_limit(f.grpc, FUZZ_MAX, 0);
	if (!is_server)
		fuzz_calls(&f);
	for (size_t at = 0; at < bytes.n; at += piece) {
		if (at / piece % 64 == 0)
			CHECK(loop_turn(loop, 0, &err));
		grpc_feed(f.grpc, str_slice(bytes, at, piece));
		grpc_drained(f.grpc);
	}
	CHECK(loop_turn(loop, 0, &err));
	grpc_closed(f.grpc, NULL);
	CHECK(f.ended);
	for (size_t i = 0; i < FUZZ_CALLS && !is_server; i++)
		CHECK(f.done[i]);
	/* What it says is in proportion to what it was told. */
	CHECK(f.out < 4096 + 64 * bytes.n);
	grpc_free(f.grpc);
}

static bool fuzz_framed(void *data, struct str message)
{
	struct fuzz *f = data;
	CHECK(message.n <= FUZZ_MAX);
	f->out += message.n;
	return ++f->messages < 1000;
}

static void fuzz_framing(struct str bytes, size_t piece)
{
	struct fuzz parts = { 0 }, whole = { 0 };
	struct grpc_framing a = { .max = FUZZ_MAX }, b = { .max = FUZZ_MAX };
	struct error err = { 0 };
	bool ok = true, same = grpc_framing_feed(&b, bytes, fuzz_framed, &whole, &err);
	for (size_t at = 0; ok && at < bytes.n && parts.messages < 1000; at += piece)
		ok = grpc_framing_feed(&a, str_slice(bytes, at, piece), fuzz_framed, &parts, &err);
	CHECK(ok == same && parts.messages == whole.messages && parts.out == whole.out);
	CHECK(a.in.n <= FUZZ_MAX + GRPC_FRAMING_HEAD);
	grpc_framing_finish(&a);
	grpc_framing_finish(&b);
}

/* What is escaped comes back as it was. */
static void fuzz_status(struct str bytes)
{
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf escaped = { 0 };
	struct grpc_status status;
	struct error err = { 0 };
	grpc_status_append_escaped(&escaped, bytes);
	const struct pair headers[] = {
		{ STR("grpc-status"), str_slice(bytes, 0, 2) }, { STR("grpc-message"), buf_str(&escaped) },
		{ STR("grpc-status-details-bin"), bytes },
	};
	CHECK(grpc_status_find(arena, headers, 3, &status));
	CHECK(str_eq(status.message, bytes));
	grpc_status_error(&status, "x", &err);
	CHECK(err.code != ERROR_NONE);
	const struct pair raw[] = { headers[0], { STR("grpc-message"), bytes } };
	CHECK(grpc_status_find(arena, raw, 2, &status) && status.message.n <= bytes.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	if (!size)
		return 0;
	size_t piece = (data[0] & 0x3f) < 60 ? (data[0] & 0x3fu) + 1 : (size_t)1 << 20;
	struct str rest = str_slice(bytes, 1, size);
	switch (data[0] >> 6) {
	case 0: fuzz_connection(rest, false, piece); break;
	case 1: fuzz_connection(rest, true, piece); break;
	case 2: fuzz_framing(rest, piece); break;
	default: fuzz_status(rest);
	}
	return 0;
}
