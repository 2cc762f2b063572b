#include "core/job/steps.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static const char *steps_text(struct scratch *s, const struct steps *steps)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, steps_describe(steps, s->arena), JSON_LINE);
	return arena_text(s->arena, buf_str(&text));
}

static struct plan *steps_plan(struct scratch *s, const char *dockerfile)
{
	struct plan *plan = plan_new();
	owned(problems) struct problems *problems = problems_new();
	struct source *source = source_new(s->arena, STR("Dockerfile"), NULL, str_of(dockerfile));
	plan->recipe = recipe_parse(source, STR(""), problems);
	assert_non_null(plan->recipe);
	plan->image = "i";
	return plan;
}

static void test_steps__lists_tasks_then_reachable_instructions(void **state)
{
	struct scratch *s = *state;
	owned(plan) struct plan *plan = steps_plan(s, "ARG V=1\nFROM a AS one\nRUN x\nFROM b AS two\n"
	                                              "RUN y\nFROM c\nCOPY --from=one /x /\nENV a=b\n");
	plan_add(plan, &(struct task){ .kind = TASK_STAGE, .name = "certificate" });
	plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = "i",
	                               .image = { .recipe = plan->recipe } });
	plan_add(plan, &(struct task){ .kind = TASK_FETCH, .name = "late" });
	owned(steps) struct steps *steps = steps_new(plan);
	assert_int_equal(steps_of_task(steps, 0), 0);
	assert_int_equal(steps_of_task(steps, 2), 1);
	assert_int_equal(steps_of_instruction(steps, 1, 0), 2);
	assert_int_equal(steps_of_instruction(steps, 1, 3), -1);
	assert_int_equal(steps_of_instruction(steps, 1, 5), 5);
	assert_int_equal(steps_of_instruction(steps, 1, -1), -1);
	assert_int_equal(steps_add(steps), 8);
	assert_int_equal(steps_add(steps), 9);
	const struct value *v;
	assert_true(value_parse_json(s->arena, str_of(steps_text(s, steps)), &v, &s->err));
	assert_int_equal(value_count(v), 8);
	static const char *const expected[][2] = {
		{ "/0/task", "certificate" }, { "/0/name", "certificate" }, { "/1/name", "fetch late" },
		{ "/2/name", "ARG V=1" }, { "/2/meta", "true" }, { "/2/stage", "null" },
		{ "/3/name", "FROM a AS one" }, { "/3/stage", "one" }, { "/4/line", "3" },
		{ "/4/origin", "Dockerfile:3" }, { "/5/name", "FROM c" }, { "/5/stage", "stage-2" },
		{ "/6/forecast", "unknown" }, { "/7/meta", "true" }, { "/7/index", "7" },
		{ "/7/group", "null" },
	};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const struct value *at = value_at(v, str_of(expected[i][0]));
		assert_non_null(at);
		assert_string_equal(arena_text(s->arena, value_text(at)), expected[i][1]);
	}
}

static void test_steps__name_instructions_in_one_line(void **state)
{
	struct scratch *s = *state;
	owned(plan) struct plan *plan = steps_plan(s, "FROM a\nRUN  one \\\n  two \\\n three\n"
	                                              "RUN <<EOF\nhidden\nEOF\n");
	plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = "i",
	                               .image = { .recipe = plan->recipe } });
	owned(steps) struct steps *steps = steps_new(plan);
	const char *text = steps_text(s, steps);
	assert_non_null(strstr(text, "\"RUN  one two three\""));
	assert_non_null(strstr(text, "\"RUN <<EOF\""));
	assert_null(strstr(text, "hidden"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_steps__lists_tasks_then_reachable_instructions),
		SCRATCH_TEST(test_steps__name_instructions_in_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
