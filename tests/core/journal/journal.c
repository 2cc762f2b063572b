#include "core/journal/journal.h"

#include <signal.h>
#include <sys/wait.h>

#include "tests/core/os/scratch.h"

static struct journal *journal_of(struct scratch *s, const char *text)
{
	scratch_write(s, "journal", text);
	scratch_write(s, "log", "one\ntwo\n");
	struct journal *j = journal_open(s->dir, &s->err);
	assert_non_null(j);
	return j;
}

static void journal_more_text(struct scratch *s, const char *text)
{
	FILE *f = fopen(scratch_path(s, "journal"), "ae");
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_journal__gives_events_in_order(void **state)
{
	struct scratch *s = *state;
	owned(journal) struct journal *j = journal_of(s,
		"{\"t\":1.000,\"ev\":\"build.start\",\"id\":\"x\"}\n"
		"{\"t\":2.000,\"ev\":\"of.tomorrow\",\"step\":1}\n"
		"no json at all\n"
		"\n"
		"{\"t\":2.500,\"ev\":\"step.done\",\"step\":1,\"ok\":nope}\n"
		"{\"t\":3.000,\"ev\":\"log\",\"step\":1,\"stream\":2,"
		"\"offset\":4,\"length\":4,\"gap\":5}\n"
		"{\"t\":4.000,\"ev\":\"warning\",\"text\":\"a\\nb\"}\n");
	struct cursor c = { 0 };
	struct event e;
	assert_true(journal_next(j, &c, &e));
	assert_int_equal(e.kind, EVENT_BUILD_START);
	assert_true(str_eq(value_text(value_get(e.fields, STR("id"))), STR("x")));
	assert_int_equal(e.step, -1);
	assert_true(journal_next(j, &c, &e));
	assert_int_equal(e.kind, EVENT_LOG);
	assert_true(e.step == 1 && e.stream == 2 && e.offset == 4 && e.length == 4 && e.gap == 5);
	assert_null(e.fields);
	assert_true(str_has_prefix(e.line, STR("{\"t\":3.000,\"ev\":\"log\"")));
	assert_true(str_has_suffix(e.line, STR("\"gap\":5}")));
	assert_true(journal_next(j, &c, &e));
	assert_int_equal(e.kind, EVENT_WARNING);
	assert_true(str_eq(e.text, STR("a\nb")));
	assert_true(e.t == 4);
	assert_false(journal_next(j, &c, &e));
	owned_buf struct buf log = { 0 };
	assert_true(journal_read_log(j, 4, 4, &log));
	assert_string_equal(buf_text(&log), "two\n");
	assert_false(journal_read_log(j, 4, 5, &log));
}

static void test_journal__holds_events_back_for_replays(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf text = { 0 };
	struct event e;
	/* One of them is longer than a window. */
	buf_append_text(&text, "{\"t\":1.0,\"ev\":\"build.start\"}\n"
		"{\"t\":2.0,\"ev\":\"log\",\"step\":0,\"stream\":1,\"offset\":0,\"length\":4}\n"
		"{\"t\":3.0,\"ev\":\"warning\",\"text\":\"");
	for (int i = 0; i < 300 << 10; i++)
		buf_append_char(&text, 'x');
	buf_append_text(&text, "\"}\n{\"t\":4.0,\"ev\":\"build.done\",\"ok\":true}\n");
	owned(journal) struct journal *j = journal_of(s, buf_text(&text));
	assert_int_equal(journal_state(j, NULL), JOURNAL_DONE);
	journal_rewind(j, 0.5);
	static const struct { double until, held; size_t events, lines; } steps[] = {
		{ 0.5, 1, 0, 0 }, { 1, 2, 1, 0 }, { 2.5, 3, 2, 1 }, { 2.9, 3, 2, 1 }, { 3, 4, 3, 1 },
		{ 4, 0, 4, 1 },
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct cursor c = { 0 };
		size_t n = 0;
		journal_until(j, steps[i].until);
		journal_refresh(j);
		assert_true(journal_held(j) == steps[i].held);
		assert_int_equal(journal_lines(j, -1), steps[i].lines);
		while (journal_next(j, &c, &e))
			n++;
		assert_int_equal(n, steps[i].events);
		assert_int_equal(journal_state(j, NULL), steps[i].held > 0 ? JOURNAL_LOST : JOURNAL_DONE);
	}
	journal_rewind(j, 0);
	assert_int_equal(journal_state(j, NULL), JOURNAL_DONE);
}

static void test_journal__leaves_a_cut_last_line(void **state)
{
	struct scratch *s = *state;
	owned(journal) struct journal *j = journal_of(s,
		"{\"t\":1.000,\"ev\":\"step.start\",\"step\":0}\n{\"t\":2.000,\"ev\":\"step.st");
	struct cursor c = { 0 };
	struct event e;
	assert_true(journal_next(j, &c, &e));
	assert_false(journal_next(j, &c, &e));
	assert_false(journal_refresh(j));
	journal_more_text(s, "art\",\"step\":1}");
	assert_false(journal_refresh(j));
	journal_more_text(s, "\n");
	assert_true(journal_refresh(j));
	assert_true(journal_next(j, &c, &e));
	assert_int_equal(e.step, 1);
	assert_false(journal_next(j, &c, &e));
}

static void test_journal__takes_events_longer_than_a_window(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, "{\"t\":1.000,\"ev\":\"warning\",\"text\":\"");
	buf_append_fill(&text, 'w', 700 << 10);
	owned(journal) struct journal *j = journal_of(s, buf_text(&text));
	struct cursor c = { 0 };
	struct event e;
	assert_false(journal_next(j, &c, &e));
	journal_more_text(s, "end\"}\n{\"t\":2.000,\"ev\":\"cancel\"}\n");
	assert_true(journal_refresh(j));
	assert_true(journal_next(j, &c, &e));
	assert_int_equal(e.text.n, (700 << 10) + 3);
	assert_true(str_has_suffix(e.text, STR("wend")));
	assert_true(journal_next(j, &c, &e));
	assert_int_equal(e.kind, EVENT_CANCEL);
}

static void test_journal__is_lost_without_its_job(void **state)
{
	struct scratch *s = *state;
	owned(journal) struct journal *j = journal_of(s, "{\"t\":1.000,\"ev\":\"cancel\"}\n");
	pid_t job = 1;
	assert_int_equal(journal_state(j, &job), JOURNAL_LOST);
	assert_int_equal(job, 0);
	journal_more_text(s, "{\"t\":2.000,\"ev\":\"build.done\",\"ok\":true}\n");
	assert_true(journal_refresh(j));
	assert_int_equal(journal_state(j, NULL), JOURNAL_DONE);
}

/* Writes like a job, then dies without a word: half a line stays. */
static pid_t journal_job(struct scratch *s)
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct journal_writer *w = journal_create(s->dir, 0, &s->err);
		bool ok = w && journal_append(w, 1, EVENT_STEP_START, 0, NULL, &s->err) &&
		          journal_append_log(w, 1, 0, 1, STR("line\nhalf"), &s->err);
		if (ok)
			journal_more_text(s, "{\"t\":2.0");
		if (ok && write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void test_journal__survives_the_kill_of_its_job(void **state)
{
	struct scratch *s = *state;
	pid_t pid = journal_job(s), job;
	owned(journal) struct journal *j = journal_open(s->dir, &s->err);
	assert_int_equal(journal_state(j, &job), JOURNAL_RUNNING);
	assert_int_equal(job, pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(journal_state(j, NULL), JOURNAL_LOST);
	struct cursor c = { 0 };
	struct event e;
	owned_buf struct buf scratch = { 0 };
	assert_true(journal_next(j, &c, &e));
	assert_true(journal_next(j, &c, &e));
	assert_false(journal_next(j, &c, &e));
	assert_true(str_eq(journal_line(j, 0, 1, &scratch, NULL), STR("half")));
}

static void test_journal__says_when_there_is_none(void **state)
{
	struct scratch *s = *state;
	assert_null(journal_open(s->dir, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
	assert_non_null(strstr(s->err.text, s->dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_journal__gives_events_in_order),
		SCRATCH_TEST(test_journal__holds_events_back_for_replays),
		SCRATCH_TEST(test_journal__leaves_a_cut_last_line),
		SCRATCH_TEST(test_journal__takes_events_longer_than_a_window),
		SCRATCH_TEST(test_journal__is_lost_without_its_job),
		SCRATCH_TEST(test_journal__survives_the_kill_of_its_job),
		SCRATCH_TEST(test_journal__says_when_there_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
