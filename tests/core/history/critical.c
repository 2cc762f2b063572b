#include "core/history/critical.h"

#include <math.h>

#include "core/value/json.h"
#include "tests/core/history/history_case.h"

/* Two stages side by side, the second of which takes from the first at its end. */
static const char two_stages[] =
	"FROM base AS one\n"            /* 0 */
	"RUN a\n"                       /* 1 */
	"RUN b\n"                       /* 2 */
	"FROM base\n"                   /* 3 */
	"ENV x=1\n"                     /* 4 */
	"RUN c\n"                       /* 5 */
	"COPY --from=ONE /r /r\n"       /* 6 */
	"RUN d\n";                      /* 7 */

static struct recipe *parse(struct scratch *s, const char *text)
{
	owned(problems) struct problems *problems = problems_new();
	struct recipe *r = recipe_parse(source_new(s->arena, STR("Dockerfile"), NULL, str_of(text)),
	                                (struct str){ 0 }, problems);
	assert_non_null(r);
	return r;
}

/* One step an instruction, all of stage "". */
static struct critical *make(struct scratch *s, const struct recipe *r, const char *engine)
{
	struct critical_step steps[32] = { 0 };
	(void)s;
	for (size_t i = 0; i < r->ninstructions; i++)
		steps[i] = (struct critical_step){
			.name = r->instructions[i].text, .line = r->instructions[i].first_line,
			.is_meta = !instruction_makes_layer(r->instructions[i].kind),
		};
	return critical_new(steps, r->ninstructions, r, engine);
}

/* "5: 1 2 6 7" */
static const char *path(struct scratch *s, const struct critical *c, const double *seconds)
{
	owned_buf struct buf out = { 0 };
	int steps[32];
	size_t n = 0;
	double longest = critical_path(c, seconds, steps, &n);
	buf_printf(&out, "%g:", longest);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, " %d", steps[i]);
	assert_true(critical_path(c, seconds, NULL, NULL) == longest);
	return arena_text(s->arena, buf_str(&out));
}

static void test_critical_path__takes_the_longer_of_stages_side_by_side(void **state)
{
	struct scratch *s = *state;
	owned(recipe) struct recipe *r = parse(s, two_stages);
	owned(critical) struct critical *c = make(s, r, "buildkit");
	assert_string_equal(path(s, c, (double[]){ 1, 2, 3, 1, 0, 1, 4, 5 }), "15: 0 1 2 6 7");
	assert_string_equal(path(s, c, (double[]){ 1, 2, 3, 1, 0, 9, 4, 5 }), "19: 3 5 6 7");
	assert_string_equal(path(s, c, (double[]){ 1, 2, 30, 1, 0, 9, 0, 0 }), "33: 0 1 2");
	assert_string_equal(path(s, c, (double[]){ 0, 0, -1, 0, 0, 0, 0, 0 }), "0:");
}

static void test_critical_path__is_all_where_one_follows_the_other(void **state)
{
	struct scratch *s = *state;
	owned(recipe) struct recipe *r = parse(s, two_stages);
	owned(critical) struct critical *c = make(s, r, "classic");
	assert_string_equal(path(s, c, (double[]){ 1, 2, 3, 1, 0, 1, 4, 5 }), "17: 0 1 2 3 5 6 7");
}

static void test_critical_path__follows_bases_mounts_and_numbers(void **state)
{
	struct scratch *s = *state;
	owned(recipe) struct recipe *r = parse(s,
		"FROM base AS one\nRUN a\n"                                     /* 0 1 */
		"FROM one AS two\nRUN b\n"                                      /* 2 3 */
		"FROM base AS three\nRUN c\n"                                   /* 4 5 */
		"FROM scratch\nCOPY --from=0 / /\n"                             /* 6 7 */
		"RUN --mount=type=bind,from=three,target=/x d\nCOPY --from=two / /\n"); /* 8 9 */
	owned(critical) struct critical *c = make(s, r, "buildkit");
	assert_string_equal(path(s, c, (double[]){ 1, 1, 1, 1, 1, 1, 1, 1, 2, 1 }), "6: 0 1 7 8 9");
	assert_string_equal(path(s, c, (double[]){ 1, 1, 1, 9, 1, 1, 1, 1, 1, 1 }), "13: 0 1 2 3 9");
	assert_string_equal(path(s, c, (double[]){ 1, 1, 1, 1, 1, 8, 1, 1, 1, 1 }), "11: 4 5 8 9");
}

static void test_critical_path__begins_with_our_own_tasks(void **state)
{
	struct scratch *s = *state;
	owned(recipe) struct recipe *r = parse(s, "FROM base AS a\nRUN x\nFROM base\nRUN y\n"
	                                          "COPY --from=a / /\n");
	const struct critical_step steps[] = {
		{ .name = STR("fetch a"), .is_task = true }, { .name = STR("fetch b"), .is_task = true },
		{ .line = 1 }, { .line = 2 }, { .line = 3 }, { .line = 4 }, { .line = 5 },
	};
	owned(critical) struct critical *c = critical_new(steps, 7, r, "buildkit");
	assert_string_equal(path(s, c, (double[]){ 5, 6, 1, 3, 1, 2, 1 }), "16: 0 1 2 3 6");
}

static void test_critical_of_steps__reads_what_build_start_says(void **state)
{
	struct scratch *s = *state;
	const struct value *steps;
	owned(recipe) struct recipe *r = parse(s,
		"FROM base AS a\nRUN x\nFROM base\nCOPY --from=a / /\n");
	assert_true(value_parse_json(s->arena,
		STR("[{\"name\":\"fetch q\",\"task\":\"fetch\",\"stage\":null,"
		"\"line\":null},{\"name\":\"FROM base AS a\",\"stage\":\"a\",\"line\":1},"
		"{\"name\":\"RUN x\",\"stage\":\"a\",\"line\":2},{\"name\":\"FROM base\","
			"\"stage\":\"stage-1\","
		"\"line\":3,\"meta\":true},{\"name\":\"COPY --from=a / /\",\"stage\":\"stage-1\","
			"\"line\":4}]"),
		&steps, &s->err));
	owned(critical) struct critical *c = critical_of_steps(steps, r, "buildkit");
	assert_int_equal(critical_count(c), 5);
	assert_true(critical_step(c, 0)->is_task && critical_step(c, 3)->is_meta);
	assert_true(str_eq(critical_step(c, 2)->stage, STR("a")));
	assert_string_equal(path(s, c, (double[]){ 1, 1, 1, 0, 1 }), "4: 0 1 2 4");
}

/* ---- ranges ---- */

static const enum critical_will all_run[8] = { 0 };

static struct times *times_of(struct scratch *s, const double (*seconds)[4], size_t builds)
{
	case_history(s);
	for (size_t i = 0; i < builds; i++) {
		const double *t = seconds[i];
		const struct case_step steps[] = {
			{ "", "RUN a", t[0], t[0] == 0, false }, { "", "RUN b", t[1], t[1] == 0, false },
			{ "", "RUN c", t[2], t[2] == 0, false },
		};
		case_build(s, &(struct case_build){
			.id = arena_printf(s->arena, "%02zu", i), .steps = steps, .nsteps = 3,
			.path = 10, .seconds = 10 + t[3],
		});
	}
	struct times *t = times_read("/p", "p", "buildkit", "unix:///e", 20, &s->err);
	assert_non_null(t);
	return t;
}

static struct critical *chain(struct scratch *s, const char *text)
{
	owned(recipe) struct recipe *r = parse(s, text);
	return make(s, r, "buildkit");
}

static void test_critical_expect__is_exact_where_builds_were_alike(void **state)
{
	struct scratch *s = *state;
	owned(times) struct times *t = times_of(s, (const double[][4]){ { 1, 2, 3, 0.5 }, { 1, 2, 3,
		0.5 } }, 2);
	owned(critical) struct critical *c = chain(s, "FROM scratch\nRUN a\nRUN b\nRUN c\n");
	const enum critical_will will[] = { CRITICAL_IS_CACHED, CRITICAL_RUNS, CRITICAL_RUNS,
		CRITICAL_RUNS };
	struct critical_range r = critical_expect(c, t, will);
	assert_true(fabs(r.p25 - 6.5) < 1e-9 && fabs(r.p90 - 6.5) < 1e-9);
	assert_int_equal(r.unknown, 0);
	const enum critical_will half[] = { CRITICAL_IS_CACHED, CRITICAL_IS_CACHED, CRITICAL_RUNS,
		CRITICAL_RUNS };
	assert_true(fabs(critical_expect(c, t, half).p50 - 5.5) < 1e-9);
}

/* What made one step slow made the others slow: the builds stay whole. */
static void test_critical_expect__keeps_steps_of_one_build_together(void **state)
{
	struct scratch *s = *state;
	owned(times) struct times *t = times_of(s, (const double[][4]){
		{ 1, 9, 1, 0 }, { 9, 1, 1, 0 }, { 1, 9, 1, 0 }, { 9, 1, 1, 0 } }, 4);
	owned(critical) struct critical *c = chain(s, "FROM scratch\nRUN a\nRUN b\nRUN c\n");
	const enum critical_will will[] = { CRITICAL_IS_CACHED, CRITICAL_RUNS, CRITICAL_RUNS,
		CRITICAL_RUNS };
	struct critical_range r = critical_expect(c, t, will);
	assert_true(r.p25 == 11 && r.p50 == 11 && r.p90 == 11);
}

/* Of ten steps that one build in five is slow in, none is always slow: p90 of the whole is
 * well below the sum of the p90s. */
static void test_critical_expect__is_less_than_the_sum_of_the_worst(void **state)
{
	struct scratch *s = *state;
	case_history(s);
	for (size_t i = 0; i < 20; i++) {
		struct case_step steps[10];
		for (size_t k = 0; k < 10; k++)
			steps[k] = (struct case_step){ "", arena_printf(s->arena, "RUN %zu", k),
			                               (i + 2 * k) % 5 == 0 ? 10 : 1, false, false };
		case_build(s, &(struct case_build){ .id = arena_printf(s->arena, "%02zu", i),
		                                    .steps = steps, .nsteps = 10 });
	}
	owned(times) struct times *t = times_read("/p", "p", "buildkit", "unix:///e", 20, &s->err);
	owned(critical) struct critical *c = chain(s,
		"FROM scratch\nRUN 0\nRUN 1\nRUN 2\nRUN 3\nRUN 4\n"
	                                              "RUN 5\nRUN 6\nRUN 7\nRUN 8\nRUN 9\n");
	struct times_range one;
	assert_true(times_step(t, STR(""), STR("RUN 3"), &one) && one.p90 == 10);
	enum critical_will will[11] = { CRITICAL_IS_CACHED };
	struct critical_range r = critical_expect(c, t, will);
	assert_true(r.p25 >= 10 && r.p90 < 60);
	struct critical_range again = critical_expect(c, t, will);
	assert_memory_equal(&r, &again, sizeof r);
}

static void test_critical_expect__counts_what_nobody_has_timed(void **state)
{
	struct scratch *s = *state;
	owned(times) struct times *t = times_of(s, (const double[][4]){ { 1, 2, 0, 1 } }, 1);
	owned(critical) struct critical *c = chain(s, "FROM scratch\nENV q=1\nRUN a\nRUN c\nRUN new\n");
	const enum critical_will will[] = { CRITICAL_IS_CACHED, CRITICAL_RUNS, CRITICAL_RUNS,
		CRITICAL_RUNS, CRITICAL_RUNS };
	struct critical_range r = critical_expect(c, t, will);
	assert_int_equal(r.unknown, 2);
	assert_true(r.p50 == 2);
	owned(times) struct times *none = times_read("/p", "other", "buildkit", "unix:///e", 20,
		&s->err);
	r = critical_expect(c, none, all_run);
	assert_true(r.p90 == 0 && r.unknown == 4);
}

/* ---- what remains ---- */

struct running {
	struct build *build;
	double t;
};

static void tell(struct running *r, struct scratch *s, enum event_kind kind, int step,
	const char *fields)
{
	const struct value *v = NULL;
	assert_true(value_parse_json(s->arena, str_of(fields), &v, &s->err));
	build_apply(r->build, &(struct event){ .t = r->t, .kind = kind, .step = step, .fields = v });
}

static void test_eta__is_what_longer_runs_took_beyond(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_new();
	struct running r = { b, 1000 };
	struct eta eta;
	owned(times) struct times *t = times_of(s, (const double[][4]){
		{ 10, 4, 2, 0 }, { 20, 4, 2, 0 }, { 30, 4, 2, 0 }, { 40, 4, 2, 0 } }, 4);
	owned(recipe) struct recipe *recipe = parse(s, "FROM scratch\nRUN a\nRUN b\nRUN c\n");
	tell(&r, s, EVENT_BUILD_START, -1, "{\"engine\":\"buildkit\",\"steps\":["
	     "{\"name\":\"FROM scratch\",\"line\":1,\"forecast\":\"hit\"},{\"name\":\"RUN a\","
		"\"line\":2},"
	     "{\"name\":\"RUN b\",\"line\":3},{\"name\":\"RUN c\",\"line\":4,\"forecast\":\"hit\"}]}");
	owned(critical) struct critical *c = critical_of_build(b, recipe);
	assert_true(eta_range(b, c, t, 1000, &eta));
	assert_true((eta.left.p25 == 14 || eta.left.p25 == 24) && eta.left.p90 == 44 && !eta.is_late);
	tell(&r, s, EVENT_STEP_START, 1, "{}");
	/* 25 s in, the runs of 10 and 20 s are out. */
	assert_true(eta_range(b, c, t, 1025, &eta));
	assert_true(eta.left.p25 == 9 && eta.left.p90 == 19 && !eta.is_late);
	assert_int_equal(eta.left.unknown, 0);
	/* Longer than ever: any moment now. */
	assert_true(eta_range(b, c, t, 1050, &eta));
	assert_true(eta.left.p25 == 4 && eta.left.p90 == 4 && eta.is_late);
	r.t = 1050;
	tell(&r, s, EVENT_STEP_DONE, 1, "{\"ok\":true,\"seconds\":50}");
	tell(&r, s, EVENT_STEP_START, 2, "{}");
	assert_true(eta_range(b, c, t, 1053, &eta));
	assert_true(fabs(eta.left.p50 - 1) < 1e-9 && !eta.is_late && eta.left.unknown == 0);
	tell(&r, s, EVENT_BUILD_DONE, -1, "{\"ok\":true}");
	assert_false(eta_range(b, c, t, 1060, &eta));
}

static void test_eta__is_unknown_without_former_builds(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_new();
	struct running r = { b, 1000 };
	struct eta eta;
	case_history(s);
	owned(times) struct times *t = times_read("/p", "p", "buildkit", "unix:///e", 20, &s->err);
	tell(&r, s, EVENT_BUILD_START, -1,
		"{\"engine\":\"buildkit\",\"steps\":[{\"name\":\"RUN a\"}]}");
	owned(critical) struct critical *c = critical_of_build(b, NULL);
	assert_false(eta_range(b, c, t, 1000, &eta));
}

/* The engine's own steps come after ours, and are no part of the way. */
static void test_critical_of_folder__reads_the_kept_dockerfile(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_new();
	struct running r = { b, 1000 };
	scratch_write(s, "Dockerfile", two_stages);
	tell(&r, s, EVENT_BUILD_START, -1, "{\"engine\":\"buildkit\",\"steps\":["
	     "{\"line\":1},{\"line\":2},{\"line\":3},{\"line\":4},{\"line\":5},{\"line\":6},"
	     "{\"line\":7},{\"line\":8}]}");
	tell(&r, s, EVENT_STEP_ADD, 8, "{\"name\":\"exporting\",\"internal\":true}");
	owned(critical) struct critical *c = critical_of_folder(b, s->dir);
	assert_int_equal(critical_count(c), 8);
	assert_string_equal(path(s, c, (double[]){ 1, 2, 3, 1, 0, 1, 4, 5 }), "15: 0 1 2 6 7");
	owned(critical) struct critical *none = critical_of_folder(b, scratch_path(s, "nowhere"));
	assert_string_equal(path(s, none, (double[]){ 1, 2, 3, 1, 0, 1, 4, 5 }), "17: 0 1 2 3 5 6 7");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(critical_path__takes_the_longer_of_stages_side_by_side),
		TEST(critical_path__is_all_where_one_follows_the_other),
		TEST(critical_path__follows_bases_mounts_and_numbers),
		TEST(critical_path__begins_with_our_own_tasks),
		TEST(critical_of_steps__reads_what_build_start_says),
		TEST(critical_expect__is_exact_where_builds_were_alike),
		TEST(critical_expect__keeps_steps_of_one_build_together),
		TEST(critical_expect__is_less_than_the_sum_of_the_worst),
		TEST(critical_expect__counts_what_nobody_has_timed),
		TEST(eta__is_what_longer_runs_took_beyond),
		TEST(eta__is_unknown_without_former_builds),
		TEST(critical_of_folder__reads_the_kept_dockerfile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
