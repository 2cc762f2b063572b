#include "core/engine/wire.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/docker_attach.h"
#include "core/engine/sentence.h"
#include "core/ext/tls.h"
#include "core/os/dial.h"

enum { WIRE_REFUSAL_MAX = 16 << 10 };

struct wire {
	struct loop *loop;
	struct dial *dial;
	struct tls *tls;                /* or NULL */
	struct wire_events events;
	char *shown;                    /* the address, for messages */
	struct buf request;             /* the upgrade's; empty: none */
	struct buf answer;              /* its head, and the body of a refusal */
	struct buf waiting;             /* sent before open */
	struct buf plain;
	uint64_t timer;
	int64_t open_ms;
	bool is_connected, is_open, has_ended;
	bool ends;                      /* nothing more is sent */
	unsigned calling;
	bool is_freed;
};

static void wire_enter(struct wire *w)
{
	w->calling++;
}

static void wire_leave(struct wire *w)
{
	if (--w->calling || !w->is_freed)
		return;
	tls_free(w->tls);
	free(w->shown);
	buf_finish(&w->request);
	buf_finish(&w->answer);
	buf_finish(&w->waiting);
	buf_finish(&w->plain);
	free(w);
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	wire_enter(w);
	w->is_freed = true;
	loop_untimer(w->loop, w->timer);
	w->timer = 0;
	dial_free(w->dial);
	w->dial = NULL;
	wire_leave(w);
}

static void wire_end(struct wire *w, const struct error *err)
{
	struct error why = { 0 };
	if (w->has_ended || w->is_freed)
		return;
	w->has_ended = true;
	loop_untimer(w->loop, w->timer);
	w->timer = 0;
	if (err) {
		why = *err;
		error_prefix(&why, "%s", w->shown);
	}
	w->events.ended(w->events.data, err ? &why : NULL);
}

/* ---- out ---- */

/* Whatever TLS has to say goes on its way. */
static void wire_flush(struct wire *w)
{
	owned_buf struct buf bytes = { 0 };
	if (!w->tls || !w->dial)
		return;
	tls_take(w->tls, &bytes);
	if (bytes.n)
		dial_send(w->dial, buf_str(&bytes));
}

static void wire_put(struct wire *w, struct str bytes)
{
	struct error err = { 0 };
	if (!w->tls)
		dial_send(w->dial, bytes);
	else if (!tls_send(w->tls, bytes, &err))
		wire_end(w, &err);
	wire_flush(w);
}

void wire_send(struct wire *w, struct str bytes)
{
	if (w->has_ended || w->is_freed)
		return;
	if (w->is_open)
		wire_put(w, bytes);
	else
		buf_append(&w->waiting, bytes);
}

static void wire_put_end(struct wire *w)
{
	if (w->tls)
		tls_send_end(w->tls);
	wire_flush(w);
	dial_send_end(w->dial);
}

void wire_send_end(struct wire *w)
{
	if (w->has_ended || w->is_freed)
		return;
	w->ends = true;
	if (w->is_open)
		wire_put_end(w);
}

size_t wire_unsent(const struct wire *w)
{
	return w->waiting.n + (w->dial ? dial_unsent(w->dial) : 0);
}

/* ---- opening ---- */

static void wire_open(struct wire *w)
{
	w->is_open = true;
	loop_untimer(w->loop, w->timer);
	w->timer = 0;
	owned_buf struct buf waiting = w->waiting;
	w->waiting = (struct buf){ 0 };
	if (waiting.n)
		wire_put(w, buf_str(&waiting));
	if (w->ends && !w->has_ended)
		wire_put_end(w);
	if (!w->is_freed && !w->has_ended)
		w->events.open(w->events.data);
}

/* The connection is there, and TLS if it is wanted. */
static void wire_reached(struct wire *w)
{
	if (w->is_connected || w->has_ended)
		return;
	w->is_connected = true;
	if (w->request.n)
		wire_put(w, buf_str(&w->request));
	else
		wire_open(w);
}

/* The body of a refusal; whole: no more of it comes. */
static bool wire_refusal_is_whole(struct str head, struct str body)
{
	unsigned long long length;
	size_t at = str_find_str(head, STR("Content-Length: "));
	if (at == STR_NONE)
		return str_has_suffix(body, STR("0\r\n\r\n"));
	struct str number = str_slice(head, at + 16, head.n);
	number = str_slice(number, 0, str_find(number, '\r'));
	return !str_number(number, WIRE_REFUSAL_MAX, &length) || body.n >= length;
}

/* The message alone: chunks, if there are any, lie around a JSON object. */
static struct str wire_refusal_text(struct str body)
{
	size_t from = str_find(body, '{'), to = str_find_last(body, '}');
	if (from == STR_NONE || to == STR_NONE || to < from)
		return str_trim(body);
	return str_slice(body, from, to + 1 - from);
}

static void wire_refused(struct wire *w, int status, struct str body)
{
	struct error err = { 0 };
	if (status >= 400)
		sentence_of_refusal(status, wire_refusal_text(body), &err);
	else
		error_set(&err, ERROR_REFUSED, "the engine does not upgrade the connection (status %d)",
		          status);
	err.code = ERROR_REFUSED;
	wire_end(w, &err);
}

/* ended: nothing more comes. */
static void wire_read_answer(struct wire *w, bool ended)
{
	static const char begin[] = "HTTP/1.";
	struct error err = { 0 };
	size_t size = 0, looked = w->answer.n < sizeof begin - 1 ? w->answer.n : sizeof begin - 1;
	int status = 0;
	/* What is something else altogether may never have an end. */
	bool is_http = memcmp(w->answer.p, begin, looked) == 0;
	if (is_http && !attach_read_head(buf_str(&w->answer), &status, &size))
		return;
	struct str head = str_slice(buf_str(&w->answer), 0, size);
	struct str rest = str_slice(buf_str(&w->answer), size, w->answer.n);
	if (!status) {
		error_set(&err, ERROR_PROTOCOL, "the answer is no HTTP");
		wire_end(w, &err);
	} else if (status == 101) {
		buf_append(&w->plain, rest);
		wire_open(w);
	} else if (ended || w->answer.n > WIRE_REFUSAL_MAX || wire_refusal_is_whole(head, rest)) {
		wire_refused(w, status, rest);
	}
}

/* ---- in ---- */

static void wire_take_plain(struct wire *w)
{
	if (w->is_connected && !w->is_open) {
		buf_append(&w->answer, buf_str(&w->plain));
		buf_clear(&w->plain);
		wire_read_answer(w, false);
	}
	if (!w->plain.n || !w->is_open || w->has_ended || w->is_freed)
		return;
	owned_buf struct buf bytes = w->plain;
	w->plain = (struct buf){ 0 };
	w->events.bytes(w->events.data, buf_str(&bytes));
}

static void wire_on_connected(void *data)
{
	struct wire *w = data;
	wire_enter(w);
	if (!w->tls)
		wire_reached(w);
	wire_flush(w);
	wire_leave(w);
}

static void wire_decrypt(struct wire *w, struct str bytes)
{
	struct error err = { 0 };
	bool ok = tls_feed(w->tls, bytes, &w->plain, &err);
	if (tls_is_open(w->tls))
		wire_reached(w);
	wire_flush(w);
	wire_take_plain(w);
	if (!ok)
		wire_end(w, &err);
	else if (tls_has_ended(w->tls) && w->is_open)
		wire_end(w, NULL);
}

static void wire_on_bytes(void *data, struct str bytes)
{
	struct wire *w = data;
	if (w->has_ended || w->is_freed)
		return;
	wire_enter(w);
	if (w->tls) {
		wire_decrypt(w, bytes);
	} else if (w->is_open) {
		w->events.bytes(w->events.data, bytes);
	} else {
		buf_append(&w->plain, bytes);
		wire_take_plain(w);
	}
	wire_leave(w);
}

static void wire_on_drained(void *data)
{
	struct wire *w = data;
	if (!w->is_open || w->has_ended || w->is_freed || !w->events.drained)
		return;
	wire_enter(w);
	w->events.drained(w->events.data);
	wire_leave(w);
}

static void wire_on_ended(void *data, const struct error *err)
{
	struct wire *w = data;
	struct error why = { 0 };
	if (w->has_ended || w->is_freed)
		return;
	wire_enter(w);
	if (!err && w->answer.n && !w->is_open)
		wire_read_answer(w, true);
	if (err)
		why = *err;
	else if (!w->is_open)
		error_set(&why, ERROR_UNREACHABLE, "the connection is closed without an answer");
	else if (w->tls)
		error_set(&why, ERROR_UNREACHABLE, "the connection is cut");
	wire_end(w, why.code ? &why : NULL);
	wire_leave(w);
}

static void wire_too_late(struct loop *l, void *data)
{
	struct wire *w = data;
	struct error err = { 0 };
	(void)l;
	w->timer = 0;
	wire_enter(w);
	error_set(&err, ERROR_UNREACHABLE, "nothing is answered for %lld s",
	          (long long)(w->open_ms + 999) / 1000);
	wire_end(w, &err);
	wire_leave(w);
}

/* ---- making one ---- */

static char *wire_shown(const struct http_address *at)
{
	if (at->shown)
		return xasprintf("%s", at->shown);
	if (at->unix_path)
		return xasprintf("unix://%s", at->unix_path);
	return xasprintf("tcp://%s:%u", at->host, at->port);
}

static void wire_write_request(struct wire *w, const struct wire_options *o)
{
	if (!o->upgrade)
		return;
	buf_printf(&w->request, "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
	           "Upgrade: h2c\r\nContent-Length: 0\r\n", o->upgrade);
	for (const char *const *h = o->upgrade_headers; h && *h; h++)
		buf_printf(&w->request, "%s\r\n", *h);
	buf_append(&w->request, STR("\r\n"));
}

static bool wire_begin(struct wire *w, const struct wire_options *o, struct error *err)
{
	const struct http_address *at = o->at;
	const struct dial_address to = { at->unix_path, at->host, at->port };
	const struct dial_events on = { wire_on_bytes, wire_on_drained, wire_on_ended, w };
	const struct tls_options tls = { .name = at->server_name ? at->server_name : at->host,
	                                 .ca = at->ca, .cert = at->cert, .key = at->key,
	                                 .alpn = o->alpn };
	if (at->tls && !(w->tls = tls_new(&tls, err)))
		return error_prefix(err, "%s", w->shown);
	w->dial = dial_new(w->loop, &to, &on, err);
	if (!w->dial && err->code == ERROR_SYSTEM)
		err->code = ERROR_UNREACHABLE;
	if (w->dial)
		dial_tell_connected(w->dial, wire_on_connected);
	return w->dial;
}

struct wire *wire_new(struct loop *l, const struct wire_options *o,
                      const struct wire_events *events, struct error *err)
{
	owned(wire) struct wire *w = xcalloc(1, sizeof *w);
	w->loop = l;
	w->events = *events;
	w->shown = wire_shown(o->at);
	w->open_ms = o->open_ms ? o->open_ms : WIRE_OPEN_MS;
	wire_write_request(w, o);
	if (!wire_begin(w, o, err))
		return NULL;
	w->timer = loop_timer(l, w->open_ms, wire_too_late, w);
	return take(w);
}
