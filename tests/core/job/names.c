#include "core/job/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/* What a name becomes by git's word, or what is wrong with it. */
static void check_name(const char *name, const char *described, const char *wanted)
{
	const char *const tags[] = { name, NULL };
	owned(plan) struct plan *plan = plan_new();
	struct error err = { 0 };
	plan->image = name;
	plan_add(plan, &(struct task){ .kind = TASK_STAGE, .name = "certificate" });
	plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = name, .image = {
		.context = context_new(), .tags = tags } });
	plan_add(plan, &(struct task){ .kind = TASK_PUSH, .name = name, .push = { .name = name } });
	bool needs = str_find_str(str_of(name), STR("{git}")) != STR_NONE;
	assert_int_equal(names_need_git(plan), needs);
	if (!names_fill(plan, str_of(described), &err)) {
		assert_int_equal(err.code, ERROR_PROJECT);
		assert_string_equal(err.text, wanted);
		return;
	}
	assert_false(names_need_git(plan));
	assert_string_equal(plan->image, wanted);
	assert_string_equal(plan->tasks[1].name, wanted);
	assert_string_equal(plan->tasks[1].image.tags[0], wanted);
	assert_null(plan->tasks[1].image.tags[1]);
	assert_string_equal(plan->tasks[2].name, wanted);
	assert_string_equal(plan->tasks[2].push.name, wanted);
}

static void test_names__get_gits_word(void **state)
{
	(void)state;
	check_name("r.example/app:{git}", "v1.2-3-gabcdef0-dirty",
	           "r.example/app:v1.2-3-gabcdef0-dirty");
	check_name("app:x-{git}-{git}", "abcdef0", "app:x-abcdef0-abcdef0");
	check_name("app:{git}.{content}", "v1", "app:v1.{content}");
	check_name("app:1", "v1", "app:1");
	check_name("app:{content}", "v1", "app:{content}");
}

/* A git tag may be "release/1+2", which no image's tag may. */
static void test_names__are_such_as_registries_take(void **state)
{
	char longest[140];
	(void)state;
	check_name("app:{git}", "release/1+2-1-gabc", "app:release-1-2-1-gabc");
	check_name("app:{git}", "v\xc3\xa4~$(x)", "app:v-----x-");
	check_name("app:{git}", "-x", "app:{git}: '-x' is no tag: a tag has letters, digits, '_', '.' "
	           "and '-', and starts with neither '.' nor '-'");
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	check_name("app:{git}", longest, "app:{git}: the tag 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	           "…' has 139 characters: a tag has at most 128");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names__get_gits_word),
		cmocka_unit_test(test_names__are_such_as_registries_take),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
