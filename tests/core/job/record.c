#include "core/job/record.h"

#include "core/os/clock.h"
#include "tests/core/os/scratch.h"

struct record_case {
	struct scratch *s;
	struct loop *loop;
	struct mask *mask;
	struct journal_writer *writer;
	struct record *record;
};

static void case_failed(void *data)
{
	(void)data;
	fail_msg("the disk is not full");
}

static void case_init(struct record_case *c, void **state)
{
	*c = (struct record_case){ .s = *state, .loop = loop_new(), .mask = mask_new() };
	c->writer = journal_create(c->s->dir, 0, &c->s->err);
	assert_non_null(c->writer);
	c->record = record_new(c->loop, c->writer, c->mask, case_failed, c);
}

static void case_finish(struct record_case *c)
{
	assert_null(record_error(c->record));
	record_free(c->record);
	journal_writer_free(c->writer);
	mask_free(c->mask);
	loop_free(c->loop);
}

static size_t case_count(struct record_case *c, enum event_kind kind)
{
	size_t n = 0;
	struct cursor cursor = { 0 };
	struct event e;
	owned(journal) struct journal *j = journal_open(c->s->dir, &c->s->err);
	assert_non_null(j);
	while (journal_next(j, &cursor, &e))
		n += e.kind == kind;
	return n;
}

static void test_record__gathers_output(void **state)
{
	struct record_case c;
	case_init(&c, state);
	for (int i = 0; i < 1000; i++)
		record_log(c.record, 1, 1, STR("line\n"), 1);
	assert_int_equal(case_count(&c, EVENT_LOG), 0);
	record_event(c.record, EVENT_STEP_DONE, 2, NULL);
	assert_int_equal(case_count(&c, EVENT_LOG), 0);
	record_event(c.record, EVENT_STEP_DONE, 1, NULL);
	assert_int_equal(case_count(&c, EVENT_LOG), 1);
	for (int i = 0; i < JOURNAL_CHUNK / 4; i++)
		record_log(c.record, 1, 1, STR("abc\n"), 1);
	assert_int_equal(case_count(&c, EVENT_LOG), 2);
	case_finish(&c);
}

static void test_record__does_not_keep_output_for_long(void **state)
{
	struct record_case c;
	case_init(&c, state);
	record_log(c.record, 1, 1, STR("line"), 1);
	while (case_count(&c, EVENT_LOG) == 0)
		assert_true(loop_turn(c.loop, 5000, &c.s->err));
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "log")), "line");
	case_finish(&c);
}

static void test_record__keeps_streams_in_their_order(void **state)
{
	struct record_case c;
	case_init(&c, state);
	record_log(c.record, 1, 1, STR("out\n"), 1);
	record_log(c.record, 1, 2, STR("err\n"), 1);
	record_log(c.record, 1, 1, STR("out again\n"), 1);
	record_event(c.record, EVENT_STEP_DONE, 1, NULL);
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "log")), "out\nerr\nout again\n");
	case_finish(&c);
}

static void test_record__thins_progress_out(void **state)
{
	struct record_case c;
	enum { TIMES = 1000 };
	case_init(&c, state);
	int64_t start = clock_monotonic_ms();
	for (unsigned i = 0; i < TIMES; i++)
		record_progress(c.record, 1, STR("a"), i, TIMES);
	size_t most = 1 + (size_t)(clock_monotonic_ms() - start) / 100;
	size_t told = case_count(&c, EVENT_STEP_PROGRESS);
	assert_true(told >= 1 && told <= most);
	record_progress(c.record, 1, STR("b"), 0, TIMES);
	record_progress(c.record, 1, STR("a"), TIMES, TIMES);
	assert_int_equal(case_count(&c, EVENT_STEP_PROGRESS), told + 2);
	case_finish(&c);
}

static void test_record__writes_nothing_after_the_end(void **state)
{
	struct record_case c;
	case_init(&c, state);
	record_log(c.record, 1, 1, STR("last words"), 1);
	record_last(c.record, NULL);
	record_log(c.record, 1, 1, STR("too late"), 1);
	record_warning(c.record, -1, STR("too late"));
	assert_int_equal(case_count(&c, EVENT_BUILD_DONE), 1);
	assert_int_equal(case_count(&c, EVENT_WARNING), 0);
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "log")), "last words");
	case_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_record__gathers_output),
		SCRATCH_TEST(test_record__does_not_keep_output_for_long),
		SCRATCH_TEST(test_record__keeps_streams_in_their_order),
		SCRATCH_TEST(test_record__thins_progress_out),
		SCRATCH_TEST(test_record__writes_nothing_after_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
