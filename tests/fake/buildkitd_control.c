#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "tests/fake/buildkitd_inside.h"

enum { STATUS_WAIT_MS = 3000 };

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

void fake_build_tell(struct build *b)
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
	fake_build_tell(b);
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
		fake_build_cancel(b);
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
	fake_build_go_on(b);
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
	proto_bytes(&worker, 1, c->peer->owner->is_dockerd ? STR("moby")
	                                                   : STR("wq0x4hjlnbvwsw4mvp3wqm1sb"));
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

/* ---- which method ---- */

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

bool fake_control_begin(void *data, const char *method, const struct pair *metadata, size_t n,
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
