#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/docker.h"
#include "core/engine/docker_context.h"
#include "core/engine/docker_options.h"
#include "core/engine/podman.h"
#include "core/engine/sentence.h"
#include "core/value/json.h"

/* DOCKER_CANCEL_MS: BuildKit tells how it stopped within some 40 ms; whoever does not
 * is left alone after this. */
enum { DOCKER_CANCEL_MS = 700, DOCKER_REFUSAL_MAX = 64 * 1024 };

struct docker_work {
	struct work base;
	struct docker_work *next, **link;
	const struct image_task *task;
	const struct recipe *recipe;
	struct docker_context *context;
	struct arena *arena;            /* of the secrets */
	struct docker_secret *secrets;  /* podman's */
	size_t nsecrets;
	struct decoder *decoder;
	struct engine_sink proxy;       /* between decoder and caller */
	struct http_transfer *transfer, *cancelling;
	struct buf id;                  /* buildid */
	struct buf refusal;             /* the body of an answer of 400 or more */
	struct buf current;             /* the step that runs, for messages */
	struct error err;               /* the first fault, when code is set */
	uint64_t timer;
	struct podman_stop *stop;       /* of a podman that was asked to */
	bool runs;                      /* a RUN is at work */
	bool cancelled;
};

static struct docker *docker_of(const struct docker_work *w)
{
	return (struct docker *)w->base.engine;
}

void docker_work_drop(struct docker_work *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	if (w->transfer && docker_of(w)->builder == DOCKER_PODMAN)
		podman_stop_now(buf_str(&w->id));
	podman_stop_free(w->stop);
	http_cancel(w->transfer);
	http_cancel(w->cancelling);
	loop_untimer(w->base.engine->loop, w->timer);
	decoder_free(w->decoder);
	docker_context_free(w->context);
	arena_free(w->arena);
	buf_finish(&w->id);
	buf_finish(&w->refusal);
	buf_finish(&w->current);
	free(w);
}

static void docker_step(void *data, const struct step_report *s)
{
	struct docker_work *w = data;
	bool begins = s->started && !s->ended;
	if (begins) {
		buf_clear(&w->current);
		buf_append(&w->current, s->name);
	}
	w->runs = begins && s->instruction >= 0 &&
	          w->recipe->instructions[s->instruction].kind == INSTRUCTION_RUN;
	if (w->stop)
		podman_stop_moved(w->stop);
	if (w->base.sink.step)
		w->base.sink.step(w->base.sink.data, s);
}

/* Tells the end; w is gone afterwards. */
static void docker_finish(struct docker_work *w, const struct work_result *result)
{
	struct engine_sink sink = w->base.sink;
	struct work_result last = *result;
	owned_buf struct buf id = { 0 };
	buf_append(&id, result->image_id);
	last.image_id = buf_str(&id);
	docker_work_drop(w);
	sink.done(sink.data, &last);
}

static void docker_went_away(struct docker_work *w, struct error *err)
{
	struct str text = str_slice(buf_str(&w->current), 0, 120);
	if (err->code == ERROR_UNREACHABLE)
		error_set(err, ERROR_UNREACHABLE, "the engine went away while %s%.*s (%s)",
		          text.n ? "it was at " : "the context was sent", STR_ARG(text), err->text);
}

/* What the stream and the connection together say of the end. */
static void docker_judge(struct docker_work *w, int status, const struct error *err,
                         struct work_result *ret_result)
{
	const struct decoder_result *r = &w->decoder->result;
	struct error fault = { 0 };
	bool whole = decoder_end(w->decoder, &fault);
	ret_result->cancelled = w->cancelled || r->cancelled;
	if (ret_result->cancelled)
		error_set(&ret_result->error, ERROR_CANCELLED, "the build was cancelled");
	else if (w->err.code)
		ret_result->error = w->err;
	else if (status >= 400)
		sentence_of_refusal(status, buf_str(&w->refusal), &ret_result->error);
	else if (r->error.n)
		sentence_of_build(w->recipe, r, &ret_result->error);
	else if (err)
		ret_result->error = *err;
	else if (!whole)
		error_set(&ret_result->error, ERROR_UNREACHABLE, "its answer ended in the middle");
	else if (!r->ended || !r->image_id.n)
		error_set(&ret_result->error, ERROR_UNREACHABLE, "its answer ended without a result");
	ret_result->ok = ret_result->error.code == ERROR_NONE;
	if (ret_result->ok)
		ret_result->image_id = buf_str(&r->image_id);
	else if (!w->err.code && status < 400 && !r->error.n)
		docker_went_away(w, &ret_result->error);
	if (ret_result->error.code == ERROR_UNREACHABLE && docker_of(w)->builder == DOCKER_PODMAN)
		podman_stop_now(buf_str(&w->id));
}

static void docker_done(void *data, const struct error *err)
{
	struct docker_work *w = data;
	struct work_result result = { 0 };
	int status = http_status(w->transfer);
	w->transfer = NULL;
	docker_judge(w, status, err, &result);
	docker_finish(w, &result);
}

static bool docker_bytes(void *data, struct str bytes, struct error *err)
{
	struct docker_work *w = data;
	if (http_status(w->transfer) >= 400) {
		size_t room = DOCKER_REFUSAL_MAX - w->refusal.n;
		buf_append(&w->refusal, str_slice(bytes, 0, room));
		return true;
	}
	return decoder_feed(w->decoder, bytes, err);
}

static enum http_body docker_pull(void *data, struct str *ret_bytes, struct error *err)
{
	struct docker_work *w = data;
	switch (docker_context_pull(w->context, ret_bytes, err)) {
	case PULL_DATA:
		return HTTP_BODY_DATA;
	case PULL_DONE:
		return HTTP_BODY_DONE;
	case PULL_FAILED:
		break;
	}
	w->err = *err;
	return HTTP_BODY_FAILED;
}

static void docker_add_option(struct buf *path, const char *parameter,
                              const struct image_task *t, const char *option)
{
	struct str value = work_option(t, option);
	if (value.n)
		docker_options_add(path, parameter, value);
}

static void docker_object_add(void *data, struct str name, struct str value)
{
	struct buf *b = data;
	buf_append_char(b, b->n ? ',' : '{');
	value_write_json_string(b, name, false);
	buf_append_char(b, ':');
	value_write_json_string(b, value, false);
}

static void docker_add_object(struct buf *path, const char *parameter, struct buf *object)
{
	if (!object->n)
		return;
	buf_append_char(object, '}');
	docker_options_add(path, parameter, buf_str(object));
}

static void docker_path(const struct docker_work *w, struct buf *path)
{
	const struct docker *d = docker_of(w);
	const struct image_task *t = w->task;
	owned_buf struct buf args = { 0 }, labels = { 0 }, secrets = { 0 }, host = { 0 };
	buf_printf(path, "/v%s/build", d->facts.api_version);
	docker_options_add(path, "version", d->builder == DOCKER_BUILDKIT ? STR("2") : STR("1"));
	docker_options_add(path, "dockerfile", str_of(docker_context_dockerfile(w->context)));
	docker_options_add(path, "rm", STR("1"));
	docker_options_add(path, "forcerm", STR("1"));
	docker_options_add(path, "buildid", buf_str(&w->id));
	for (const char *const *tag = t->tags; tag && *tag; tag++)
		docker_options_add(path, "t", str_of(*tag));
	if (t->level.no_cache)
		docker_options_add(path, "nocache", STR("1"));
	if (work_option_is_on(t, "pull"))
		docker_options_add(path, "pull", STR("1"));
	docker_add_option(path, "networkmode", t, "network");
	docker_add_option(path, "platform", t, "platform");
	docker_add_option(path, "target", t, "target");
	podman_append_host(&host, buf_str(&w->id));
	buf_append_text(&host, ":" PODMAN_HOST_ADDRESS);
	docker_options_append(path, t, d->builder, d->facts.version,
	                      d->builder == DOCKER_PODMAN ? buf_text(&host) : NULL);
	docker_secrets_append(&secrets, w->secrets, w->nsecrets);
	if (secrets.n)
		docker_options_add(path, "secrets", buf_str(&secrets));
	work_each_proxy(t, docker_object_add, &args);
	docker_secrets_each_arg(t, docker_object_add, &args);
	work_each_arg(t, d->build_id, docker_object_add, &args);
	docker_add_object(path, "buildargs", &args);
	work_each_label(t, docker_object_add, &labels);
	docker_add_object(path, "labels", &labels);
}

static void docker_fail(struct loop *l, void *data)
{
	(void)l;
	struct docker_work *w = data;
	struct work_result result = { .error = w->err, .cancelled = w->cancelled };
	w->timer = 0;
	if (w->cancelled)
		error_set(&result.error, ERROR_CANCELLED, "the build was cancelled");
	docker_finish(w, &result);
}

static bool docker_can(struct docker_work *w, struct error *err)
{
	const struct docker *d = docker_of(w);
	if (!d->facts.name)
		return error_set(err, ERROR_UNREACHABLE, "the engine was not asked what it is");
	if (!docker_secrets_can(w->task, d->builder, err) ||
	    !docker_options_can(w->task, d->builder, d->facts.version, err))
		return false;
	if (!context_is_scanned(w->task->context) && !context_scan(w->task->context, err))
		return false;
	return docker_secrets_read(w->arena, w->task, &w->secrets, &w->nsecrets, err);
}

static struct decoder *docker_decoder_new(struct docker_work *w)
{
	switch (docker_of(w)->builder) {
	case DOCKER_CLASSIC: return decoder_classic_new(w->recipe, &w->proxy);
	case DOCKER_PODMAN: return decoder_podman_new(w->recipe, &w->proxy);
	default: return decoder_trace_new(w->recipe, &w->proxy);
	}
}

static void docker_start(struct docker_work *w)
{
	static const char *const headers[] = { "Content-Type: application/x-tar", NULL };
	struct docker *d = docker_of(w);
	owned_buf struct buf path = { 0 };
	w->context = docker_context_new(w->task->context, w->recipe, d->builder, w->secrets,
	                                w->nsecrets);
	w->decoder = docker_decoder_new(w);
	int leak = d->builder == DOCKER_BUILDKIT ? docker_context_leak(w->context) : -1;
	if (leak >= 0) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "line %u copies the whole context, and with it '%s', the Dockerfile "
		           "as it was sent", w->recipe->instructions[leak].first_line,
		           docker_context_dockerfile(w->context));
		work_warning(w, buf_str(&text));
	}
	if (d->builder == DOCKER_CLASSIC && work_option(w->task, "platform").n)
		work_warning(w, STR("the classic builder takes a base image that is here whatever its "
		                      "platform, and makes an image of that: BuildKit does not"));
	if (d->builder == DOCKER_CLASSIC && work_option(w->task, "cache-from").p)
		work_warning(w, STR("the classic builder takes a cache from images that are here alone: "
		                      "what --cache-from names has to be pulled before"));
	docker_path(w, &path);
	struct http_request r = { .method = "POST", .path = buf_text(&path), .at = d->at,
	                          .headers = headers };
	struct http_events e = { .pull = docker_pull, .bytes = docker_bytes, .done = docker_done,
	                         .data = w };
	w->transfer = http_start(d->http, &r, &e);
}

struct work *docker_image(struct engine *e, const struct image_task *t,
                          const struct engine_sink *sink)
{
	struct docker *d = (struct docker *)e;
	if (d->has_sessions)
		return buildkit_image(e, &d->site, t, sink);
	struct docker_work *w = xcalloc(1, sizeof *w);
	w->base = (struct work){ .engine = e, .sink = *sink };
	w->next = d->works;
	w->link = &d->works;
	if (w->next)
		w->next->link = &w->next;
	d->works = w;
	w->task = t;
	w->recipe = work_recipe(t);
	w->arena = arena_new();
	w->proxy = (struct engine_sink){ .step = docker_step, .log = work_log,
	                                 .progress = work_progress, .warning = work_warning,
	                                 .data = w };
	buf_printf(&w->id, "%s-%u", d->build_id, ++d->nworks);
	if (docker_can(w, &w->err))
		docker_start(w);
	else
		w->timer = loop_timer(e->loop, 0, docker_fail, w);
	return &w->base;
}

/* The time for a good end is over. */
static void docker_give_up(struct loop *l, void *data)
{
	(void)l;
	struct docker_work *w = data;
	struct work_result result = { 0 };
	w->timer = 0;
	http_cancel(w->transfer);
	w->transfer = NULL;
	docker_judge(w, 0, NULL, &result);
	docker_finish(w, &result);
}

static void docker_stop_busy(void *data, struct str why)
{
	struct docker_work *w = data;
	if (w->base.sink.busy)
		w->base.sink.busy(w->base.sink.data, why);
}

static void docker_stop_close(void *data)
{
	struct docker_work *w = data;
	http_cancel(w->transfer);
	w->transfer = NULL;
}

static void docker_stop_over(void *data)
{
	struct docker_work *w = data;
	docker_give_up(w->base.engine->loop, w);
}

static void docker_stop_podman(struct docker_work *w)
{
	struct podman_stop_events on = { docker_stop_busy, work_warning, docker_stop_close,
	                                 docker_stop_over, w };
	w->stop = podman_stop_new(w->base.engine->loop, buf_str(&w->id), w->runs, &on);
}

static void docker_cancel_told(void *data, const struct error *err)
{
	struct docker_work *w = data;
	(void)err;
	w->cancelling = NULL;
}

void docker_cancel(struct work *base)
{
	struct docker_work *w = (struct docker_work *)base;
	struct docker *d = docker_of(w);
	if (w->cancelled)
		return;
	w->cancelled = true;
	if (!w->transfer)
		return;
	if (d->builder == DOCKER_PODMAN) {
		docker_stop_podman(w);
		return;
	}
	/* A closed connection stops both builders; BuildKit asked by name also says how
	 * its steps ended. */
	int64_t grace = 0;
	if (d->builder == DOCKER_BUILDKIT) {
		owned_buf struct buf path = { 0 };
		buf_printf(&path, "/v%s/build/cancel?id=%s", d->facts.api_version, buf_text(&w->id));
		struct http_request r = { .method = "POST", .path = buf_text(&path), .at = d->at,
		                          .timeout_ms = DOCKER_CANCEL_MS };
		struct http_events e = { .done = docker_cancel_told, .data = w };
		w->cancelling = http_start(d->http, &r, &e);
		grace = DOCKER_CANCEL_MS;
	}
	loop_untimer(w->base.engine->loop, w->timer);
	w->timer = loop_timer(w->base.engine->loop, grace, docker_give_up, w);
}
