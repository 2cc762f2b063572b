#include "core/engine/presence.h"

#include "core/engine/service.h"
#include "core/engine/stream.h"
#include "core/value/json.h"

enum { PRESENCE_ANSWER_MAX = 4 << 20 };

/* One question; those of a presence run side by side. */
struct presence_call {
	struct presence_asking *all;
	struct pair *image;             /* NULL: the daemon */
	struct http_transfer *transfer;
	struct buf answer;
	int status;
};

struct presence_asking {
	struct loop *loop;
	struct presence_call *calls;
	size_t n, open;
	struct error err;               /* the first fault, when code is set */
};

static bool presence_bytes(void *data, struct str bytes, struct error *err)
{
	struct presence_call *c = data;
	if (c->answer.n + bytes.n > PRESENCE_ANSWER_MAX)
		return error_set(err, ERROR_LIMIT, "its answer is over %d MiB", PRESENCE_ANSWER_MAX >> 20);
	buf_append(&c->answer, bytes);
	return true;
}

static void presence_came(void *data, const struct error *err)
{
	struct presence_call *c = data;
	c->status = http_status(c->transfer);
	c->transfer = NULL;
	if (err && !c->all->err.code)
		c->all->err = *err;
	if (--c->all->open == 0)
		loop_stop(c->all->loop);
}

bool engine_presence_read(struct arena *a, struct str json, const char *key, struct str *ret_id,
                          struct error *err)
{
	const struct value *v;
	if (!value_parse_json(a, json, &v, err))
		return error_prefix(err, "the engine's answer");
	*ret_id = stream_text(v, key);
	return ret_id->n || error_set(err, ERROR_PROTOCOL, "the engine tells no %s", key);
}

static void presence_start(struct arena *a, struct presence_call *c, const struct service *s,
                           const struct engine_facts *f)
{
	owned_buf struct buf path = { 0 };
	struct http_request r = { .method = "GET", .at = s->at, .timeout_ms = PRESENCE_MS };
	struct http_events events = { .bytes = presence_bytes, .done = presence_came, .data = c };
	buf_printf(&path, c->image ? "/v%s/images/" : "/v%s/info", f->api_version);
	if (c->image) {
		http_append_escaped(&path, c->image->name);
		buf_append_text(&path, "/json");
	}
	r.path = arena_text(a, buf_str(&path));
	c->all->open++;
	c->transfer = http_start(s->http, &r, &events);
}

static bool presence_take(struct arena *a, struct presence *p, struct presence_call *c,
                          struct error *err)
{
	struct str answer = arena_str(a, buf_str(&c->answer));
	if (c->image && c->status == 404) {
		c->image->value = (struct str){ 0 };
		return true;
	}
	if (c->status != 200)
		return error_set(err, ERROR_PROTOCOL, "it answers with status %d", c->status);
	return c->image ? engine_presence_read(a, answer, "Id", &c->image->value, err)
	                : engine_presence_read(a, answer, "ID", &p->daemon, err);
}

static bool presence_run(struct arena *a, const struct engine_facts *f,
                         struct presence *p, struct presence_asking *q, struct error *err)
{
	struct service service;
	if (!service_init(&service, q->loop, f->spec, err))
		return false;
	for (size_t i = 0; i < q->n; i++) {
		q->calls[i] = (struct presence_call){ .all = q,
		                                      .image = i < p->nimages ? &p->images[i] : NULL };
		presence_start(a, &q->calls[i], &service, f);
	}
	bool ok = loop_run(q->loop, err);
	service_finish(&service);
	if (ok && q->err.code) {
		*err = q->err;
		ok = false;
	}
	for (size_t i = 0; ok && i < q->n; i++)
		ok = presence_take(a, p, &q->calls[i], err);
	for (size_t i = 0; i < q->n; i++)
		buf_finish(&q->calls[i].answer);
	return ok;
}

bool engine_presence_ask(struct arena *a, const struct engine_facts *f, struct presence *p,
                         struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct presence_asking q = { .loop = loop, .n = p->nimages + p->wants_daemon };
	if (!f->api_version || !f->spec)
		return error_set(err, ERROR_REFUSED, "%s is not asked for its images", f->name);
	q.calls = arena_array(a, q.n + 1, sizeof *q.calls);
	return q.n == 0 || presence_run(a, f, p, &q, err);
}
