#include "core/engine/docker_call.h"

#include "core/base/check.h"

static enum http_body docker_call_pull(void *data, struct str *ret_bytes, struct error *err)
{
	struct docker_call *c = data;
	(void)err;
	if (c->sent)
		return HTTP_BODY_DONE;
	c->sent = true;
	*ret_bytes = buf_str(&c->body);
	return HTTP_BODY_DATA;
}

static bool docker_call_bytes(void *data, struct str bytes, struct error *err)
{
	struct docker_call *c = data;
	if (c->answer.n + bytes.n > DOCKER_CALL_MAX)
		return error_set(err, ERROR_LIMIT, "the engine answers with more than %d bytes",
		                 DOCKER_CALL_MAX);
	buf_append(&c->answer, bytes);
	return true;
}

static void docker_call_done(void *data, const struct error *err)
{
	struct docker_call *c = data;
	owned_buf struct buf answer = c->answer;
	int status = err ? 0 : http_status(c->transfer);
	c->transfer = NULL;
	c->answer = (struct buf){ 0 };
	buf_clear(&c->body);
	/* c may be gone after this. */
	c->told(c->data, status, buf_str(&answer), err);
}

void docker_call(struct docker *d, struct docker_call *c, const char *method, const char *path,
                 int64_t timeout_ms, docker_told_fn *told, void *data)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	owned_buf struct buf versioned = { 0 };
	CHECK(!c->transfer);
	c->told = told;
	c->data = data;
	c->sent = false;
	buf_clear(&c->answer);
	buf_printf(&versioned, "/v%s%s", d->facts.api_version, path);
	struct http_request r = { .method = method, .path = buf_text(&versioned), .at = d->at,
	                          .headers = c->body.n ? headers : NULL, .timeout_ms = timeout_ms };
	struct http_events e = { .pull = c->body.n ? docker_call_pull : NULL,
	                         .bytes = docker_call_bytes, .done = docker_call_done, .data = c };
	c->transfer = http_start(d->http, &r, &e);
}

void docker_call_cancel(struct docker_call *c)
{
	http_cancel(c->transfer);
	c->transfer = NULL;
}

void docker_call_finish(struct docker_call *c)
{
	docker_call_cancel(c);
	buf_finish(&c->answer);
	buf_finish(&c->body);
}
