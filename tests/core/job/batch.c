/* Batches by real jobs, on an engine that is not there. */
#include <signal.h>

#include "core/history/list.h"
#include "core/job/job.h"
#include "core/journal/build.h"
#include "core/os/files.h"
#include "tests/core/os/scratch.h"

static int batch_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1) || setenv("XDG_CACHE_HOME", s->dir, 1);
}

#define BATCH_TEST(f) cmocka_unit_test_setup_teardown(f, batch_setup, scratch_teardown)

static const char *const batch_gpu[] = { "gpu" }, *const batch_unknown[] = { "nobody" };

static struct request batch_request(struct scratch *s, const struct combo *combos, size_t n)
{
	struct request r = {
		.id = request_new_id(&s->err), .kind = "pesto", .engine = "unix:///nonexistent/socket",
		.argument = files_absolute(s->arena, "docs/examples/ship-detector"),
		.selection = { .level = "all" }, .log_limit = 1 << 20, .combos = combos, .ncombos = n,
		.jobs = 2,
	};
	assert_non_null(r.id);
	return r;
}

static void batch_more(struct journal *j, void *data)
{
	if (journal_state(j, NULL) != JOURNAL_RUNNING)
		loop_stop(data);
}

/* Runs it to its end. */
static struct build *batch_build(struct scratch *s, const struct request *r)
{
	owned(loop) struct loop *loop = loop_new();
	if (!job_start(r, NULL, &s->err))
		fail_msg("%s", s->err.text);
	const char *dir = request_find(r->id, &s->err);
	owned(journal) struct journal *j = journal_open(dir, &s->err);
	assert_true(journal_follow(j, loop, batch_more, loop, &s->err));
	assert_true(loop_run(loop, &s->err));
	struct build *b = build_new();
	build_update(b, j);
	return b;
}

static void test_batch__is_a_build_of_builds(void **state)
{
	struct scratch *s = *state;
	struct combo combos[] = { { NULL, 0 }, { batch_gpu, 1 } };
	struct request r = batch_request(s, combos, 2);
	struct history_list list;
	owned(build) struct build *b = batch_build(s, &r);
	assert_true(b->done && !b->ok && b->nbuilds == 2 && b->nsteps == 2);
	assert_true(str_eq(b->title, STR("2 builds")));
	assert_true(str_eq(b->steps[0].name, STR("base")) && str_eq(b->steps[1].name, STR("gpu")));
	assert_true(b->steps[0].state == STEP_FAILED && b->steps[1].state == STEP_FAILED);
	assert_non_null(strstr(b->steps[1].error.p, "/nonexistent/socket"));
	assert_int_equal(b->exit_code, 4);
	assert_true(str_eq(b->error, STR("2 of 2 builds did not end well: base; gpu")));
	assert_true(history_read(s->arena, 10, &list, &s->err));
	assert_int_equal(list.n, 3);
	for (size_t i = 0; i < list.n; i++) {
		const struct history_item *item = &list.items[i];
		bool is_batch = strcmp(item->id, r.id) == 0;
		assert_int_equal(item->nbuilds, is_batch ? 2 : 0);
		assert_string_equal(item->batch, is_batch ? "" : r.id);
	}
}

static void test_batch__who_cannot_begin_stops_no_other(void **state)
{
	struct scratch *s = *state;
	struct combo combos[] = { { batch_unknown, 1 }, { batch_gpu, 1 } };
	struct request r = batch_request(s, combos, 2);
	owned(build) struct build *b = batch_build(s, &r);
	assert_int_equal(b->steps[0].build.n, 0);
	assert_non_null(strstr(b->steps[0].error.p, "nobody"));
	assert_true(b->steps[1].build.n > 0);
	/* A wrong project and an engine that is not there agree on nothing. */
	assert_int_equal(b->exit_code, 1);
}

static void test_batch__refuses_what_is_none(void **state)
{
	struct scratch *s = *state;
	struct combo twice[] = { { batch_gpu, 1 }, { batch_gpu, 1 } };
	struct request r = batch_request(s, twice, 2);
	size_t n;
	assert_false(job_start(&r, NULL, &s->err));
	assert_non_null(strstr(s->err.text, "stands twice"));
	r = batch_request(s, twice, 1);
	r.jobs = 0;
	assert_false(job_start(&r, NULL, &s->err));
	assert_int_equal(s->err.code, ERROR_USAGE);
	assert_non_null(request_list(s->arena, &n, &s->err));
	assert_int_equal(n, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		BATCH_TEST(test_batch__is_a_build_of_builds),
		BATCH_TEST(test_batch__who_cannot_begin_stops_no_other),
		BATCH_TEST(test_batch__refuses_what_is_none),
	};
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "job") == 0)
		return job_main(argv[2]);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
