#include "core/history/forecast.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static const struct forecast_file said_files[] = { { FILE_ADDED, STR("a") },
                                                   { FILE_MODE, STR("b") } };
static const struct forecast_step said_steps[] = {
	{ .step = 3, .verdict = VERDICT_HIT, .parent = -1, .p25 = -1, .p50 = -1, .p90 = -1 },
	{ .step = 5, .verdict = VERDICT_MISS, .why = MISS_CONTEXT, .sentence = STR("a added, 6 more"),
	  .files = said_files, .nfiles = 2, .files_count = 7, .cause = STR("x.json:3 /a"), .parent = -1,
	  .p25 = 1, .p50 = 2.5, .p90 = 4 },
	{ .step = 6, .verdict = VERDICT_MISS, .why = MISS_PARENT, .sentence = STR("stands on step 5"),
	  .parent = 5, .p25 = -1, .p50 = -1, .p90 = -1 },
	{ .step = 7, .verdict = VERDICT_UNKNOWN, .parent = -1, .p25 = -1, .p50 = -1, .p90 = -1 },
};
static const int said_path[] = { 5, 6 };
static const struct forecast said = {
	.steps = said_steps, .nsteps = 4, .hits = 1, .misses = 2, .unknowns = 1, .p25 = 1, .p50 = 2,
	.p90 = 3, .path = said_path, .npath = 2, .against = STR("20260101-000000-0001"),
	.engine = STR("classic"), .note = STR("so so"),
};

static const char *said_text(struct scratch *s, const struct forecast *f)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, forecast_value(s->arena, f), JSON_LINE);
	return arena_text(s->arena, buf_str(&text));
}

static void test_forecast__comes_back_as_it_was_said(void **state)
{
	struct scratch *s = *state;
	struct forecast back;
	const char *text = said_text(s, &said);
	scratch_write(s, "forecast.json", text);
	assert_true(forecast_read_file(s->arena, s->dir, &back, &s->err));
	assert_string_equal(said_text(s, &back), text);
	assert_int_equal(back.hits, 1);
	assert_int_equal(back.misses, 2);
	assert_int_equal(back.npath, 2);
	assert_int_equal(forecast_find(&back, 5)->files_count, 7);
	assert_int_equal(forecast_find(&back, 6)->parent, 5);
	assert_null(forecast_find(&back, 4));
}

static void test_forecast__refuses_what_is_none(void **state)
{
	static const char *const broken[] = {
		"{}", "{\"steps\":{}}", "{\"steps\":[{}]}",
		"{\"steps\":[{\"step\":1,\"verdict\":\"maybe\"}]}",
		"{\"steps\":[{\"step\":-1,\"verdict\":\"hit\"}]}", "[]", "{",
	};
	struct scratch *s = *state;
	struct forecast back;
	assert_false(forecast_read_file(s->arena, s->dir, &back, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		scratch_write(s, "forecast.json", broken[i]);
		assert_false(forecast_read_file(s->arena, s->dir, &back, &s->err));
		assert_int_equal(s->err.code, ERROR_SYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forecast__comes_back_as_it_was_said, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(test_forecast__refuses_what_is_none, scratch_setup,
		                                scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
