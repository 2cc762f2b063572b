/* What stages gave, and what is foretold by it. */
#include "core/history/fingerprint_inputs.h"
#include "core/os/append.h"
#include "tests/core/history/chain.h"

/* 0 FROM, 1 COPY, 2 RUN in the stage; 3 FROM, 4 COPY --from, 5 RUN on it. */
static const char results_make[] =
	"FROM base AS one\nCOPY a.c b.md /in/\nRUN make\nFROM base\n"
	"COPY --from=one /out /out\nRUN use\n";
static const char results_install[] =
	"FROM base AS one\nCOPY . /in/\nRUN pip install -r list.txt\nFROM base\n"
	"COPY --from=one /out /out\nRUN use\n";

static const char *const results_files[] = { "a.c", "1", "b.md", "1", "list.txt", "1", NULL };
static const char *const results_other_doc[] = { "a.c", "1", "b.md", "2", "list.txt", "1", NULL };
static const char *const results_third_doc[] = { "a.c", "1", "b.md", "3", "list.txt", "1", NULL };
static const char *const results_other_code[] = { "a.c", "2", "b.md", "1", "list.txt", "1", NULL };
static const char *const results_third_code[] = { "a.c", "3", "b.md", "1", "list.txt", "1", NULL };
static const char *const results_other_list[] = { "a.c", "1", "b.md", "1", "list.txt", "2", NULL };

/* The engine did so: a letter a step that makes a layer, h served, m run. */
static void results_build(struct chain_case *c, const char *const *files, const char *did)
{
	size_t n;
	chain_forecast(c, files);
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(str_of(c->engine), STR("test"));
	struct forecast_end *ends = arena_array(c->s->arena, c->chain.n + 1, sizeof *ends);
	assert_int_equal(strlen(did), c->forecast.nsteps);
	for (size_t i = 0; i < c->chain.n; i++) {
		ends[i].ended_well = true;
		for (size_t k = 0; k < c->forecast.nsteps; k++)
			if (c->forecast.steps[k].step == c->chain.links[i].step.step)
				ends[i].cached = did[k] == 'h';
	}
	struct forecast_known *known = forecast_learn(c->s->arena, &c->chain, store, ends, &n);
	assert_true(forecast_store_append(store, known, n, &c->s->err));
}

static void results_assert(struct chain_case *c, const char *const *files, const char *said)
{
	chain_forecast(c, files);
	assert_string_equal(chain_said(c), said);
}

static const char *const results_engines[] = { "buildkit", "classic" };
#define RESULTS_EACH(e) for (size_t e = 0; e < 2; e++)
#define RESULTS_CASE(state, e, text) \
	{ .s = *(state), .engine = results_engines[e], .dockerfile = (text) }

static void test_results__learn_which_files_do_not_count(void **state)
{
	RESULTS_EACH(e) {
		owned_case struct chain_case c = RESULTS_CASE(state, e, results_make);
		results_build(&c, results_files, "hmmhmm");
		/* Nothing is known of either: make may read both. */
		results_assert(&c, results_other_doc, "hmmhmm");
		results_build(&c, results_other_doc, "hmmhhh");
		results_build(&c, results_other_code, "hmmhmm");
		results_assert(&c, results_third_doc, "hmmhhh");
		const struct forecast_step *f = chain_at(&c, 4);
		assert_true(str_eq(f->sentence, STR("served if step 2, which is run anew, gives what it "
		                                    "always gave")));
		results_assert(&c, results_third_code, "hmmhmm");
		/* What was built is known whatever came between. */
		results_assert(&c, results_files, "hhhhhh");
	}
}

static void test_results__believe_no_file_that_has_counted_once(void **state)
{
	RESULTS_EACH(e) {
		owned_case struct chain_case c = RESULTS_CASE(state, e, results_make);
		results_build(&c, results_files, "hmmhmm");
		results_build(&c, results_other_code, "hmmhhh");
		results_assert(&c, results_third_code, "hmmhhh");
		results_build(&c, results_third_code, "hmmhmm");
		static const char *const fourth[] = { "a.c", "4", "b.md", "1", "list.txt", "1", NULL };
		results_assert(&c, fourth, "hmmhmm");
	}
}

static void test_results__take_a_list_to_be_all_that_is_read(void **state)
{
	RESULTS_EACH(e) {
		owned_case struct chain_case c = RESULTS_CASE(state, e, results_install);
		results_build(&c, results_files, "hmmhmm");
		results_assert(&c, results_other_code, "hmmhhh");
		results_assert(&c, results_other_list, "hmmhmm");
		/* Until it is seen to be wrong. */
		results_build(&c, results_other_code, "hmmhmm");
		results_assert(&c, results_third_code, "hmmhmm");
		results_assert(&c, results_other_doc, "hmmhhh");
	}
}

/* However often it was the same, a file that is named counts. */
static void test_results__never_doubt_what_a_command_names(void **state)
{
	static const char *const fourth[] = { "a.c", "1", "b.md", "1", "list.txt", "4", NULL };
	RESULTS_EACH(e) {
		owned_case struct chain_case c = RESULTS_CASE(state, e, results_install);
		results_build(&c, results_files, "hmmhmm");
		results_build(&c, results_other_list, "hmmhhh");
		results_assert(&c, fourth, "hmmhmm");
		/* That it was the same is known of the one that was seen. */
		results_assert(&c, results_other_list, "hhhhhh");
	}
}

static void test_results__count_what_is_copied_itself(void **state)
{
	static const char *const beside[] = { "d/a", "1", "e", "2", NULL };
	static const char *const before[] = { "d/a", "1", "e", "1", NULL };
	static const char *const itself[] = { "d/a", "2", "e", "1", NULL };
	RESULTS_EACH(e) {
		owned_case struct chain_case c = RESULTS_CASE(state, e,
			"FROM base AS one\nCOPY d /out/d\nCOPY e /e\nRUN make\nFROM base\n"
			"COPY --from=one /out /out\n");
		results_build(&c, before, "hmmmhm");
		results_build(&c, beside, "hhmmhh");
		results_build(&c, itself, "hmmmhm");
		results_assert(&c, beside, "hhhhhh");
		static const char *const other[] = { "d/a", "3", "e", "1", NULL };
		results_assert(&c, other, "hmmmhm");
		static const char *const third[] = { "d/a", "2", "e", "3", NULL };
		results_assert(&c, third, "hhmmhh");
	}
}

static void test_results__see_no_comment(void **state)
{
	RESULTS_EACH(e) {
		owned_case struct chain_case c = RESULTS_CASE(state, e, results_make);
		results_build(&c, results_files, "hmmhmm");
		c.dockerfile = "FROM base AS one\nCOPY a.c b.md /in/\nRUN make # all\nFROM base\n"
		               "COPY --from=one /out /out\nRUN use\n";
		results_assert(&c, results_files, "hhmhhh");
		c.dockerfile = "FROM base AS one\nCOPY a.c b.md /in/\nRUN make all\nFROM base\n"
		               "COPY --from=one /out /out\nRUN use\n";
		results_assert(&c, results_files, "hhmhmm");
	}
}

/* A command that gives another thing each time. */
static void test_results__learn_that_a_command_is_fickle(void **state)
{
	owned_case struct chain_case c = RESULTS_CASE(state, 0, results_make);
	static const char *const texts[] = {
		"FROM base AS one\nCOPY a.c b.md /in/\nRUN make # 1\nFROM base\n"
		"COPY --from=one /out /out\n",
		"FROM base AS one\nCOPY a.c b.md /in/\nRUN make # 2\nFROM base\n"
		"COPY --from=one /out /out\n",
		"FROM base AS one\nCOPY a.c b.md /in/\nRUN make # 3\nFROM base\n"
		"COPY --from=one /out /out\n",
	};
	c.dockerfile = texts[0];
	results_build(&c, results_files, "hmmhm");
	c.dockerfile = texts[1];
	results_assert(&c, results_files, "hhmhh");
	results_build(&c, results_files, "hhmhm");
	results_assert(&c, results_files, "hhhhh");
	c.dockerfile = texts[2];
	results_assert(&c, results_files, "hhmhm");
}

static void test_results__learn_nothing_of_a_cache_that_is_lost(void **state)
{
	owned_case struct chain_case c = RESULTS_CASE(state, 0, results_make);
	results_build(&c, results_files, "hmmhmm");
	results_build(&c, results_files, "hmmhmm");
	c.dockerfile = "FROM base AS one\nCOPY a.c b.md /in/\nRUN make # again\nFROM base\n"
	               "COPY --from=one /out /out\nRUN use\n";
	results_assert(&c, results_files, "hhmhhh");
}

static void test_results__read_past_what_is_broken(void **state)
{
	struct scratch *s = *state;
	owned_case struct chain_case c = RESULTS_CASE(state, 0, results_make);
	results_build(&c, results_files, "hmmhmm");
	results_build(&c, results_other_doc, "hmmhhh");
	owned(files) struct files *disk = files_disk("/");
	struct files_list list;
	const char *dir = scratch_path(s, "mortar/cached"), *path = NULL;
	assert_int_equal(files_list(disk, dir, s->arena, &list, &s->err), FILES_OK);
	for (size_t i = 0; i < list.n; i++)
		if (strstr(list.entries[i].name, ".results"))
			path = files_join(s->arena, dir, list.entries[i].name);
	assert_non_null(path);
	assert_true(append_shared(path, STR("=\n= \n= a\n= a b c d\n+ a\n- a b c\n\n+  \n= zz z z\n-"),
	                          &s->err));
	results_assert(&c, results_third_doc, "hmmhhh");
}

static void results_assert_command(struct arena *a, const char *shell, const char *wanted)
{
	assert_string_equal(arena_text(a, inputs_command(a, str_of(shell))), wanted);
}

static void test_words__take_comments_off(void **state)
{
	struct scratch *s = *state;
	results_assert_command(s->arena, "make # all", "make");
	results_assert_command(s->arena, "make;# all\nrun", "make;\nrun");
	results_assert_command(s->arena, "echo '# no' \"# no\" a#b \\# ${x#y}",
	                       "echo '# no' \"# no\" a#b \\# ${x#y}");
	results_assert_command(s->arena, "", "");
	results_assert_command(s->arena, "echo 'open # quote", "echo 'open # quote");
}

static void test_words__find_the_files_that_are_named(void **state)
{
	struct scratch *s = *state;
	struct inputs_words w = { 0 }, all = { 0 };
	inputs_words_add(s->arena, &w, STR("cd /src/lib/ && sh ./go.sh <in/list.txt *.c; echo $MODE"));
	assert_int_equal(inputs_words_name(&w, "x/go.sh"), INPUTS_NAMED);
	assert_int_equal(inputs_words_name(&w, "list.txt"), INPUTS_NAMED_DATA);
	assert_int_equal(inputs_words_name(&w, "lib/deep/x"), INPUTS_NAMED);
	assert_int_equal(inputs_words_name(&w, "y/a.c"), INPUTS_NAMED);
	assert_int_equal(inputs_words_name(&w, "src/notes.txt"), INPUTS_NOT_NAMED);
	assert_true(map_has(&w.words, STR("MODE")));
	inputs_words_add(s->arena, &all, STR("pip install ."));
	assert_int_equal(inputs_words_name(&all, "any"), INPUTS_NAMED);
	inputs_words_finish(&w);
	inputs_words_finish(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHAIN_TEST(test_results__learn_which_files_do_not_count),
		CHAIN_TEST(test_results__believe_no_file_that_has_counted_once),
		CHAIN_TEST(test_results__take_a_list_to_be_all_that_is_read),
		CHAIN_TEST(test_results__never_doubt_what_a_command_names),
		CHAIN_TEST(test_results__count_what_is_copied_itself),
		CHAIN_TEST(test_results__see_no_comment),
		CHAIN_TEST(test_results__learn_that_a_command_is_fickle),
		CHAIN_TEST(test_results__learn_nothing_of_a_cache_that_is_lost),
		CHAIN_TEST(test_results__read_past_what_is_broken),
		CHAIN_TEST(test_words__take_comments_off),
		CHAIN_TEST(test_words__find_the_files_that_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
