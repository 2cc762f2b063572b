#include "core/engine/docker_attach.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/frames.h"
#include "core/engine/wire.h"

enum { ATTACH_RESIZE_MS = 10000 };

struct docker_attach {
	struct docker *docker;
	const char *id;                 /* the caller's */
	struct attach_events events;
	struct wire *wire;
	struct buf head;
	struct frames frames;
	int status;                     /* 0: not known yet */
	bool tty, ended;
	struct docker_call call;        /* of the last resize */
	unsigned rows, cols;
	bool again;                     /* they have changed since it was sent */
};

bool attach_read_head(struct str bytes, int *ret_status, size_t *ret_size)
{
	unsigned long long status;
	size_t end = str_find_str(bytes, STR("\r\n\r\n"));
	struct str line = str_slice(bytes, 0, str_find(bytes, '\n'));
	if (end == STR_NONE && bytes.n < ATTACH_HEAD_MAX)
		return false;
	*ret_status = 0;
	*ret_size = end == STR_NONE ? bytes.n : end + 4;
	if (end != STR_NONE && str_has_prefix(line, STR("HTTP/1.")) &&
	    str_number(str_slice(line, 9, 3), 599, &status) && status >= 100)
		*ret_status = (int)status;
	return true;
}

static void attach_end(struct docker_attach *a, struct str answer, const struct error *err)
{
	if (a->ended)
		return;
	a->ended = true;
	a->events.ended(a->events.data, a->status, answer, err);
}

static bool attach_is_open(const struct docker_attach *a)
{
	/* podman, and dockerd without an upgrade, say 200. */
	return a->status == 101 || a->status == 200;
}

static void attach_frame(void *data, int stream, struct str bytes)
{
	struct docker_attach *a = data;
	a->events.bytes(a->events.data, stream, bytes);
}

static void attach_output(struct docker_attach *a, struct str bytes)
{
	struct error err = { 0 };
	if (!bytes.n)
		return;
	if (a->tty)
		a->events.bytes(a->events.data, 1, bytes);
	else if (!frames_feed(&a->frames, bytes, attach_frame, a, &err))
		attach_end(a, (struct str){ 0 }, &err);
}

/* The request waits in the wire for this. */
static void attach_reached(void *data)
{
	(void)data;
}

static void attach_bytes(void *data, struct str bytes)
{
	struct docker_attach *a = data;
	struct error err = { 0 };
	size_t size;
	if (a->ended)
		return;
	if (a->status) {
		attach_output(a, bytes);
		return;
	}
	buf_append(&a->head, bytes);
	if (!attach_read_head(buf_str(&a->head), &a->status, &size))
		return;
	struct str rest = str_slice(buf_str(&a->head), size, a->head.n);
	if (!a->status)
		error_set(&err, ERROR_PROTOCOL, "the engine's answer to attach is no HTTP");
	if (!attach_is_open(a)) {
		attach_end(a, rest, a->status ? NULL : &err);
		return;
	}
	a->events.open(a->events.data);
	attach_output(a, rest);
}

static void attach_drained(void *data)
{
	struct docker_attach *a = data;
	if (!a->ended && a->events.drained)
		a->events.drained(a->events.data);
}

static void attach_ended(void *data, const struct error *err)
{
	struct docker_attach *a = data;
	struct error why = { 0 };
	if (err) {
		why = *err;
		endpoint_explain(a->docker->endpoint, &why);
	}
	if (!err && !a->status)
		error_set(&why, ERROR_UNREACHABLE, "the engine closes the connection without an answer");
	else if (!err && !a->tty && !frames_are_whole(&a->frames))
		error_set(&why, ERROR_PROTOCOL, "the container's output is cut here");
	attach_end(a, (struct str){ 0 }, why.code ? &why : NULL);
}

struct docker_attach *docker_attach_new(struct docker *d, const char *id, bool tty,
                                        const struct attach_events *events, struct error *err)
{
	struct docker_attach *a = xcalloc(1, sizeof *a);
	struct wire_options to = { .at = &d->at };
	struct wire_events on = { attach_reached, attach_bytes, attach_drained, attach_ended, a };
	owned_buf struct buf request = { 0 };
	*a = (struct docker_attach){ .docker = d, .id = id, .events = *events, .tty = tty };
	a->wire = wire_new(d->base.loop, &to, &on, err);
	if (!a->wire) {
		free(a);
		return NULL;
	}
	buf_printf(&request, "POST /v%s/containers/%s/attach?stream=1&stdin=1&stdout=1&stderr=1 "
	           "HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
	           "Content-Length: 0\r\n\r\n", d->facts.api_version, id);
	wire_send(a->wire, buf_str(&request));
	return a;
}

void docker_attach_free(struct docker_attach *a)
{
	if (!a)
		return;
	wire_free(a->wire);
	docker_call_finish(&a->call);
	buf_finish(&a->head);
	free(a);
}

void docker_attach_input(struct docker_attach *a, struct str bytes)
{
	wire_send(a->wire, bytes);
}

void docker_attach_input_end(struct docker_attach *a)
{
	wire_send_end(a->wire);
}

size_t docker_attach_unsent(const struct docker_attach *a)
{
	return wire_unsent(a->wire);
}

static void attach_ask_size(struct docker_attach *a);

static void attach_sized(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_attach *a = data;
	(void)status, (void)answer, (void)err;
	if (a->again)
		attach_ask_size(a);
}

static void attach_ask_size(struct docker_attach *a)
{
	owned_buf struct buf path = { 0 };
	a->again = false;
	buf_printf(&path, "/containers/%s/resize?h=%u&w=%u", a->id, a->rows, a->cols);
	docker_call(a->docker, &a->call, "POST", buf_text(&path), ATTACH_RESIZE_MS, attach_sized, a);
}

void docker_attach_resize(struct docker_attach *a, unsigned rows, unsigned cols)
{
	a->rows = rows;
	a->cols = cols;
	a->again = true;
	if (!a->call.transfer)
		attach_ask_size(a);
}
