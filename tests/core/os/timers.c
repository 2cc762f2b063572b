#include "core/os/timers.h"

#include "tests/core/os/scratch.h"

static void test_timers__come_by_time_then_by_order_of_adding(void **state)
{
	(void)state;
	struct timers t = { 0 };
	enum { N = 500 };
	uint64_t ids[N];
	for (int i = 0; i < N; i++)
		ids[i] = timers_add(&t, i * 7919 % 50, NULL, NULL);
	for (int i = 0; i < N; i += 3) {
		timers_remove(&t, ids[i]);
		timers_remove(&t, ids[i]);
	}
	timers_remove(&t, 0);
	struct timer now, before = { .due_ms = -1 };
	size_t n = 0;
	for (; timers_first(&t, &now); n++) {
		assert_true(now.due_ms > before.due_ms ||
		            (now.due_ms == before.due_ms && now.id > before.id));
		assert_int_not_equal((now.id - 1) % 3, 0);
		timers_remove(&t, now.id);
		before = now;
	}
	assert_int_equal(n, N - (N + 2) / 3);
	timers_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers__come_by_time_then_by_order_of_adding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
