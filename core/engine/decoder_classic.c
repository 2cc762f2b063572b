/* The classic builder's stream: every line of the builder's own is one JSON message
 * (moby builder/dockerfile, 1.24 and later).  A RUN's output is messages too, cut as
 * it was written, so its words may look like the builder's: a line counts only where
 * the builder would say it, and a step only as the next one of the recipe. */
#include "core/engine/decoder.h"

#include <string.h>

#include "core/base/check.h"
#include "core/engine/match.h"
#include "core/engine/sentence.h"
#include "core/engine/stream.h"
#include "core/os/clock.h"

enum classic_phase {
	CLASSIC_IDLE,           /* no step is open */
	CLASSIC_STEP,           /* "Step k/n : TEXT" */
	CLASSIC_RUNNING,        /* " ---> Running in ID": what comes is output */
	CLASSIC_REMOVED,        /* "Removing intermediate container ID" */
};

struct classic {
	struct decoder base;
	struct stream stream;
	enum classic_phase phase;
	unsigned ordinal, total;
	int instruction;
	struct buf name;                /* of the step */
	struct buf container;           /* its short id */
	struct buf layer;               /* the image that the step made; empty: not told */
	struct buf held;                /* the line that may have been output */
	int64_t since_ms;
	bool cached, fetched, own_told;
};

static void classic_log(struct classic *c, int stream, struct str bytes)
{
	const struct engine_sink *sink = c->base.sink;
	if (!c->ordinal && !c->own_told && sink->step) {
		struct step_report s = { .instruction = -1, .name = STR("classic builder"),
		                         .started = true, .ended = true };
		c->own_told = true;
		sink->step(sink->data, &s);
	}
	if (sink->log && bytes.n)
		sink->log(sink->data, c->ordinal, stream, bytes, clock_now());
}

static void classic_tell(struct classic *c, bool ended, struct str error)
{
	bool is_from = c->base.recipe && c->instruction >= 0 &&
	               c->base.recipe->instructions[c->instruction].kind == INSTRUCTION_FROM;
	struct step_report s = {
		.key = c->ordinal, .instruction = c->instruction, .name = buf_str(&c->name),
		.started = true, .ended = ended, .error = error, .layer = buf_str(&c->layer),
	};
	/* A base image that is here already costs nothing. */
	s.cached = ended && !error.n && (c->cached || (is_from && !c->fetched));
	s.seconds = ended ? (double)(clock_monotonic_ms() - c->since_ms) / 1000 : 0;
	if (c->base.sink->step)
		c->base.sink->step(c->base.sink->data, &s);
}

static void classic_close(struct classic *c, struct str error)
{
	if (c->phase != CLASSIC_IDLE)
		classic_tell(c, true, error);
	c->phase = CLASSIC_IDLE;
}

/* "Step 3/16 : ARG LEVEL" */
static bool classic_step_parse(struct str line, unsigned *ret_ordinal, unsigned *ret_total,
                               struct str *ret_text)
{
	unsigned long long ordinal, total;
	size_t slash = str_find(line, '/'), colon = str_find_str(line, STR(" : "));
	if (!str_has_prefix(line, STR("Step ")) || slash == STR_NONE || colon == STR_NONE ||
	    slash > colon || !str_number(str_slice(line, 5, slash - 5), 1000000, &ordinal) ||
	    !str_number(str_slice(line, slash + 1, colon - slash - 1), 1000000, &total))
		return false;
	*ret_ordinal = (unsigned)ordinal;
	*ret_total = (unsigned)total;
	*ret_text = str_slice(line, colon + 3, line.n);
	return true;
}

static bool classic_step(struct classic *c, struct str line)
{
	const struct recipe *r = c->base.recipe;
	unsigned ordinal, total;
	struct str text;
	int found = -1;
	if (c->phase != CLASSIC_IDLE && c->phase != CLASSIC_STEP)
		return false;
	if (!classic_step_parse(line, &ordinal, &total, &text) || ordinal != c->ordinal + 1 ||
	    (c->total && total != c->total) || ordinal > total)
		return false;
	if (r) {
		found = recipe_find(r, NUMBERING_CLASSIC, (struct str){ 0 }, ordinal);
		/* Labels of the request are further instructions behind the last (moby
		 * builder/dockerfile, dispatchFromDockerfile). */
		if (found >= 0 && !match_text(r, found, text))
			found = -1;
		if (found < 0 && !str_has_prefix(text, STR("LABEL ")))
			return false;
	}
	classic_close(c, (struct str){ 0 });
	c->ordinal = ordinal;
	c->total = total;
	c->instruction = found;
	c->cached = c->fetched = false;
	c->since_ms = clock_monotonic_ms();
	buf_clear(&c->name);
	buf_append(&c->name, str_trim(text));
	buf_clear(&c->layer);
	c->phase = CLASSIC_STEP;
	classic_tell(c, false, (struct str){ 0 });
	return true;
}

/* " ---> 032bc7ab2a5b" */
static bool classic_takes_id(struct classic *c, struct str line)
{
	struct str id = str_trim(str_slice(line, 6, line.n));
	if (!str_has_prefix(line, STR(" ---> ")) || !str_has_suffix(line, STR("\n")) || id.n != 12)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!memchr("0123456789abcdef", id.p[i], 16))
			return false;
	buf_append(&c->layer, id);
	classic_close(c, (struct str){ 0 });
	return true;
}

static bool classic_is_removal(const struct classic *c, struct str line)
{
	struct str head = STR("Removing intermediate container ");
	return str_has_prefix(line, head) && str_has_suffix(line, STR("\n")) &&
	       str_eq(str_trim(str_slice(line, head.n, line.n)), buf_str(&c->container));
}

/* A line right after a step was announced. */
static bool classic_beginning(struct classic *c, struct str line)
{
	struct str running = STR(" ---> Running in ");
	if (str_eq(line, STR("\n")))
		return true;
	if (str_eq(line, STR(" ---> Using cache\n"))) {
		c->cached = true;
		return true;
	}
	if (str_has_prefix(line, running)) {
		buf_clear(&c->container);
		buf_append(&c->container, str_trim(str_slice(line, running.n, line.n)));
		c->phase = CLASSIC_RUNNING;
		return true;
	}
	if (str_has_prefix(line, STR(" ---> [Warning] "))) {
		decoder_warn(&c->base, str_trim(str_slice(line, 16, line.n)));
		return true;
	}
	return classic_takes_id(c, line);
}

/* After the last step: false when the line is none of the builder's. */
static bool classic_ending(struct classic *c, struct str line)
{
	if (!c->total || c->ordinal != c->total)
		return false;
	if (str_has_prefix(line, STR("Successfully built "))) {
		c->base.result.ended = true;
		return true;
	}
	if (str_has_prefix(line, STR("[Warning] "))) {
		decoder_warn(&c->base, str_trim(str_slice(line, 10, line.n)));
		return true;
	}
	return str_has_prefix(line, STR("Successfully tagged "));
}

/* The builder colours what came from stderr, write by write. */
static void classic_output(struct classic *c, struct str bytes)
{
	struct str on = STR("\x1b[91m"), off = STR("\x1b[0m");
	if (str_has_prefix(bytes, on) && str_has_suffix(bytes, off) && bytes.n >= on.n + off.n)
		classic_log(c, 2, str_slice(bytes, on.n, bytes.n - on.n - off.n));
	else
		classic_log(c, 1, bytes);
}

static void classic_line(struct classic *c, struct str line)
{
	if (c->phase == CLASSIC_REMOVED) {
		if (classic_takes_id(c, line))
			return;
		/* So the removal was told by the step's own output. */
		classic_log(c, 1, buf_str(&c->held));
		c->phase = CLASSIC_RUNNING;
	}
	if (classic_step(c, line) || (c->phase == CLASSIC_STEP && classic_beginning(c, line)))
		return;
	if (c->phase == CLASSIC_IDLE && classic_ending(c, line))
		return;
	if (c->phase == CLASSIC_RUNNING && classic_is_removal(c, line)) {
		buf_clear(&c->held);
		buf_append(&c->held, line);
		c->phase = CLASSIC_REMOVED;
		return;
	}
	classic_output(c, line);
}

static uint64_t classic_number(const struct value *object, struct str key)
{
	unsigned long long number;
	const struct value *v = object ? value_get(object, key) : NULL;
	if (!v || value_type(v) != VALUE_INTEGER ||
	    !str_number(value_text(v), UINT64_MAX, &number))
		return 0;
	return number;
}

/* {"status":"Downloading","progressDetail":{"current":1,"total":2},"id":"ab12"} */
static void classic_status(struct classic *c, const struct value *m, struct str status)
{
	const struct value *detail = value_get(m, STR("progressDetail"));
	struct str id = stream_text(m, "id");
	if (c->phase != CLASSIC_STEP)
		return;
	c->fetched = true;
	if (c->base.sink->progress)
		c->base.sink->progress(c->base.sink->data, c->ordinal, id.n ? id : status,
		                       classic_number(detail, STR("current")),
		                       classic_number(detail, STR("total")));
}

static const struct decoder_ops classic_ops;

void decoder_classic_line(struct decoder *d, struct str line)
{
	struct classic *c = (struct classic *)d;
	CHECK(d->ops == &classic_ops);
	/* docker-compose sets blank lines between the builder's. */
	if (c->phase != CLASSIC_IDLE || str_trim(line).n)
		classic_line(c, line);
}

void decoder_classic_fail(struct decoder *d, struct str message)
{
	struct classic *c = (struct classic *)d;
	CHECK(d->ops == &classic_ops);
	decoder_fail(d, message);
	if (c->phase == CLASSIC_IDLE)
		return;
	decoder_fail_at(d, c->instruction, buf_str(&c->name));
	classic_close(c, sentence_reason(message));
}

struct str decoder_classic_container(const struct decoder *d)
{
	const struct classic *c = (const struct classic *)d;
	CHECK(d->ops == &classic_ops);
	return c->phase == CLASSIC_RUNNING ? buf_str(&c->container) : (struct str){ 0 };
}

static void classic_failed(struct classic *c, const struct value *m, struct str error)
{
	const struct value *code = value_at(m, STR("/errorDetail/code"));
	unsigned long long number;
	decoder_classic_fail(&c->base, error);
	if (code && value_type(code) == VALUE_INTEGER &&
	    str_number(value_text(code), 255, &number) && number)
		c->base.result.exit_code = (int)number;
}

static bool classic_message(void *data, const struct value *m, struct error *err)
{
	struct classic *c = data;
	struct str line = stream_text(m, "stream"), error = stream_text(m, "error");
	struct str status = stream_text(m, "status");
	const struct value *aux = value_get(m, STR("aux"));
	(void)err;
	if (error.n) {
		classic_failed(c, m, error);
	} else if (line.p) {
		classic_line(c, line);
	} else if (aux && value_type(aux) == VALUE_OBJECT && stream_text(aux, "ID").n) {
		buf_clear(&c->base.result.image_id);
		buf_append(&c->base.result.image_id, stream_text(aux, "ID"));
	} else if (status.p) {
		classic_status(c, m, status);
	}
	return true;
}

static bool classic_feed(struct decoder *d, int stream, struct str bytes, struct error *err)
{
	struct classic *c = (struct classic *)d;
	(void)stream;
	return stream_feed(&c->stream, bytes, classic_message, c, err);
}

static bool classic_end(struct decoder *d, struct error *err)
{
	struct classic *c = (struct classic *)d;
	bool ok = stream_end(&c->stream, classic_message, c, err);
	if (c->phase == CLASSIC_REMOVED)
		classic_log(c, 1, buf_str(&c->held));
	classic_close(c, STR("interrupted"));
	return ok;
}

static void classic_free(struct decoder *d)
{
	struct classic *c = (struct classic *)d;
	stream_finish(&c->stream);
	buf_finish(&c->name);
	buf_finish(&c->container);
	buf_finish(&c->layer);
	buf_finish(&c->held);
	decoder_finish(d);
	free(c);
}

static const struct decoder_ops classic_ops = { classic_feed, classic_end, classic_free };

struct decoder *decoder_classic_new(const struct recipe *r, const struct engine_sink *sink)
{
	struct classic *c = xcalloc(1, sizeof *c);
	decoder_init(&c->base, &classic_ops, r, sink);
	c->instruction = -1;
	return &c->base;
}
