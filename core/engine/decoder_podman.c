/* podman's answer to POST /build (4.3): JSON messages whose text is buildah's, RUN's
 * output and stderr and the engine's own words all in "stream".  Each write of the
 * engine is a message of its own, so a line of its own begins where a message does.
 * How the build ended is told apart from all text: {"aux":{"ID":…}} or {"error":…}. */
#include "core/engine/decoder.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/stream.h"

struct podman {
	struct decoder base;
	struct stream stream;
	struct engine_sink sink;        /* between the text's decoder and the caller */
	struct decoder *text;           /* buildah's */
	int instruction;                /* of the step that runs; -1: none known */
	bool told;                      /* the image's id came */
};

static void podman_step(void *data, const struct step_report *s)
{
	struct podman *p = data;
	p->instruction = s->instruction;
	if (p->base.sink->step)
		p->base.sink->step(p->base.sink->data, s);
}

static void podman_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	const struct podman *p = data;
	if (p->base.sink->log)
		p->base.sink->log(p->base.sink->data, key, stream, bytes, t);
}

static void podman_warning(void *data, struct str text)
{
	const struct podman *p = data;
	decoder_warn(&p->base, text);
}

static bool podman_runs(const struct podman *p)
{
	const struct recipe *r = p->base.recipe;
	return r && p->instruction >= 0 && r->instructions[p->instruction].kind == INSTRUCTION_RUN;
}

/* What buildah says on stderr, and only where no command can have said it. */
static bool podman_is_aside(const struct podman *p, struct str text)
{
	static const char *const heads[] = { "time=\"", "Trying to pull ", "Copying ",
	                                     "Resolving " };
	if (podman_runs(p))
		return false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_has_prefix(text, str_of(heads[i])))
			return true;
	return false;
}

static bool podman_text(struct podman *p, struct str text, struct error *err)
{
	if (p->told || !text.n)
		return true;
	if (podman_is_aside(p, text))
		return decoder_feed_stream(p->text, 2, text, err);
	decoder_buildah_break(p->text);
	return decoder_feed(p->text, text, err);
}

/* As buildah's last words, in one line. */
static bool podman_failed(struct podman *p, struct str message, struct error *err)
{
	owned_buf struct buf line = { 0 };
	buf_append_text(&line, "Error: ");
	buf_append(&line, str_trim(message));
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '\n')
			line.p[i] = ' ';
	buf_append_char(&line, '\n');
	p->text->result.ended = false;
	return decoder_feed_stream(p->text, 2, buf_str(&line), err);
}

static bool podman_message(void *data, const struct value *m, struct error *err)
{
	struct podman *p = data;
	const struct value *aux = value_get(m, STR("aux"));
	struct str error = stream_text(m, "error");
	if (error.n)
		return podman_failed(p, error, err);
	if (!aux || value_type(aux) != VALUE_OBJECT || !stream_text(aux, "ID").n)
		return podman_text(p, stream_text(m, "stream"), err);
	p->told = true;
	buf_clear(&p->text->result.image_id);
	buf_append(&p->text->result.image_id, stream_text(aux, "ID"));
	p->text->result.ended = true;
	return true;
}

static bool podman_feed(struct decoder *d, int stream, struct str bytes, struct error *err)
{
	struct podman *p = (struct podman *)d;
	(void)stream;
	return stream_feed(&p->stream, bytes, podman_message, p, err);
}

static bool podman_end(struct decoder *d, struct error *err)
{
	struct podman *p = (struct podman *)d;
	struct decoder_result *r = &p->text->result;
	struct error ignored = { 0 };
	bool ok = stream_end(&p->stream, podman_message, p, err);
	decoder_end(p->text, &ignored);
	/* Text alone ends no build. */
	if (!p->told && !r->error.n) {
		r->ended = false;
		buf_clear(&r->image_id);
	}
	decoder_finish(d);
	d->result = *r;
	*r = (struct decoder_result){ .failed = -1, .exit_code = -1 };
	return ok;
}

static void podman_free(struct decoder *d)
{
	struct podman *p = (struct podman *)d;
	stream_finish(&p->stream);
	decoder_free(p->text);
	decoder_finish(d);
	free(p);
}

static const struct decoder_ops podman_ops = { podman_feed, podman_end, podman_free };

struct decoder *decoder_podman_new(const struct recipe *r, const struct engine_sink *sink)
{
	struct podman *p = xcalloc(1, sizeof *p);
	decoder_init(&p->base, &podman_ops, r, sink);
	p->instruction = -1;
	p->sink = (struct engine_sink){ .step = podman_step, .log = podman_log,
	                                .warning = podman_warning, .data = p };
	p->text = decoder_buildah_new(r, &p->sink);
	return &p->base;
}
