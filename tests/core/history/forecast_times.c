#include "core/history/forecast_times.h"

#include "core/value/json.h"
#include "tests/core/history/history_case.h"

static const char steps_text[] =
	"[{\"name\":\"fetch q\",\"task\":\"fetch\"},{\"name\":\"FROM base AS a\",\"stage\":\"a\","
		"\"line\":1},"
	"{\"name\":\"RUN x\",\"stage\":\"a\",\"line\":2},{\"name\":\"FROM base\","
		"\"stage\":\"stage-1\",\"line\":3},"
	"{\"name\":\"RUN y\",\"stage\":\"stage-1\",\"line\":4},"
	"{\"name\":\"COPY --from=a / /\",\"stage\":\"stage-1\",\"line\":5}]";

static void add(struct scratch *s, struct forecast *f)
{
	owned(problems) struct problems *problems = problems_new();
	const struct value *steps;
	const struct source *text = source_new(s->arena, STR("Dockerfile"), NULL,
		STR("FROM base AS a\nRUN x\nFROM base\nRUN y\nCOPY --from=a / /\n"));
	owned(recipe) struct recipe *r = recipe_parse(text, (struct str){ 0 }, problems);
	assert_non_null(r);
	assert_true(value_parse_json(s->arena, STR(steps_text), &steps, &s->err));
	owned(times) struct times *t = times_read("/p", "p", arena_text(s->arena, f->engine),
	                                          "unix:///e", 20, &s->err);
	assert_non_null(t);
	forecast_add_times(s->arena, f, steps, r, t);
}

static void history(struct scratch *s)
{
	case_history(s);
	for (size_t i = 0; i < 4; i++) {
		const struct case_step steps[] = {
			{ "a", "RUN x", 10 + (double)i, false, false },
			{ "stage-1", "RUN y", 30, false, false },
			{ "stage-1", "COPY --from=a / /", 1, false, false },
		};
		for (size_t e = 0; e < 2; e++)
			case_build(s, &(struct case_build){
				.id = arena_printf(s->arena, "%zu%zu", i, e), .steps = steps, .nsteps = 3,
				.seconds = 33, .path = 31, .engine = e ? "classic" : "buildkit" });
	}
}

static const char *range(struct scratch *s, const struct forecast *f)
{
	owned_buf struct buf out = { 0 };
	forecast_append_range(&out, f);
	return arena_text(s->arena, buf_str(&out));
}

static void test_forecast_add_times__takes_hits_as_nothing(void **state)
{
	struct scratch *s = *state;
	const struct forecast_step steps[] = {
		{ .step = 2, .verdict = VERDICT_MISS }, { .step = 4, .verdict = VERDICT_HIT },
		{ .step = 5, .verdict = VERDICT_MISS },
	};
	struct forecast f = { .steps = steps, .nsteps = 3, .engine = STR("buildkit") };
	history(s);
	add(s, &f);
	/* The hit's own time is told all the same: it may yet be a miss. */
	assert_true(f.steps[1].p50 == 30);
	assert_true(f.steps[0].p25 == 10 && f.steps[0].p50 == 11 && f.steps[0].p90 == 13);
	assert_int_equal(f.npath, 2);
	assert_true(f.path[0] == 2 && f.path[1] == 5);
	/* x, the copy, and 2 s beside the steps. */
	assert_true(f.p25 >= 13 && f.p25 <= 14 && f.p90 == 16);
	assert_int_equal(forecast_untimed(&f), 0);
}

static void test_forecast_add_times__knows_which_stages_run_side_by_side(void **state)
{
	struct scratch *s = *state;
	const struct forecast_step steps[] = {
		{ .step = 2, .verdict = VERDICT_UNKNOWN }, { .step = 4, .verdict = VERDICT_MISS },
		{ .step = 5, .verdict = VERDICT_MISS },
	};
	struct forecast f = { .steps = steps, .nsteps = 3, .engine = STR("buildkit") };
	struct forecast g = { .steps = steps, .nsteps = 3, .engine = STR("classic") };
	history(s);
	add(s, &f);
	assert_string_equal(range(s, &f), "33s");
	assert_true(f.npath == 2 && f.path[0] == 4);
	add(s, &g);
	assert_true(g.p90 == 46 && g.npath == 3);
}

static void test_forecast_add_times__says_what_it_does_not_know(void **state)
{
	struct scratch *s = *state;
	const struct forecast_step steps[] = {
		{ .step = 1, .verdict = VERDICT_MISS }, { .step = 4, .verdict = VERDICT_MISS },
		{ .step = 77, .verdict = VERDICT_MISS },
	};
	struct forecast f = { .steps = steps, .nsteps = 3, .engine = STR("buildkit") };
	struct forecast g = { .steps = steps, .nsteps = 3, .engine = STR("podman") };
	history(s);
	add(s, &f);
	assert_true(f.steps[0].p50 < 0 && f.steps[2].p90 < 0);
	assert_string_equal(range(s, &f), "32s + 2 never timed");
	add(s, &g);
	assert_true(g.p25 < 0 && g.npath == 0);
	assert_string_equal(range(s, &g), "");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_forecast_add_times__##name, scratch_setup, \
	                                scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_hits_as_nothing), TEST(knows_which_stages_run_side_by_side),
		TEST(says_what_it_does_not_know),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
