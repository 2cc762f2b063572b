#include "tests/fake/buildkitd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "tests/fake/buildkitd_inside.h"

void buildkitd_say(struct buildkitd *d, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&d->log, fmt, ap);
	va_end(ap);
	buf_append_char(&d->log, '\n');
}

/* ---- connections ---- */

static void peer_send(void *data, struct str bytes)
{
	struct peer *p = data;
	if (p->line)
		fake_line_send(p->line, bytes);
}

static size_t peer_unsent(void *data)
{
	const struct peer *p = data;
	return p->line ? fake_line_unsent(p->line) : 0;
}

static void peer_free_now(struct loop *l, void *data)
{
	struct peer *p = data, **at = &p->owner->peers;
	(void)l;
	p->is_gone = true;
	if (p->grpc)
		grpc_closed(p->grpc, NULL);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	while (p->sessions)
		session_peer_free(p->sessions);
	grpc_free(p->grpc);
	buf_finish(&p->head);
	free(p);
}

/* From whatever event: it goes in the next turn. */
static void peer_free_later(struct peer *p)
{
	if (!p->is_gone)
		p->going = loop_timer(p->owner->loop, 0, peer_free_now, p);
	p->is_gone = true;
}

void peer_drop(struct peer *p)
{
	if (p->line)
		fake_line_close(p->line);
	p->line = NULL;
	if (p->grpc)
		grpc_closed(p->grpc, NULL);
	peer_free_later(p);
}

static void peer_over(void *data, const struct error *err)
{
	struct peer *p = data;
	if (err)
		buildkitd_say(p->owner, "connection: %s", err->text);
	if (p->line)
		fake_line_close(p->line);
	p->line = NULL;
	peer_free_later(p);
}

static void peer_speak(struct peer *p)
{
	const struct grpc_pipe pipe = { peer_send, peer_unsent, p };
	const struct grpc_methods methods = { fake_control_begin, p };
	p->grpc = grpc_server(p->owner->loop, &pipe, &methods, peer_over, p);
}

/* dockerd: HTTP/1.1 first. */
static void peer_upgrade(struct peer *p, struct str bytes)
{
	buf_append(&p->head, bytes);
	size_t end = str_find_str(buf_str(&p->head), STR("\r\n\r\n"));
	if (end == STR_NONE)
		return;
	struct str rest = str_slice(buf_str(&p->head), end + 4, p->head.n);
	if (str_find_str(buf_str(&p->head), STR("POST /grpc ")) == STR_NONE) {
		fake_line_send(p->line, STR("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
		                       "Content-Length: 29\r\n\r\n{\"message\":\"page not found\"}\n"));
		peer_drop(p);
		return;
	}
	fake_line_send(p->line, STR("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
	                       "Upgrade: h2c\r\n\r\n"));
	peer_speak(p);
	if (rest.n)
		grpc_feed(p->grpc, rest);
}

static void peer_bytes(void *data, struct str bytes)
{
	struct peer *p = data;
	if (p->grpc)
		grpc_feed(p->grpc, bytes);
	else if (!p->owner->fault)
		peer_upgrade(p, bytes);
}

static void peer_flood_on(struct peer *p)
{
	while (p->line && fake_line_unsent(p->line) < (64 << 10))
		peer_flood(p, p->flood);
}

static void peer_drained(void *data)
{
	struct peer *p = data;
	if (p->flood)
		peer_flood_on(p);
	else if (p->grpc)
		grpc_drained(p->grpc);
}

static void peer_ended(void *data, const struct error *err)
{
	struct peer *p = data;
	p->line = NULL;
	if (err)
		buildkitd_say(p->owner, "line: %s", err->text);
	if (p->grpc)
		grpc_closed(p->grpc, err);
	peer_free_later(p);
}

/* ---- misbehaviour ---- */

void peer_flood(struct peer *p, const char *kind)
{
	static const struct {
		const char *kind;
		struct str frame;
	} frames[] = {
		{ "settings", { "\0\0\0\4\0\0\0\0\0", 9 } },
		{ "pings", { "\0\0\10\6\0\0\0\0\0endless.", 17 } },
		{ "windows", { "\0\0\4\10\0\0\0\0\0\0\0\0\1", 13 } },
		{ "empty", { "\0\0\0\0\0\0\0\0\1", 9 } },
	};
	bool begins = !p->flood;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		if (strcmp(frames[i].kind, kind) != 0)
			continue;
		p->flood = frames[i].kind;
		for (int times = 0; times < 500; times++)
			fake_line_send(p->line, frames[i].frame);
		if (begins)
			peer_flood_on(p);
		return;
	}
	CHECK(!"a kind of flood");
}

static void peer_misbehave(struct peer *p, const char *fault)
{
	static const char settings[] = "\0\0\0\4\0\0\0\0\0";
	if (strcmp(fault, "garbage") == 0)
		for (unsigned i = 0, x = 1; i < 4096; i++, x = x * 1103515245 + 12345)
			fake_line_send(p->line, (struct str){ &(char){ (char)(x >> 16) }, 1 });
	else if (strcmp(fault, "half") == 0)
		fake_line_send(p->line, (struct str){ "\0\0\22\4\0\0\0", 7 });
	else if (strcmp(fault, "giant") == 0)
		fake_line_send(p->line, (struct str){ "\377\377\377\4\0\0\0\0\0", 9 });
	else if (strcmp(fault, "close") == 0)
		peer_drop(p);
	else if (strcmp(fault, "silent") != 0) {
		fake_line_send(p->line, (struct str){ settings, 9 });
		peer_flood(p, fault);
	}
}

static void buildkitd_accepted(void *data, struct line *line)
{
	struct buildkitd *d = data;
	struct peer *p = xcalloc(1, sizeof *p);
	const struct line_events on = { peer_bytes, peer_drained, peer_ended, p };
	*p = (struct peer){ .owner = d, .next = d->peers, .line = line };
	d->peers = p;
	buildkitd_say(d, "connected");
	fake_line_answer(line, &on);
	if (d->fault)
		peer_misbehave(p, d->fault);
	else if (!d->is_dockerd)
		peer_speak(p);
}

/* ---- the whole ---- */

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

struct buildkitd *buildkitd_new(struct loop *l, const struct buildkitd_options *o,
                                struct error *err)
{
	struct buildkitd *d = xcalloc(1, sizeof *d);
	const struct listener_options listens = {
		.unix_path = o->unix_path, .ca = o->ca, .cert = o->cert, .key = o->key,
		.alpn = o->is_dockerd ? "http/1.1" : "h2", .accepted = buildkitd_accepted, .data = d,
	};
	*d = (struct buildkitd){ .loop = l, .script = copy(o->script), .folder = copy(o->folder),
	                         .fault = copy(o->fault), .is_dockerd = o->is_dockerd };
	d->listener = fake_listener_new(l, &listens, err);
	if (d->listener)
		return d;
	buildkitd_free(d);
	return NULL;
}

void buildkitd_free(struct buildkitd *d)
{
	if (!d)
		return;
	for (struct peer *p = d->peers, *next; p; p = next) {
		next = p->next;
		loop_untimer(d->loop, p->going);
		peer_free_now(d->loop, p);
	}
	while (d->builds) {
		struct build *b = d->builds;
		d->builds = b->next;
		fake_build_free(b);
	}
	fake_listener_free(d->listener);
	buf_finish(&d->log);
	free(d->script);
	free(d->folder);
	free(d->fault);
	free(d);
}

uint16_t buildkitd_port(const struct buildkitd *d)
{
	return fake_listener_port(d->listener);
}

const char *buildkitd_log(struct buildkitd *d)
{
	return d->log.n ? buf_text(&d->log) : "";
}

void buildkitd_script(struct buildkitd *d, const char *script)
{
	free(d->script);
	d->script = copy(script);
}
