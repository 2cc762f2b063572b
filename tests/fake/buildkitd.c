#include "tests/fake/buildkitd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "tests/fake/buildkitd_inside.h"

enum { STATUS_WAIT_MS = 3000 };

void buildkitd_say(struct buildkitd *d, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&d->log, fmt, ap);
	va_end(ap);
	buf_append_char(&d->log, '\n');
}

/* ---- calls ---- */

void served_send(struct served *s, const struct buf *message)
{
	grpc_send(s->call, buf_str(message));
}

void served_answer_details(struct served *s, int code, const char *message, struct str details)
{
	const struct grpc_status status = { code, str_of(message), details };
	grpc_answer_status(s->call, &status);
	free(s);
}

void served_answer(struct served *s, int code, const char *message)
{
	served_answer_details(s, code, message, (struct str){ 0 });
}

/* ---- Status ---- */

static struct build *build_find(struct buildkitd *d, struct str ref)
{
	for (struct build *b = d->builds; b; b = b->next)
		if (!b->never_was && str_eq(str_of(b->ref), ref))
			return b;
	return NULL;
}

static void watcher_free(struct watcher *w)
{
	struct watcher **at = &w->build->watchers;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	free(w);
}

void build_tell(struct build *b)
{
	for (struct watcher *w = b->watchers, *next; w; w = next) {
		next = w->next;
		while (w->told < b->nevents)
			served_send(w->call, &b->events[w->told++]);
		if (!b->is_done)
			continue;
		served_answer(w->call, GRPC_OK, "");
		watcher_free(w);
	}
}

static void status_lost(void *data, const struct error *err)
{
	(void)err;
	watcher_free(data);
}

static void status_watch(struct served *c, struct build *b)
{
	struct watcher *w = xcalloc(1, sizeof *w);
	*w = (struct watcher){ .next = b->watchers, .build = b, .call = c };
	w->told = b->owner->is_dockerd ? b->nevents : 0;
	b->watchers = w;
	c->lost = status_lost;
	c->data = w;
	build_tell(b);
}

static struct served *early_free(struct early *e)
{
	struct served *call = e->call;
	struct early **at = &call->peer->owner->early;
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	loop_untimer(call->peer->owner->loop, e->timer);
	free(e->ref);
	free(e);
	return call;
}

static void early_lost(void *data, const struct error *err)
{
	(void)err;
	early_free(data);
}

static void early_over(struct loop *l, void *data)
{
	struct early *e = data;
	owned_buf struct buf text = { 0 };
	(void)l;
	e->timer = 0;
	buf_printf(&text, "no such job %s", e->ref);
	served_answer(early_free(e), GRPC_UNKNOWN, buf_text(&text));
}

static void control_status(struct served *c, struct str request)
{
	struct buildkitd *d = c->peer->owner;
	struct str ref = proto_find(request, 1);
	struct build *b = build_find(d, ref);
	if (b) {
		status_watch(c, b);
		return;
	}
	struct early *e = xcalloc(1, sizeof *e);
	*e = (struct early){ .next = d->early, .call = c, .ref = xstrndup(ref.n ? ref.p : "", ref.n) };
	e->timer = loop_timer(d->loop, STATUS_WAIT_MS, early_over, e);
	d->early = e;
	c->lost = early_lost;
	c->data = e;
}

/* Those who have come for it before. */
static void status_come(struct build *b)
{
	for (struct early *e = b->owner->early, *next; e; e = next) {
		next = e->next;
		if (strcmp(e->ref, b->ref) == 0)
			status_watch(early_free(e), b);
	}
}

/* ---- Solve ---- */

static void solve_lost(void *data, const struct error *err)
{
	struct build *b = data;
	bool is_cancel = err->code == ERROR_CANCELLED;
	b->solve = NULL;
	b->peer = NULL;
	if (b->is_done)
		return;
	buildkitd_say(b->owner, "%s %s", is_cancel ? "cancelled" : "lost", b->ref);
	if (is_cancel || !b->survives)
		build_cancel(b);
}

static void solve_write_down(struct buildkitd *d, struct str request)
{
	struct proto_field f;
	buildkitd_say(d, "solve %.*s exporter=%.*s frontend=%.*s session=%s",
	              STR_ARG(proto_find(request, 1)), STR_ARG(proto_find(request, 3)),
	              STR_ARG(proto_find(request, 6)), proto_find(request, 5).n ? "yes" : "no");
	while (proto_next(&request, &f)) {
		struct str name = proto_find(f.bytes, 1), value = proto_find(f.bytes, 2);
		if (f.number == 4 || f.number == 7)
			buildkitd_say(d, "%s %.*s=%.*s", f.number == 4 ? "export" : "attr", STR_ARG(name),
			              STR_ARG(value));
		else if (f.number == 9)
			buildkitd_say(d, "entitled %.*s", STR_ARG(f.bytes));
	}
}

static void control_solve(struct served *c, struct str request)
{
	struct buildkitd *d = c->peer->owner;
	struct str ref = proto_find(request, 1), session = proto_find(request, 5);
	solve_write_down(d, request);
	if (!d->script || build_find(d, ref)) {
		served_answer(c, GRPC_UNKNOWN, "job ID exists");
		return;
	}
	struct build *b = xcalloc(1, sizeof *b);
	*b = (struct build){ .owner = d, .next = d->builds, .arena = arena_new(),
	                     .peer = c->peer, .solve = c, .began = clock_now() };
	b->ref = arena_text(b->arena, ref);
	b->session = arena_text(b->arena, session);
	b->at = arena_text(b->arena, str_of(d->script));
	d->builds = b;
	c->lost = solve_lost;
	c->data = b;
	bool is_refused = str_has_prefix(str_of(b->at), STR("refuse "));
	if (!is_refused)
		status_come(b);
	build_go_on(b);
}

/* ---- what is answered at once ---- */

static void control_info(struct served *c, struct str request)
{
	owned_buf struct buf version = { 0 }, answer = { 0 };
	(void)request;
	if (c->peer->owner->is_dockerd) {
		served_answer(c, GRPC_UNIMPLEMENTED, "unknown method Info for service "
		              "moby.buildkit.v1.Control");
		return;
	}
	proto_bytes(&version, 1, STR("github.com/moby/buildkit"));
	proto_bytes(&version, 2, STR("v0.24.0"));
	proto_bytes(&version, 3, STR("3788f6a5b3f2ac1e4a0ccee0d0d3ea3c75e0e0d5"));
	proto_message(&answer, 1, buf_str(&version));
	served_send(c, &answer);
	served_answer(c, GRPC_OK, "");
}

static void control_workers(struct served *c, struct str request)
{
	owned_buf struct buf platform = { 0 }, worker = { 0 }, answer = { 0 };
	(void)request;
	proto_bytes(&platform, 1, STR("amd64"));
	proto_bytes(&platform, 2, STR("linux"));
	proto_bytes(&worker, 1, c->peer->owner->is_dockerd ? STR("moby") : STR("wq0x4hjlnbvwsw4mvp3wqm1sb"));
	proto_entry(&worker, 2, STR("org.mobyproject.buildkit.worker.executor"), STR("oci"));
	proto_message(&worker, 3, buf_str(&platform));
	proto_message(&answer, 1, buf_str(&worker));
	served_send(c, &answer);
	served_answer(c, GRPC_OK, "");
}

static void append_record(struct buf *b, unsigned i, uint64_t size, bool in_use)
{
	owned_buf struct buf id = { 0 }, record = { 0 };
	buf_printf(&id, "record%u", i);
	proto_bytes(&record, 1, buf_str(&id));
	proto_number(&record, 2, !in_use);
	proto_number(&record, 3, in_use);
	proto_number(&record, 4, size);
	proto_time(&record, 6, 1700000000);
	proto_time(&record, 7, 1700003600);
	proto_number(&record, 8, i);
	proto_bytes(&record, 9, STR("mount / from exec /bin/sh -c make"));
	proto_bytes(&record, 10, i % 2 ? STR("regular") : STR("source.local"));
	proto_message(b, 1, buf_str(&record));
}

static void control_usage(struct served *c, struct str request)
{
	owned_buf struct buf answer = { 0 };
	(void)request;
	for (unsigned i = 1; i <= 3; i++)
		append_record(&answer, i, i << 20, i == 3);
	served_send(c, &answer);
	served_answer(c, GRPC_OK, "");
}

static void control_prune(struct served *c, struct str request)
{
	owned_buf struct buf list = { 0 };
	struct proto_field f;
	struct str rest;
	for (rest = request; proto_next(&rest, &f);)
		if (f.number == 1)
			buildkitd_say(c->peer->owner, "prune %.*s", STR_ARG(f.bytes));
	for (unsigned i = 1; i <= 2; i++)
		append_record(&list, i, i << 20, false);
	for (rest = buf_str(&list); proto_next(&rest, &f);)
		grpc_send(c->call, f.bytes);
	served_answer(c, GRPC_OK, "");
}

/* BuildHistoryEvent. */
static void history_send(struct served *c, const struct build *b, unsigned type)
{
	owned_buf struct buf record = { 0 }, event = { 0 };
	proto_bytes(&record, 1, str_of(b->ref));
	proto_bytes(&record, 2, STR("dockerfile.v0"));
	if (b->is_done && b->status.n)
		proto_message(&record, 5, buf_str(&b->status));
	proto_time(&record, 6, b->began);
	if (b->is_done)
		proto_time(&record, 7, clock_now());
	struct str rest = buf_str(&b->answer);
	for (struct proto_field f; b->is_done && proto_next(&rest, &f);)
		proto_message(&record, 9, f.bytes);
	proto_number(&event, 1, type);
	proto_message(&event, 2, buf_str(&record));
	served_send(c, &event);
}

static void control_history(struct served *c, struct str request)
{
	struct str ref = proto_find(request, 2);
	bool active = proto_find_number(request, 1);
	if (c->peer->owner->is_dockerd) {
		served_answer(c, GRPC_UNIMPLEMENTED, "unknown method ListenBuildHistory");
		return;
	}
	for (const struct build *b = c->peer->owner->builds; b; b = b->next)
		if ((!ref.n || str_eq(ref, str_of(b->ref))) && !(active && b->is_done))
			history_send(c, b, b->is_done ? 1 : 0);
	served_answer(c, GRPC_OK, "");
}

/* ---- connections ---- */

static void served_done(void *data, const struct grpc_status *status, const struct error *err)
{
	struct served *s = data;
	(void)status;
	if (s->lost)
		s->lost(s->data, err);
	free(s);
}

static void served_message(void *data, struct grpc_call *call, struct str request)
{
	static const struct {
		const char *method;
		void (*serve)(struct served *, struct str request);
	} methods[] = {
		{ "Solve", control_solve }, { "Status", control_status }, { "Info", control_info },
		{ "ListWorkers", control_workers }, { "DiskUsage", control_usage },
		{ "Prune", control_prune }, { "ListenBuildHistory", control_history },
	};
	struct served *s = data;
	(void)call;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].method, s->method) == 0) {
			methods[i].serve(s, request);
			return;
		}
	served_answer(s, GRPC_OK, "");
}

static bool peer_begin(void *data, const char *method, const struct pair *metadata, size_t n,
                       struct grpc_call *call, struct grpc_call_events *ret_events)
{
	static const char *const known[] = {
		"Solve", "Status", "Info", "ListWorkers", "DiskUsage", "Prune", "ListenBuildHistory",
		"UpdateBuildHistory",
	};
	static const char control[] = "/moby.buildkit.v1.Control/";
	struct peer *p = data;
	buildkitd_say(p->owner, "call %s", method);
	if (strncmp(method, control, sizeof control - 1) != 0)
		return false;
	method += sizeof control - 1;
	if (strcmp(method, "Session") == 0) {
		session_peer_begin(p, call, metadata, n, ret_events);
		return true;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(method, known[i]) != 0)
			continue;
		struct served *s = xcalloc(1, sizeof *s);
		*s = (struct served){ .peer = p, .call = call, .method = known[i] };
		*ret_events = (struct grpc_call_events){ .message = served_message,
		                                         .done = served_done, .data = s };
		return true;
	}
	return false;
}

static void peer_send(void *data, struct str bytes)
{
	struct peer *p = data;
	if (p->line)
		line_send(p->line, bytes);
}

static size_t peer_unsent(void *data)
{
	const struct peer *p = data;
	return p->line ? line_unsent(p->line) : 0;
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
		line_close(p->line);
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
		line_close(p->line);
	p->line = NULL;
	peer_free_later(p);
}

static void peer_speak(struct peer *p)
{
	const struct grpc_pipe pipe = { peer_send, peer_unsent, p };
	const struct grpc_methods methods = { peer_begin, p };
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
		line_send(p->line, STR("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
		                       "Content-Length: 29\r\n\r\n{\"message\":\"page not found\"}\n"));
		peer_drop(p);
		return;
	}
	line_send(p->line, STR("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
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
	while (p->line && line_unsent(p->line) < (64 << 10))
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
			line_send(p->line, frames[i].frame);
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
			line_send(p->line, (struct str){ &(char){ (char)(x >> 16) }, 1 });
	else if (strcmp(fault, "half") == 0)
		line_send(p->line, (struct str){ "\0\0\22\4\0\0\0", 7 });
	else if (strcmp(fault, "giant") == 0)
		line_send(p->line, (struct str){ "\377\377\377\4\0\0\0\0\0", 9 });
	else if (strcmp(fault, "close") == 0)
		peer_drop(p);
	else if (strcmp(fault, "silent") != 0) {
		line_send(p->line, (struct str){ settings, 9 });
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
	line_answer(line, &on);
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
	d->listener = listener_new(l, &listens, err);
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
		build_free(b);
	}
	listener_free(d->listener);
	buf_finish(&d->log);
	free(d->script);
	free(d->folder);
	free(d->fault);
	free(d);
}

uint16_t buildkitd_port(const struct buildkitd *d)
{
	return listener_port(d->listener);
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
