#include "tests/core/history/chain.h"

static const char *const make_files[] = { "a.txt", "one\n", "b.txt", "two\n", NULL };
static const char make_plain[] = "FROM base\nARG MODE=dev\nCOPY a.txt /a\nRUN one\nRUN two\n";
static const char *const make_engines[] = { "buildkit", "classic" };

static void test_make__knows_nothing_before_the_first_build(void **state)
{
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = { .s = *state, .engine = make_engines[e],
		                                   .dockerfile = make_plain };
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), "h???");
		assert_int_equal(c.forecast.unknowns, 3);
		assert_int_equal(c.forecast.against.n, 0);
	}
}

static void test_make__serves_what_was_built_before(void **state)
{
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = { .s = *state, .engine = make_engines[e],
		                                   .dockerfile = make_plain };
		chain_build(&c, make_files, -1);
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), "hhhh");
		assert_true(str_eq(c.forecast.against, STR("build-1")));
	}
}

static void test_make__names_the_file_that_changed(void **state)
{
	static const char *const changed[] = { "a.txt", "other\n", "b.txt", "two\n", NULL };
	static const char *const elsewhere[] = { "a.txt", "one\n", "b.txt", "other\n", NULL };
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = { .s = *state, .engine = make_engines[e],
		                                   .dockerfile = make_plain };
		chain_build(&c, make_files, -1);
		chain_forecast(&c, elsewhere);
		assert_string_equal(chain_said(&c), "hhhh");
		chain_forecast(&c, changed);
		assert_string_equal(chain_said(&c), "hmmm");
		chain_assert(&c, 2, MISS_CONTEXT, "a.txt changed");
		const struct forecast_step *f = chain_at(&c, 2);
		assert_int_equal(f->files_count, 1);
		assert_int_equal(f->files[0].change, FILE_CHANGED);
		assert_true(str_eq(f->files[0].path, STR("a.txt")));
		assert_true(str_eq(f->cause, STR("Dockerfile:3")));
		chain_assert(&c, 3, MISS_PARENT, "stands on step 2, which is run anew");
		assert_int_equal(chain_at(&c, 4)->parent, 3);
		/* And back: both were built. */
		chain_build(&c, changed, -1);
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), "hhhh");
	}
}

static void test_make__tells_added_removed_and_moved_files(void **state)
{
	static const char *const moved[] = { "d/a.txt", "one\n", "d/c.txt", "two\n", NULL };
	static const char *const before[] = { "d/a.txt", "one\n", "d/b.txt", "two\n", NULL };
	static const char *const more[] = { "d/a.txt", "one\n", "d/b.txt", "two\n", "d/new", "", NULL };
	owned_case struct chain_case c = { .s = *state, .engine = "buildkit",
	                                   .dockerfile = "FROM base\nCOPY d /d\n" };
	chain_build(&c, before, -1);
	chain_forecast(&c, moved);
	chain_assert(&c, 1, MISS_CONTEXT, "d/b.txt moved to d/c.txt");
	assert_int_equal(chain_at(&c, 1)->files_count, 2);
	chain_forecast(&c, more);
	chain_assert(&c, 1, MISS_CONTEXT, "d/new added");
}

static void test_make__names_the_argument(void **state)
{
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = { .s = *state, .engine = make_engines[e],
		                                   .dockerfile = make_plain };
		chain_build(&c, make_files, -1);
		c.args[c.nargs++] = (struct fingerprint_arg){ STR("OTHER"), STR("x"), false };
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), "hhhh");
		c.args[c.nargs++] = (struct fingerprint_arg){ STR("MODE"), STR("prod"), false };
		chain_forecast(&c, make_files);
		/* COPY sees no ARG. */
		assert_string_equal(chain_said(&c), "hhmm");
		chain_assert(&c, 3, MISS_ARG, "arg MODE: dev -> prod");
	}
}

static void test_make__sees_a_level_in_an_argument_or_in_no_cache(void **state)
{
	owned_case struct chain_case c = { .s = *state, .engine = "buildkit",
	                                   .dockerfile = make_plain };
	c.args[c.nargs++] = (struct fingerprint_arg){ STR("MODE"), STR("build-id"), true };
	chain_build(&c, make_files, -1);
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hhmm");
	chain_assert(&c, 3, MISS_LEVEL, "cache level all runs it anew");
	c.no_cache = true;
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hmmm");
	assert_int_equal(chain_at(&c, 2)->why, MISS_LEVEL);
}

/* As BuildKit 0.8 does; classic makes it anew. */
static void test_make__serves_a_folder_without_cache(void **state)
{
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = {
			.s = *state, .engine = make_engines[e],
			.dockerfile = "FROM base\nWORKDIR /a\nCOPY a.txt /a\nWORKDIR /b\n" };
		chain_build(&c, make_files, -1);
		c.no_cache = true;
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), e ? "hmmm" : "hhmm");
	}
}

static void test_make__tells_another_text_and_what_it_was(void **state)
{
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = { .s = *state, .engine = make_engines[e],
		                                   .dockerfile = make_plain };
		chain_build(&c, make_files, -1);
		c.dockerfile = "FROM base\nARG MODE=dev\nCOPY a.txt /a\nRUN one\nRUN three\n";
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), "hhhm");
		chain_assert(&c, 4, MISS_TEXT, "text: it was RUN two");
	}
}

static void test_make__classic_counts_what_makes_no_layer(void **state)
{
	owned_case struct chain_case c = { .s = *state, .engine = "classic",
	                                   .dockerfile = "FROM base\nLABEL a=1\nCOPY a.txt /a\n" };
	chain_build(&c, make_files, -1);
	c.dockerfile = "FROM base\nLABEL a=2\nCOPY a.txt /a\n";
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hm");
	chain_assert(&c, 2, MISS_TEXT, "LABEL above it: text: it was LABEL a=1");
	owned_case struct chain_case k = { .s = *state, .engine = "buildkit",
	                                   .dockerfile = "FROM base\nLABEL a=1\nCOPY a.txt /a\n" };
	chain_build(&k, make_files, -1);
	k.dockerfile = "FROM base\nLABEL a=2\nCOPY a.txt /a\n";
	chain_forecast(&k, make_files);
	assert_string_equal(chain_said(&k), "hh");
}

static void test_make__tells_a_base_that_has_moved(void **state)
{
	owned_case struct chain_case c = { .s = *state, .engine = "buildkit",
	                                   .dockerfile = make_plain };
	chain_build(&c, make_files, -1);
	c.base_id = "sha256:2";
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hmmm");
	chain_assert(&c, 2, MISS_BASE, "base image base is another one than before");
	c.base_id = "";
	chain_forecast(&c, make_files);
	chain_assert(&c, 0, MISS_BASE, "the image is not there and is fetched");
}

static void test_make__counts_no_step_that_was_not_reached(void **state)
{
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = { .s = *state, .engine = make_engines[e],
		                                   .dockerfile = make_plain };
		chain_build(&c, make_files, 4);
		chain_forecast(&c, make_files);
		assert_string_equal(chain_said(&c), "hhhm");
	}
}

static const char make_stages[] =
	"FROM base AS one\nCOPY a.txt /in/\nRUN make\nFROM base\nCOPY --from=one /out /out\nRUN use\n";

static void test_make__hangs_on_a_stage_that_runs_anew(void **state)
{
	static const char *const changed[] = { "a.txt", "other\n", NULL };
	owned_case struct chain_case c = { .s = *state, .engine = "buildkit",
	                                   .dockerfile = make_stages };
	chain_build(&c, make_files, -1);
	chain_forecast(&c, changed);
	assert_string_equal(chain_said(&c), "hmmhmm");
	assert_int_equal(chain_at(&c, 4)->why, MISS_FROM);
	assert_int_equal(chain_at(&c, 4)->parent, 1);
	assert_int_equal(chain_at(&c, 5)->why, MISS_PARENT);
}

/* What a stage's command has no hand in is known without running it. */
static void test_make__follows_a_copied_file_through_its_stage(void **state)
{
	static const char *const before[] = { "d/a", "1", "d/b", "2", NULL };
	static const char *const beside[] = { "d/a", "1", "d/b", "3", NULL };
	static const char *const itself[] = { "d/a", "2", "d/b", "2", NULL };
	for (size_t e = 0; e < 2; e++) {
		owned_case struct chain_case c = {
			.s = *state, .engine = make_engines[e], .dockerfile =
			"FROM scratch AS one\nCOPY d /d\nFROM base\nCOPY --from=one /d/a /a\nRUN use\n" };
		chain_build(&c, before, -1);
		chain_forecast(&c, beside);
		assert_string_equal(chain_said(&c), "hmhhh");
		chain_forecast(&c, itself);
		assert_string_equal(chain_said(&c), "hmhmm");
	}
}

/* Two stages gave the same: what stands on the second was built on the first. */
static void test_make__learns_that_a_stage_gave_the_same(void **state)
{
	static const char *const changed[] = { "a.txt", "other\n", NULL };
	owned_case struct chain_case c = { .s = *state, .engine = "buildkit",
	                                   .dockerfile = make_stages };
	chain_build(&c, make_files, -1);
	chain_forecast(&c, changed);
	size_t n;
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(STR("buildkit"), STR("test"));
	/* The engine ran the stage and served the COPY and what follows. */
	struct forecast_end ends[6] = { { .ended_well = true }, { .ended_well = true },
		{ .ended_well = true }, { .ended_well = true }, { .ended_well = true, .cached = true },
		{ .ended_well = true, .cached = true } };
	struct forecast_known *known = forecast_learn(c.s->arena, &c.chain, store, ends, &n);
	assert_int_equal(n, 6);
	assert_true(forecast_store_append(store, known, n, &c.s->err));
	chain_forecast(&c, changed);
	assert_string_equal(chain_said(&c), "hhhhhh");
	/* A new step on it is found by the other one too. */
	c.dockerfile = "FROM base AS one\nCOPY a.txt /in/\nRUN make\nFROM base\n"
	               "COPY --from=one /out /out\nRUN use\nRUN more\n";
	chain_build(&c, changed, -1);
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hhhhhhh");
}

static void test_make__finds_layers_that_are_gone(void **state)
{
	owned_case struct chain_case c = { .s = *state, .engine = "classic",
	                                   .dockerfile = make_plain };
	owned_map struct map gone = { 0 };
	struct level_effect level = { .name = "all" };
	chain_build(&c, make_files, -1);
	chain_forecast(&c, make_files);
	map_set(&gone, c.chain.links[3].stands, &c);
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(STR("classic"), STR("test"));
	struct forecast_subject ask = { .chain = &c.chain, .level = &level, .store = store,
	                                .asked_bases = true, .gone = &gone };
	forecast_make(c.s->arena, &ask, &c.forecast);
	assert_string_equal(chain_said(&c), "hhmm");
	chain_assert(&c, 3, MISS_PRUNED, "the engine has forgotten it since");
	assert_int_equal(chain_at(&c, 4)->why, MISS_PARENT);
}

/* Images change their ids when a level runs all anew, and what stood on the old ones is not
 * found on the new. */
static void test_make__classic_stands_on_the_last_image(void **state)
{
	owned_case struct chain_case c = { .s = *state, .engine = "classic",
	                                   .dockerfile = "FROM base\nRUN one\nRUN two\n" };
	size_t n;
	for (size_t build = 0; build < 2; build++) {
		c.dockerfile = build ? "FROM base\nRUN one\nRUN three\n" : "FROM base\nRUN one\nRUN two\n";
		chain_forecast(&c, make_files);
		owned(forecast_store) struct forecast_store *store =
			forecast_store_open(STR("classic"), STR("test"));
		struct forecast_end ends[3] = {
			{ .ended_well = true, .layer = STR("aaaaaaaaaaaa") },
			{ .ended_well = true, .layer = build ? STR("bbbbbbbbbbbb") : STR("cccccccccccc") },
			{ .ended_well = true, .layer = build ? STR("dddddddddddd") : STR("eeeeeeeeeeee") } };
		struct forecast_known *known = forecast_learn(c.s->arena, &c.chain, store, ends, &n);
		assert_true(forecast_store_append(store, known, n, &c.s->err));
	}
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hhh");
	c.dockerfile = "FROM base\nRUN one\nRUN two\n";
	chain_forecast(&c, make_files);
	assert_string_equal(chain_said(&c), "hhm");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHAIN_TEST(test_make__knows_nothing_before_the_first_build),
		CHAIN_TEST(test_make__serves_what_was_built_before),
		CHAIN_TEST(test_make__names_the_file_that_changed),
		CHAIN_TEST(test_make__tells_added_removed_and_moved_files),
		CHAIN_TEST(test_make__names_the_argument),
		CHAIN_TEST(test_make__sees_a_level_in_an_argument_or_in_no_cache),
		CHAIN_TEST(test_make__serves_a_folder_without_cache),
		CHAIN_TEST(test_make__tells_another_text_and_what_it_was),
		CHAIN_TEST(test_make__classic_counts_what_makes_no_layer),
		CHAIN_TEST(test_make__tells_a_base_that_has_moved),
		CHAIN_TEST(test_make__counts_no_step_that_was_not_reached),
		CHAIN_TEST(test_make__hangs_on_a_stage_that_runs_anew),
		CHAIN_TEST(test_make__follows_a_copied_file_through_its_stage),
		CHAIN_TEST(test_make__learns_that_a_stage_gave_the_same),
		CHAIN_TEST(test_make__finds_layers_that_are_gone),
		CHAIN_TEST(test_make__classic_stands_on_the_last_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
