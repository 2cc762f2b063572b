#include "core/job/runner.h"

#include "core/job/job.h"
#include "core/journal/build.h"
#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/fake_engine.h"

#define ID "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* A plan of an image and what is done with its names, on the fake engine. */
struct push_case {
	struct scratch *s;
	struct loop *loop;
	struct plan *plan;
	struct steps *steps;
	struct mask *mask;
	struct journal_writer *writer;
	struct record *record;
	struct runner *runner;
	struct fake_engine engine;
	struct runner_result result;
	struct buf image, digest;
	struct build *build;
	unsigned abilities, push_ms;
	size_t cancel_at;               /* when so many lines of the script are played; 0: never */
	int dones;
};

static void case_disk_failed(void *data)
{
	(void)data;
	fail_msg("the disk is full");
}

static void case_init(struct push_case *c, void **state)
{
	static const char *const tags[] = { "r.example/i:1", NULL };
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	*c = (struct push_case){ .s = *state, .loop = loop_new(), .plan = plan_new(),
	                         .mask = mask_new(), .push_ms = 1 };
	recipe_builder_add(b, NULL, 0, "FROM base");
	c->plan->recipe = recipe_builder_done(b);
	c->plan->image = tags[0];
	c->writer = journal_create(c->s->dir, 0, &c->s->err);
	c->record = record_new(c->loop, c->writer, c->mask, case_disk_failed, c);
	plan_add(c->plan, &(struct task){ .kind = TASK_IMAGE, .name = tags[0], .image = {
		.recipe = c->plan->recipe, .context = context_new(), .tags = tags } });
}

static void case_add(struct push_case *c, const char *name, bool is_local)
{
	static const unsigned after[] = { 0 };
	plan_add(c->plan, &(struct task){ .kind = TASK_PUSH, .name = name, .after = after, .nafter = 1,
	                                  .push = { .name = name, .is_local = is_local } });
}

static void case_done(void *data, const struct runner_result *result)
{
	struct push_case *c = data;
	c->result = *result;
	buf_append(&c->image, result->image);
	buf_append(&c->digest, result->digest);
	c->dones++;
	loop_stop(c->loop);
}

static void case_cancel(struct loop *loop, void *data)
{
	struct push_case *c = data;
	(void)loop;
	if (c->cancel_at && c->engine.at >= c->cancel_at)
		runner_cancel(c->runner);
}

static void case_run(struct push_case *c, const char *const *script)
{
	fake_engine_init(&c->engine, c->loop, script);
	c->steps = steps_new(c->plan);
	struct arena *a = record_arena(c->record);
	struct value *start = value_new_object(a);
	value_set(a, start, "steps", steps_describe(c->steps, a));
	record_event(c->record, EVENT_BUILD_START, -1, start);
	struct runner_setup setup = { .loop = c->loop, .plan = c->plan, .engine = &c->engine.base,
	                              .steps = c->steps, .record = c->record,
	                              .abilities = c->abilities, .push_ms = c->push_ms };
	c->runner = runner_new(&setup, case_done, c);
	loop_hook(c->loop, case_cancel, c);
	looping_run(c->loop);
	assert_int_equal(c->dones, 1);
	struct value *end = value_new_object(record_arena(c->record));
	value_set(record_arena(c->record), end, "ok",
	          value_new_bool(record_arena(c->record), c->result.ok));
	record_last(c->record, end);
	c->build = build_read(c->s->dir, &c->s->err);
	assert_non_null(c->build);
}

static void case_finish(struct push_case *c)
{
	build_free(c->build);
	engine_free(&c->engine.base);
	runner_free(c->runner);
	record_free(c->record);
	steps_free(c->steps);
	journal_writer_free(c->writer);
	mask_free(c->mask);
	plan_free(c->plan);
	loop_free(c->loop);
	buf_finish(&c->image);
	buf_finish(&c->digest);
}

static void test_runner_push__is_a_step_with_its_digest(void **state)
{
	static const char *const script[] = { "ok " ID, "progress 0 layer 5 10", "log 0 1 there\\n",
	                                      "ok sha256:aa", "ok sha256:bb", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:1", false);
	case_add(&c, "s.example/i:1", false);
	case_run(&c, script);
	assert_true(c.result.ok);
	assert_string_equal(buf_text(&c.digest), "sha256:aa");
	assert_string_equal(buf_text(&c.engine.pushed), "r.example/i:1\ns.example/i:1\n");
	assert_int_equal(c.build->nsteps, 3);
	assert_true(str_eq(c.build->steps[1].name, STR("push r.example/i:1")));
	assert_int_equal(c.build->steps[1].state, STEP_DONE);
	assert_int_equal(c.build->npushes, 2);
	assert_true(str_eq(c.build->pushes[1].ref, STR("s.example/i:1")));
	assert_true(str_eq(c.build->pushes[1].digest, STR("sha256:bb")));
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "log")), "there\n");
	case_finish(&c);
}

static void test_runner_push__gives_the_name_of_the_content(void **state)
{
	static const char *const script[] = { "ok " ID, "ok x", "ok sha256:aa", NULL };
	struct push_case c;
	case_init(&c, state);
	c.plan->image = "i:{content}";
	case_add(&c, "i:{content}", true);
	case_add(&c, "r.example/i:v-{content}-x", false);
	case_run(&c, script);
	assert_true(c.result.ok);
	assert_string_equal(buf_text(&c.image), "i:001122334455");
	assert_string_equal(buf_text(&c.engine.pushed), "i:001122334455 of " ID " here\n"
	                    "r.example/i:v-001122334455-x of " ID "\n");
	assert_true(str_eq(c.build->steps[1].name, STR("tag i:{content}")));
	assert_int_equal(c.build->npushes, 1);
	case_finish(&c);
}

static void test_runner_push__tries_again_what_may_pass(void **state)
{
	static const char *const script[] = { "ok " ID, "passing refused", "later 0 busy",
	                                      "ok sha256:aa", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:1", false);
	case_run(&c, script);
	assert_true(c.result.ok);
	assert_int_equal(c.build->nwarnings, 2);
	assert_true(str_eq(c.build->warnings[0], STR("refused: trying again in 0.0 s (try 2 of 5)")));
	assert_true(str_eq(c.build->warnings[1], STR("busy: trying again in 0.0 s (try 3 of 5)")));
	assert_int_equal(c.build->npushes, 1);
	case_finish(&c);
}

static void test_runner_push__gives_up_after_five_tries(void **state)
{
	static const char *const script[] = { "ok " ID, "passing 1", "passing 2", "passing 3",
	                                      "passing 4", "passing the end", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:1", false);
	case_add(&c, "s.example/i:1", false);
	case_run(&c, script);
	assert_false(c.result.ok);
	assert_string_equal(c.result.error.text, "the end");
	assert_int_equal(c.build->nwarnings, 4);
	assert_int_equal(c.build->steps[1].state, STEP_FAILED);
	assert_int_equal(c.build->steps[2].state, STEP_SKIPPED);
	case_finish(&c);
}

static void test_runner_push__does_not_wait_longer_than_a_minute(void **state)
{
	static const char *const script[] = { "ok " ID, "later 61 come back later", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:1", false);
	case_run(&c, script);
	assert_false(c.result.ok);
	assert_int_equal(c.build->nwarnings, 0);
	case_finish(&c);
}

static void test_runner_push__does_not_try_again_what_will_not_pass(void **state)
{
	static const char *const script[] = { "ok " ID, "broken no login", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:1", false);
	case_run(&c, script);
	assert_false(c.result.ok);
	assert_int_equal(c.result.error.code, ERROR_BUILD);
	assert_int_equal(c.build->nwarnings, 0);
	case_finish(&c);
}

/* Between two tries nothing runs, and it ends at once all the same. */
static void test_runner_push__is_cancelled_between_two_tries(void **state)
{
	static const char *const script[] = { "ok " ID, "passing refused", NULL };
	struct push_case c;
	case_init(&c, state);
	c.push_ms = 50000;
	c.cancel_at = 2;
	case_add(&c, "r.example/i:1", false);
	case_run(&c, script);
	assert_true(c.result.cancelled);
	assert_int_equal(c.build->nwarnings, 1);
	assert_int_equal(c.build->steps[1].state, STEP_CANCELLED);
	case_finish(&c);
}

static void test_runner_push__is_cancelled_while_it_runs(void **state)
{
	static const char *const script[] = { "ok " ID, "wait", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:1", false);
	c.cancel_at = 2;
	case_run(&c, script);
	assert_true(c.engine.was_cancelled && c.result.cancelled);
	assert_int_equal(c.build->steps[1].state, STEP_CANCELLED);
	case_finish(&c);
}

static void test_runner_push__needs_an_id_for_a_name_by_content(void **state)
{
	static const char *const script[] = { "ok ", NULL };
	struct push_case c;
	case_init(&c, state);
	case_add(&c, "r.example/i:{content}", false);
	case_run(&c, script);
	assert_string_equal(c.result.error.text, "r.example/i:{content}: the engine has not told the "
	                    "image's id");
	case_finish(&c);
}

static void test_runner_push__takes_the_digest_of_an_engine_that_pushes_itself(void **state)
{
	static const char *const script[] = { "ok " ID " sha256:aa", NULL };
	struct push_case c;
	case_init(&c, state);
	c.abilities = ABILITY_PUSHES_WITH_IMAGE;
	case_add(&c, "r.example/i:1", false);
	case_run(&c, script);
	assert_true(c.result.ok);
	assert_string_equal(buf_text(&c.digest), "sha256:aa");
	assert_int_equal(c.engine.pushed.n, 0);
	case_finish(&c);
}

static void test_runner_push__cannot_name_by_content_what_is_pushed_already(void **state)
{
	static const char *const script[] = { "ok " ID " sha256:aa", NULL };
	struct push_case c;
	case_init(&c, state);
	c.abilities = ABILITY_PUSHES_WITH_IMAGE;
	case_add(&c, "r.example/i:{content}", false);
	case_run(&c, script);
	assert_int_equal(c.result.error.code, ERROR_REFUSED);
	assert_int_equal(c.engine.pushed.n, 0);
	case_finish(&c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_runner_push__is_a_step_with_its_digest),
		TEST(test_runner_push__gives_the_name_of_the_content),
		TEST(test_runner_push__tries_again_what_may_pass),
		TEST(test_runner_push__gives_up_after_five_tries),
		TEST(test_runner_push__does_not_wait_longer_than_a_minute),
		TEST(test_runner_push__does_not_try_again_what_will_not_pass),
		TEST(test_runner_push__is_cancelled_between_two_tries),
		TEST(test_runner_push__is_cancelled_while_it_runs),
		TEST(test_runner_push__needs_an_id_for_a_name_by_content),
		TEST(test_runner_push__takes_the_digest_of_an_engine_that_pushes_itself),
		TEST(test_runner_push__cannot_name_by_content_what_is_pushed_already),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
