#include <stdlib.h>

#include "core/engine/push.h"
#include "core/os/clock.h"

/* Of a layer's id as it is told ("aeac81dd31d1"); more is cut. */
enum { PUSH_ID_MAX = 80 };

struct push_layer {
	struct str id;
	uint64_t total;
	bool ended, fails;              /* fails: dockerd counts down to another try */
};

static uint64_t push_number(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	unsigned long long n = 0;
	return v && str_number(value_text(v), INT64_MAX, &n) ? n : 0;
}

/* NULL: there are too many. */
static struct push_layer *push_layer(struct push_stream *p, struct str id)
{
	struct push_layer *l;
	id = str_slice(id, 0, PUSH_ID_MAX);
	l = map_get(&p->layers, id);
	if (l || p->layers.n >= PUSH_LAYERS_MAX)
		return l;
	if (!p->arena)
		p->arena = arena_new();
	l = arena_alloc(p->arena, sizeof *l);
	l->id = arena_str(p->arena, id);
	map_set(&p->layers, l->id, l);
	return l;
}

static void push_say(const struct push_stream *p, struct str id, struct str text)
{
	owned_buf struct buf line = { 0 };
	if (!p->sink->log)
		return;
	if (id.n)
		buf_printf(&line, "%.*s: ", STR_ARG(id));
	buf_append(&line, text);
	buf_append_char(&line, '\n');
	p->sink->log(p->sink->data, 0, 1, buf_str(&line), clock_now());
}

static void push_warn(const struct push_stream *p, struct str id)
{
	owned_buf struct buf text = { 0 };
	if (!p->sink->warning)
		return;
	buf_printf(&text, "sending layer %.*s has failed; the engine tries again by itself",
	           STR_ARG(id));
	p->sink->warning(p->sink->data, buf_str(&text));
}

static void push_progress(const struct push_stream *p, const struct push_layer *l, uint64_t current)
{
	if (p->sink->progress)
		p->sink->progress(p->sink->data, 0, l->id, current, l->total);
}

static void push_layer_says(struct push_stream *p, struct push_layer *l, struct str status,
                            const struct value *detail)
{
	if (str_eq(status, STR("Pushing"))) {
		/* The total is what the files have; what is sent may be a little more. */
		uint64_t current = detail ? push_number(detail, "current") : 0;
		uint64_t total = detail ? push_number(detail, "total") : 0;
		l->fails = false;
		l->total = total > l->total ? total : l->total;
		push_progress(p, l, l->total && current > l->total ? l->total : current);
	} else if (str_eq(status, STR("Pushed")) && !l->ended) {
		l->ended = true;
		p->nsent++;
		push_progress(p, l, l->total);
		push_say(p, l->id, STR("sent"));
	} else if (str_eq(status, STR("Layer already exists")) && !l->ended) {
		l->ended = true;
		p->nthere++;
		push_say(p, l->id, STR("already there"));
	} else if (str_has_prefix(status, STR("Mounted from ")) && !l->ended) {
		l->ended = true;
		p->nthere++;
		push_say(p, l->id, status);
	} else if (str_has_prefix(status, STR("Retrying in ")) && !l->fails) {
		l->fails = true;
		push_warn(p, l->id);
	}
}

static bool push_is_digest(struct str text)
{
	if (!str_has_prefix(text, STR("sha256:")) || text.n != 71)
		return false;
	for (size_t i = 7; i < text.n; i++)
		if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f')))
			return false;
	return true;
}

static void push_learn_digest(struct push_stream *p, struct str digest)
{
	if (!push_is_digest(digest))
		return;
	buf_clear(&p->digest);
	buf_append(&p->digest, digest);
}

/* "1: digest: sha256:… size: 949": all that podman says (4.3). */
static void push_status(struct push_stream *p, struct str status)
{
	struct str mark = STR(": digest: ");
	size_t at = str_find_str(status, mark);
	if (at == STR_NONE)
		return;
	struct str rest = str_slice(status, at + mark.n, status.n);
	push_learn_digest(p, str_slice(rest, 0, str_find(rest, ' ')));
}

static bool push_message(void *data, const struct value *m, struct error *err)
{
	struct push_stream *p = data;
	struct str status = stream_text(m, "status"), id = stream_text(m, "id");
	struct str error = stream_text(m, "error");
	const struct value *aux = value_get(m, STR("aux"));
	const struct value *detail = value_get(m, STR("progressDetail"));
	(void)err;
	if (error.n && !p->error.n)
		buf_append(&p->error, error);
	if (aux && value_type(aux) == VALUE_OBJECT)
		push_learn_digest(p, stream_text(aux, "Digest"));
	struct push_layer *l = id.n ? push_layer(p, id) : NULL;
	if (l)
		push_layer_says(p, l, status,
		                detail && value_type(detail) == VALUE_OBJECT ? detail : NULL);
	else if (!id.n)
		push_status(p, status);
	return true;
}

bool push_stream_feed(struct push_stream *p, struct str bytes, struct error *err)
{
	return stream_feed(&p->lines, bytes, push_message, p, err);
}

bool push_stream_end(struct push_stream *p, struct error *err)
{
	return stream_end(&p->lines, push_message, p, err);
}

void push_stream_finish(struct push_stream *p)
{
	stream_finish(&p->lines);
	map_finish(&p->layers);
	buf_finish(&p->digest);
	buf_finish(&p->error);
	arena_free(p->arena);
}
