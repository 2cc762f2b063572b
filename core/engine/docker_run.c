/* One container from its making to its removal.  One question at a time, and beside it
 * the stream of its output. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/docker_container.h"
#include "core/engine/docker_run_inside.h"
#include "core/engine/run_owner.h"
#include "core/engine/stream.h"
#include "core/os/clock.h"
#include "core/os/process.h"
#include "core/value/json.h"

/* How often a container is looked at: its health changes by seconds; without a health
 * check there is nothing to see but its end, which its output tells at once.
 * RUN_REST_MS: the output's rest after the end.  RUN_GIVE_UP_MS: after the second
 * cancel. */
enum {
	RUN_LOOK_MS = 500, RUN_LOOK_IDLE_MS = 5000, RUN_LOOK_END_MS = 200,
	RUN_REST_MS = 1000, RUN_GIVE_UP_MS = 10000, RUN_REMOVE_MS = 60000,
};


void docker_run_drop(struct docker_run *r)
{
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	docker_sweep_free(r->sweep);
	docker_call_finish(&r->call);
	http_cancel(r->attach);
	docker_attach_free(r->terminal);
	docker_copy_free(r->copy);
	loop_untimer(r->base.engine->loop, r->timer);
	loop_untimer(r->base.engine->loop, r->guard);
	buf_finish(&r->refusal);
	arena_free(r->texts);
	arena_free(r->arena);
	free(r);
}

static void run_tell(struct docker_run *r)
{
	if (r->base.sink.run)
		r->base.sink.run(r->base.sink.data, &r->report);
}

static void run_phase(struct docker_run *r, enum run_phase phase)
{
	if (r->report.phase == phase)
		return;
	r->report.phase = phase;
	run_tell(r);
}

/* Tells the end; r is gone afterwards. */
static void run_finish(struct docker_run *r)
{
	struct engine_sink sink = r->base.sink;
	struct work_result result = { .cancelled = r->cancelled, .error = r->err };
	if (result.cancelled && !result.error.code)
		error_set(&result.error, ERROR_CANCELLED, "the container was stopped");
	result.ok = result.error.code == ERROR_NONE;
	docker_run_drop(r);
	sink.done(sink.data, &result);
}

static void run_timer(struct docker_run *r, int64_t ms, loop_timer_fn *fn)
{
	loop_untimer(r->base.engine->loop, r->timer);
	r->timer = loop_timer(r->base.engine->loop, ms, fn, r);
}

static void run_guard(struct docker_run *r, int64_t ms, loop_timer_fn *fn)
{
	loop_untimer(r->base.engine->loop, r->guard);
	r->guard = loop_timer(r->base.engine->loop, ms, fn, r);
	r->heard = false;
}

/* The first fault is the one that is told. */
void docker_run_fault(struct docker_run *r, const struct error *err)
{
	if (!r->err.code)
		r->err = *err;
}

static void run_refused(struct docker_run *r, int status, struct str answer,
                        const struct error *err)
{
	struct error fault = { 0 };
	if (err)
		fault = *err;
	else
		container_refusal(status, answer, &r->task, &fault);
	docker_run_fault(r, &fault);
}

static void run_ask(struct docker_run *r, const char *method, const char *what, int64_t timeout_ms,
                    docker_told_fn *told)
{
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "/containers/%s%s", r->container, what);
	docker_call_cancel(&r->call);
	docker_call(docker_run_engine(r), &r->call, method, buf_text(&path), timeout_ms, told, r);
}

/* ---- its end ---- */

static void run_removed(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_run *r = data;
	struct error why = { 0 };
	/* 404: it is gone; 409: the engine is at it. */
	if (err || (status >= 400 && status != 404 && status != 409)) {
		if (err)
			why = *err;
		else
			container_refusal(status, answer, &r->task, &why);
		error_prefix(&why, "the container %.*s could not be removed (the next mortar run tries "
		             "again)", STR_ARG(r->report.name));
		docker_run_fault(r, &why);
	} else {
		run_phase(r, RUN_REMOVED);
	}
	run_finish(r);
}

void docker_run_remove(struct docker_run *r)
{
	loop_untimer(r->base.engine->loop, r->timer);
	r->timer = 0;
	r->removing = true;
	run_ask(r, "DELETE", "?force=1&v=1", RUN_REMOVE_MS, run_removed);
}

static void run_rest_is_late(struct loop *l, void *data)
{
	(void)l;
	struct docker_run *r = data;
	r->guard = 0;
	if (r->heard)
		run_guard(r, RUN_REST_MS, run_rest_is_late);
	else
		docker_run_leave(r);
}

/* It has ended; what it printed last may still be on its way. */
static void run_ended(struct docker_run *r)
{
	if (r->silent)
		docker_run_leave(r);
	else
		run_guard(r, RUN_REST_MS, run_rest_is_late);
}

/* ---- while it runs ---- */

static void run_look(struct loop *l, void *data);

static void run_look_later(struct docker_run *r)
{
	bool checks = r->report.health != RUN_HEALTH_NONE;
	run_timer(r, r->silent ? RUN_LOOK_END_MS : checks ? RUN_LOOK_MS : RUN_LOOK_IDLE_MS, run_look);
}

/* The new report's texts live in the arena, which is r's from now on. */
static void run_report(struct docker_run *r, const struct run_report *now, struct arena *texts)
{
	struct run_report before = r->report;
	struct arena *old = r->texts;
	r->report = *now;
	r->texts = texts;
	if (container_is_on_host(&r->task)) {
		r->report.ports = r->ports;
		r->report.nports = r->nports;
	}
	if (!run_report_equal(&before, &r->report))
		run_tell(r);
	arena_free(old);
}

static void run_lost(struct docker_run *r, const struct error *err)
{
	struct error why = *err;
	if (why.code == ERROR_UNREACHABLE)
		error_set(&why, ERROR_UNREACHABLE, "the engine went away while the container %.*s ran "
		          "(%s); should it be there still, the next mortar run removes it",
		          STR_ARG(r->report.name), err->text);
	docker_run_fault(r, &why);
	run_finish(r);
}

static void run_copy_ports(struct arena *a, const struct run_report *from, struct run_report *to)
{
	struct run_port *ports = arena_array(a, from->nports + 1, sizeof *ports);
	for (size_t i = 0; i < from->nports; i++)
		ports[i] = (struct run_port){ arena_str(a, from->ports[i].port),
		                              arena_str(a, from->ports[i].address),
		                              from->ports[i].number };
	to->ports = ports;
	to->nports = from->nports;
}

/* A container that has ended publishes nothing, and dockerd calls it unhealthy: what it
 * was stays to be read. */
static void run_last(struct arena *a, const struct run_report *before, struct run_report *now)
{
	run_copy_ports(a, before, now);
	if (before->phase >= RUN_RUNNING)
		now->health = before->health;
	now->phase = RUN_EXITED;
	now->ended = clock_now();
}

static void run_looked(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_run *r = data;
	struct error why = { 0 };
	struct run_report now = r->report;
	bool runs = true;
	if (err) {
		run_lost(r, err);
		return;
	}
	if (status == 404) {
		error_set(&why, ERROR_REFUSED, "somebody else removed the container %.*s",
		          STR_ARG(r->report.name));
		docker_run_fault(r, &why);
		run_finish(r);
		return;
	}
	struct arena *texts = arena_new();
	now.probe = (struct str){ 0 };
	now.probe_exit = -1;
	if (status != 200 || !container_read(texts, answer, &now, &runs, &why)) {
		arena_free(texts);
		run_refused(r, status, answer, why.code ? &why : NULL);
		docker_run_remove(r);
		return;
	}
	/* However short it ran. */
	if (!runs && now.phase == RUN_CREATED)
		run_phase(r, RUN_RUNNING);
	if (now.phase == RUN_CREATED)
		now.phase = RUN_RUNNING;
	if (!runs)
		run_last(texts, &r->report, &now);
	now.id = str_of(r->container);
	now.name = arena_str(texts, now.name);
	run_report(r, &now, texts);
	if (!runs)
		run_ended(r);
	else if (!r->call.transfer)
		run_look_later(r);
}

static void run_look(struct loop *l, void *data)
{
	(void)l;
	struct docker_run *r = data;
	/* It is also called before its time. */
	loop_untimer(r->base.engine->loop, r->timer);
	r->timer = 0;
	run_ask(r, "GET", "/json", RUN_REMOVE_MS, run_looked);
}

/* ---- stopping ---- */

static void run_stopped(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_run *r = data;
	/* 304: it had ended already; 404: looking at it says so. */
	if (err || (status >= 400 && status != 404)) {
		run_refused(r, status, answer, err);
		docker_run_remove(r);
		return;
	}
	run_look(NULL, r);
}

/* dockerd's own ten seconds, which podman does not give by itself. */
static void run_stop(struct docker_run *r)
{
	loop_untimer(r->base.engine->loop, r->timer);
	r->timer = 0;
	/* Asked before it is told: who is told may ask again. */
	run_ask(r, "POST", "/stop?t=10", 0, run_stopped);
	run_phase(r, RUN_STOPPING);
}

static void run_give_up(struct loop *l, void *data)
{
	(void)l;
	struct docker_run *r = data;
	struct error why = { 0 };
	r->guard = 0;
	error_set(&why, ERROR_UNREACHABLE, "the engine does not answer; the container %s may be "
	          "there still: the next mortar run removes it", r->task.name ? r->task.name : "");
	docker_run_fault(r, &why);
	run_finish(r);
}

static void run_over(struct loop *l, void *data)
{
	(void)l;
	struct docker_run *r = data;
	r->timer = 0;
	run_finish(r);
}

static void docker_run_cancel(struct work *base)
{
	struct docker_run *r = (struct docker_run *)base;
	if (++r->asks == 2)
		run_guard(r, RUN_GIVE_UP_MS, run_give_up);
	docker_run_stop_copy(r);
	if (r->report.phase >= RUN_EXITED || r->asks > 2)
		return;
	r->cancelled = true;
	/* What is being made must be known to be removed. */
	if (r->removing || r->creating)
		return;
	if (!r->container) {
		docker_call_cancel(&r->call);
		run_timer(r, 0, run_over);
	} else if (r->asks == 2) {
		docker_run_remove(r);
	} else if (r->started) {
		run_stop(r);
	}
}

/* ---- the way up ---- */

void docker_run_output(void *data, int stream, struct str bytes)
{
	struct docker_run *r = data;
	if (r->base.sink.log)
		r->base.sink.log(r->base.sink.data, 0, stream, bytes, clock_now());
}

static bool run_attach_bytes(void *data, struct str bytes, struct error *err)
{
	struct docker_run *r = data;
	r->heard = true;
	if (r->attached)
		return frames_feed(&r->frames, bytes, docker_run_output, r, err);
	buf_append(&r->refusal, str_slice(bytes, 0, 4096));
	return true;
}

static void run_began(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_run *r = data;
	if (err || status >= 400) {
		run_refused(r, status, answer, err);
		docker_run_remove(r);
		return;
	}
	r->started = true;
	r->report.started = clock_now();
	if (r->task.tty)
		docker_attach_resize(r->terminal, r->task.rows, r->task.cols);
	if (r->cancelled) {
		run_stop(r);
		return;
	}
	run_look(NULL, r);
}

/* The output has its reader: now it may print. */
static void run_start(struct loop *l, void *data)
{
	(void)l;
	struct docker_run *r = data;
	r->timer = 0;
	if (r->cancelled)
		docker_run_remove(r);
	else
		run_ask(r, "POST", "/start", 0, run_began);
}

void docker_run_attached(void *data, int status)
{
	struct docker_run *r = data;
	r->attached = status < 400;
	if (r->attached)
		run_timer(r, 0, run_start);
}

void docker_run_silent(void *data, int status, struct str refusal, const struct error *err)
{
	struct docker_run *r = data;
	r->silent = true;
	if (!r->attached) {
		run_refused(r, status, refusal, err);
		docker_run_remove(r);
		return;
	}
	if ((err || !frames_are_whole(&r->frames)) && r->base.sink.warning)
		r->base.sink.warning(r->base.sink.data, STR("the container's output is cut here"));
	if (r->report.phase == RUN_EXITED)
		docker_run_leave(r);
	else if (r->started && r->report.phase <= RUN_RUNNING && !r->removing)
		run_look(NULL, r);
}

static void run_attach_done(void *data, const struct error *err)
{
	struct docker_run *r = data;
	int status = http_status(r->attach);
	r->attach = NULL;
	docker_run_silent(r, status, buf_str(&r->refusal), err);
}

void docker_run_listen(struct docker_run *r)
{
	struct docker *d = docker_run_engine(r);
	if (r->task.interactive) {
		docker_run_attach(r);
		return;
	}
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "/v%s/containers/%s/attach?stream=1&stdout=1&stderr=1",
	           d->facts.api_version, r->container);
	struct http_request q = { .method = "POST", .path = buf_text(&path), .at = d->at };
	struct http_events e = { .head = docker_run_attached, .bytes = run_attach_bytes,
	                         .done = run_attach_done, .data = r };
	r->attach = http_start(d->http, &q, &e);
}

static void run_warn_all(struct docker_run *r, const struct value *answer)
{
	const struct value *all = value_get(answer, STR("Warnings"));
	for (const struct value *w = all ? value_child(all) : NULL; w; w = value_next(w))
		if (value_type(w) == VALUE_STRING && r->base.sink.warning)
			r->base.sink.warning(r->base.sink.data, value_text(w));
}

static void run_created(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_run *r = data;
	const struct value *v;
	struct error why = { 0 };
	r->creating = false;
	if (err || status >= 400) {
		run_refused(r, status, answer, err);
		run_finish(r);
		return;
	}
	if (!value_parse_json(r->arena, arena_str(r->arena, answer), &v, &why) ||
	    !stream_text(v, "Id").n) {
		error_set(&why, ERROR_PROTOCOL, "the engine does not name the container it has made");
		docker_run_fault(r, &why);
		run_finish(r);
		return;
	}
	owned_buf struct buf id = { 0 };
	http_append_escaped(&id, stream_text(v, "Id"));
	r->container = arena_text(r->arena, buf_str(&id));
	r->report.id = str_of(r->container);
	r->report.name = r->task.name ? str_of(r->task.name) : r->report.id;
	run_phase(r, RUN_CREATED);
	run_warn_all(r, v);
	if (r->cancelled)
		docker_run_remove(r);
	else
		docker_run_bring(r);
}

static void run_create(struct docker_run *r)
{
	owned_buf struct buf path = { 0 };
	buf_append(&path, STR("/containers/create"));
	if (r->task.name) {
		buf_append(&path, STR("?name="));
		http_append_escaped(&path, str_of(r->task.name));
	}
	container_write_create(&r->call.body, &r->task, r->ports, r->nports);
	r->creating = true;
	docker_call(docker_run_engine(r), &r->call, "POST", buf_text(&path), 0, run_created, r);
}

static void run_image_told(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_run *r = data;
	const struct run_port *exposed;
	size_t n;
	struct error why = { 0 };
	if (err || status >= 400) {
		run_refused(r, status, answer, err);
		run_finish(r);
		return;
	}
	if (!container_read_exposed(r->arena, answer, &exposed, &n, &why)) {
		docker_run_fault(r, &why);
		run_finish(r);
		return;
	}
	if (!r->task.interactive)
		r->ports = container_ports(r->arena, &r->task, exposed, n, &r->nports);
	if (!container_add_env(r->arena, answer, &r->task, &why)) {
		docker_run_fault(r, &why);
		run_finish(r);
		return;
	}
	run_create(r);
}

static void run_swept(void *data)
{
	struct docker_run *r = data;
	owned_buf struct buf path = { 0 };
	docker_sweep_free(r->sweep);
	r->sweep = NULL;
	if (r->cancelled)
		return;
	buf_append(&path, STR("/images/"));
	http_append_escaped(&path, r->task.image);
	buf_append(&path, STR("/json"));
	docker_call(docker_run_engine(r), &r->call, "GET", buf_text(&path), RUN_REMOVE_MS,
	            run_image_told, r);
}

/* The task with the label that says whose the container is. */
static void run_label(struct docker_run *r)
{
	owned_buf struct buf owner = { 0 };
	struct pair *labels = arena_array(r->arena, r->task.nlabels + 1, sizeof *labels);
	process_append_name(&owner);
	for (size_t i = 0; i < r->task.nlabels; i++)
		labels[i] = r->task.labels[i];
	labels[r->task.nlabels++] = (struct pair){ STR(RUN_OWNER_LABEL),
	                                           arena_str(r->arena, buf_str(&owner)) };
	r->task.labels = labels;
}

struct work *docker_run(struct engine *e, const struct run_task *t,
                        const struct engine_sink *sink, struct error *err)
{
	struct docker *d = (struct docker *)e;
	if (!d->facts.name) {
		error_set(err, ERROR_UNREACHABLE, "the engine was not asked what it is");
		return NULL;
	}
	struct docker_run *r = xcalloc(1, sizeof *r);
	*r = (struct docker_run){
		.base = { .engine = e, .sink = *sink, .cancel = docker_run_cancel,
		          .input = t->interactive ? &docker_run_input : NULL },
		.next = d->runs, .link = &d->runs, .task = *t, .arena = arena_new(),
		.texts = arena_new(), .report = { .exit_code = -1, .probe_exit = -1 },
	};
	if (r->next)
		r->next->link = &r->next;
	d->runs = r;
	run_label(r);
	r->sweep = docker_sweep_new(d, &r->base.sink, run_swept, r);
	return &r->base;
}
