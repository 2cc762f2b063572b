#include "core/history/why.h"

#include "core/os/files.h"
#include "tests/core/history/kept.h"

static const struct kept_step cached[] = {
	{ "FROM busybox:1", -1, NULL, NULL }, { "ARG MODE", 0, NULL, NULL },
	{ "COPY a /a", -1, NULL, NULL }, { "RUN one", -1, NULL, NULL },
	{ "COPY --from=other /x /x", -1, NULL, NULL },
	{ "RUN apart", -1, "other", NULL }, { NULL },
};
static const struct kept_step ran[] = {
	{ "FROM busybox:1", 0.1, NULL, NULL }, { "ARG MODE", -1, NULL, NULL },
	{ "COPY a /a", 1, NULL, NULL }, { "RUN one", 2, NULL, NULL },
	{ "COPY --from=other /x /x", 1, NULL, NULL },
	{ "RUN apart", 3, "other", NULL }, { NULL },
};

struct asked {
	struct build *build, *before;
	struct why why;
};

static struct build *open_build(struct scratch *s, const char *dir)
{
	owned(journal) struct journal *j = journal_open(dir, &s->err);
	assert_non_null(j);
	struct build *b = build_new();
	journal_refresh(j);
	build_update(b, j);
	return b;
}

static struct asked ask(struct scratch *s, const char *dir, const char *before)
{
	struct asked q = { open_build(s, dir), before ? open_build(s, before) : NULL, { 0 } };
	why_make(s->arena, dir, q.build, before, q.before, &q.why);
	return q;
}

static void asked_finish(struct asked *q)
{
	build_free(q->build);
	build_free(q->before);
}

static void is_why(struct scratch *s, const struct asked *q, int step, enum miss why, int root,
                   const char *sentence)
{
	const struct why_step *w = why_find(&q->why, step);
	assert_non_null(w);
	assert_string_equal(arena_text(s->arena, w->forecast.sentence), sentence);
	assert_int_equal(w->forecast.why, why);
	assert_int_equal(w->root, root);
}

static void test_why__a_forecast_is_corrected_by_what_happened(void **state)
{
	struct scratch *s = *state;
	const char *dir = kept_build(s, "20260101-000000-0002", "all", 9, ran);
	const struct forecast_step steps[] = {
		{ .step = 2, .verdict = VERDICT_MISS, .why = MISS_CONTEXT, .parent = -1,
		  .sentence = STR("context: a changed") },
		{ .step = 3, .verdict = VERDICT_HIT, .parent = -1 },
		{ .step = 4, .verdict = VERDICT_MISS, .why = MISS_FROM, .parent = 5,
		  .sentence = STR("from: other") },
		{ .step = 5, .verdict = VERDICT_HIT, .parent = -1 },
	};
	kept_forecast(s, dir, &(struct forecast){ .steps = steps, .nsteps = 4, .against = STR("x"),
	                                          .p25 = -1, .p50 = -1, .p90 = -1 });
	struct asked q = ask(s, dir, NULL);
	assert_int_equal(q.why.nsteps, 4);
	is_why(s, &q, 2, MISS_CONTEXT, 2, "context: a changed");
	is_why(s, &q, 3, MISS_PARENT, 2, "follows from 2 COPY a /a, which ran");
	is_why(s, &q, 5, MISS_PRUNED, 5, "the forecast said hit: the engine no longer had it");
	assert_string_equal(arena_text(s->arena, q.why.against), "x");
	assert_int_equal(q.why.note.n, 0);
	asked_finish(&q);
}

/* parent 4 of a forecast may stand behind the step: no way round in circles. */
static void test_why__a_forecast_that_goes_in_circles_ends(void **state)
{
	struct scratch *s = *state;
	const char *dir = kept_build(s, "20260101-000000-0002", "all", 9, ran);
	const struct forecast_step steps[] = {
		{ .step = 2, .verdict = VERDICT_MISS, .why = MISS_PARENT, .parent = 3 },
		{ .step = 3, .verdict = VERDICT_MISS, .why = MISS_PARENT, .parent = 2 },
		{ .step = 4, .verdict = VERDICT_MISS, .why = MISS_PARENT, .parent = 4 },
	};
	kept_forecast(s, dir, &(struct forecast){ .steps = steps, .nsteps = 3, .p25 = -1, .p50 = -1,
	                                          .p90 = -1 });
	struct asked q = ask(s, dir, NULL);
	assert_int_equal(why_find(&q.why, 2)->root, 2);
	assert_int_equal(why_find(&q.why, 3)->root, 2);
	assert_int_equal(why_find(&q.why, 4)->root, 4);
	asked_finish(&q);
}

static void test_why__without_a_forecast_fingerprints_tell(void **state)
{
	struct scratch *s = *state;
	const char *before = kept_build(s, "20260101-000000-0001", "all", 9, cached);
	const char *dir = kept_build(s, "20260101-000000-0002", "all", 9, ran);
	const struct fingerprint_file was = { STR("a"), STR(KEPT_DIGEST_A), 0100644, 1 };
	const struct fingerprint_file is = { STR("a"), STR(KEPT_DIGEST_B), 0100644, 1 };
	const struct pair dev = { STR("MODE"), STR("dev") }, prod = { STR("MODE"), STR("prod") };
	static const uint32_t first = 0;
	struct fingerprint_step then[] = {
		{ .step = 2, .key = STR("2a"), .text = STR("COPY a /a"), .files = &first, .nfiles = 1 },
		{ .step = 3, .key = STR("3a"), .parent = STR("2a"), .text = STR("RUN one") },
		{ .step = 5, .key = STR("5a"), .text = STR("RUN apart"), .args = &dev, .nargs = 1 },
	};
	struct fingerprint_step now[] = {
		{ .step = 2, .key = STR("2b"), .text = STR("COPY a /a"), .files = &first, .nfiles = 1 },
		{ .step = 3, .key = STR("3b"), .parent = STR("2b"), .text = STR("RUN one") },
		{ .step = 5, .key = STR("5b"), .text = STR("RUN apart"), .args = &prod, .nargs = 1 },
	};
	kept_fingerprints(s, before, &(struct fingerprints){ .engine = STR("buildkit"),
		.files = &was, .nfiles = 1, .steps = then, .nsteps = 3 });
	kept_fingerprints(s, dir, &(struct fingerprints){ .engine = STR("buildkit"),
		.files = &is, .nfiles = 1, .steps = now, .nsteps = 3 });
	struct asked q = ask(s, dir, before);
	is_why(s, &q, 2, MISS_CONTEXT, 2, "context: a changed");
	is_why(s, &q, 3, MISS_PARENT, 2, "follows from 2 COPY a /a, which ran");
	is_why(s, &q, 5, MISS_ARG, 5, "arg MODE: dev -> prod");
	assert_int_equal(why_find(&q.why, 2)->source, WHY_FINGERPRINTS);
	assert_int_equal(why_find(&q.why, 2)->forecast.nfiles, 1);
	asked_finish(&q);
}

/* What a journal says of a transfer, put behind build.start. */
static void asks_for(struct scratch *s, const char *dir, const char *of, int entries,
                     const char *const *files)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk("/");
	owned_buf struct buf text = { 0 };
	struct str journal;
	const char *path = arena_printf(a, "%s/journal", dir);
	size_t n = 0;
	while (files[n])
		n++;
	assert_int_equal(files_read(disk, path, a, &journal, &s->err), FILES_OK);
	size_t line = str_find(journal, '\n') + 1;
	buf_append(&text, str_slice(journal, 0, line));
	buf_printf(&text, "{\"t\":1,\"ev\":\"transfer\",\"dir\":\"%s\",\"entries\":%d,"
	           "\"count\":%zu,\"bytes\":9,\"files\":[", of, entries, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s{\"path\":\"%s\",\"size\":3}", i ? "," : "", files[i]);
	buf_append_text(&text, "]}\n");
	buf_append(&text, str_slice(journal, line, journal.n));
	assert_true(save_file(path, buf_str(&text), 0600, &s->err));
}

static void test_why__the_engine_asked_for_files(void **state)
{
	struct scratch *s = *state;
	static const struct kept_step copies[] = {
		{ "FROM busybox:1", 0.1, NULL, NULL },
		{ "COPY --chown=1 src/*.c ./lib /a/", 1, "one", NULL },
		{ "COPY . /a", 1, "two", NULL }, { "COPY other /a", 1, "three", NULL },
		{ "COPY --from=more x /a", 1, "four", NULL }, { "RUN src", 1, "five", NULL },
		{ "COPY [\"a b\", \"/x\"]", 1, "six", NULL }, { NULL },
	};
	static const char *const asked[] = { "src/a.c", "lib/deep/b", "srcs/c.c", "src/d.h", NULL };
	static const char *const more[] = { "x", NULL }, *const ignored[] = { ".dockerignore", NULL };
	const char *before = kept_build(s, "20260101-000000-0001", "all", 9, copies);
	const char *dir = kept_build(s, "20260101-000000-0002", "all", 9, copies);
	asks_for(s, dir, "context", 40, asked);
	asks_for(s, dir, "more", 10, more);
	asks_for(s, dir, "context", 1, ignored);
	struct asked q = ask(s, dir, before);
	is_why(s, &q, 1, MISS_CONTEXT, 1, "context: the engine asked for src/a.c, 1 more");
	assert_int_equal(why_find(&q.why, 1)->source, WHY_TRANSFER);
	assert_int_equal(why_find(&q.why, 1)->forecast.nfiles, 2);
	assert_true(str_eq(why_find(&q.why, 1)->forecast.files[1].path, STR("lib/deep/b")));
	is_why(s, &q, 2, MISS_CONTEXT, 2, "context: the engine asked for src/a.c, 3 more");
	is_why(s, &q, 3, MISS_CONTEXT, 3,
	       "context: what it copies is another (files were not recorded)");
	assert_int_equal(why_find(&q.why, 3)->source, WHY_TEXTS);
	is_why(s, &q, 4, MISS_CONTEXT, 4, "context: the engine asked for x");
	assert_int_equal(why_find(&q.why, 5)->forecast.verdict, VERDICT_UNKNOWN);
	is_why(s, &q, 6, MISS_CONTEXT, 6, "context: the engine asked for src/a.c, 3 more");
	asked_finish(&q);
}

/* A forecast that was wrong about a file; and an engine that had lost all it had. */
static void test_why__the_forecast_did_not_see_a_file_change(void **state)
{
	struct scratch *s = *state;
	static const char *const asked[] = { "a", NULL };
	const struct forecast_step hit = { .step = 2, .verdict = VERDICT_HIT, .parent = -1 };
	for (int lost = 0; lost < 2; lost++) {
		const char *dir = kept_build(s, lost ? "20260101-000000-0003" : "20260101-000000-0002",
		                             "all", 9, ran);
		kept_forecast(s, dir, &(struct forecast){ .steps = &hit, .nsteps = 1, .p25 = -1,
		                                          .p50 = -1, .p90 = -1 });
		asks_for(s, dir, "context", lost ? 0 : 3, asked);
		struct asked q = ask(s, dir, NULL);
		is_why(s, &q, 2, lost ? MISS_PRUNED : MISS_CONTEXT, 2,
		       lost ? "the forecast said hit: the engine no longer had it"
		            : "context: the engine asked for a");
		assert_int_equal(why_find(&q.why, 2)->source, lost ? WHY_FORECAST : WHY_TRANSFER);
		asked_finish(&q);
	}
}

static void test_why__texts_alone_say_so(void **state)
{
	struct scratch *s = *state;
	static const struct kept_step edited[] = {
		{ "FROM busybox:1", -1, NULL, NULL }, { "COPY a /a", 1, NULL, NULL },
		{ "RUN another", 1, "other", NULL }, { "RUN one", 2, "third", NULL }, { NULL },
	};
	static const struct kept_step base[] = {
		{ "FROM busybox:1", -1, NULL, NULL }, { "COPY a /a", 1, NULL, NULL },
		{ "RUN apart", 1, "other", NULL }, { "RUN one", 2, "third", NULL }, { NULL },
	};
	const char *before = kept_build(s, "20260101-000000-0001", "all", 9, base);
	const char *dir = kept_build(s, "20260101-000000-0002", "all", 9, edited);
	struct asked q = ask(s, dir, before);
	is_why(s, &q, 1, MISS_CONTEXT, 1,
	       "context: what it copies is another (files were not recorded)");
	is_why(s, &q, 2, MISS_TEXT, 2, "build 20260101-000000-0001 has no such instruction");
	assert_int_equal(why_find(&q.why, 3)->forecast.verdict, VERDICT_UNKNOWN);
	assert_true(q.why.note.n > 0);
	asked_finish(&q);
	q = ask(s, dir, NULL);
	is_why(s, &q, 1, MISS_NEVER, 1, "no earlier build on that engine is known");
	asked_finish(&q);
}

static void test_why__the_build_before_is_of_the_same_project_and_engine(void **state)
{
	struct scratch *s = *state;
	const char *first = kept_build(s, "20260101-000000-0001", "all", 9, cached);
	const char *last = kept_build(s, "20260101-000000-0003", "all", 9, cached);
	assert_null(why_before(s->arena, first, false));
	assert_string_equal(why_before(s->arena, last, false), first);
	const char *between = kept_build(s, "20260101-000000-0002", "all", 9, cached);
	assert_string_equal(why_before(s->arena, last, false), between);
	/* Another engine: only where that does not matter. */
	owned(files) struct files *disk = files_disk("/");
	struct str text;
	const char *path = arena_printf(s->arena, "%s/journal", between);
	assert_int_equal(files_read(disk, path, s->arena, &text, &s->err), FILES_OK);
	char *other = arena_text(s->arena, text), *name = strstr(other, "\"buildkit\"");
	memcpy(name, "\"classic \"", 10);
	kept_file(s, between, "journal", other);
	assert_string_equal(why_before(s->arena, last, false), first);
	assert_string_equal(why_before(s->arena, last, true), between);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT_TEST(test_why__a_forecast_is_corrected_by_what_happened),
		KEPT_TEST(test_why__a_forecast_that_goes_in_circles_ends),
		KEPT_TEST(test_why__without_a_forecast_fingerprints_tell),
		KEPT_TEST(test_why__the_engine_asked_for_files),
		KEPT_TEST(test_why__the_forecast_did_not_see_a_file_change),
		KEPT_TEST(test_why__texts_alone_say_so),
		KEPT_TEST(test_why__the_build_before_is_of_the_same_project_and_engine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
