#include "core/engine/presence.h"

#include "tests/core/os/scratch.h"

static void test_presence__reads_ids(void **state)
{
	struct scratch *s = *state;
	struct str id;
	assert_true(engine_presence_read(s->arena, STR("{\"Id\":\"sha256:ab\",\"ID\":\"X\"}"), "Id",
	                                 &id, &s->err));
	assert_true(str_eq(id, STR("sha256:ab")));
	assert_false(engine_presence_read(s->arena, STR("{\"ID\":3}"), "ID", &id, &s->err));
	assert_int_equal(s->err.code, ERROR_PROTOCOL);
	assert_false(engine_presence_read(s->arena, STR("<html>"), "ID", &id, &s->err));
}

/* Nobody listens there: it is told, not waited for. */
static void test_presence__tells_an_engine_that_is_gone(void **state)
{
	struct scratch *s = *state;
	struct pair image = { STR("busybox:1"), { 0 } };
	struct presence p = { .images = &image, .nimages = 1, .wants_daemon = true };
	struct engine_facts facts = {
		.name = "buildkit", .api_version = "1.41",
		.address = arena_printf(s->arena, "unix://%s/none.sock", s->dir),
	};
	facts.spec = facts.address;
	assert_false(engine_presence_ask(s->arena, &facts, &p, &s->err));
	assert_int_equal(s->err.code, ERROR_UNREACHABLE);
	facts.api_version = NULL;
	assert_false(engine_presence_ask(s->arena, &facts, &p, &s->err));
	assert_int_equal(s->err.code, ERROR_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_presence__reads_ids, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_presence__tells_an_engine_that_is_gone,
		                                scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
