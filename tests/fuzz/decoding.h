#ifndef TESTS_FUZZ_DECODING_H
#define TESTS_FUZZ_DECODING_H

#include <stdint.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/decoder.h"
#include "core/engine/sentence.h"

/* Any bytes, fed in pieces, through a decoder over a recipe of several stages.  What is
 * reported must be sound whatever came. */

static void decoding_step(void *data, const struct step_report *s)
{
	const struct recipe *r = data;
	CHECK(s->instruction >= -1 && s->instruction < (int)r->ninstructions);
	CHECK(!s->ended || s->started);
	CHECK(!s->cached || s->ended);
	CHECK(s->seconds >= 0);
}

static void decoding_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	(void)data;
	(void)key;
	(void)t;
	CHECK(stream == 1 || stream == 2);
	CHECK(bytes.n > 0);
}

static void decoding_progress(void *data, uint64_t key, struct str id, uint64_t current,
                              uint64_t total)
{
	(void)data;
	(void)key;
	(void)id;
	(void)current;
	(void)total;
}

static void decoding_warning(void *data, struct str text)
{
	(void)data;
	(void)text;
}

typedef struct decoder *decoding_new_fn(const struct recipe *, const struct engine_sink *);

/* The first byte chooses the size of the pieces. */
static void decoding_run(decoding_new_fn *new, struct str bytes)
{
	static const char text[] =
		"ARG B=a\nFROM ${B} AS one\nRUN x\nCOPY a /a\nFROM a\nCOPY --from=one /a /a\n"
		"RUN echo \\\n  last\n";
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *p = problems_new();
	owned(recipe) struct recipe *r = recipe_parse(source_new(a, STR("f"), NULL, STR(text)),
	                                              (struct str){ 0 }, p);
	CHECK(r);
	struct engine_sink sink = { .step = decoding_step, .log = decoding_log,
	                            .progress = decoding_progress, .warning = decoding_warning,
	                            .data = r };
	struct error err = { 0 };
	size_t piece = bytes.n ? (unsigned char)bytes.p[0] % 64 + 1 : 1;
	bool ok = true;
	owned(decoder) struct decoder *d = new(r, &sink);
	for (size_t at = 1; ok && at < bytes.n; at += piece)
		ok = decoder_feed_stream(d, bytes.p[0] & 64 && at % 3 == 0 ? 2 : 1,
		                         str_slice(bytes, at, piece), &err);
	decoder_end(d, &err);
	sentence_of_build(r, &d->result, &err);
	CHECK(err.code != ERROR_NONE);
}

#endif
