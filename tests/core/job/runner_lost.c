/* An image task whose engine dies. */
#include "core/job/runner.h"

#include "core/journal/build.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/fake_engine.h"

struct lost_case {
	struct scratch *s;
	struct loop *loop;
	struct plan *plan;
	struct steps *steps;
	struct mask *mask;
	struct journal_writer *writer;
	struct record *record;
	struct runner *runner;
	struct fake_engine first, second;
	const char *const *then;        /* the second engine's script; NULL: there is none */
	bool never;                     /* nobody has another */
	bool cancels;                   /* while one is looked for */
	int lost, dones;
	struct runner_result result;
	char image_id[64];
};

static void lost_disk_failed(void *data)
{
	(void)data;
	fail();
}

static void lost_next(struct loop *loop, void *data)
{
	struct lost_case *c = data;
	struct error err;
	if (c->cancels)
		runner_cancel(c->runner);
	error_set(&err, ERROR_UNREACHABLE, "no engine is left");
	if (!c->then) {
		runner_continue(c->runner, NULL, 0, &err);
		return;
	}
	fake_engine_init(&c->second, loop, c->then);
	runner_continue(c->runner, &c->second.base, 0, NULL);
}

static bool lost_engine(void *data, const struct error *why)
{
	struct lost_case *c = data;
	c->lost++;
	assert_int_equal(why->code, ERROR_UNREACHABLE);
	if (!c->never)
		loop_timer(c->loop, 0, lost_next, c);
	return !c->never;
}

static void lost_done(void *data, const struct runner_result *result)
{
	struct lost_case *c = data;
	c->result = *result;
	snprintf(c->image_id, sizeof c->image_id, "%.*s", STR_ARG(result->image_id));
	c->dones++;
	loop_stop(c->loop);
}

static void lost_plan(struct lost_case *c)
{
	static const char *const tags[] = { "i:1", NULL };
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	struct context *context = context_new();
	recipe_builder_add(b, NULL, 0, "FROM base");
	recipe_builder_add(b, NULL, 0, "RUN one");
	recipe_builder_add(b, NULL, 0, "RUN two");
	c->plan = plan_new();
	c->plan->recipe = recipe_builder_done(b);
	c->plan->image = "i:1";
	context_add_bytes(context, "file", 0644, STR("bytes"));
	plan_add(c->plan, &(struct task){ .kind = TASK_IMAGE, .name = "i:1", .image = {
		.recipe = c->plan->recipe, .context = context, .tags = tags } });
}

/* Runs it; what its journal says then. */
static struct build *lost_run(struct lost_case *c, void **state, const char *const *script)
{
	c->s = *state;
	c->loop = loop_new();
	c->mask = mask_new();
	lost_plan(c);
	c->writer = journal_create(c->s->dir, 0, &c->s->err);
	assert_non_null(c->writer);
	c->record = record_new(c->loop, c->writer, c->mask, lost_disk_failed, c);
	c->steps = steps_new(c->plan);
	struct value *f = value_new_object(record_arena(c->record));
	value_set(record_arena(c->record), f, "steps",
	          steps_describe(c->steps, record_arena(c->record)));
	record_event(c->record, EVENT_BUILD_START, -1, f);
	fake_engine_init(&c->first, c->loop, script);
	fake_engine_init(&c->second, c->loop, NULL);
	struct runner_setup setup = { .loop = c->loop, .plan = c->plan, .engine = &c->first.base,
	                              .steps = c->steps, .record = c->record,
	                              .engine_lost = lost_engine, .data = c };
	c->runner = runner_new(&setup, lost_done, c);
	assert_true(loop_run(c->loop, &c->s->err));
	assert_int_equal(c->dones, 1);
	engine_free(&c->first.base);
	engine_free(&c->second.base);
	runner_free(c->runner);
	record_free(c->record);
	steps_free(c->steps);
	journal_writer_free(c->writer);
	mask_free(c->mask);
	plan_free(c->plan);
	loop_free(c->loop);
	struct build *b = build_read(c->s->dir, &c->s->err);
	assert_non_null(b);
	return b;
}

static const char *const lost_dies[] = { "start 9 -1", "cached 1 0", "start 2 1", "gone it died",
                                         NULL };

static void test_runner_lost__begins_again_on_the_next_engine(void **state)
{
	static const char *const then[] = { "start 4 -1", "done 4 -1 0.1", "done 1 0 0.5",
	                                    "done 2 1 0.5", "done 3 2 0.5", "ok sha256:b", NULL };
	struct lost_case c = { .then = then };
	owned(build) struct build *b = lost_run(&c, state, lost_dies);
	assert_true(c.result.ok && c.lost == 1);
	assert_string_equal(c.image_id, "sha256:b");
	/* Of both engines: a step of ours is the same one, what was their own is not. */
	assert_int_equal(b->nsteps, 5);
	assert_true(b->steps[0].state == STEP_DONE && b->steps[2].state == STEP_DONE);
	assert_true(b->steps[3].state == STEP_CANCELLED && b->steps[4].state == STEP_DONE);
}

static void test_runner_lost__fails_when_none_is_left(void **state)
{
	struct lost_case c = { 0 };
	owned(build) struct build *b = lost_run(&c, state, lost_dies);
	assert_true(!c.result.ok && !c.result.cancelled);
	assert_int_equal(c.result.error.code, ERROR_UNREACHABLE);
	assert_string_equal(c.result.error.text, "no engine is left");
}

static void test_runner_lost__without_a_pool_the_engine_is_to_blame(void **state)
{
	struct lost_case c = { .never = true };
	owned(build) struct build *b = lost_run(&c, state, lost_dies);
	assert_true(!c.result.ok && c.lost == 1);
	assert_string_equal(c.result.error.text, "it died");
	assert_int_equal(b->steps[1].state, STEP_FAILED);
}

static void test_runner_lost__a_fault_of_the_build_is_no_reason(void **state)
{
	static const char *const script[] = { "start 2 1", "fail 2 1 exit 1", "broken exit 1", NULL };
	struct lost_case c = { .then = lost_dies };
	owned(build) struct build *b = lost_run(&c, state, script);
	assert_true(!c.result.ok && c.lost == 0);
	assert_int_equal(c.result.error.code, ERROR_BUILD);
}

static void test_runner_lost__a_cancel_meanwhile_ends_it(void **state)
{
	static const char *const then[] = { "ok sha256:never", NULL };
	struct lost_case c = { .then = then, .cancels = true };
	owned(build) struct build *b = lost_run(&c, state, lost_dies);
	assert_true(c.result.cancelled && !c.result.ok);
	assert_int_equal(c.result.error.code, ERROR_CANCELLED);
	assert_int_equal(c.second.at, 0);
	assert_true(b->cancel_requested);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_runner_lost__begins_again_on_the_next_engine),
		SCRATCH_TEST(test_runner_lost__fails_when_none_is_left),
		SCRATCH_TEST(test_runner_lost__without_a_pool_the_engine_is_to_blame),
		SCRATCH_TEST(test_runner_lost__a_fault_of_the_build_is_no_reason),
		SCRATCH_TEST(test_runner_lost__a_cancel_meanwhile_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
