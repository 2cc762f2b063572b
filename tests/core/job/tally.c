#include "core/job/tally.h"

#include "core/history/times.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static void tell(struct scratch *s, struct tally *t, double at, enum event_kind kind, int step,
                 const char *fields)
{
	const struct value *v = NULL;
	assert_true(value_parse_json(s->arena, str_of(fields), &v, &s->err));
	tally_event(t, at, kind, step, v);
}

static const char start[] =
	"{\"id\":\"b\",\"root\":\"/p\",\"project\":\"p\",\"engine\":\"buildkit\","
	"\"engine_address\":\"unix:///e\",\"level\":\"C1\",\"steps\":[{\"name\":\"ENV a=1\",\"line\":2,"
	"\"meta\":true},{\"name\":\"RUN x\",\"stage\":\"one\",\"line\":3},{\"name\":\"RUN y\","
		"\"line\":4},"
	"{\"name\":\"RUN z\",\"line\":5}]}";

static void write_times(struct scratch *s, struct tally *t, const char *done)
{
	const struct value *v;
	scratch_mkdir(s, "mortar");
	scratch_mkdir(s, "mortar/builds");
	scratch_mkdir(s, "mortar/builds/b");
	assert_true(value_parse_json(s->arena, str_of(done), &v, &s->err));
	tally_write(t, scratch_path(s, "mortar/builds/b"), NULL, 110, v);
}

static void test_tally__is_read_back_as_times(void **state)
{
	struct scratch *s = *state;
	owned(tally) struct tally *t = tally_new();
	setenv("XDG_STATE_HOME", s->dir, 1);
	tell(s, t, 100, EVENT_BUILD_START, -1, start);
	tell(s, t, 101, EVENT_STEP_START, 1, "{}");
	tally_log(t, 1, 1, STR("one\ntwo\nthr"));
	tally_log(t, 1, 2, STR("to stderr"));
	tally_log(t, 1, 1, STR("ee\nlast"));
	tally_log(t, -1, 1, STR("nobody's"));
	tell(s, t, 104, EVENT_STEP_DONE, 1, "{\"ok\":true,\"seconds\":3.5}");
	tell(s, t, 104, EVENT_STEP_DONE, 2, "{\"ok\":true,\"cached\":true,\"seconds\":0}");
	write_times(s, t, "{\"ok\":true,\"exit\":0}");

	owned(times) struct times *times = times_read("/p", "p", "buildkit", "unix:///e", 9, &s->err);
	struct times_range r;
	struct times_point point;
	assert_int_equal(times_builds(times), 1);
	assert_true(times_step(times, STR("one"), STR("RUN x"), &r) && r.last == 3.5);
	assert_int_equal(times_series(times, STR("one"), STR("RUN x"), &point, 1), 1);
	assert_int_equal(point.lines, 5);
	assert_int_equal(times_series(times, STR(""), STR("RUN y"), &point, 1), 1);
	assert_true(point.cached && !point.failed);
	/* An ENV takes no time, RUN z was never come to. */
	assert_int_equal(times_series(times, STR(""), STR("ENV a=1"), &point, 1), 0);
	assert_true(times_build(times, STR("C1"), &r) && r.last == 10);
	assert_true(times_overhead(times, 0) == 6.5);
}

static void test_tally__of_a_build_that_failed_knows_what_ran(void **state)
{
	struct scratch *s = *state;
	owned(tally) struct tally *t = tally_new();
	struct times_point point;
	setenv("XDG_STATE_HOME", s->dir, 1);
	tell(s, t, 100, EVENT_BUILD_START, -1, start);
	tell(s, t, 101, EVENT_STEP_START, 1, "{}");
	tell(s, t, 103, EVENT_STEP_DONE, 1, "{\"ok\":false,\"seconds\":2,\"reason\":\"no\"}");
	write_times(s, t, "{\"ok\":false,\"exit\":1}");
	owned(times) struct times *times = times_read("/p", "p", NULL, NULL, 9, &s->err);
	assert_int_equal(times_series(times, STR("one"), STR("RUN x"), &point, 1), 1);
	assert_true(point.failed && point.seconds == 2);
	assert_true(times_overhead(times, 0) < 0);
}

static void test_tally__of_a_build_that_never_began_leaves_nothing(void **state)
{
	struct scratch *s = *state;
	owned(tally) struct tally *t = tally_new();
	tell(s, t, 100, EVENT_BUILD_START, -1, start);
	write_times(s, t, "{\"ok\":false,\"exit\":4}");
	assert_int_equal(access(scratch_path(s, "mortar/builds/b/times.json"), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_tally__is_read_back_as_times),
		SCRATCH_TEST(test_tally__of_a_build_that_failed_knows_what_ran),
		SCRATCH_TEST(test_tally__of_a_build_that_never_began_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
