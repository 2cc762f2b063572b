/* POST /images/NAME/push of dockerd, and of podman's service, which goes by the same. */
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/docker_call.h"
#include "core/engine/push.h"
#include "core/engine/sentence.h"

enum { PUSH_TAG_MS = 60000, PUSH_REFUSAL_MAX = 64 * 1024, PUSH_WAIT_MAX = 3600 };

struct docker_push {
	struct work base;
	struct docker_push *next, **link;
	const struct push_task *task;
	struct arena *arena;
	const char *registry;
	struct docker_call naming;
	struct credentials_ask *asking;
	struct push_login login;
	struct buf header;              /* X-Registry-Auth, with the credential */
	struct http_transfer *transfer;
	struct push_stream stream;
	struct buf refusal;             /* the body of an answer of 400 or more */
	struct error err;               /* the first fault, when code is set */
	uint64_t timer;
	bool cancelled;
};

static struct docker *push_docker(const struct docker_push *p)
{
	return (struct docker *)p->base.engine;
}

void docker_push_drop(struct docker_push *p)
{
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	docker_call_finish(&p->naming);
	credentials_cancel(p->asking);
	http_cancel(p->transfer);
	loop_untimer(p->base.engine->loop, p->timer);
	push_stream_finish(&p->stream);
	if (p->header.p)
		explicit_bzero(p->header.p, p->header.n);
	buf_finish(&p->header);
	buf_finish(&p->refusal);
	arena_free(p->arena);
	free(p);
}

/* Tells the end; p is gone afterwards. */
static void push_finish(struct docker_push *p, struct work_result *result)
{
	struct engine_sink sink = p->base.sink;
	owned_buf struct buf digest = { 0 };
	buf_append(&digest, buf_str(&p->stream.digest));
	if (result->ok)
		result->digest = buf_str(&digest);
	docker_push_drop(p);
	sink.done(sink.data, result);
}

static void push_finish_now(struct loop *l, void *data)
{
	struct docker_push *p = data;
	struct work_result result = { .error = p->err, .cancelled = p->cancelled };
	(void)l;
	p->timer = 0;
	if (p->cancelled)
		error_set(&result.error, ERROR_CANCELLED, "the push was cancelled");
	result.ok = result.error.code == ERROR_NONE;
	push_finish(p, &result);
}

static void push_finish_soon(struct docker_push *p)
{
	p->timer = loop_timer(p->base.engine->loop, 0, push_finish_now, p);
}

static void push_warn(struct docker_push *p, const char *text)
{
	if (p->base.sink.warning)
		p->base.sink.warning(p->base.sink.data, str_of(text));
}

static bool push_bytes(void *data, struct str bytes, struct error *err)
{
	struct docker_push *p = data;
	if (http_status(p->transfer) < 400)
		return push_stream_feed(&p->stream, bytes, err);
	buf_append(&p->refusal, str_slice(bytes, 0, PUSH_REFUSAL_MAX - p->refusal.n));
	return true;
}

/* What an engine, or what stands before it, says with a status of its own. */
static void push_refused(struct docker_push *p, int status, struct work_result *ret_result)
{
	unsigned long long seconds;
	struct str after = http_header(p->transfer, "Retry-After");
	sentence_of_refusal(status, buf_str(&p->refusal), &ret_result->error);
	ret_result->is_passing = status == 429 || (status >= 502 && status <= 504);
	if (status == 500 && push_fault(str_of(ret_result->error.text)) == PUSH_FAULT_PASSING)
		ret_result->is_passing = true;
	if (ret_result->is_passing && str_number(after, PUSH_WAIT_MAX, &seconds))
		ret_result->retry_after = (unsigned)seconds;
}

static void push_done(void *data, const struct error *err)
{
	struct docker_push *p = data;
	struct work_result result = { 0 };
	struct error fault = { 0 };
	int status = http_status(p->transfer);
	bool whole = push_stream_end(&p->stream, &fault);
	if (status >= 400)
		push_refused(p, status, &result);
	else if (p->stream.error.n)
		push_failed(buf_str(&p->stream.error), p->task->name, &p->login, &result);
	else if (err)
		result.error = *err;
	else if (!whole || !p->stream.digest.n)
		error_set(&result.error, ERROR_UNREACHABLE, "the engine's answer ended in the middle of "
		          "pushing %s", p->task->name);
	if (result.error.code == ERROR_UNREACHABLE && err)
		error_prefix(&result.error, "the engine went away while it pushed %s", p->task->name);
	result.ok = result.error.code == ERROR_NONE;
	p->transfer = NULL;
	push_finish(p, &result);
}

static void push_start(struct docker_push *p)
{
	struct docker *d = push_docker(p);
	const char *const headers[] = { buf_text(&p->header), NULL };
	struct str repository, tag;
	owned_buf struct buf path = { 0 };
	push_split(str_of(p->task->name), &repository, &tag);
	buf_printf(&path, "/v%s/images/", d->facts.api_version);
	http_append_escaped(&path, repository);
	buf_append(&path, STR("/push?tag="));
	http_append_escaped(&path, tag);
	/* dockerd has this rule itself. */
	if (d->builder == DOCKER_PODMAN && push_is_loopback(str_of(p->registry)))
		buf_append(&path, STR("&tlsVerify=false"));
	struct http_request r = { .method = "POST", .path = buf_text(&path), .at = d->at,
	                          .headers = p->header.n ? headers : NULL };
	struct http_events e = { .bytes = push_bytes, .done = push_done, .data = p };
	p->transfer = http_start(d->http, &r, &e);
}

static void push_learned(void *data, const struct credential *c, const struct error *err)
{
	struct docker_push *p = data;
	const struct docker *d = push_docker(p);
	p->asking = NULL;
	p->login.is_known = c != NULL;
	/* A registry that wants no login is pushed to all the same. */
	if (err) {
		p->login.why = *err;
		push_warn(p, err->text);
	}
	if (c && d->at.host && !d->at.tls && !push_is_loopback(str_of(d->at.host)))
		push_warn(p, arena_printf(p->arena, "the login for %s goes to the engine at %s without "
		                          "TLS: whoever is on the way can read it", p->registry,
		                          d->address));
	/* Without the header dockerd refuses; podman has its own logins, for which there must be
	 * none. */
	if (c || d->builder != DOCKER_PODMAN) {
		buf_append(&p->header, STR("X-Registry-Auth: "));
		push_append_header(&p->header, p->registry, c);
	}
	push_start(p);
}

static void push_ask(struct docker_push *p)
{
	p->asking = credentials_ask(p->base.engine->loop, p->registry, push_learned, p);
}

static void push_named(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_push *p = data;
	if (err)
		p->err = *err;
	else if (status >= 400)
		sentence_of_refusal(status, answer, &p->err);
	if (p->err.code || p->task->is_local)
		push_finish_soon(p);
	else
		push_ask(p);
}

static void push_name(struct docker_push *p)
{
	struct str repository, tag;
	owned_buf struct buf path = { 0 };
	push_split(str_of(p->task->name), &repository, &tag);
	buf_append(&path, STR("/images/"));
	http_append_escaped(&path, str_of(p->task->image));
	buf_append(&path, STR("/tag?repo="));
	http_append_escaped(&path, repository);
	buf_append(&path, STR("&tag="));
	http_append_escaped(&path, tag);
	docker_call(push_docker(p), &p->naming, "POST", buf_text(&path), PUSH_TAG_MS, push_named, p);
}

static void push_cancel(struct work *base)
{
	struct docker_push *p = (struct docker_push *)base;
	if (p->cancelled)
		return;
	p->cancelled = true;
	docker_call_cancel(&p->naming);
	credentials_cancel(p->asking);
	p->asking = NULL;
	http_cancel(p->transfer);
	p->transfer = NULL;
	loop_untimer(base->engine->loop, p->timer);
	push_finish_soon(p);
}

struct work *docker_push(struct engine *e, const struct push_task *t,
                         const struct engine_sink *sink)
{
	struct docker *d = (struct docker *)e;
	struct docker_push *p = xcalloc(1, sizeof *p);
	p->base = (struct work){ .engine = e, .sink = *sink, .cancel = push_cancel };
	p->next = d->pushes;
	p->link = &d->pushes;
	if (p->next)
		p->next->link = &p->next;
	d->pushes = p;
	p->task = t;
	p->arena = arena_new();
	p->registry = push_registry(p->arena, t->name);
	p->login.path = credentials_path(p->arena);
	p->stream.sink = &p->base.sink;
	if (!d->facts.name) {
		error_set(&p->err, ERROR_UNREACHABLE, "the engine was not asked what it is");
		push_finish_soon(p);
	} else if (t->image) {
		push_name(p);
	} else if (t->is_local) {
		push_finish_soon(p);
	} else {
		push_ask(p);
	}
	return &p->base;
}
