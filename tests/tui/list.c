#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/list.h"

static struct list list_of(size_t n, int rows)
{
	struct list l = { 0 };
	list_set_count(&l, n);
	list_show(&l, rows);
	return l;
}

static void test_list__moves_and_stays_inside(void **state)
{
	(void)state;
	static const struct {
		enum action action;
		unsigned count;
		size_t cursor, top;
	} steps[] = {
		{ ACTION_DOWN, 0, 1, 0 }, { ACTION_DOWN, 5, 6, 0 }, { ACTION_PAGE_DOWN, 0, 16, 10 },
		{ ACTION_HALF_UP, 0, 11, 5 }, { ACTION_LAST, 0, 99, 90 }, { ACTION_DOWN, 9, 99, 90 },
		{ ACTION_LAST, 42, 41, 36 }, { ACTION_TOP, 0, 41, 41 }, { ACTION_BOTTOM, 0, 41, 32 },
		{ ACTION_MIDDLE, 0, 41, 36 }, { ACTION_FIRST, 0, 0, 0 }, { ACTION_UP, 3, 0, 0 },
		{ ACTION_FIRST, 1000, 99, 90 },
	};
	struct list l = list_of(100, 10);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_true(list_move(&l, steps[i].action, steps[i].count, 0));
		list_show(&l, 10);
		assert_int_equal(l.cursor, steps[i].cursor);
		assert_int_equal(l.top, steps[i].top);
	}
	assert_false(list_move(&l, ACTION_BUILD, 0, 0));
	assert_false(list_move(&l, ACTION_RIGHT, 0, 0));
}

static void test_list__survives_nothing_and_shrinking(void **state)
{
	(void)state;
	struct list l = list_of(0, 0);
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		list_move(&l, a, 7, 8);
		list_show(&l, 3);
		assert_int_equal(l.cursor, 0);
	}
	l = list_of(50, 10);
	list_move(&l, ACTION_LAST, 0, 0);
	list_set_count(&l, 5);
	list_show(&l, 10);
	assert_int_equal(l.cursor, 4);
	assert_int_equal(l.top, 0);
}

static void test_list__scrolls_sideways_from_the_left_edge(void **state)
{
	(void)state;
	struct list l = list_of(3, 3);
	assert_true(list_is_at_end(&l, ACTION_LEFT));
	list_move(&l, ACTION_RIGHT, 3, 8);
	assert_int_equal(l.shift, 24);
	list_move(&l, ACTION_LEFT, 100, 8);
	assert_int_equal(l.shift, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list__moves_and_stays_inside),
		cmocka_unit_test(test_list__survives_nothing_and_shrinking),
		cmocka_unit_test(test_list__scrolls_sideways_from_the_left_edge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
