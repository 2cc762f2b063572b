#include "core/history/retention.h"

#include <sys/time.h>

#include "core/history/remove.h"
#include "tests/core/os/scratch.h"

#define DAY 86400.0
#define NOW (1000 * DAY)

static struct history_item retention_item(struct scratch *s, const char *id, double age,
                                          uint64_t size)
{
	return (struct history_item){ .id = id, .dir = scratch_path(s, id), .started = NOW - age * DAY,
	                              .size = size, .state = HISTORY_DONE };
}

static void retention_is(struct scratch *s, struct retention r, const struct history_item *items,
                         size_t n, const char *want)
{
	struct history_list all = { items, n };
	struct retention_plan plan;
	owned_buf struct buf got = { 0 };
	uint64_t bytes = 0;
	retention_decide(s->arena, &r, &all, "self", NOW, &plan);
	for (size_t i = 0; i < plan.n; i++) {
		buf_printf(&got, "%s%s:%s", i ? " " : "", plan.items[i].item->id,
		           retention_why_text(plan.items[i].why));
		bytes += plan.items[i].item->size;
	}
	assert_string_equal(plan.n ? buf_text(&got) : "", want);
	assert_int_equal(plan.kept + plan.n, n);
	assert_true(plan.bytes == bytes);
}

static void test_retention__by_age_count_and_size(void **state)
{
	struct scratch *s = *state;
	const struct history_item items[] = {
		retention_item(s, "a", 0, 10), retention_item(s, "b", 1, 10),
		retention_item(s, "c", 2, 100), retention_item(s, "d", 3, 10),
	};
	retention_is(s, (struct retention){ 0 }, items, 4, "");
	retention_is(s, (struct retention){ .age = 1.5 * DAY }, items, 4,
	             "c:older than keep_days d:older than keep_days");
	retention_is(s, (struct retention){ .builds = 3 }, items, 4, "d:beyond keep_builds");
	/* What is too large goes, what fits stays. */
	retention_is(s, (struct retention){ .bytes = 30 }, items, 4, "c:beyond keep_size");
	retention_is(s, (struct retention){ .age = 2.5 * DAY, .builds = 1, .bytes = 5 }, items, 4,
	             "a:beyond keep_size b:beyond keep_size c:beyond keep_size d:older than keep_days");
	retention_is(s, (struct retention){ .builds = 3 }, items, 0, "");
}

static void test_retention__spares_pins_and_what_runs(void **state)
{
	struct scratch *s = *state;
	struct history_item items[] = {
		retention_item(s, "self", 900, 10), retention_item(s, "pin", 900, 10),
		retention_item(s, "runs", 900, 10), retention_item(s, "old", 900, 10),
	};
	items[1].pinned = true;
	items[2].state = HISTORY_RUNNING;
	retention_is(s, (struct retention){ DAY, 1, 1 }, items, 4, "old:older than keep_days");
	/* They count. */
	items[3].started = NOW;
	retention_is(s, (struct retention){ .builds = 3 }, items, 4, "old:beyond keep_builds");
}

static void test_retention__imports_age_from_their_import(void **state)
{
	struct scratch *s = *state;
	struct history_item items[] = {
		retention_item(s, "fresh", 900, 10), retention_item(s, "stale", 900, 10),
	};
	for (size_t i = 0; i < 2; i++) {
		struct timeval when[2] = { { .tv_sec = (time_t)(NOW - (i ? 3 : 1) * DAY) } };
		when[1] = when[0];
		items[i].imported = true;
		scratch_mkdir(s, items[i].id);
		const char *mark = scratch_write(s, arena_printf(s->arena, "%s/imported", items[i].id), "");
		assert_int_equal(utimes(mark, when), 0);
	}
	retention_is(s, (struct retention){ .age = 2 * DAY }, items, 2,
	             "stale:older than keep_days");
}

/* What the user has set wrongly deletes nothing. */
static void test_retention__applies_the_users_settings(void **state)
{
	struct scratch *s = *state;
	setenv("XDG_STATE_HOME", s->dir, 1);
	setenv("XDG_CONFIG_HOME", s->dir, 1);
	const char *builds = save_state_dir("builds", &s->err);
	for (int i = 1; i <= 4; i++) {
		const char *dir = arena_printf(s->arena, "%s/20260101-000000-000%d", builds, i);
		assert_true(save_dir(dir, 0700, &s->err));
		assert_true(save_file(arena_printf(s->arena, "%s/journal", dir), STR(
			"{\"t\":1,\"ev\":\"build.start\",\"project\":\"p\"}\n"), 0600, &s->err));
		if (i == 1)
			assert_true(history_pin(dir, true, &s->err));
	}
	const char *config = scratch_path(s, "mortar/config.toml");
	assert_true(save_file(config, STR("[history]\nkeep_builds = 'x'\n"), 0600, &s->err));
	retention_after("20260101-000000-0004");
	assert_int_equal(scratch_names(builds), 4);
	assert_true(save_file(config, STR("[history]\nkeep_days = 0\nkeep_builds = 2\n"), 0600,
	                      &s->err));
	retention_after("20260101-000000-0004");
	assert_int_equal(scratch_names(builds), 3);
	assert_int_equal(access(arena_printf(s->arena, "%s/20260101-000000-0002", builds), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_retention__by_age_count_and_size),
		SCRATCH_TEST(test_retention__spares_pins_and_what_runs),
		SCRATCH_TEST(test_retention__imports_age_from_their_import),
		SCRATCH_TEST(test_retention__applies_the_users_settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
