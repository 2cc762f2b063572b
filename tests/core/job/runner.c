#include "core/job/runner.h"

#include <signal.h>
#include <sys/resource.h>

#include "core/job/job.h"
#include "core/journal/build.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/fake_engine.h"

/* A plan of one image, its journal, and the fake engine that builds it. */
struct runner_case {
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
	struct buf image_id;
	int dones;
	rlim_t file_size;
	bool again;                     /* cancelled a second time */
	bool is_held;
};

static void case_disk_failed(void *data)
{
	struct runner_case *c = data;
	runner_fail(c->runner, record_error(c->record));
}

static void case_recipe(struct runner_case *c)
{
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	recipe_builder_add(b, NULL, 0, "FROM base");
	recipe_builder_add(b, NULL, 0, "ENV a=b");
	recipe_builder_add(b, NULL, 0, "RUN one");
	recipe_builder_add(b, NULL, 0, "RUN two \\\n  three");
	c->plan->recipe = recipe_builder_done(b);
}

static void case_init(struct runner_case *c, void **state)
{
	*c = (struct runner_case){ .s = *state, .loop = loop_new(), .plan = plan_new(),
	                           .mask = mask_new() };
	case_recipe(c);
	c->plan->image = "i:1";
	c->writer = journal_create(c->s->dir, 0, &c->s->err);
	assert_non_null(c->writer);
	c->record = record_new(c->loop, c->writer, c->mask, case_disk_failed, c);
}

static void case_add_image(struct runner_case *c)
{
	static const char *const tags[] = { "i:1", NULL };
	struct context *context = context_new();
	context_add_bytes(context, "file", 0644, STR("bytes"));
	plan_add(c->plan, &(struct task){ .kind = TASK_IMAGE, .name = "i:1", .image = {
		.recipe = c->plan->recipe, .context = context, .tags = tags } });
}

static void case_done(void *data, const struct runner_result *result)
{
	struct runner_case *c = data;
	c->result = *result;
	buf_append(&c->image_id, result->image_id);
	c->dones++;
	loop_stop(c->loop);
}

static void case_start(struct runner_case *c, const char *const *script)
{
	fake_engine_init(&c->engine, c->loop, script);
	c->steps = steps_new(c->plan);
	struct value *f = value_new_object(record_arena(c->record));
	value_set(record_arena(c->record), f, "steps",
	          steps_describe(c->steps, record_arena(c->record)));
	record_event(c->record, EVENT_BUILD_START, -1, f);
	struct runner_setup setup = { .loop = c->loop, .plan = c->plan, .engine = &c->engine.base,
	                              .steps = c->steps, .record = c->record,
	                              .is_held = c->is_held };
	c->runner = runner_new(&setup, case_done, c);
}

static void case_finish(struct runner_case *c)
{
	assert_int_equal(c->dones, 1);
	engine_free(&c->engine.base);
	runner_free(c->runner);
	record_free(c->record);
	steps_free(c->steps);
	journal_writer_free(c->writer);
	mask_free(c->mask);
	plan_free(c->plan);
	loop_free(c->loop);
	buf_finish(&c->image_id);
}

static void case_end(struct runner_case *c)
{
	struct value *f = value_new_object(record_arena(c->record));
	value_set(record_arena(c->record), f, "ok", value_new_bool(record_arena(c->record),
	                                                           c->result.ok));
	value_set(record_arena(c->record), f, "cancelled",
	          value_new_bool(record_arena(c->record), c->result.cancelled));
	record_last(c->record, f);
}

/* The build as a reader sees it; its journal in *ret_journal. */
static struct build *case_build(struct runner_case *c, struct journal **ret_journal)
{
	struct build *b = build_new();
	*ret_journal = journal_open(c->s->dir, &c->s->err);
	assert_non_null(*ret_journal);
	assert_true(build_update(b, *ret_journal));
	return b;
}

static void test_runner__turns_reports_into_steps(void **state)
{
	static const char *const script[] = {
		"start 9 -1", "progress 9 layer 5 10", "progress 9 layer 6 10", "progress 9 layer 10 10",
		"done 9 -1 0.25", "cached 1 0", "start 2 2", "log 2 1 he", "log 2 2 oh\\n",
		"log 2 1 llo\\n", "warn careful", "done 2 2 1.5", "start 2 2", "done 2 2 2.5",
		"done 2 2 2.5", "start 3 3", "ok sha256:abc", NULL,
	};
	struct runner_case c;
	struct journal *journal;
	owned_buf struct buf scratch = { 0 };
	case_init(&c, state);
	case_add_image(&c);
	case_start(&c, script);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.ok && !c.result.cancelled);
	assert_string_equal(buf_text(&c.image_id), "sha256:abc");
	case_end(&c);
	owned(build) struct build *b = case_build(&c, &journal);
	assert_int_equal(b->nsteps, 5);
	assert_true(str_eq(b->steps[3].name, STR("RUN two three")));
	assert_int_equal(b->steps[0].state, STEP_CACHED);
	assert_true(b->steps[1].meta && b->steps[1].state == STEP_DONE);
	assert_true(b->steps[2].state == STEP_DONE && b->steps[2].seconds == 2.5);
	assert_int_equal(b->steps[3].state, STEP_DONE);
	assert_true(b->steps[4].internal && str_eq(b->steps[4].name, STR("internal 9")));
	assert_true(b->steps[4].current == 10 && b->steps[4].total == 10);
	assert_true(b->nwarnings == 1 && str_eq(b->warnings[0], STR("careful")));
	assert_int_equal(journal_lines(journal, 2), 2);
	assert_true(str_eq(journal_line(journal, 2, 0, &scratch, NULL), STR("hello")));
	assert_true(str_eq(journal_line(journal, 2, 1, &scratch, NULL), STR("oh")));
	journal_free(journal);
	case_finish(&c);
}

static void test_runner__tells_what_the_engine_asked_for(void **state)
{
	static const char *const script[] = {
		"transfer context 1 3 .dockerignore", "start 2 2", "context 8",
		"transfer context 12 40 src/a.c b\x1b[2J", "done 2 2 1", "transfer dockerfile 1 0",
		"ok sha256:abc", NULL,
	};
	/* What is asked for may be over before the step is heard of. */
	static const char *const early[] = {
		"transfer context 12 40", "start 2 2", "context 8", "ok sha256:abc", NULL,
	};
	struct runner_case c;
	struct journal *journal;
	owned_buf struct buf scratch = { 0 };
	for (int i = 0; i < 2; i++) {
		case_init(&c, state);
		case_add_image(&c);
		case_start(&c, i ? early : script);
		assert_true(loop_run(c.loop, &c.s->err));
		case_end(&c);
		owned(build) struct build *b = case_build(&c, &journal);
		assert_int_equal(b->ntransfers, i ? 1 : 3);
		if (i == 0) {
			const struct build_transfer *t = &b->transfers[1];
			assert_true(str_eq(t->dir, STR("context")) && t->entries == 12 && t->count == 2);
			assert_true(t->bytes == 40 && t->nfiles == 2);
			assert_true(str_eq(t->files[0], STR("src/a.c")));
			assert_true(str_eq(t->files[1], STR("b\x1b[2J")));
			assert_int_equal(b->transfers[2].nfiles, 0);
		}
		assert_true(str_eq(b->steps[4].name, STR("[internal] load build context")));
		assert_int_equal(journal_lines(journal, 4), 1);
		struct str line = journal_line(journal, 4, 0, &scratch, NULL);
		assert_true(str_eq(line, i
			? STR("the engine asked for nothing: it has all 12 entries as they are")
			: STR("the engine asked for 2 of 12 entries (40 B): src/a.c, b\\x1b[2J")));
		journal_free(journal);
		case_finish(&c);
		assert_true(save_remove(c.s->dir, &c.s->err));
		assert_int_equal(mkdir(c.s->dir, 0700), 0);
	}
}

static void test_runner__masks_what_it_tells(void **state)
{
	static const char *const script[] = {
		"start 2 2", "log 2 1 a hun", "log 2 1 ter2 b\\n", "log 2 1 hunt", "warn hunter2!",
		"fail 2 2 exit 1 of hunter2", "broken RUN hunter2 failed", NULL,
	};
	struct runner_case c;
	case_init(&c, state);
	mask_add(c.mask, STR("hunter2"));
	case_add_image(&c);
	case_start(&c, script);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_int_equal(c.result.error.code, ERROR_BUILD);
	case_end(&c);
	const char *text = scratch_read(c.s, scratch_path(c.s, "journal"));
	assert_null(strstr(text, "hunter2"));
	assert_non_null(strstr(text, "exit 1 of ***"));
	assert_non_null(strstr(text, "\"***!\""));
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "log")), "a *** b\nhunt");
	case_finish(&c);
}

static void case_cancel(struct loop *loop, void *data)
{
	(void)loop;
	struct runner_case *c = data;
	runner_cancel(c->runner);
	runner_cancel(c->runner);
}

static void test_runner__cancels_the_engine(void **state)
{
	static const char *const script[] = { "start 2 2", "wait", NULL };
	struct runner_case c;
	struct journal *journal;
	case_init(&c, state);
	case_add_image(&c);
	case_start(&c, script);
	loop_timer(c.loop, 20, case_cancel, &c);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.engine.was_cancelled && c.result.cancelled && !c.result.ok);
	assert_int_equal(c.result.error.code, ERROR_CANCELLED);
	case_end(&c);
	owned(build) struct build *b = case_build(&c, &journal);
	assert_true(b->cancel_requested && b->cancelled && b->exit_code == 130);
	assert_int_equal(b->steps[2].state, STEP_CANCELLED);
	assert_int_equal(b->steps[3].state, STEP_SKIPPED);
	journal_free(journal);
	case_finish(&c);
}

static void case_engine_ends(struct loop *loop, void *data)
{
	(void)loop;
	struct runner_case *c = data;
	struct work_result result = { .cancelled = true };
	error_set(&result.error, ERROR_CANCELLED, "cancelled");
	c->engine.sink.done(c->engine.sink.data, &result);
}

static void case_cancel_again(struct loop *loop, void *data)
{
	(void)loop;
	runner_cancel(((struct runner_case *)data)->runner);
}

/* Long after the runner would have given up a silent engine. */
static void case_engine_is_busy(struct loop *loop, void *data)
{
	struct runner_case *c = data;
	c->engine.sink.busy(c->engine.sink.data, STR("it goes on"));
	loop_timer(loop, 20, c->again ? case_cancel_again : case_engine_ends, c);
}

static void case_is_deaf(void *data)
{
	loop_timer(((struct runner_case *)data)->loop, 0, case_engine_is_busy, data);
}

static void case_busy(void **state, bool again)
{
	static const char *const script[] = { "start 2 2", "wait", NULL };
	struct runner_case c;
	struct journal *journal;
	case_init(&c, state);
	case_add_image(&c);
	case_start(&c, script);
	c.again = again;
	c.engine.deaf = true;
	c.engine.on_cancel = case_is_deaf;
	c.engine.data = &c;
	loop_timer(c.loop, 20, case_cancel, &c);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.cancelled && !c.result.ok);
	case_end(&c);
	owned(build) struct build *b = case_build(&c, &journal);
	assert_true(b->cancel_requested && b->engine_busy && b->cancelled);
	assert_int_equal(b->nwarnings, 1 + again);
	assert_true(str_eq(b->warnings[0], STR("it goes on")));
	assert_int_equal(b->steps[2].state, STEP_CANCELLED);
	journal_free(journal);
	case_finish(&c);
}

static void test_runner__waits_for_an_engine_that_is_busy(void **state)
{
	case_busy(state, false);
}

static void test_runner__leaves_a_busy_engine_when_cancelled_again(void **state)
{
	case_busy(state, true);
}

static void case_disk_is_back(void *data)
{
	struct runner_case *c = data;
	struct rlimit now;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &now), 0);
	now.rlim_cur = c->file_size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}

static void case_disk_is_full(struct loop *loop, void *data)
{
	(void)loop;
	struct runner_case *c = data;
	struct rlimit now;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &now), 0);
	c->file_size = now.rlim_cur;
	now.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}

static void test_runner__a_full_disk_stops_the_build(void **state)
{
	static const char *const script[] = {
		"start 2 2", "log 2 1 fills the disk\\n", "done 2 2 1", "start 3 3", "wait", NULL,
	};
	struct runner_case c;
	struct journal *journal;
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	case_init(&c, state);
	case_add_image(&c);
	case_start(&c, script);
	c.engine.on_cancel = case_disk_is_back;
	c.engine.data = &c;
	loop_timer(c.loop, 0, case_disk_is_full, &c);
	assert_true(loop_run(c.loop, &c.s->err));
	signal(SIGXFSZ, before);
	assert_true(c.engine.was_cancelled && !c.result.ok && !c.result.cancelled);
	assert_non_null(strstr(c.result.error.text, "File too large"));
	case_end(&c);
	owned(build) struct build *b = case_build(&c, &journal);
	assert_true(b->done && !b->ok);
	journal_free(journal);
	case_finish(&c);
}

static void test_runner__says_what_the_context_lacks(void **state)
{
	struct runner_case c;
	case_init(&c, state);
	case_add_image(&c);
	context_add_tree(c.plan->tasks[0].image.context, scratch_path(c.s, "gone"), "", NULL);
	case_start(&c, NULL);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_false(c.result.ok);
	assert_non_null(strstr(c.result.error.text, "gone"));
	case_finish(&c);
}

static void case_add_fetch(struct runner_case *c, const char *from)
{
	struct fetch_task fetch = {
		.url = arena_printf(c->s->arena, "file://%s", from),
		.file = scratch_path(c->s, "cache/file"),
	};
	plan_add(c->plan, &(struct task){ .kind = TASK_FETCH, .name = "it", .fetch = fetch });
}

static void test_runner__fetches_before_it_builds(void **state)
{
	static const char *const script[] = { "cached 1 0", "ok x", NULL };
	struct runner_case c;
	struct journal *journal;
	case_init(&c, state);
	case_add_fetch(&c, scratch_write(c.s, "from", "bytes"));
	case_add_image(&c);
	case_start(&c, script);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.ok);
	case_end(&c);
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "cache/file")), "bytes");
	owned(build) struct build *b = case_build(&c, &journal);
	assert_true(str_eq(b->steps[0].task, STR("fetch")) && b->steps[0].state == STEP_DONE);
	assert_int_equal(b->steps[1].state, STEP_CACHED);
	journal_free(journal);
	case_finish(&c);
}

static void test_runner__a_failed_fetch_ends_the_build(void **state)
{
	struct runner_case c;
	struct journal *journal;
	case_init(&c, state);
	case_add_fetch(&c, scratch_path(c.s, "gone"));
	case_add_image(&c);
	case_start(&c, NULL);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_int_equal(c.result.error.code, ERROR_PROJECT);
	case_end(&c);
	owned(build) struct build *b = case_build(&c, &journal);
	assert_int_equal(b->steps[0].state, STEP_FAILED);
	assert_non_null(strstr(b->steps[0].error.p, "there is no file"));
	assert_int_equal(b->steps[1].state, STEP_SKIPPED);
	journal_free(journal);
	case_finish(&c);
}

static void case_release(struct loop *loop, void *data)
{
	struct runner_case *c = data;
	(void)loop;
	assert_int_equal(c->engine.at, 0);
	assert_int_equal(c->dones, 0);
	runner_release(c->runner);
}

static void test_runner__an_image_waits_until_it_is_released(void **state)
{
	static const char *const script[] = { "start 2 2", "done 2 2 1", "ok sha256:abc", NULL };
	struct runner_case c;
	case_init(&c, state);
	case_add_image(&c);
	c.is_held = true;
	case_start(&c, script);
	loop_timer(c.loop, 30, case_release, &c);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.ok);
	case_finish(&c);
}

static void test_runner__an_image_may_be_released_before_its_turn(void **state)
{
	static const char *const script[] = { "start 2 2", "done 2 2 1", "ok sha256:abc", NULL };
	struct runner_case c;
	case_init(&c, state);
	case_add_image(&c);
	c.is_held = true;
	case_start(&c, script);
	runner_release(c.runner);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.ok);
	case_finish(&c);
}

static void test_runner__a_build_that_waits_can_be_cancelled(void **state)
{
	static const char *const script[] = { "ok sha256:abc", NULL };
	struct runner_case c;
	case_init(&c, state);
	case_add_image(&c);
	c.is_held = true;
	case_start(&c, script);
	loop_timer(c.loop, 30, case_cancel, &c);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.cancelled && !c.engine.was_cancelled);
	assert_int_equal(c.engine.at, 0);
	case_finish(&c);
}

static void test_runner__cancels_a_worker(void **state)
{
	struct runner_case c;
	case_init(&c, state);
	plan_add(c.plan, &(struct task){ .kind = TASK_STAGE, .name = "certificate", .stage = {
		.dir = scratch_path(c.s, "ssl"), .common_name = "x" } });
	case_start(&c, NULL);
	loop_timer(c.loop, 30, case_cancel, &c);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.result.cancelled);
	case_finish(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_runner__turns_reports_into_steps),
		SCRATCH_TEST(test_runner__tells_what_the_engine_asked_for),
		SCRATCH_TEST(test_runner__masks_what_it_tells),
		SCRATCH_TEST(test_runner__cancels_the_engine),
		SCRATCH_TEST(test_runner__waits_for_an_engine_that_is_busy),
		SCRATCH_TEST(test_runner__leaves_a_busy_engine_when_cancelled_again),
		SCRATCH_TEST(test_runner__a_full_disk_stops_the_build),
		SCRATCH_TEST(test_runner__says_what_the_context_lacks),
		SCRATCH_TEST(test_runner__fetches_before_it_builds),
		SCRATCH_TEST(test_runner__a_failed_fetch_ends_the_build),
		SCRATCH_TEST(test_runner__an_image_waits_until_it_is_released),
		SCRATCH_TEST(test_runner__an_image_may_be_released_before_its_turn),
		SCRATCH_TEST(test_runner__a_build_that_waits_can_be_cancelled),
		SCRATCH_TEST(test_runner__cancels_a_worker),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
