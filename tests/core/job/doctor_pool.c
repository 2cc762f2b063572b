#include "core/job/doctor.h"

#include "core/project/preferences.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static void pool_row(struct scratch *s, const struct preferences_pool *pool,
                     const struct doctor_engine *engines, size_t n, const char *wanted)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, doctor_pool(s->arena, pool, engines, n), JSON_LINE);
	assert_string_equal(buf_text(&text), wanted);
}

static void test_doctor_pool__says_who_answers(void **state)
{
	struct scratch *s = *state;
	static const char *const names[] = { "far", "podman" };
	const struct preferences_pool farm = { "farm", names, 2, "reg/cache" };
	const struct value *facts;
	assert_true(value_parse_json(s->arena, STR("{\"builder\":\"podman\"}"), &facts, &s->err));
	struct doctor_engine engines[] = {
		{ .name = "chosen", .spec = "far" }, { .name = "podman", .spec = "podman" },
		{ .name = "far", .spec = "tcp://far:1", .facts = facts },
	};
	pool_row(s, &farm, engines, 3,
	         "{\"name\":\"pool farm\",\"state\":\"problem\","
	         "\"text\":\"1 of 2 engines answer, not podman; cache reg/cache\","
	         "\"remedy\":\"start podman, or take it out of [pools.farm] in config.toml\","
	         "\"engine\":\"farm\",\"answers\":true,"
	         "\"engines\":[{\"name\":\"far\",\"answers\":true},"
	         "{\"name\":\"podman\",\"answers\":false}]}");
	assert_ptr_equal(doctor_pool_first(&farm, engines, 3), &engines[2]);
	engines[1].facts = facts;
	pool_row(s, &farm, engines, 3, "{\"name\":\"pool farm\",\"state\":\"ok\",\"text\":\"2 of 2 "
	         "engines answer; cache reg/cache\",\"engine\":\"farm\",\"answers\":true,"
	         "\"engines\":[{\"name\":\"far\",\"answers\":true},{\"name\":\"podman\","
	         "\"answers\":true}]}");
	assert_null(doctor_pool_first(&farm, engines, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_doctor_pool__says_who_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
