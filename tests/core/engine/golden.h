#ifndef TESTS_CORE_ENGINE_GOLDEN_H
#define TESTS_CORE_ENGINE_GOLDEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/utf8.h"
#include "core/engine/decoder.h"
#include "core/engine/sentence.h"

/* What a decoder reports, as text, one line a report; logs of one step and stream that
 * follow each other are one line, so that pieces make no difference. */

enum { GOLDEN_LONG = 300 };

struct golden {
	struct buf text;
	struct buf log;
	uint64_t key;
	int stream;
	bool seconds;                   /* the stream's own: the same every time */
};

static inline void golden_flush(struct golden *g)
{
	struct str log = buf_str(&g->log);
	if (!log.n)
		return;
	buf_printf(&g->text, "log %llu %d ", (unsigned long long)g->key, g->stream);
	if (log.n > GOLDEN_LONG)
		buf_printf(&g->text, "(%zu bytes) ", log.n);
	utf8_append_visible(&g->text, str_slice(log, 0, GOLDEN_LONG));
	buf_append_char(&g->text, '\n');
	buf_clear(&g->log);
}

static inline void golden_step(void *data, const struct step_report *s)
{
	struct golden *g = data;
	golden_flush(g);
	buf_printf(&g->text, "step %llu [%d] ", (unsigned long long)s->key, s->instruction);
	utf8_append_visible(&g->text, s->name);
	buf_printf(&g->text, " |%s%s%s", s->started ? " started" : "", s->ended ? " ended" : "",
	           s->cached ? " cached" : "");
	if (g->seconds && s->ended)
		buf_printf(&g->text, " %.3f", s->seconds);
	if (s->layer.n)
		buf_printf(&g->text, " layer %.*s", STR_ARG(s->layer));
	if (s->error.n) {
		buf_append_text(&g->text, " error: ");
		utf8_append_visible(&g->text, s->error);
	}
	buf_append_char(&g->text, '\n');
}

static inline void golden_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct golden *g = data;
	assert_true(t > 0);
	if (key != g->key || stream != g->stream)
		golden_flush(g);
	g->key = key;
	g->stream = stream;
	buf_append(&g->log, bytes);
}

static inline void golden_progress(void *data, uint64_t key, struct str id, uint64_t current,
                            uint64_t total)
{
	struct golden *g = data;
	golden_flush(g);
	buf_printf(&g->text, "progress %llu %llu/%llu ", (unsigned long long)key,
	           (unsigned long long)current, (unsigned long long)total);
	utf8_append_visible(&g->text, id);
	buf_append_char(&g->text, '\n');
}

static inline void golden_warning(void *data, struct str text)
{
	struct golden *g = data;
	golden_flush(g);
	buf_append_text(&g->text, "warning ");
	utf8_append_visible(&g->text, text);
	buf_append_char(&g->text, '\n');
}

__attribute__((unused)) static const struct engine_sink golden_sink = {
	.step = golden_step, .log = golden_log, .progress = golden_progress,
	.warning = golden_warning,
};

static inline void golden_result(struct golden *g, const struct decoder *d)
{
	const struct decoder_result *r = &d->result;
	struct error err = { 0 };
	golden_flush(g);
	buf_printf(&g->text, "result%s%s failed %d exit %d image %.*s\n", r->ended ? " ended" : "",
	           r->cancelled ? " cancelled" : "", r->failed, r->exit_code,
	           STR_ARG(buf_str(&r->image_id)));
	if (!r->error.n)
		return;
	sentence_of_build(d->recipe, r, &err);
	buf_printf(&g->text, "code %d: %s\n", (int)err.code, err.text);
}

/* "" for a file that is not there. */
static inline void golden_read(struct buf *b, const char *name)
{
	char path[200];
	snprintf(path, sizeof path, "tests/fixtures/engine/%s", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return;
	for (size_t n; (n = fread(buf_reserve(b, 65536), 1, 65536, f));)
		buf_grew(b, n);
	fclose(f);
}

static inline void golden_feed(struct decoder *d, int stream, struct str bytes, size_t piece)
{
	struct error err = { 0 };
	for (size_t at = 0; at < bytes.n; at += piece)
		if (!decoder_feed_stream(d, stream, str_slice(bytes, at, piece), &err))
			fail_msg("%s", err.text);
}

typedef struct decoder *golden_new_fn(const struct recipe *, const struct engine_sink *);

/* NAME.dockerfile, NAME[SUFFIX].ENGINE (and -stderr) decoded in pieces. */
static inline void golden_decode(struct golden *g, golden_new_fn *new, const char *name,
                          const char *suffix, const char *engine, size_t piece)
{
	owned_buf struct buf bytes = { 0 }, bytes2 = { 0 }, text = { 0 };
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct engine_sink sink = golden_sink;
	struct error err = { 0 };
	char file[100];
	snprintf(file, sizeof file, "%s.dockerfile", name);
	golden_read(&text, file);
	snprintf(file, sizeof file, "%s%s.%s", name, suffix, engine);
	golden_read(&bytes, file);
	assert_true(bytes.n > 0);
	snprintf(file, sizeof file, "%s%s.%s-stderr", name, suffix, engine);
	golden_read(&bytes2, file);
	struct source *source = source_new(a, STR("Dockerfile"), NULL, buf_str(&text));
	owned(recipe) struct recipe *recipe = recipe_parse(source, (struct str){ 0 }, problems);
	sink.data = g;
	owned(decoder) struct decoder *d = new(recipe, &sink);
	golden_feed(d, 1, buf_str(&bytes), piece);
	golden_feed(d, 2, buf_str(&bytes2), piece);
	assert_true(decoder_end(d, &err));
	golden_result(g, d);
}

/* Equal in 1-byte, 7-byte and whole feeds, and equal to NAME[SUFFIX].ENGINE.golden. */
static inline void golden_check(golden_new_fn *new, const char *name, const char *suffix,
                         const char *engine, bool seconds)
{
	static const size_t pieces[] = { (size_t)1 << 30, 7, 1 };
	owned_buf struct buf expected = { 0 };
	char file[100];
	snprintf(file, sizeof file, "%s%s.%s.golden", name, suffix, engine);
	golden_read(&expected, file);
	for (size_t i = 0; i < 3; i++) {
		struct golden g = { .seconds = seconds };
		golden_decode(&g, new, name, suffix, engine, pieces[i]);
		if (getenv("GOLDEN_PRINT"))
			printf("=== %s\n%s", file, buf_text(&g.text));
		else
			assert_string_equal(buf_text(&g.text), buf_text(&expected));
		buf_finish(&g.text);
		buf_finish(&g.log);
	}
}

#endif
