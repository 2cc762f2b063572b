/* A run task: its image, its step, what becomes of its files and its end. */
#include "core/job/runner.h"

#include "core/journal/build.h"
#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/fake_engine.h"

struct run_case {
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
	struct error error;
	struct build *build;
	struct journal *journal;
	int dones;
};

static const struct run_copy copies[] = {
	{ .container = "/w/a", .path = "a" },
	{ .container = "/w/report", .path = "report", .after_failure = true, .may_lack = true }, { 0 },
};
static const int three[] = { 0, 3, -1 };

static void case_disk_failed(void *data)
{
	(void)data;
	fail_msg("the disk is full");
}

static void case_done(void *data, const struct runner_result *result)
{
	struct run_case *c = data;
	c->result = *result;
	c->error = result->error;
	c->dones++;
	loop_stop(c->loop);
}

/* Plays the script on a plan of an image and a run of it, with these good ends. */
static void case_play(struct run_case *c, void **state, const char *const *script,
                      const int *accepted, bool cancels)
{
	static const unsigned after[] = { 0 };
	static const char *const none[] = { NULL };
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	*c = (struct run_case){ .s = *state, .loop = loop_new(), .plan = plan_new(),
	                        .mask = mask_new() };
	recipe_builder_add(b, NULL, 0, "FROM base");
	c->plan->recipe = recipe_builder_done(b);
	c->plan->root = scratch_mkdir(c->s, "project");
	scratch_write(c->s, "project/a", "old");
	c->writer = journal_create(scratch_mkdir(c->s, "build"), 0, &c->s->err);
	c->record = record_new(c->loop, c->writer, c->mask, case_disk_failed, c);
	plan_add(c->plan, &(struct task){ .kind = TASK_IMAGE, .name = "image", .image = {
		.recipe = c->plan->recipe, .context = context_new(), .tags = none } });
	plan_add(c->plan, &(struct task){ .kind = TASK_RUN, .name = "work", .after = after, .nafter = 1,
		.run = { .copies_out = copies, .accepted = accepted } });
	c->steps = steps_new(c->plan);
	struct value *f = value_new_object(record_arena(c->record));
	value_set(record_arena(c->record), f, "steps",
	          steps_describe(c->steps, record_arena(c->record)));
	record_event(c->record, EVENT_BUILD_START, -1, f);
	fake_engine_init(&c->engine, c->loop, script);
	struct runner_setup setup = { .loop = c->loop, .plan = c->plan, .engine = &c->engine.base,
	                              .steps = c->steps, .record = c->record, .id = "b1",
	                              .scratch = scratch_path(c->s, "scratch") };
	c->runner = runner_new(&setup, case_done, c);
	while (cancels && !c->engine.ran.is_planned)
		assert_true(loop_turn(c->loop, 10, &c->s->err));
	if (cancels)
		runner_cancel(c->runner);
	looping_run(c->loop);
	assert_int_equal(c->dones, 1);
	f = value_new_object(record_arena(c->record));
	value_set(record_arena(c->record), f, "ok", value_new_bool(record_arena(c->record),
	                                                           c->result.ok));
	record_last(c->record, f);
	c->build = build_new();
	c->journal = journal_open(scratch_path(c->s, "build"), &c->s->err);
	assert_true(build_update(c->build, c->journal));
}

static void case_finish(struct run_case *c)
{
	assert_int_equal(access(scratch_path(c->s, "scratch/run-1"), F_OK), -1);
	engine_free(&c->engine.base);
	runner_free(c->runner);
	record_free(c->record);
	steps_free(c->steps);
	journal_writer_free(c->writer);
	mask_free(c->mask);
	plan_free(c->plan);
	build_free(c->build);
	journal_free(c->journal);
	loop_free(c->loop);
}

static const char *case_file(struct run_case *c, const char *name)
{
	return scratch_read(c->s, scratch_path(c->s, name));
}

static void test_runner_run__is_a_step_whose_files_come(void **state)
{
	static const char *const script[] = {
		"cached 1 0", "ok sha256:abc", "log 0 1 it works\\n", "give 0 a new", "exit 0", "ok -",
		NULL,
	};
	struct run_case c;
	case_play(&c, state, script, NULL, false);
	assert_true(c.result.ok);
	assert_string_equal(buf_text(&c.engine.image), "sha256:abc");
	assert_string_equal(c.engine.ran.name, "mortar-b1-1");
	assert_true(str_eq(c.engine.ran.labels[0].value, STR("b1")));
	assert_string_equal(case_file(&c, "project/a"), "new");
	assert_true(str_eq(c.build->steps[1].task, STR("run")));
	assert_int_equal(c.build->steps[1].state, STEP_DONE);
	assert_string_equal(case_file(&c, "build/log"), "it works\na: changed\n");
	assert_int_equal(c.build->nartifacts, 1);
	/* Nobody is to take the image for what was asked for. */
	assert_int_equal(c.result.image_id.n, 0);
	case_finish(&c);
}

static void test_runner_run__a_bad_end_brings_reports_alone(void **state)
{
	static const char *const script[] = {
		"ok sha256:abc", "give 0 a new", "give 1 report seen", "exit 3", "ok -", NULL,
	};
	struct run_case c;
	case_play(&c, state, script, NULL, false);
	assert_int_equal(c.error.code, ERROR_BUILD);
	assert_string_equal(c.error.text, "work: exit code 3");
	assert_string_equal(case_file(&c, "project/a"), "old");
	assert_string_equal(case_file(&c, "project/report"), "seen");
	assert_int_equal(c.build->steps[1].state, STEP_FAILED);
	case_finish(&c);
}

static void test_runner_run__ends_that_are_accepted(void **state)
{
	static const char *const script[] = {
		"ok sha256:abc", "give 0 a new", "exit 3", "ok -", NULL,
	};
	struct run_case c;
	case_play(&c, state, script, three, false);
	assert_true(c.result.ok);
	assert_string_equal(case_file(&c, "project/a"), "new");
	case_finish(&c);
}

static void test_runner_run__a_copy_that_fails_fails_it(void **state)
{
	static const char *const script[] = { "ok sha256:abc", "exit 0", "ok -", NULL };
	struct run_case c;
	case_play(&c, state, script, NULL, false);
	assert_int_equal(c.error.code, ERROR_BUILD);
	assert_non_null(strstr(c.error.text, "/w/a"));
	case_finish(&c);
}

/* Its exit code says more than that there is no report. */
static void test_runner_run__the_exit_code_goes_first(void **state)
{
	static const char *const script[] = {
		"ok sha256:abc", "exit 9", "broken /w/report cannot be copied", NULL,
	};
	struct run_case c;
	case_play(&c, state, script, NULL, false);
	assert_string_equal(c.error.text, "work: exit code 9");
	assert_true(c.build->nwarnings == 1);
	case_finish(&c);
}

static void test_runner_run__a_lost_engine(void **state)
{
	static const char *const script[] = { "ok sha256:abc", "gone the line is cut", NULL };
	struct run_case c;
	case_play(&c, state, script, NULL, false);
	assert_int_equal(c.error.code, ERROR_UNREACHABLE);
	assert_string_equal(case_file(&c, "project/a"), "old");
	case_finish(&c);
}

static void test_runner_run__cancelled(void **state)
{
	static const char *const script[] = { "ok sha256:abc", "give 0 a new", "wait", NULL };
	struct run_case c;
	case_play(&c, state, script, NULL, true);
	assert_true(c.engine.was_cancelled && c.result.cancelled);
	assert_int_equal(c.error.code, ERROR_CANCELLED);
	assert_string_equal(case_file(&c, "project/a"), "old");
	assert_int_equal(c.build->steps[1].state, STEP_CANCELLED);
	case_finish(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_runner_run__is_a_step_whose_files_come),
		TEST(test_runner_run__a_bad_end_brings_reports_alone),
		TEST(test_runner_run__ends_that_are_accepted),
		TEST(test_runner_run__a_copy_that_fails_fails_it),
		TEST(test_runner_run__the_exit_code_goes_first),
		TEST(test_runner_run__a_lost_engine),
		TEST(test_runner_run__cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
