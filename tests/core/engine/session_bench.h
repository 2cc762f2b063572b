#ifndef TESTS_CORE_ENGINE_SESSION_BENCH_H
#define TESTS_CORE_ENGINE_SESSION_BENCH_H

#include "tests/core/os/scratch.h"

#include "core/base/check.h"
#include "core/engine/grpc.h"
#include "core/engine/session.h"
#include "core/ext/pb_session.h"

/* A session of ours and a daemon's client, in one process and one loop, with a line between
 * them that lets `room` bytes through a turn, in pieces of `piece`. */
struct bench {
	struct scratch *s;
	struct loop *loop;
	struct session_options o;
	struct session *session;
	struct grpc *daemon;
	struct buf up, down;            /* to the session, to the daemon */
	size_t piece, room, bytes;      /* bytes: of ours that went over the line */
	uint64_t timer;
	struct buf log;                 /* events of the session, in words */
	struct error failed;
	bool frees_at_event;
	/* the last call */
	struct grpc_call *call;
	struct buf answer;              /* its messages, one behind the other */
	size_t nmessages;
	int code;                       /* -1: it goes on; -2: it was cut */
	struct buf message;
	void (*got)(struct bench *, struct str bytes);  /* instead of answer */
};

static void bench_move(struct loop *l, void *data);

static inline void bench_wake(struct bench *b)
{
	if (!b->timer)
		b->timer = loop_timer(b->loop, 0, bench_move, b);
}

static void bench_up(void *data, struct str bytes)
{
	buf_append(&((struct bench *)data)->up, bytes);
	bench_wake(data);
}

static size_t bench_up_unsent(void *data)
{
	return ((struct bench *)data)->up.n;
}

static void bench_down(void *data, struct str bytes)
{
	struct bench *b = data;
	b->bytes += bytes.n;
	buf_append(&b->down, bytes);
	bench_wake(b);
}

static size_t bench_down_unsent(void *data)
{
	return ((struct bench *)data)->down.n;
}

static void bench_move(struct loop *l, void *data)
{
	struct bench *b = data;
	owned_buf struct buf up = { 0 }, down = { 0 };
	(void)l;
	b->timer = 0;
	buf_append(&up, str_slice(buf_str(&b->up), 0, b->room));
	buf_append(&down, str_slice(buf_str(&b->down), 0, b->room));
	buf_shift(&b->up, up.n);
	buf_shift(&b->down, down.n);
	for (size_t at = 0; at < up.n && b->session; at += b->piece)
		session_feed(b->session, str_slice(buf_str(&up), at, b->piece));
	for (size_t at = 0; at < down.n; at += b->piece)
		grpc_feed(b->daemon, str_slice(buf_str(&down), at, b->piece));
	if (up.n)
		grpc_drained(b->daemon);
	if (down.n && b->session)
		session_drained(b->session);
	if (b->up.n || b->down.n)
		bench_wake(b);
}

/* ---- what the session tells ---- */

static void bench_event(struct bench *b)
{
	if (!b->frees_at_event)
		return;
	session_free(b->session);
	b->session = NULL;
}

static void bench_transferred(void *data, const struct transfer_report *r)
{
	struct bench *b = data;
	buf_printf(&b->log, "%.*s: %zu of %zu, %llu bytes:", STR_ARG(r->dir), r->count, r->nentries,
	           (unsigned long long)r->bytes);
	for (size_t i = 0; i < r->nfiles && i < 5; i++)
		buf_printf(&b->log, " %.*s %llu", STR_ARG(r->files[i].path),
		           (unsigned long long)r->files[i].size);
	buf_append_char(&b->log, '\n');
	bench_event(b);
}

static void bench_progress(void *data, struct str what, uint64_t current, uint64_t total)
{
	struct bench *b = data;
	assert_int_equal(total, 0);
	assert_true(what.n > 0);
	buf_printf(&b->log, "progress %llu\n", (unsigned long long)current);
	bench_event(b);
}

static void bench_warning(void *data, struct str text)
{
	struct bench *b = data;
	buf_printf(&b->log, "warning: %.*s\n", STR_ARG(text));
	bench_event(b);
}

static void bench_failed(void *data, const struct error *err)
{
	struct bench *b = data;
	assert_int_equal(b->failed.code, ERROR_NONE);
	b->failed = *err;
	bench_event(b);
}

static void bench_ended(void *data, const struct error *err)
{
	(void)data;
	(void)err;
}

/* With whatever b->o says. */
static void bench_start(struct bench *b)
{
	const struct session_events on = {
		bench_down, bench_down_unsent, bench_transferred, bench_progress, bench_warning,
		bench_failed, b,
	};
	const struct grpc_pipe pipe = { bench_up, bench_up_unsent, b };
	b->session = session_new(b->loop, &b->o, &on, &b->s->err);
	if (!b->session)
		fail_msg("%s", b->s->err.text);
	b->daemon = grpc_client(b->loop, &pipe, bench_ended, b);
}

static struct bench *bench_new(struct scratch *s)
{
	struct bench *b = xcalloc(1, sizeof *b);
	setenv("XDG_STATE_HOME", scratch_path(s, "state"), 1);
	b->s = s;
	b->loop = loop_new();
	b->piece = 4093;
	b->room = 1 << 20;
	return b;
}

static void bench_free(struct bench *b)
{
	session_free(b->session);
	grpc_free(b->daemon);
	loop_untimer(b->loop, b->timer);
	loop_free(b->loop);
	buf_finish(&b->up);
	buf_finish(&b->down);
	buf_finish(&b->log);
	buf_finish(&b->answer);
	buf_finish(&b->message);
	free(b);
}

/* ---- what the daemon asks ---- */

static void bench_message(void *data, struct grpc_call *c, struct str bytes)
{
	struct bench *b = data;
	(void)c;
	b->nmessages++;
	if (b->got)
		b->got(b, bytes);
	else
		buf_append(&b->answer, bytes);
}

static void bench_done(void *data, const struct grpc_status *status, const struct error *err)
{
	struct bench *b = data;
	b->call = NULL;
	b->code = err ? -2 : status->code;
	buf_clear(&b->message);
	buf_append(&b->message, err ? str_of(err->text) : status->message);
}

static void bench_call(struct bench *b, const char *method, const struct pair *metadata, size_t n)
{
	const struct grpc_call_events on = { NULL, bench_message, NULL, NULL, bench_done, b };
	b->code = -1;
	b->nmessages = 0;
	buf_clear(&b->answer);
	b->call = grpc_call(b->daemon, method, metadata, n, &on);
}

/* Until the call has ended, or nothing more moves. */
static void bench_settle(struct bench *b)
{
	for (int quiet = 0; quiet < 5; quiet++) {
		assert_true(loop_turn(b->loop, 0, &b->s->err));
		if (b->timer)
			quiet = 0;
	}
}

static inline void bench_until_over(struct bench *b)
{
	while (b->code == -1)
		assert_true(loop_turn(b->loop, 10000, &b->s->err));
	bench_settle(b);
}

/* One message, one answer. */
static inline int bench_ask(struct bench *b, const char *method, struct str message)
{
	bench_call(b, method, NULL, 0);
	grpc_send(b->call, message);
	grpc_send_end(b->call);
	bench_until_over(b);
	return b->code;
}

static inline void bench_send_packet(struct bench *b, const struct pb_packet *p)
{
	owned_buf struct buf bytes = { 0 };
	pb_packet_write(&bytes, p);
	grpc_send(b->call, buf_str(&bytes));
}

#endif
