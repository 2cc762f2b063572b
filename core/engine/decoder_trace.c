/* BuildKit's progress as dockerd wraps it: JSON lines whose "aux" is a base64
 * StatusResponse (moby builder-next, API 1.39 and later). */
#include "core/base/check.h"
#include "core/engine/base64.h"
#include "core/engine/match.h"
#include "core/engine/rawjson.h"
#include "core/engine/sentence.h"
#include "core/engine/stream.h"
#include "core/engine/vertex.h"
#include "core/os/clock.h"

/* The daemon passes at most 200 KiB a second and 2 MiB of a step's stream; of a step
 * that fails it sends the last 256 KiB again (buildkit util/progress/logs).
 * TRACE_TAIL: a block this long is that, since else a block is one write of 32 KiB.
 * TRACE_OVERLAP: bytes by which the place in it is found again. */
enum { TRACE_TAIL = 128 * 1024, TRACE_OVERLAP = 4096, TRACE_WARNINGS = 1000 };

/* Twins have keys of their own, past all rows'. */
#define TRACE_TWIN ((uint64_t)1 << 32)

struct trace {
	struct decoder base;
	struct stream stream;
	struct vertexes table;
	struct map warnings;            /* texts told, newer daemons repeat them */
	double offset;                  /* our clock less the daemon's; 0 until known */
	bool has_offset;
};

static void trace_pass(struct trace *t, const struct step_report *s)
{
	if (t->base.sink->step)
		t->base.sink->step(t->base.sink->data, s);
}

static bool trace_is_news(const struct row *row, const struct step_report *s)
{
	const struct step_report *l = &row->last;
	return !row->told || s->started != l->started || s->ended != l->ended ||
	       s->cached != l->cached || s->seconds != l->seconds || s->error.n != l->error.n;
}

static void trace_tell(struct trace *t, struct row *row)
{
	struct step_report s = vertexes_report(&t->table, row);
	const struct recipe *r = t->base.recipe;
	row->dirty = false;
	if (!trace_is_news(row, &s))
		return;
	row->told = true;
	row->last = s;
	s.error = sentence_reason(s.error);
	trace_pass(t, &s);
	if (s.ended && s.error.n && !str_has_suffix(s.error, STR("context canceled"))) {
		decoder_fail_at(&t->base, row->instruction, row->name);
		if (t->base.result.exit_code < 0)
			t->base.result.exit_code = sentence_exit_code(s.error);
	}
	if (row->instruction < 0)
		return;
	for (size_t i = 0; i < r->ninstructions; i++) {
		if (t->table.claimed[i] || !match_is_twin(r, row->instruction, (int)i))
			continue;
		s.key = TRACE_TWIN + i;
		s.instruction = (int)i;
		trace_pass(t, &s);
	}
}

/* Output and progress need a row that was told; one that is over when it is first heard
 * of would be told behind them. */
static void trace_introduce(struct trace *t, struct row *row)
{
	struct step_report s = vertexes_report(&t->table, row);
	if (row->told)
		return;
	s.ended = s.cached = false;
	s.error = (struct str){ 0 };
	row->told = true;
	row->last = s;
	trace_pass(t, &s);
}

/* ended: rows that are over, else those that are not. */
static void trace_tell_dirty(struct trace *t, const struct pb_trace *p, bool ended)
{
	for (size_t i = 0; i < p->nvertexes; i++) {
		struct vertex *v = vertexes_find(&t->table, p->vertexes[i].digest);
		if (v->row->dirty && vertexes_report(&t->table, v->row).ended == ended)
			trace_tell(t, v->row);
	}
}

static void trace_status(struct trace *t, const struct pb_status *s)
{
	struct vertex *v = vertexes_find(&t->table, s->vertex);
	if (!v)
		return;
	if (str_has_prefix(s->id, STR("sha256:")) || str_has_prefix(s->id, STR("extracting ")) ||
	    str_has_prefix(s->id, STR("pulling ")))
		v->fetched = true;
	trace_introduce(t, v->row);
	if (t->base.sink->progress)
		t->base.sink->progress(t->base.sink->data, v->row->key, s->id,
		                       s->current > 0 ? (uint64_t)s->current : 0,
		                       s->total > 0 ? (uint64_t)s->total : 0);
}

/* The part of a re-sent tail that was not shown yet. */
static struct str trace_unseen(const struct clip *c, struct str tail)
{
	size_t at = c->last.n ? str_find_str(tail, buf_str(&c->last)) : STR_NONE;
	return at == STR_NONE ? tail : str_slice(tail, at + c->last.n, tail.n);
}

/* What of the bytes is not told again after a rejoin. */
static struct str trace_new_bytes(struct clip *c, struct str bytes)
{
	size_t known = c->again < bytes.n ? (size_t)c->again : bytes.n;
	c->again -= known;
	bytes = str_slice(bytes, known, bytes.n);
	c->n += bytes.n;
	return bytes;
}

static void trace_log(struct trace *t, const struct pb_log *l)
{
	static const char mark[] = "\n[output clipped, log limit ";
	struct vertex *v = vertexes_find(&t->table, l->vertex);
	if (!v)
		return;
	struct clip *c = &v->clips[l->stream - 1];
	struct str bytes = trace_new_bytes(c, l->bytes);
	if (!bytes.n)
		return;
	trace_introduce(t, v->row);
	if (c->clipping && bytes.n >= TRACE_TAIL)
		bytes = trace_unseen(c, bytes);
	size_t from = bytes.n > 100 ? bytes.n - 100 : 0;
	size_t at = str_find_str(str_slice(bytes, from, bytes.n), STR(mark));
	c->clipping = at != STR_NONE && str_has_suffix(bytes, STR(" reached]\n"));
	struct str shown = c->clipping ? str_slice(bytes, 0, from + at) : bytes;
	buf_append(&c->last, str_slice(shown, shown.n > TRACE_OVERLAP ? shown.n - TRACE_OVERLAP : 0,
	                               shown.n));
	if (c->last.n > TRACE_OVERLAP)
		buf_shift(&c->last, c->last.n - TRACE_OVERLAP);
	if (bytes.n && t->base.sink->log)
		t->base.sink->log(t->base.sink->data, v->row->key, l->stream, bytes,
		                  l->timestamp ? (double)l->timestamp / 1e9 + t->offset : clock_now());
}

static void trace_warning(struct trace *t, const struct pb_warning *w)
{
	owned_buf struct buf text = { 0 };
	buf_append(&text, w->text);
	if (w->url.n)
		buf_printf(&text, " (%.*s)", STR_ARG(w->url));
	if (t->warnings.n == TRACE_WARNINGS || map_has(&t->warnings, buf_str(&text)))
		return;
	map_set(&t->warnings, arena_str(t->table.arena, buf_str(&text)), t);
	decoder_warn(&t->base, buf_str(&text));
}

/* As docker's own client: the first start seen was just now. */
static void trace_set_offset(struct trace *t, const struct pb_trace *p)
{
	if (t->has_offset)
		return;
	for (size_t i = 0; i < p->nvertexes; i++) {
		int64_t started = p->vertexes[i].started;
		if (!started)
			continue;
		if (!t->has_offset)
			t->offset = clock_now() - (double)started / 1e9;
		t->has_offset = true;
		if (!t->table.began || started < t->table.began)
			t->table.began = started;
	}
}

static bool trace_response(struct trace *t, const struct pb_trace *p, struct error *err)
{
	trace_set_offset(t, p);
	for (size_t i = 0; i < p->nvertexes; i++)
		if (!vertexes_update(&t->table, &p->vertexes[i], err))
			return false;
	/* A step's last output comes with its end, and belongs before it. */
	trace_tell_dirty(t, p, false);
	for (size_t i = 0; i < p->nstatuses; i++)
		trace_status(t, &p->statuses[i]);
	for (size_t i = 0; i < p->nlogs; i++)
		trace_log(t, &p->logs[i]);
	for (size_t i = 0; i < p->nwarnings; i++)
		trace_warning(t, &p->warnings[i]);
	trace_tell_dirty(t, p, true);
	return true;
}

bool decoder_trace_take(struct decoder *d, const struct pb_trace *p, struct error *err)
{
	return trace_response((struct trace *)d, p, err);
}

void decoder_trace_blame(struct decoder *d, struct str digest)
{
	struct trace *t = (struct trace *)d;
	struct vertex *v = vertexes_find(&t->table, digest);
	if (!v)
		return;
	buf_clear(&d->result.failed_name);
	decoder_fail_at(d, v->row->instruction, v->row->name);
}

void decoder_trace_replay(struct decoder *d)
{
	struct trace *t = (struct trace *)d;
	for (size_t i = 0; i < t->table.by_digest.n; i++) {
		struct vertex *v = t->table.by_digest.items[i].value;
		for (int k = 0; k < 2; k++)
			v->clips[k].again = v->clips[k].n;
	}
}

static bool trace_rawjson(struct trace *t, const struct value *m, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct pb_trace p;
	return rawjson_parse(a, m, &p, err) && trace_response(t, &p, err);
}

static bool trace_message(void *data, const struct value *m, struct error *err)
{
	struct trace *t = data;
	if (rawjson_is(m))
		return trace_rawjson(t, m, err);
	struct str id = stream_text(m, "id"), aux = stream_text(m, "aux");
	const struct value *image = value_get(m, STR("aux"));
	struct str error = stream_text(m, "error");
	if (str_eq(id, STR("moby.buildkit.trace")) && aux.p) {
		owned(arena) struct arena *a = arena_new();
		owned_buf struct buf bytes = { 0 };
		struct pb_trace p;
		if (!base64_decode(&bytes, aux))
			return error_set(err, ERROR_PROTOCOL, "a progress message that is no base64");
		return pb_trace_parse(a, buf_str(&bytes), &p, err) && trace_response(t, &p, err);
	}
	if (str_eq(id, STR("moby.image.id")) && image) {
		buf_clear(&t->base.result.image_id);
		buf_append(&t->base.result.image_id, stream_text(image, "ID"));
		t->base.result.ended = true;
	}
	if (error.n)
		decoder_fail(&t->base, error);
	return true;
}

static bool trace_feed(struct decoder *d, int stream, struct str bytes, struct error *err)
{
	struct trace *t = (struct trace *)d;
	(void)stream;
	return stream_feed(&t->stream, bytes, trace_message, t, err);
}

static bool trace_end(struct decoder *d, struct error *err)
{
	struct trace *t = (struct trace *)d;
	bool ok = stream_end(&t->stream, trace_message, t, err);
	for (size_t i = 0; i < t->table.nrows; i++) {
		struct step_report s = vertexes_report(&t->table, t->table.rows[i]);
		if (!s.started || s.ended)
			continue;
		s.ended = true;
		s.error = STR("interrupted");
		trace_pass(t, &s);
	}
	return ok;
}

static void trace_free(struct decoder *d)
{
	struct trace *t = (struct trace *)d;
	stream_finish(&t->stream);
	map_finish(&t->warnings);
	vertexes_finish(&t->table);
	decoder_finish(d);
	free(t);
}

static const struct decoder_ops trace_ops = { trace_feed, trace_end, trace_free };

struct decoder *decoder_trace_new(const struct recipe *r, const struct engine_sink *sink)
{
	struct trace *t = xcalloc(1, sizeof *t);
	decoder_init(&t->base, &trace_ops, r, sink);
	vertexes_init(&t->table, r);
	return &t->base;
}
