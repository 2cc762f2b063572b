#include "core/kind/image_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/* A plan of one image with these --tag (and --push), as lines; or what is wrong. */
static void check_plan(const char *const *tags, bool push, const char *wanted)
{
	struct pair options[8];
	struct selection s = { .options = options };
	owned(plan) struct plan *plan = plan_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf out = { 0 };
	for (; tags[s.noptions]; s.noptions++)
		options[s.noptions] = (struct pair){ STR("tag"), str_of(tags[s.noptions]) };
	if (push)
		options[s.noptions++] = (struct pair){ STR("push"), STR("true") };
	struct task task = { .kind = TASK_IMAGE, .image = { .context = context_new() } };
	plan_add(plan, &(struct task){ .kind = TASK_STAGE, .name = "certificate" });
	task.image.tags = image_tags(plan, &s, "own:1");
	image_add(plan, &s, &task, problems);
	buf_printf(&out, "%s:", plan->image);
	for (const char *const *tag = plan->tasks[1].image.tags; *tag; tag++)
		buf_printf(&out, " %s", *tag);
	for (size_t i = 2; i < plan->ntasks; i++) {
		const struct task *t = &plan->tasks[i];
		assert_int_equal(t->kind, TASK_PUSH);
		assert_true(t->nafter == 1 && t->after[0] == 1 && t->push.task == 1);
		assert_string_equal(t->name, t->push.name);
		buf_printf(&out, "\n%s %s", t->push.is_local ? "name" : "push", t->push.name);
	}
	for (size_t i = 0; i < problems_count(problems); i++)
		buf_printf(&out, "\n! %.*s", STR_ARG(problems_get(problems, i)->text));
	assert_string_equal(buf_text(&out), wanted);
}

#define TAGS(...) (const char *const[]){ __VA_ARGS__, NULL }

static void test_image_names__names_the_image(void **state)
{
	static const char *const none[] = { NULL };
	(void)state;
	check_plan(none, false, "own:1: own:1");
	check_plan(TAGS("a:1", "r.example/b:2"), false, "a:1: a:1 r.example/b:2");
	check_plan(TAGS("a:{git}"), false, "a:{git}: a:{git}");
}

static void test_image_names__gives_names_of_the_content_afterwards(void **state)
{
	(void)state;
	check_plan(TAGS("a:{content}"), false, "a:{content}:\nname a:{content}");
	check_plan(TAGS("a:1", "a:{content}"), false, "a:1: a:1\nname a:{content}");
}

static void test_image_names__pushes_every_name(void **state)
{
	(void)state;
	check_plan(TAGS("r.example/a:1", "user/b:2", "s.example:5000/a:{content}"), true,
	           "r.example/a:1: r.example/a:1 user/b:2\npush r.example/a:1\npush user/b:2\n"
	           "push s.example:5000/a:{content}");
}

static void test_image_names__pushes_no_name_without_a_registry(void **state)
{
	static const char *const none[] = { NULL };
	(void)state;
	check_plan(none, true, "own:1: own:1\n! 'own:1' cannot be pushed, since it names no registry: "
	           "-t registry.example.org/own:1 does, -t docker.io/USER/own:1 for Docker Hub");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_names__names_the_image),
		cmocka_unit_test(test_image_names__gives_names_of_the_content_afterwards),
		cmocka_unit_test(test_image_names__pushes_every_name),
		cmocka_unit_test(test_image_names__pushes_no_name_without_a_registry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
