#include "core/engine/control.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/grpc.h"
#include "core/engine/wire.h"
#include "core/ext/pb_session.h"

#define CONTROL_SERVICE "/moby.buildkit.v1.Control/"

/* CONTROL_PIECE: of a session's bytes in one message; BuildKit 0.8 takes messages of 4 MiB. */
enum { CONTROL_PIECE = 1 << 20 };

struct control {
	struct wire *wire;
	struct grpc *grpc;
	struct control_events events;
	struct control_call *calls;
};

/* What a kind of call makes of its answer: a message, and the end with the answer (of those
 * that have one message) or an error. */
struct control_kind {
	const char *method;
	bool (*message)(struct control_call *, struct arena *, struct str bytes, struct error *);
	void (*end)(struct control_call *, struct arena *, const struct control_end *);
};

struct control_call {
	struct control *control;
	struct control_call *next, **link;
	const struct control_kind *kind;
	struct grpc_call *grpc;
	struct buf answer;              /* of a call with a single one */
	bool answered;
	void *data;
	union {
		control_done_fn *done;
		control_solved_fn *solved;
		control_workers_fn *workers;
		control_info_fn *info;
		control_usages_fn *usages;
	} told;
	union {
		control_trace_fn *trace;
		control_usage_fn *usage;
		control_history_fn *history;
	} each;
	struct control_session_events session;
};

/* -- the connection ---------------------------------------------------------------------------- */

static void control_pipe_send(void *data, struct str bytes)
{
	wire_send(((struct control *)data)->wire, bytes);
}

static size_t control_pipe_unsent(void *data)
{
	return wire_unsent(((struct control *)data)->wire);
}

static void control_opened(void *data)
{
	struct control *c = data;
	if (c->events.ready)
		c->events.ready(c->events.data);
}

static void control_bytes(void *data, struct str bytes)
{
	grpc_feed(((struct control *)data)->grpc, bytes);
}

static void control_drained(void *data)
{
	grpc_drained(((struct control *)data)->grpc);
}

static void control_cut(void *data, const struct error *err)
{
	grpc_closed(((struct control *)data)->grpc, err);
}

static void control_ended(void *data, const struct error *err)
{
	struct control *c = data;
	if (c->events.ended)
		c->events.ended(c->events.data, err);
}

struct control *control_open(struct loop *l, const struct http_address *at, enum control_way way,
                             const struct control_events *events, struct error *err)
{
	struct control *c = xcalloc(1, sizeof *c);
	/* An upgrade is HTTP/1.1's until it is done. */
	struct wire_options o = { .at = at, .alpn = way == CONTROL_UPGRADE ? NULL : "h2",
	                          .upgrade = way == CONTROL_UPGRADE ? "/grpc" : NULL };
	struct wire_events on = { control_opened, control_bytes, control_drained, control_cut, c };
	struct grpc_pipe pipe = { control_pipe_send, control_pipe_unsent, c };
	if (events)
		c->events = *events;
	c->wire = wire_new(l, &o, &on, err);
	if (!c->wire) {
		free(c);
		return NULL;
	}
	c->grpc = grpc_client(l, &pipe, control_ended, c);
	return c;
}

static void call_drop(struct control_call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	buf_finish(&call->answer);
	free(call);
}

void control_free(struct control *c)
{
	if (!c)
		return;
	while (c->calls)
		call_drop(c->calls);
	grpc_free(c->grpc);
	wire_free(c->wire);
	free(c);
}

/* -- calls ------------------------------------------------------------------------------------- */

/* The call is gone before its end is told: what is told may free the connection. */
static void call_end(struct control_call *call, struct control_end *end)
{
	owned(arena) struct arena *a = arena_new();
	struct control_call last = *call;
	call->answer = (struct buf){ 0 };
	call_drop(call);
	last.kind->end(&last, a, end);
	buf_finish(&last.answer);
}

static void call_fail(struct control_call *call, const struct error *err)
{
	struct control_end end = { .status = -1, .error = *err };
	grpc_cancel(call->grpc);
	call_end(call, &end);
}

static void call_message(void *data, struct grpc_call *grpc, struct str bytes)
{
	struct control_call *call = data;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	(void)grpc;
	if (!call->kind->message(call, a, bytes, &err))
		call_fail(call, &err);
}

static void call_drained(void *data, struct grpc_call *grpc)
{
	struct control_call *call = data;
	(void)grpc;
	if (call->session.drained)
		call->session.drained(call->session.data);
}

static void call_done(void *data, const struct grpc_status *s, const struct error *err)
{
	struct control_call *call = data;
	struct control_end end = { .ok = s && s->code == GRPC_OK, .status = s ? s->code : -1 };
	if (err)
		end.error = *err;
	else if (!end.ok)
		grpc_status_error(s, "the engine", &end.error);
	if (s) {
		end.message = s->message;
		end.details = s->details;
	}
	call_end(call, &end);
}

/* A message of a call that has one. */
static bool call_keep(struct control_call *call, struct arena *a, struct str bytes,
                      struct error *err)
{
	(void)a;
	if (call->answered)
		return error_set(err, ERROR_PROTOCOL, "the engine answers %s twice",
		                 call->kind->method + sizeof CONTROL_SERVICE - 1);
	call->answered = true;
	buf_append(&call->answer, bytes);
	return true;
}

static void call_end_done(struct control_call *call, struct arena *a,
                          const struct control_end *end)
{
	(void)a;
	if (call->told.done)
		call->told.done(call->data, end);
}

/* The answer of a call that ended well, or the fault that it is none. */
static struct control_end call_judge(struct control_call *call, const struct control_end *end)
{
	struct control_end e = *end;
	if (e.ok && !call->answered) {
		e.ok = false;
		error_set(&e.error, ERROR_PROTOCOL, "the engine ends %s without an answer",
		          call->kind->method + sizeof CONTROL_SERVICE - 1);
	}
	return e;
}

static struct control_call *call_new(struct control *c, const struct control_kind *kind,
                                     const struct pair *metadata, size_t n, void *data)
{
	struct control_call *call = xcalloc(1, sizeof *call);
	struct grpc_call_events on = { .message = call_message, .drained = call_drained,
	                               .done = call_done, .data = call };
	call->control = c;
	call->kind = kind;
	call->data = data;
	call->next = c->calls;
	call->link = &c->calls;
	if (call->next)
		call->next->link = &call->next;
	c->calls = call;
	call->grpc = grpc_call(c->grpc, kind->method, metadata, n, &on);
	return call;
}

/* With its only question; takes what is in it. */
static struct control_call *call_ask(struct control *c, const struct control_kind *kind,
                                     struct buf *question, void *data)
{
	struct control_call *call = call_new(c, kind, NULL, 0, data);
	grpc_send(call->grpc, buf_str(question));
	grpc_send_end(call->grpc);
	buf_finish(question);
	return call;
}

void control_cancel(struct control_call *call)
{
	if (!call)
		return;
	grpc_cancel(call->grpc);
	call_drop(call);
}

/* -- what can be asked ------------------------------------------------------------------------- */

static void solve_end(struct control_call *call, struct arena *a, const struct control_end *end)
{
	const struct pair *answer = NULL;
	size_t n = 0;
	struct control_end e = call_judge(call, end);
	if (e.ok)
		e.ok = pb_solve_answer_parse(a, buf_str(&call->answer), &answer, &n, &e.error);
	call->told.solved(call->data, &e, answer, e.ok ? n : 0);
}

struct control_call *control_solve(struct control *c, const struct pb_solve *s,
                                   control_solved_fn *told, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "Solve", call_keep, solve_end };
	struct buf question = { 0 };
	pb_solve_append(&question, s);
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.solved = told;
	return call;
}

static bool status_message(struct control_call *call, struct arena *a, struct str bytes,
                           struct error *err)
{
	struct pb_trace trace;
	if (!pb_trace_parse(a, bytes, &trace, err))
		return false;
	call->each.trace(call->data, &trace);
	return true;
}

struct control_call *control_status(struct control *c, struct str ref, control_trace_fn *each,
                                    control_done_fn *done, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "Status", status_message,
	                                          call_end_done };
	struct buf question = { 0 };
	pb_ref_append(&question, ref);
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.done = done;
	call->each.trace = each;
	return call;
}

static bool session_message(struct control_call *call, struct arena *a, struct str bytes,
                            struct error *err)
{
	struct str inner;
	if (!pb_bytes_parse(a, bytes, &inner, err))
		return false;
	if (inner.n)
		call->session.bytes(call->data, inner);
	return true;
}

struct control_call *control_session(struct control *c, const struct pair *metadata, size_t n,
                                     const struct control_session_events *on)
{
	static const struct control_kind kind = { CONTROL_SERVICE "Session", session_message,
	                                          call_end_done };
	struct control_call *call = call_new(c, &kind, metadata, n, on->data);
	call->told.done = on->done;
	call->session = *on;
	return call;
}

void control_session_send(struct control_call *call, struct str bytes)
{
	owned_buf struct buf message = { 0 };
	for (size_t at = 0; at < bytes.n; at += CONTROL_PIECE) {
		buf_clear(&message);
		pb_bytes_write(&message, str_slice(bytes, at, CONTROL_PIECE));
		grpc_send(call->grpc, buf_str(&message));
	}
}

size_t control_session_unsent(const struct control_call *call)
{
	return grpc_unsent(call->grpc);
}

static void workers_end(struct control_call *call, struct arena *a, const struct control_end *end)
{
	struct control_end e = call_judge(call, end);
	const struct pb_worker *workers = NULL;
	size_t n = 0;
	if (e.ok)
		e.ok = pb_workers_parse(a, buf_str(&call->answer), &workers, &n, &e.error);
	call->told.workers(call->data, &e, workers, e.ok ? n : 0);
}

struct control_call *control_workers(struct control *c, control_workers_fn *told, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "ListWorkers", call_keep,
	                                          workers_end };
	struct buf question = { 0 };
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.workers = told;
	return call;
}

static void info_end(struct control_call *call, struct arena *a, const struct control_end *end)
{
	struct control_end e = call_judge(call, end);
	struct pb_version version = { 0 };
	if (e.ok)
		e.ok = pb_info_parse(a, buf_str(&call->answer), &version, &e.error);
	call->told.info(call->data, &e, e.ok ? &version : NULL);
}

struct control_call *control_info(struct control *c, control_info_fn *told, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "Info", call_keep, info_end };
	struct buf question = { 0 };
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.info = told;
	return call;
}

static void usages_end(struct control_call *call, struct arena *a, const struct control_end *end)
{
	const struct pb_usage *usages = NULL;
	size_t n = 0;
	struct control_end e = call_judge(call, end);
	if (e.ok)
		e.ok = pb_usages_parse(a, buf_str(&call->answer), &usages, &n, &e.error);
	call->told.usages(call->data, &e, usages, e.ok ? n : 0);
}

struct control_call *control_disk_usage(struct control *c, const char *const *filters,
                                        control_usages_fn *told, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "DiskUsage", call_keep,
	                                          usages_end };
	struct buf question = { 0 };
	pb_usage_request_append(&question, filters);
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.usages = told;
	return call;
}

static bool prune_message(struct control_call *call, struct arena *a, struct str bytes,
                          struct error *err)
{
	struct pb_usage usage;
	if (!pb_usage_parse(a, bytes, &usage, err))
		return false;
	call->each.usage(call->data, &usage);
	return true;
}

struct control_call *control_prune(struct control *c, const struct pb_prune *p,
                                   control_usage_fn *each, control_done_fn *done, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "Prune", prune_message,
	                                          call_end_done };
	struct buf question = { 0 };
	pb_prune_append(&question, p);
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.done = done;
	call->each.usage = each;
	return call;
}

static bool history_message(struct control_call *call, struct arena *a, struct str bytes,
                            struct error *err)
{
	struct pb_history event;
	if (!pb_history_parse(a, bytes, &event, err))
		return false;
	call->each.history(call->data, &event);
	return true;
}

struct control_call *control_history(struct control *c, const struct pb_history_request *r,
                                     control_history_fn *each, control_done_fn *done, void *data)
{
	static const struct control_kind kind = { CONTROL_SERVICE "ListenBuildHistory",
	                                          history_message, call_end_done };
	struct buf question = { 0 };
	pb_history_request_append(&question, r);
	struct control_call *call = call_ask(c, &kind, &question, data);
	call->told.done = done;
	call->each.history = each;
	return call;
}
