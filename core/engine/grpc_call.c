#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/base64.h"
#include "core/engine/grpc_inside.h"
#include "core/engine/grpc_status.h"

struct grpc_call *grpc_call(struct grpc *g, const char *method, const struct pair *metadata,
                            size_t n, const struct grpc_call_events *events)
{
	struct grpc_call *c = grpc_call_new(g);
	struct pair *headers = xcalloc(n + 6, sizeof *headers);
	const struct pair always[] = {
		{ STR(":method"), STR("POST") }, { STR(":scheme"), STR("http") },
		{ STR(":path"), str_of(method) }, { STR(":authority"), STR("localhost") },
		{ STR("content-type"), STR("application/grpc") }, { STR("te"), STR("trailers") },
	};
	memcpy(headers, always, sizeof always);
	if (n)
		memcpy(headers + 6, metadata, n * sizeof *metadata);
	c->events = *events;
	if (!g->is_over && !g->is_closed)
		c->stream = h2_open(g->h2, headers, n + 6, c);
	free(headers);
	if (c->stream)
		grpc_wake(g);
	else
		grpc_wake_later(g);
	return c;
}

static void grpc_server_begin(struct grpc_call *c)
{
	const struct pair head[] = {
		{ STR(":status"), STR("200") }, { STR("content-type"), STR("application/grpc") },
	};
	if (c->grpc->is_server && !c->has_head)
		h2_answer(c->stream, head, 2);
	c->has_head = true;
}

void grpc_send(struct grpc_call *c, struct str message)
{
	char head[GRPC_FRAMING_HEAD];
	if (!c->stream)
		return;
	grpc_server_begin(c);
	grpc_framing_head(message.n, head);
	h2_send(c->stream, (struct str){ head, sizeof head });
	h2_send(c->stream, message);
	grpc_wake(c->grpc);
}

void grpc_send_end(struct grpc_call *c)
{
	if (!c->stream || c->grpc->is_server)
		return;
	h2_send_end(c->stream, NULL, 0);
	grpc_wake(c->grpc);
}

size_t grpc_unsent(const struct grpc_call *c)
{
	return c->stream ? h2_unsent(c->stream) : 0;
}

void grpc_hold(struct grpc_call *c, bool on)
{
	if (!c->stream)
		return;
	h2_hold(c->stream, on);
	grpc_wake(c->grpc);
}

void grpc_answer_status(struct grpc_call *c, const struct grpc_status *status)
{
	struct grpc *g = c->grpc;
	owned_buf struct buf number = { 0 }, escaped = { 0 }, details = { 0 };
	buf_printf(&number, "%d", status->code);
	grpc_status_append_escaped(&escaped, status->message);
	base64_encode(&details, status->details);
	const struct pair all[] = {
		{ STR(":status"), STR("200") }, { STR("content-type"), STR("application/grpc") },
		{ STR("grpc-status"), buf_str(&number) }, { STR("grpc-message"), buf_str(&escaped) },
		{ STR("grpc-status-details-bin"), buf_str(&details) },
	};
	size_t n = details.n ? 3 : escaped.n ? 2 : 1;
	if (c->stream && c->has_head)
		h2_send_end(c->stream, all + 2, n);
	else if (c->stream)
		h2_answer_only(c->stream, all, 2 + n);
	grpc_call_drop(c);
	grpc_wake(g);
}

void grpc_answer(struct grpc_call *c, int code, struct str message)
{
	const struct grpc_status status = { .code = code, .message = message };
	grpc_answer_status(c, &status);
}

void grpc_cancel(struct grpc_call *c)
{
	struct grpc *g = c->grpc;
	if (c->stream)
		h2_reset(c->stream, H2_CANCEL);
	grpc_call_drop(c);
	grpc_wake(g);
}
