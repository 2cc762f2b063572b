#include "core/history/trend.h"

#include "core/history/remove.h"
#include "core/journal/journal.h"
#include "core/os/files.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static int trend_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1);
}

#define TREND_TEST(f) cmocka_unit_test_setup_teardown(f, trend_setup, scratch_teardown)

/* A build of two steps that took so long each; ok 0: the second failed. */
static const char *trend_build(struct scratch *s, const char *id, const char *profile, bool ok)
{
	const char *builds = save_state_dir("builds", &s->err);
	const char *dir = arena_printf(s->arena, "%s/%s", builds, id);
	assert_true(save_dir(dir, 0700, &s->err));
	owned_buf struct buf journal = { 0 };
	buf_printf(&journal, "{\"t\":100,\"ev\":\"build.start\",\"format\":1,\"id\":\"%s\","
	           "\"project\":\"ship\",\"profiles\":[\"%s\"],\"level\":\"C1\","
	           "\"engine\":\"buildkit\",\"engine_address\":\"unix:///x\",\"root\":\"/r\","
	           "\"steps\":[{\"index\":0,\"name\":\"FROM x\",\"line\":1},"
	           "{\"index\":1,\"name\":\"RUN y\",\"line\":2}]}\n", id, profile);
	buf_printf(&journal, "{\"t\":110,\"ev\":\"build.done\",\"ok\":%s,\"exit\":%d}\n",
	           ok ? "true" : "false", !ok);
	assert_true(save_file(files_join(s->arena, dir, "journal"), buf_str(&journal), 0600, &s->err));
	return dir;
}

static void test_trend__is_of_builds_alike(void **state)
{
	struct scratch *s = *state;
	struct trend t;
	trend_build(s, "20260101-000000-0001", "gpu", true);
	trend_build(s, "20260101-000000-0002", "cpu", true);
	const char *dir = trend_build(s, "20260101-000000-0003", "gpu", false);
	trend_build(s, "20260101-000000-0004", "gpu", true);
	if (!trend_read(s->arena, dir, &t, &s->err))
		fail_msg("%s", s->err.text);
	/* Oldest first, none that came later, none of another selection. */
	assert_int_equal(t.nbuilds, 2);
	assert_string_equal(t.builds[0].id, "20260101-000000-0001");
	assert_string_equal(t.builds[1].id, "20260101-000000-0003");
	assert_int_equal(t.builds[1].state, HISTORY_FAILED);
	assert_int_equal(t.nsteps, 2);
	assert_true(str_eq(t.steps[1].name, STR("RUN y")));
	/* Without times.json nothing is known of steps. */
	assert_true(t.steps[1].points[0].seconds < 0 && t.steps[1].usual.n == 0);
	assert_false(trend_read(s->arena, scratch_path(s, "none"), &t, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
}

static void test_trend__becomes_json(void **state)
{
	struct scratch *s = *state;
	struct trend t;
	owned_buf struct buf out = { 0 };
	const char *dir = trend_build(s, "20260101-000000-0001", "gpu", true);
	assert_true(trend_read(s->arena, dir, &t, &s->err));
	value_write_json(&out, trend_describe(s->arena, &t), JSON_LINE);
	assert_non_null(strstr(buf_text(&out), "\"like\":\"20260101-000000-0001\""));
	assert_non_null(strstr(buf_text(&out), "{\"name\":\"RUN y\",\"stage\":\"\",\"runs\":0,"
		"\"p25\":null,\"p50\":null,\"p90\":null,\"points\":[{\"seconds\":null,"
		"\"cached\":false,\"failed\":false}]}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREND_TEST(test_trend__is_of_builds_alike),
		TREND_TEST(test_trend__becomes_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
