#include "core/engine/grpc.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/grpc_inside.h"
#include "core/engine/grpc_status.h"

_Static_assert((int)GRPC_HIGH == (int)H2_HIGH && (int)GRPC_LOW == (int)H2_LOW, "one pause");

/* Of all messages that are not whole together. */
enum { GRPC_HELD_MAX = 64 << 20 };

/* ---- calls and their ends ---- */

struct grpc_call *grpc_call_new(struct grpc *g)
{
	struct grpc_call *c = xcalloc(1, sizeof *c);
	*c = (struct grpc_call){ .grpc = g, .next = g->calls, .framing.max = g->message_max };
	if (c->next)
		c->next->prev = c;
	g->calls = c;
	return c;
}

static void grpc_call_release(struct grpc_call *c)
{
	if (c->is_over && !c->events_running)
		free(c);
}

void grpc_call_drop(struct grpc_call *c)
{
	if (c->is_over)
		return;
	c->is_over = true;
	if (c->next)
		c->next->prev = c->prev;
	*(c->prev ? &c->prev->next : &c->grpc->calls) = c->next;
	c->grpc->held -= c->framing.in.n;
	grpc_framing_finish(&c->framing);
	if (c->stream)
		h2_stream_set_data(c->stream, NULL);
	c->stream = NULL;
	grpc_call_release(c);
}

/* Its last event. */
static void grpc_call_end(struct grpc_call *c, const struct grpc_status *status,
                          const struct error *err)
{
	struct grpc_call_events events = c->events;
	grpc_call_drop(c);
	if (events.done)
		events.done(events.data, status, err);
}

/* Ends the stream as well. */
static void grpc_call_cut(struct grpc_call *c, uint32_t code, const struct grpc_status *status,
                          const struct error *err)
{
	if (c->stream)
		h2_reset(c->stream, code);
	grpc_call_end(c, status, err);
}

/* ---- the connection: bytes in and out ---- */

static void grpc_enter(struct grpc *g)
{
	g->events_running++;
}

static void grpc_leave(struct grpc *g)
{
	if (--g->events_running || !g->is_freed)
		return;
	while (g->calls)
		grpc_call_drop(g->calls);
	h2_free(g->h2);
	free(g);
}

/* All calls, or those without a stream; not those that are made meanwhile. */
static void grpc_end_all(struct grpc *g, const struct error *err, bool all)
{
	struct grpc_call *c;
	for (c = g->calls; c; c = c->next)
		c->is_late = all || !c->stream;
	do {
		for (c = g->calls; c && !c->is_late; c = c->next)
			;
		if (c)
			grpc_call_end(c, NULL, err);
	} while (c && !g->is_freed);
}

static void grpc_tell_over(struct grpc *g)
{
	struct error gone = { 0 };
	if (!g->over.code)
		error_set(&gone, ERROR_UNREACHABLE, "the other side has closed the connection");
	loop_untimer(g->loop, g->meet);
	g->meet = 0;
	if (g->is_over)
		return;
	g->is_over = true;
	grpc_end_all(g, g->over.code ? &g->over : &gone, true);
	if (!g->is_freed)
		g->ended(g->data, g->over.code ? &g->over : NULL);
}

/* What the other side said with its good-bye, if it said why. */
static void grpc_explain_goaway(struct grpc *g, struct error *ret_err)
{
	uint32_t code = 0;
	struct str text = { 0 };
	if (!h2_is_leaving(g->h2, &code, &text) || !code)
		return;
	error_set(ret_err, ERROR_UNREACHABLE, "the other side ends the connection: %.*s%s%s",
	          STR_ARG(text), text.n ? " " : "", h2_code_name(code));
}

/* Puts out what there is room for; false: the connection is of no use any more. */
static bool grpc_pump(struct grpc *g, struct error *err)
{
	struct str bytes;
	while (!g->is_freed && !g->is_closed && g->pipe.unsent(g->pipe.data) < GRPC_PIPE) {
		if (!h2_pull(g->h2, &bytes, err))
			return false;
		if (!bytes.n)
			return true;
		g->pipe.send(g->pipe.data, bytes);
	}
	return true;
}

/* Whatever has happened, this comes after it: what is to go goes, what is over is told. */
static void grpc_settle(struct grpc *g)
{
	struct error err = { 0 };
	if (g->is_over || g->is_freed)
		return;
	if (!grpc_pump(g, &err)) {
		g->over = err;
		grpc_tell_over(g);
		return;
	}
	if (g->is_freed || g->is_server || !h2_is_leaving(g->h2, NULL, NULL) || h2_streams(g->h2))
		return;
	grpc_explain_goaway(g, &g->over);
	grpc_tell_over(g);
}

static void grpc_awake(struct loop *l, void *data)
{
	struct grpc *g = data;
	(void)l;
	g->wake = 0;
	struct error err = { 0 };
	error_set(&err, ERROR_UNREACHABLE, "the other side takes no more calls");
	grpc_explain_goaway(g, &err);
	grpc_enter(g);
	grpc_end_all(g, g->over.code ? &g->over : &err, false);
	grpc_settle(g);
	grpc_leave(g);
}

void grpc_wake_later(struct grpc *g)
{
	if (!g->wake)
		g->wake = loop_timer(g->loop, 0, grpc_awake, g);
}

void grpc_wake(struct grpc *g)
{
	if (!g->events_running)
		grpc_wake_later(g);
}

static void grpc_not_met(struct loop *l, void *data)
{
	struct grpc *g = data;
	(void)l;
	g->meet = 0;
	if (h2_is_met(g->h2) || g->is_over)
		return;
	grpc_enter(g);
	error_set(&g->over, ERROR_UNREACHABLE, "nothing is answered for %lld s",
	          (long long)(g->meet_ms + 999) / 1000);
	grpc_tell_over(g);
	grpc_leave(g);
}

void grpc_feed(struct grpc *g, struct str bytes)
{
	struct error err = { 0 };
	if (g->is_over || g->is_freed)
		return;
	grpc_enter(g);
	bool ok = h2_feed(g->h2, bytes, &err);
	if (h2_is_met(g->h2)) {
		loop_untimer(g->loop, g->meet);
		g->meet = 0;
	}
	if (!ok && !g->is_freed) {
		g->over = err;
		grpc_pump(g, &(struct error){ 0 });
		grpc_tell_over(g);
	}
	grpc_settle(g);
	grpc_leave(g);
}

void grpc_drained(struct grpc *g)
{
	grpc_enter(g);
	grpc_settle(g);
	grpc_leave(g);
}

void grpc_closed(struct grpc *g, const struct error *err)
{
	if (g->is_over || g->is_freed)
		return;
	grpc_enter(g);
	g->is_closed = true;
	if (err)
		g->over = *err;
	else if (!g->is_server && g->calls)
		error_set(&g->over, ERROR_UNREACHABLE, "the other side has closed the connection");
	grpc_explain_goaway(g, &g->over);
	grpc_tell_over(g);
	grpc_leave(g);
}

/* ---- what comes on a stream ---- */

/* The call that still hears its stream; events of it run until grpc_call_left. */
static struct grpc_call *grpc_call_of(struct grpc *g, struct h2_stream *s)
{
	struct grpc_call *c = g->is_freed ? NULL : h2_stream_data(s);
	if (c)
		c->events_running++;
	return c;
}

static void grpc_call_left(struct grpc_call *c)
{
	c->events_running--;
	grpc_call_release(c);
}

static bool grpc_is_content(struct str value)
{
	return str_has_prefix(value, STR("application/grpc"));
}

static struct str grpc_find(const struct pair *headers, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(headers[i].name, name))
			return headers[i].value;
	return (struct str){ 0 };
}

/* Without those of HTTP/2, which stand first. */
static const struct pair *grpc_metadata(const struct pair *headers, size_t *n)
{
	while (*n && headers->name.n && headers->name.p[0] == ':')
		headers++, --*n;
	return headers;
}

static void grpc_client_head(struct grpc_call *c, const struct pair *headers, size_t n,
                             bool is_trailer)
{
	owned(arena) struct arena *arena = arena_new();
	struct grpc_status status;
	unsigned long long http = 0;
	if (grpc_status_find(arena, headers, n, &status)) {
		struct error err = { 0 };
		bool is_cut = status.code == GRPC_OK && !grpc_framing_is_whole(&c->framing);
		if (is_cut)
			error_set(&err, ERROR_PROTOCOL, "the last message of a call is cut");
		grpc_call_cut(c, H2_NO_ERROR, is_cut ? NULL : &status, is_cut ? &err : NULL);
		return;
	}
	if (is_trailer)
		return;                 /* the end that follows has no status */
	str_number(grpc_find(headers, n, STR(":status")), 999, &http);
	if (http != 200 || !grpc_is_content(grpc_find(headers, n, STR("content-type")))) {
		grpc_status_of_http(arena, (unsigned)http, &status);
		grpc_call_cut(c, H2_CANCEL, &status, NULL);
		return;
	}
	const struct pair *metadata = grpc_metadata(headers, &n);
	if (c->events.head)
		c->events.head(c->events.data, metadata, n);
}

static void grpc_server_head(struct grpc *g, struct h2_stream *s, const struct pair *headers,
                             size_t n)
{
	struct str path = grpc_find(headers, n, STR(":path"));
	bool is_grpc = grpc_is_content(grpc_find(headers, n, STR("content-type")));
	owned_memory char *method = xstrndup(path.n ? path.p : "", path.n);
	struct grpc_call_events events = { 0 };
	if (!is_grpc) {
		const struct pair no[] = { { STR(":status"), STR("415") } };
		h2_answer_only(s, no, 1);
		return;
	}
	struct grpc_call *c = grpc_call_new(g);
	c->stream = s;
	h2_stream_set_data(s, c);
	const struct pair *metadata = grpc_metadata(headers, &n);
	c->events_running++;
	bool is_known = g->methods.begin(g->methods.data, method, metadata, n, c, &events);
	c->events = events;
	if (!is_known && !c->is_over)
		grpc_answer(c, GRPC_UNIMPLEMENTED, STR("there is no such method here"));
	grpc_call_left(c);
}

static void grpc_on_head(void *data, struct h2_stream *s, const struct pair *headers, size_t n,
                         bool is_trailer)
{
	struct grpc *g = data;
	if (g->is_freed || g->is_over)
		return;
	if (g->is_server && !is_trailer) {
		grpc_server_head(g, s, headers, n);
		return;
	}
	struct grpc_call *c = grpc_call_of(g, s);
	if (!c)
		return;
	if (!g->is_server)
		grpc_client_head(c, headers, n, is_trailer);
	grpc_call_left(c);
}

static bool grpc_on_message(void *data, struct str message)
{
	struct grpc_call *c = data;
	if (c->events.message)
		c->events.message(c->events.data, c, message);
	return !c->is_over && !c->grpc->is_freed;
}

static void grpc_on_bytes(void *data, struct h2_stream *s, struct str bytes)
{
	struct grpc *g = data;
	struct grpc_call *c = grpc_call_of(g, s);
	struct error err = { 0 };
	if (!c)
		return;
	g->held -= c->framing.in.n;
	bool ok = grpc_framing_feed(&c->framing, bytes, grpc_on_message, c, &err);
	g->held += c->framing.in.n;
	if (ok && g->held > GRPC_HELD_MAX)
		ok = error_set(&err, ERROR_LIMIT, "messages that never end take up too much memory");
	if (!ok && !c->is_over)
		grpc_call_cut(c, H2_CANCEL, NULL, &err);
	grpc_call_left(c);
}

static void grpc_on_end(void *data, struct h2_stream *s)
{
	struct grpc *g = data;
	struct grpc_call *c = grpc_call_of(g, s);
	struct error err = { 0 };
	if (!c)
		return;
	if (!g->is_server) {
		error_set(&err, ERROR_PROTOCOL, "a call ends without a status");
		grpc_call_cut(c, H2_CANCEL, NULL, &err);
	} else if (!grpc_framing_is_whole(&c->framing)) {
		error_set(&err, ERROR_PROTOCOL, "the last message of a call is cut");
		grpc_call_cut(c, H2_CANCEL, NULL, &err);
	} else if (c->events.end) {
		c->events.end(c->events.data, c);
	}
	grpc_call_left(c);
}

static void grpc_on_drained(void *data, struct h2_stream *s)
{
	struct grpc_call *c = grpc_call_of(data, s);
	if (!c)
		return;
	if (c->events.drained)
		c->events.drained(c->events.data, c);
	grpc_call_left(c);
}

static void grpc_on_closed(void *data, struct h2_stream *s, uint32_t code)
{
	struct grpc *g = data;
	struct grpc_call *c = grpc_call_of(g, s);
	struct error err = { 0 };
	if (!c)
		return;
	bool is_taken_back = g->is_server && (code == H2_CANCEL || code == H2_NO_ERROR);
	error_set(&err, is_taken_back ? ERROR_CANCELLED :
	          code == H2_REFUSED_STREAM ? ERROR_UNREACHABLE : ERROR_PROTOCOL,
	          "the other side has cut a call (%s)", h2_code_name(code));
	grpc_explain_goaway(g, &err);
	h2_has_failed(g->h2, &err);
	c->stream = NULL;
	grpc_call_end(c, NULL, &err);
	grpc_call_left(c);
}

/* ---- making and ending one ---- */

static struct grpc *grpc_new(struct loop *l, const struct grpc_pipe *pipe, enum h2_role role,
                             grpc_ended_fn *ended, void *data)
{
	struct grpc *g = xcalloc(1, sizeof *g);
	const struct h2_events events = {
		grpc_on_head, grpc_on_bytes, grpc_on_end, grpc_on_drained, grpc_on_closed, g,
	};
	*g = (struct grpc){ .loop = l, .pipe = *pipe, .is_server = role == H2_SERVER, .ended = ended,
	                    .data = data, .message_max = GRPC_MESSAGE_MAX };
	g->h2 = h2_new(role, &events);
	grpc_limit(g, 0, GRPC_MEET_MS);
	grpc_wake(g);
	return g;
}

struct grpc *grpc_client(struct loop *l, const struct grpc_pipe *pipe, grpc_ended_fn *ended,
                         void *data)
{
	return grpc_new(l, pipe, H2_CLIENT, ended, data);
}

struct grpc *grpc_server(struct loop *l, const struct grpc_pipe *pipe,
                         const struct grpc_methods *methods, grpc_ended_fn *ended, void *data)
{
	struct grpc *g = grpc_new(l, pipe, H2_SERVER, ended, data);
	g->methods = *methods;
	return g;
}

void grpc_free(struct grpc *g)
{
	if (!g)
		return;
	loop_untimer(g->loop, g->wake);
	loop_untimer(g->loop, g->meet);
	g->is_freed = true;
	grpc_enter(g);
	grpc_leave(g);
}

void grpc_limit(struct grpc *g, size_t message_max, int64_t meet_ms)
{
	if (message_max)
		g->message_max = message_max;
	if (!meet_ms || g->is_over || h2_is_met(g->h2))
		return;
	loop_untimer(g->loop, g->meet);
	g->meet_ms = meet_ms;
	g->meet = loop_timer(g->loop, meet_ms, grpc_not_met, g);
}
