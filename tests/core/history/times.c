#include "core/history/times.h"

#include "tests/core/history/history_case.h"

static struct times *read_times(struct scratch *s, const char *engine, size_t most)
{
	struct times *t = times_read("/p", "p", engine, engine ? "unix:///e" : NULL, most, &s->err);
	assert_non_null(t);
	return t;
}

static void test_times__are_percentiles_by_nearest_rank(void **state)
{
	struct scratch *s = *state;
	struct times_range r;
	case_history(s);
	const double seconds[] = { 8, 1, 5, 2, 9, 3, 10, 4, 7, 6 };
	for (size_t i = 0; i < 10; i++)
		case_run(s, arena_printf(s->arena, "2026-%02zu", i), seconds[i]);
	owned(times) struct times *t = read_times(s, "buildkit", 20);
	assert_int_equal(times_builds(t), 10);
	assert_true(times_step(t, STR(""), STR("RUN x"), &r));
	assert_int_equal(r.n, 10);
	assert_true(r.p25 == 3 && r.p50 == 5 && r.p90 == 9 && r.last == 6);
	assert_true(times_build(t, STR("none"), &r));
	assert_true(r.p25 == 4 && r.p50 == 6 && r.p90 == 10 && r.last == 7);
	assert_false(times_build(t, STR("C1"), &r));
	assert_false(times_step(t, STR("other"), STR("RUN x"), &r));
	assert_int_equal(r.n, 0);
}

static void test_times__of_one_run_are_that(void **state)
{
	struct scratch *s = *state;
	struct times_range r;
	case_history(s);
	case_run(s, "a", 2.5);
	owned(times) struct times *t = read_times(s, "buildkit", 20);
	assert_true(times_step(t, STR(""), STR("RUN x"), &r));
	assert_true(r.n == 1 && r.p25 == 2.5 && r.p50 == 2.5 && r.p90 == 2.5 && r.last == 2.5);
	assert_true(times_overhead(t, 0) == 1);
}

static void test_times__leave_out_what_did_not_run_here(void **state)
{
	struct scratch *s = *state;
	struct times_range r;
	const struct case_step step = { "", "RUN x", 100, false, false };
	const struct case_step cached = { "", "RUN x", 200, true, false };
	const struct case_step failed = { "", "RUN x", 300, false, true };
	case_history(s);
	case_run(s, "a", 1);
	case_build(s, &(struct case_build){ .id = "b", .engine = "classic", .steps = &step,
		.nsteps = 1 });
	case_build(s, &(struct case_build){ .id = "c", .address = "tcp://h", .steps = &step,
		.nsteps = 1 });
	case_build(s, &(struct case_build){ .id = "d", .project = "q", .steps = &step, .nsteps = 1 });
	case_build(s, &(struct case_build){ .id = "e", .engine = "watch", .steps = &step,
		.nsteps = 1 });
	case_build(s, &(struct case_build){ .id = "f", .steps = &cached, .nsteps = 1 });
	case_build(s, &(struct case_build){ .id = "g", .steps = &failed, .nsteps = 1, .failed = true });
	case_build(s, &(struct case_build){ .id = "h", .steps = &step, .nsteps = 1 });
	scratch_write(s, "state/mortar/builds/h/imported", "");
	scratch_mkdir(s, "state/mortar/builds/i");
	owned(times) struct times *t = read_times(s, "buildkit", 20);
	assert_int_equal(times_builds(t), 3);
	assert_true(times_step(t, STR(""), STR("RUN x"), &r));
	assert_true(r.n == 1 && r.p90 == 1);
	assert_true(times_overhead(t, 0) < 0);

	struct times_point points[8];
	assert_int_equal(times_series(t, STR(""), STR("RUN x"), points, 8), 3);
	assert_true(points[0].seconds == 1 && !points[0].cached && !points[0].failed);
	assert_true(points[1].cached && points[2].failed);
	assert_string_equal(points[2].build, "g");
	assert_int_equal(points[2].lines, 3);
	assert_int_equal(times_series(t, STR(""), STR("RUN x"), points, 2), 2);
	assert_true(points[0].cached && points[1].failed);
}

static void test_times__take_the_newest_only(void **state)
{
	struct scratch *s = *state;
	struct times_range r;
	case_history(s);
	for (size_t i = 0; i < 30; i++)
		case_run(s, arena_printf(s->arena, "%02zu", i), (double)i);
	owned(times) struct times *t = read_times(s, "buildkit", 5);
	assert_int_equal(times_builds(t), 5);
	assert_true(times_step(t, STR(""), STR("RUN x"), &r));
	assert_true(r.p25 == 26 && r.p90 == 29);
}

static void test_times__without_an_engine_are_those_of_the_newest(void **state)
{
	struct scratch *s = *state;
	const struct case_step step = { "", "RUN x", 7, false, false };
	struct times_range r;
	case_history(s);
	case_run(s, "a", 1);
	case_build(s, &(struct case_build){ .id = "b", .engine = "classic", .steps = &step,
		.nsteps = 1 });
	owned(times) struct times *t = read_times(s, NULL, 20);
	assert_true(times_step(t, STR(""), STR("RUN x"), &r));
	assert_true(r.n == 1 && r.last == 7);
}

static void test_times__ignore_files_that_no_job_has_written(void **state)
{
	static const char *const texts[] = {
		"", "{", "[]", "null", "{\"steps\":", "{\"format\":1,\"root\":\"/p\",\"project\":\"p\","
		"\"engine\":\"buildkit\",\"engine_address\":\"unix:///e\",\"steps\":7}",
		"{\"root\":\"/p\",\"project\":\"p\",\"engine\":\"buildkit\","
			"\"engine_address\":\"unix:///e\","
		"\"steps\":[3,null,{\"stage\":4,\"seconds\":[]},{\"name\":\"RUN x\",\"seconds\":1e999,"
		"\"ok\":true},{\"name\":\"RUN y\",\"seconds\":-5,\"ok\":true,\"lines\":-1}]}",
	};
	struct scratch *s = *state;
	struct times_range r;
	case_history(s);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *dir = arena_printf(s->arena, "state/mortar/builds/%zu", i);
		scratch_mkdir(s, dir);
		scratch_write(s, arena_printf(s->arena, "%s/times.json", dir), texts[i]);
	}
	owned(times) struct times *t = read_times(s, "buildkit", 20);
	assert_int_equal(times_builds(t), 1);
	assert_true(times_step(t, STR(""), STR("RUN x"), &r) && r.last == 0);
	assert_true(times_step(t, STR(""), STR("RUN y"), &r) && r.last == 0);
}

static void test_times__without_a_history_are_none(void **state)
{
	struct scratch *s = *state;
	setenv("XDG_STATE_HOME", scratch_path(s, "nowhere"), 1);
	owned(times) struct times *t = read_times(s, "buildkit", 20);
	assert_int_equal(times_builds(t), 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_times__##name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(are_percentiles_by_nearest_rank), TEST(of_one_run_are_that),
		TEST(leave_out_what_did_not_run_here), TEST(take_the_newest_only),
		TEST(without_an_engine_are_those_of_the_newest),
		TEST(ignore_files_that_no_job_has_written), TEST(without_a_history_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
