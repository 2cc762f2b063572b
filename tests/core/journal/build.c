#include "core/journal/build.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static struct build *build_of(struct scratch *s, const char *text)
{
	scratch_write(s, "journal", text);
	owned(journal) struct journal *j = journal_open(s->dir, &s->err);
	assert_non_null(j);
	struct build *b = build_new();
	assert_true(build_update(b, j));
	assert_false(build_update(b, j));
	return b;
}

#define START "{\"t\":10.000,\"ev\":\"build.start\",\"format\":1,\"id\":\"i\",\"project\":\"p\"," \
	"\"kind\":\"pesto\"," \
	"\"profiles\":[\"gpu\",\"x\"],\"level\":\"C1\"," \
	"\"engine\":\"buildkit\"," \
	"\"image\":\"p:1\",\"root\":\"/r\",\"groups\":[\"step 0\"],\"steps\":[" \
	"{\"index\":0,\"name\":\"fetch a\",\"task\":\"fetch\"}," \
	"{\"index\":1,\"name\":\"FROM x\",\"line\":1,\"group\":null,\"origin\":\"b.json:3\"," \
	"\"forecast\":\"unknown\",\"stage\":\"s\"}," \
	"{\"index\":2,\"name\":\"ENV a=b\",\"line\":2,\"group\":0,\"meta\":true}," \
	"{\"index\":3,\"name\":\"RUN y\",\"line\":3,\"group\":0}]}\n"

static void test_build__knows_what_build_start_says(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s, START);
	assert_true(b->started == 10 && !b->done && b->nsteps == 4 && b->nprofiles == 2);
	assert_true(str_eq(b->profiles[1], STR("x")));
	assert_true(str_eq(b->groups[0], STR("step 0")));
	assert_true(str_eq(b->image, STR("p:1")));
	assert_true(b->steps[0].internal && str_eq(b->steps[0].task, STR("fetch")));
	assert_true(str_eq(b->steps[1].origin, STR("b.json:3")));
	assert_int_equal(b->steps[1].group, -1);
	assert_int_equal(b->steps[1].line, 1);
	assert_true(b->steps[2].meta && b->steps[2].group == 0);
	assert_int_equal(b->steps[3].state, STEP_WAITING);
}

static void test_build__knows_the_builds_of_a_batch(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s,
		"{\"t\":10,\"ev\":\"build.start\",\"builds\":2,\"image\":null,\"steps\":["
		"{\"index\":0,\"name\":\"base\"},{\"index\":1,\"name\":\"gpu\"}]}\n"
		"{\"t\":11,\"ev\":\"step.start\",\"step\":1,\"build\":\"20260101-000000-0001\","
		"\"image\":\"p:1-gpu\"}\n"
		"{\"t\":12,\"ev\":\"step.done\",\"step\":1,\"ok\":true,\"seconds\":1,"
		"\"image_id\":\"sha256:1\"}\n");
	assert_int_equal(b->nbuilds, 2);
	assert_true(str_eq(b->title, STR("2 builds")) && b->image.n == 0);
	assert_true(str_eq(b->steps[1].build, STR("20260101-000000-0001")));
	assert_true(str_eq(b->steps[1].image, STR("p:1-gpu")));
	assert_true(str_eq(b->steps[1].image_id, STR("sha256:1")));
	assert_true(b->steps[0].state == STEP_WAITING && !b->steps[0].build.n);
}

static void test_build__begins_anew_on_another_engine(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s, START
		"{\"t\":11,\"ev\":\"step.start\",\"step\":0}\n"
		"{\"t\":12,\"ev\":\"step.done\",\"step\":0,\"ok\":true,\"seconds\":1}\n"
		"{\"t\":12,\"ev\":\"step.done\",\"step\":1,\"ok\":true,\"cached\":true}\n"
		"{\"t\":12,\"ev\":\"step.add\",\"step\":4,\"name\":\"load\",\"internal\":true}\n"
		"{\"t\":12,\"ev\":\"step.start\",\"step\":4}\n"
		"{\"t\":12,\"ev\":\"step.start\",\"step\":3}\n"
		"{\"t\":13,\"ev\":\"step.progress\",\"step\":3,\"id\":\"x\",\"current\":1,\"total\":2}\n"
		"{\"t\":20,\"ev\":\"step.done\",\"step\":3,\"ok\":false,\"seconds\":8,"
		"\"reason\":\"gone\"}\n"
		"{\"t\":21,\"ev\":\"engine\",\"engine\":\"podman\",\"engine_version\":\"podman 4\","
		"\"address\":\"tcp://b:1\",\"pool\":\"farm\",\"member\":\"b\",\"reason\":\"a: gone\","
		"\"forecasts\":[{\"index\":3,\"forecast\":\"miss\"},"
		"{\"index\":99,\"forecast\":\"hit\"}]}\n");
	assert_true(str_eq(b->engine, STR("podman")) && str_eq(b->address, STR("tcp://b:1")));
	assert_true(str_eq(b->member, STR("b")) && str_eq(b->lost, STR("a: gone")));
	assert_true(b->started == 10 && b->since == 21);
	/* What is ours is done; what was that engine's own is over; the rest waits. */
	assert_int_equal(b->steps[0].state, STEP_DONE);
	assert_int_equal(b->steps[4].state, STEP_CANCELLED);
	assert_int_equal(b->steps[1].state, STEP_WAITING);
	assert_int_equal(b->steps[3].state, STEP_WAITING);
	assert_true(b->steps[3].seconds == 0 && !b->steps[3].error.n && !b->steps[3].nparts);
	assert_true(str_eq(b->steps[3].forecast, STR("miss")));
	assert_true(str_eq(b->steps[1].forecast, STR("unknown")));
	assert_int_equal(build_failed_step(b), -1);
}

static void test_build__knows_which_engine_a_batch_gave_a_build(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s,
		"{\"t\":10,\"ev\":\"build.start\",\"builds\":2,\"engine\":\"farm\",\"steps\":["
		"{\"index\":0,\"name\":\"base\"},{\"index\":1,\"name\":\"gpu\"}]}\n"
		"{\"t\":11,\"ev\":\"step.start\",\"step\":0,\"engine\":\"a\"}\n"
		"{\"t\":12,\"ev\":\"step.start\",\"step\":1,\"engine\":\"a\"}\n"
		"{\"t\":13,\"ev\":\"engine\",\"step\":1,\"member\":\"b\",\"reason\":\"a: gone\"}\n"
		"{\"t\":13,\"ev\":\"engine\",\"step\":7,\"member\":\"b\"}\n");
	assert_true(str_eq(b->steps[0].engine, STR("a")) && str_eq(b->steps[1].engine, STR("b")));
	assert_true(str_eq(b->engine, STR("farm")) && b->nsteps == 2);
	assert_int_equal(b->steps[1].state, STEP_RUNNING);
}

/* A watched build is called after an image that its output names at the end. */
static void test_build__learns_by_its_end_what_it_is_called(void **state)
{
	struct scratch *s = *state;
	static const char start[] = "{\"t\":10,\"ev\":\"build.start\",\"project\":\"watch\","
	                            "\"engine\":\"watch\",\"image\":null,\"steps\":[]}\n";
	owned_buf struct buf whole = { 0 };
	owned(build) struct build *begun = build_of(s, start);
	assert_true(str_eq(begun->title, STR("watch")) && !begun->image.n);
	buf_append_text(&whole, start);
	buf_append_text(&whole, "{\"t\":12,\"ev\":\"build.done\",\"ok\":true,\"image\":\"w/web:1\","
	                        "\"project\":\"web\",\"engine_version\":\"docker buildx plain\"}\n");
	owned(build) struct build *b = build_of(s, buf_text(&whole));
	assert_true(str_eq(b->image, STR("w/web:1")) && str_eq(b->title, b->image));
	assert_true(str_eq(b->project, STR("web")));
	assert_true(str_eq(b->engine_version, STR("docker buildx plain")));
}

static void test_build__follows_a_good_build(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s, START
		"{\"t\":11,\"ev\":\"step.start\",\"step\":1}\n"
		"{\"t\":12,\"ev\":\"step.done\",\"step\":1,\"ok\":true,\"cached\":true,"
		"\"seconds\":0.5}\n"
		"{\"t\":13,\"ev\":\"step.add\",\"step\":4,\"name\":\"export\",\"internal\":true}\n"
		"{\"t\":13,\"ev\":\"step.start\",\"step\":4}\n"
		"{\"t\":14,\"ev\":\"step.progress\",\"step\":4,\"id\":\"abc\",\"current\":5,"
		"\"total\":9}\n"
		"{\"t\":14,\"ev\":\"step.start\",\"step\":3}\n"
		"{\"t\":15,\"ev\":\"step.done\",\"step\":3,\"ok\":true,\"seconds\":1}\n"
		"{\"t\":16,\"ev\":\"step.start\",\"step\":3}\n"
		"{\"t\":16,\"ev\":\"warning\",\"step\":3,\"text\":\"w\"}\n");
	assert_int_equal(b->steps[1].state, STEP_CACHED);
	assert_true(b->steps[4].internal && b->steps[4].current == 5 && b->steps[4].total == 9);
	assert_true(b->steps[4].nparts == 1 && str_eq(b->steps[4].parts[0].id, STR("abc")));
	assert_int_equal(b->steps[3].state, STEP_RUNNING);
	assert_true(step_seconds(&b->steps[3], 18) == 3);
	assert_true(step_seconds(&b->steps[1], 18) == 0.5);
	assert_true(b->nwarnings == 1 && b->steps[3].warnings == 1);
	size_t all, cached;
	build_count_cached(b, &all, &cached);
	assert_int_equal(all, 2);
	assert_int_equal(cached, 1);
}

#define PROGRESS(t, id, current, total) \
	"{\"t\":" #t ",\"ev\":\"step.progress\",\"step\":0,\"id\":\"" id "\",\"current\":" #current \
	",\"total\":" #total "}\n"

/* Several layers come at once: none hides another, and their sum has a total once all
 * of theirs are known. */
static void test_build__keeps_progress_of_each_part(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s, START
		"{\"t\":10,\"ev\":\"step.start\",\"step\":0}\n"
		PROGRESS(10, "a", 0, 0) PROGRESS(10, "b", 100, 400) PROGRESS(12, "b", 300, 400)
		PROGRESS(12, "a", 50, 0));
	const struct step *step = &b->steps[0];
	assert_int_equal(step->nparts, 2);
	assert_true(str_eq(step->parts[1].id, STR("b")) && step->parts[1].current == 300);
	assert_true(step_part_rate(&step->parts[0]) == 25 && step_part_rate(&step->parts[1]) == 100);
	struct step_part sum = step_progress(step);
	assert_true(sum.current == 350 && sum.total == 0 && sum.rate == 125);
	owned(build) struct build *known = build_of(s, START
		PROGRESS(10, "a", 10, 100) PROGRESS(10, "b", 0, 400)
		/* Begun anew: no rate of less than nothing. */
		PROGRESS(12, "a", 5, 100) PROGRESS(12, "b", 400, 400)
		/* The rate is that of late. */
		PROGRESS(22, "a", 5, 100) PROGRESS(23, "a", 25, 100));
	sum = step_progress(&known->steps[0]);
	assert_true(sum.current == 425 && sum.total == 500);
	assert_true(sum.rate == 20 && step_part_rate(&known->steps[0].parts[0]) == 20);
	owned(build) struct build *ended = build_of(s, START PROGRESS(10, "a", 10, 100)
		"{\"t\":11,\"ev\":\"step.done\",\"step\":0,\"ok\":true,\"seconds\":1}\n");
	assert_int_equal(ended->steps[0].nparts, 0);
}

static void test_build__keeps_no_more_parts_than_bounded(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf lines = { 0 };
	buf_append(&lines, STR(START));
	for (int i = 0; i < 10 * STEP_PARTS_MAX; i++)
		buf_printf(&lines, "{\"t\":%d,\"ev\":\"step.progress\",\"step\":0,\"id\":\"p%d\","
		           "\"current\":%d,\"total\":9}\n", 10 + i, i, i == 3 ? 0 : 9);
	owned(build) struct build *b = build_of(s, buf_text(&lines));
	const struct step *step = &b->steps[0];
	assert_int_equal(step->nparts, STEP_PARTS_MAX);
	/* What is done makes room. */
	assert_true(str_eq(step->parts[0].id, STR("p3")));
	assert_true(str_eq(step->parts[STEP_PARTS_MAX - 1].id, STR("p639")));
}

static void test_build__settles_what_was_never_told(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *good = build_of(s, START
		"{\"t\":20,\"ev\":\"step.start\",\"step\":3}\n"
		"{\"t\":30,\"ev\":\"build.done\",\"ok\":true,"
		"\"image_id\":\"sha256:1\",\"exit\":0}\n"
		"{\"t\":31,\"ev\":\"step.start\",\"step\":0}\n");
	assert_true(good->done && good->ok && good->ended == 30 && good->exit_code == 0);
	assert_int_equal(good->steps[0].state, STEP_SKIPPED);
	assert_int_equal(good->steps[2].state, STEP_DONE);
	assert_int_equal(good->steps[3].state, STEP_DONE);
	assert_true(good->steps[3].seconds == 10);
	owned(build) struct build *bad = build_of(s, START
		"{\"t\":21,\"ev\":\"step.done\",\"step\":3,\"ok\":false,"
		"\"reason\":\"exit 2\"}\n"
		"{\"t\":30,\"ev\":\"build.done\",\"ok\":false,\"error\":\"e\",\"exit\":1}\n");
	assert_int_equal(build_failed_step(bad), 3);
	assert_int_equal(build_failed_step(good), -1);
	assert_true(str_eq(bad->steps[3].error, STR("exit 2")) && str_eq(bad->error, STR("e")));
	assert_int_equal(bad->steps[2].state, STEP_SKIPPED);
	assert_int_equal(bad->exit_code, 1);
}

static void test_build__knows_a_cancelled_one(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s, START
		"{\"t\":20,\"ev\":\"step.start\",\"step\":3}\n"
		"{\"t\":21,\"ev\":\"cancel\"}\n"
		"{\"t\":22,\"ev\":\"build.done\",\"ok\":false,\"cancelled\":true,\"exit\":130}\n");
	assert_true(b->cancel_requested && b->cancelled && b->exit_code == 130);
	assert_int_equal(b->steps[3].state, STEP_CANCELLED);
	assert_int_equal(b->steps[0].state, STEP_SKIPPED);
}

static void test_build__knows_why_an_engine_goes_on(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s, START
		"{\"t\":20,\"ev\":\"warning\",\"text\":\"before\"}\n"
		"{\"t\":21,\"ev\":\"cancel\"}\n");
	assert_true(b->cancel_requested && !b->engine_busy && !b->cancel_note.n);
	owned(build) struct build *busy = build_of(s, START
		"{\"t\":20,\"ev\":\"warning\",\"text\":\"before\"}\n"
		"{\"t\":21,\"ev\":\"cancel\"}\n"
		"{\"t\":22,\"ev\":\"warning\",\"text\":\"why\"}\n"
		"{\"t\":22,\"ev\":\"cancel\",\"busy\":true}\n");
	assert_true(busy->cancel_requested && busy->engine_busy && !busy->cancelled);
	assert_true(str_eq(busy->cancel_note, STR("why")));
}

static void test_build__bears_nonsense(void **state)
{
	struct scratch *s = *state;
	owned(build) struct build *b = build_of(s,
		"{\"t\":1,\"ev\":\"build.start\",\"steps\":{\"a\":3,\"b\":[]},"
		"\"profiles\":4,\"id\":[]}\n"
		"{\"t\":1,\"ev\":\"step.done\",\"step\":-4,\"ok\":1}\n"
		"{\"t\":1,\"ev\":\"step.progress\",\"step\":0,\"current\":-1,\"total\":1e999}\n"
		"{\"t\":1,\"ev\":\"step.done\",\"step\":1,\"seconds\":-3}\n"
		"{\"t\":1,\"ev\":\"warning\",\"step\":200,\"text\":[]}\n"
		"{\"t\":1,\"ev\":\"step.start\",\"step\":999999999}\n"
		"{\"t\":1,\"ev\":\"build.done\"}\n");
	assert_int_equal(b->nsteps, 2);
	assert_true(b->steps[0].current == 0 && b->steps[0].total == 0);
	assert_true(b->steps[1].seconds == 0);
	assert_true(b->done && !b->ok && b->exit_code == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_build__knows_what_build_start_says),
		SCRATCH_TEST(test_build__knows_the_builds_of_a_batch),
		SCRATCH_TEST(test_build__begins_anew_on_another_engine),
		SCRATCH_TEST(test_build__knows_which_engine_a_batch_gave_a_build),
		SCRATCH_TEST(test_build__learns_by_its_end_what_it_is_called),
		SCRATCH_TEST(test_build__follows_a_good_build),
		SCRATCH_TEST(test_build__keeps_progress_of_each_part),
		SCRATCH_TEST(test_build__keeps_no_more_parts_than_bounded),
		SCRATCH_TEST(test_build__settles_what_was_never_told),
		SCRATCH_TEST(test_build__knows_a_cancelled_one),
		SCRATCH_TEST(test_build__knows_why_an_engine_goes_on),
		SCRATCH_TEST(test_build__bears_nonsense),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
