#include "tests/core/engine/golden.h"

static void test_decoder_buildah__tells_several_stages(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "stages", "", "buildah", false);
}

static void test_decoder_buildah__tells_hits(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "stages", "_cached", "buildah", false);
}

static void test_decoder_buildah__tells_a_command_that_fails(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "fail", "", "buildah", false);
}

static void test_decoder_buildah__tells_a_base_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "missing", "", "buildah", false);
}

static void test_decoder_buildah__tells_output_that_looks_like_the_engine(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "imitation", "", "buildah", false);
}

static void test_decoder_buildah__tells_a_file_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "nofile", "", "buildah", false);
}

static void test_decoder_buildah__tells_what_is_no_instruction(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "syntax", "", "buildah", false);
}

static void test_decoder_buildah__tells_labels_that_were_options(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "labels", "", "buildah", false);
}

/* The steps that were hits and all output of a text over "FROM a", "RUN x", "RUN y". */
struct collect {
	struct buf log;
	unsigned hits, started, failed; /* bit n: instruction n */
};

static void collect_step(void *data, const struct step_report *s)
{
	struct collect *c = data;
	if (s->instruction < 0)
		return;
	c->started |= 1u << s->instruction;
	if (s->ended && s->cached)
		c->hits |= 1u << s->instruction;
	if (s->error.n)
		c->failed |= 1u << s->instruction;
}

static void collect_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	(void)key;
	(void)stream;
	(void)t;
	buf_append(&((struct collect *)data)->log, bytes);
}

#define HEX64 "0123456789012345678901234567890123456789012345678901234567890123"

static void test_decoder_buildah__believes_a_line_only_where_it_can_stand(void **state)
{
	static const struct {
		const char *text, *output;
		unsigned started, hits;
	} table[] = {
		/* What buildah prints itself. */
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> Using cache " HEX64 "\n--> 01234567890\n"
		  "STEP 3/3: RUN y\n--> Using cache " HEX64 "\nCOMMIT t\n--> 01234567890\n" HEX64 "\n",
		  "", 7, 7 },
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\nout\n--> 0123456789a\nSTEP 3/3: RUN y\nend--> "
		  "0123456789b\nCOMMIT t\n--> 0123456789c\n" HEX64 "\n", "out\nend--> 0123456789b\n",
		  7, 1 },
		/* The last step's output without a line's end. */
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> aaaaaaaaaaa\nSTEP 3/3: RUN y\nendCOMMIT t:1\n"
		  "--> bbbbbbbbbbb\n" HEX64 "\n", "end", 7, 1 },
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> aaaaaaaaaaa\nSTEP 3/3: RUN y\nendCOMMIT t:1\n"
		  "more\nCOMMIT t\n--> bbbbbbbbbbb\n" HEX64 "\n", "endCOMMIT t:1\nmore\n", 7, 1 },
		/* A hit that a command claims: its layer has another id. */
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> Using cache " HEX64 "\n--> aaaaaaaaaaa\n"
		  "STEP 3/3: RUN y\n", "--> Using cache " HEX64 "\n--> aaaaaaaaaaa\n", 7, 1 },
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> Using cache " HEX64 "\n--> 01234567890\n"
		  "--> aaaaaaaaaaa\nSTEP 3/3: RUN y\n",
		  "--> Using cache " HEX64 "\n--> 01234567890\n", 7, 1 },
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> aaaaaaaaaaa\nSTEP 3/3: RUN y\n"
		  "--> Using cache " HEX64 "\nCOMMIT t\n--> bbbbbbbbbbb\n" HEX64 "\n",
		  "--> Using cache " HEX64 "\n--> bbbbbbbbbbb\n", 7, 1 },
		/* The next step, told before this one has a layer. */
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\nSTEP 3/3: RUN y\n", "STEP 3/3: RUN y\n", 3, 1 },
		/* Another step than the recipe's next, or another text. */
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> aaaaaaaaaaa\nSTEP 4/3: RUN y\n",
		  "--> aaaaaaaaaaa\nSTEP 4/3: RUN y\n", 3, 1 },
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> aaaaaaaaaaa\nSTEP 3/3: RUN z\n",
		  "--> aaaaaaaaaaa\nSTEP 3/3: RUN z\n", 3, 1 },
		{ "STEP 1/3: FROM a\nSTEP 2/3: RUN x\nCOMMIT t\n", "COMMIT t\n", 3, 1 },
	};
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *p = problems_new();
	struct source *source = source_new(a, STR("f"), NULL, STR("FROM a\nRUN x\nRUN y\n"));
	owned(recipe) struct recipe *r = recipe_parse(source, (struct str){ 0 }, p);
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table * 2; i++) {
		struct collect c = { 0 };
		struct engine_sink sink = { .step = collect_step, .log = collect_log, .data = &c };
		struct error err = { 0 };
		owned(decoder) struct decoder *d = decoder_buildah_new(r, &sink);
		golden_feed(d, 1, str_of(table[i / 2].text), i % 2 ? 1 : 100000);
		assert_true(decoder_end(d, &err));
		if (c.started != table[i / 2].started || c.hits != table[i / 2].hits ||
		    d->result.ended != str_has_suffix(str_of(table[i / 2].text), STR(HEX64 "\n")) ||
		    strcmp(buf_text(&c.log), table[i / 2].output) != 0)
			fail_msg("row %zu: steps %u, hits %u: %s", i / 2, c.started, c.hits,
			         buf_text(&c.log));
		buf_finish(&c.log);
	}
}

static void test_decoder_buildah__passes_output_on_before_its_line_ends(void **state)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *p = problems_new();
	struct source *source = source_new(a, STR("f"), NULL, STR("FROM a\nRUN x\n"));
	owned(recipe) struct recipe *r = recipe_parse(source, (struct str){ 0 }, p);
	struct collect c = { 0 };
	struct engine_sink sink = { .step = collect_step, .log = collect_log, .data = &c };
	struct error err = { 0 };
	(void)state;
	owned(decoder) struct decoder *d = decoder_buildah_new(r, &sink);
	assert_true(decoder_feed(d, STR("STEP 1/2: FROM a\nSTEP 2/2: RUN x\n"), &err));
	assert_true(decoder_feed(d, STR("\r[=====>   ] 50 % --"), &err));
	assert_string_equal(buf_text(&c.log), "\r[=====>   ] 50 % ");
	assert_true(decoder_feed(d, STR("-"), &err));
	assert_string_equal(buf_text(&c.log), "\r[=====>   ] 50 % -");
	assert_true(decoder_feed_stream(d, 2, STR("err"), &err));
	assert_true(str_has_suffix(buf_str(&c.log), STR("err")));
	buf_finish(&c.log);
}

/* Of an image without a name it prints no end. */
static void test_decoder_buildah__a_good_end_need_not_be_printed(void **state)
{
	static const struct { const char *text; unsigned hits; } table[] = {
		{ "STEP 1/2: FROM a\nSTEP 2/2: RUN x\n--> Using cache " HEX64 "\n", 3 },
		{ "STEP 1/2: FROM a\nSTEP 2/2: RUN x\nout\nCOMMIT\n", 1 },
		{ "STEP 1/2: FROM a\nSTEP 2/2: RUN x\nout\n", 1 },
	};
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *p = problems_new();
	struct source *source = source_new(a, STR("f"), NULL, STR("FROM a\nRUN x\n"));
	owned(recipe) struct recipe *r = recipe_parse(source, (struct str){ 0 }, p);
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct collect c = { 0 };
		struct engine_sink sink = { .step = collect_step, .log = collect_log, .data = &c };
		struct error err = { 0 };
		owned(decoder) struct decoder *d = decoder_buildah_new(r, &sink);
		assert_true(decoder_feed(d, str_of(table[i].text), &err));
		decoder_buildah_good(d);
		assert_true(decoder_end(d, &err));
		assert_int_equal(c.hits, table[i].hits);
		assert_int_equal(c.failed, 0);
		assert_int_equal(d->result.error.n, 0);
		buf_finish(&c.log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoder_buildah__tells_several_stages),
		cmocka_unit_test(test_decoder_buildah__tells_hits),
		cmocka_unit_test(test_decoder_buildah__tells_a_command_that_fails),
		cmocka_unit_test(test_decoder_buildah__tells_a_base_that_is_not_there),
		cmocka_unit_test(test_decoder_buildah__tells_output_that_looks_like_the_engine),
		cmocka_unit_test(test_decoder_buildah__tells_a_file_that_is_not_there),
		cmocka_unit_test(test_decoder_buildah__tells_what_is_no_instruction),
		cmocka_unit_test(test_decoder_buildah__tells_labels_that_were_options),
		cmocka_unit_test(test_decoder_buildah__believes_a_line_only_where_it_can_stand),
		cmocka_unit_test(test_decoder_buildah__passes_output_on_before_its_line_ends),
		cmocka_unit_test(test_decoder_buildah__a_good_end_need_not_be_printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
