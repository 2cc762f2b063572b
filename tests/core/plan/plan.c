#include "core/plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_plan__keeps_tasks_in_order_and_owns_their_contexts(void **state)
{
	(void)state;
	owned(plan) struct plan *p = plan_new();
	static const char *const tags[] = { "a:1", "a:latest", NULL };
	unsigned after[1] = { 0 };
	struct task stage = { .kind = TASK_STAGE, .name = "certificate" };
	struct task image = { .kind = TASK_IMAGE, .name = "image", .after = after, .nafter = 1 };
	assert_null(plan_image(p));
	assert_int_equal(plan_add(p, &stage), 0);
	for (unsigned i = 1; i < 20; i++) {
		image.image = (struct image_task){ .tags = i == 3 ? tags : NULL };
		image.image.context = context_new();
		assert_int_equal(plan_add(p, &image), i);
	}
	assert_int_equal(p->ntasks, 20);
	assert_string_equal(p->tasks[0].name, "certificate");
	assert_ptr_equal(plan_image(p), &p->tasks[19].image);
	p->image = "a:latest";
	assert_ptr_equal(plan_image(p), &p->tasks[3].image);
}

static void test_plan__freeing_nothing_is_fine(void **state)
{
	(void)state;
	plan_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan__keeps_tasks_in_order_and_owns_their_contexts),
		cmocka_unit_test(test_plan__freeing_nothing_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
