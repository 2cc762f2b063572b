#include <signal.h>
#include <sys/wait.h>

#include "core/journal/journal.h"
#include "tests/core/os/scratch.h"

struct follow_case {
	struct scratch *s;
	struct loop *loop;
	int orders[2], answers[2];      /* a byte an order; the job answers when done */
	pid_t job;
	int calls;
	enum journal_state state;
	size_t lines, stop_at;
};

/* The job: 'l' a log line, 'd' build.done and the end; anything else: just die. */
static void follow_job(struct follow_case *c)
{
	struct journal_writer *w = journal_create(c->s->dir, 0, &c->s->err);
	char order = 'r';
	bool ok = w && write(c->answers[1], &order, 1) == 1;
	while (ok && read(c->orders[0], &order, 1) == 1 && order == 'l')
		ok = journal_append_log(w, 1, 0, 1, STR("line\n"), &c->s->err);
	if (ok && order == 'd')
		ok = journal_append(w, 2, EVENT_BUILD_DONE, -1, NULL, &c->s->err);
	_exit(ok ? 0 : 1);
}

static void follow_start(struct follow_case *c, void **state)
{
	char ready;
	*c = (struct follow_case){ .s = *state, .state = JOURNAL_RUNNING };
	assert_int_equal(pipe(c->orders), 0);
	assert_int_equal(pipe(c->answers), 0);
	c->loop = loop_new();
	c->job = fork();
	if (c->job == 0)
		follow_job(c);
	assert_int_equal(read(c->answers[0], &ready, 1), 1);
}

static void follow_finish(struct follow_case *c)
{
	for (int i = 0; i < 2; i++) {
		close(c->orders[i]);
		close(c->answers[i]);
	}
	loop_free(c->loop);
	assert_int_equal(waitpid(c->job, NULL, 0), c->job);
}

static void follow_more(struct journal *j, void *data)
{
	struct follow_case *c = data;
	c->calls++;
	c->lines = journal_lines(j, -1);
	c->state = journal_state(j, NULL);
	if (c->state != JOURNAL_RUNNING || c->lines == c->stop_at)
		loop_stop(c->loop);
}

static void follow_order(struct follow_case *c, char order)
{
	assert_int_equal(write(c->orders[1], &order, 1), 1);
}

static void test_follow__sees_what_is_written_and_the_end(void **state)
{
	struct follow_case c;
	follow_start(&c, state);
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	assert_true(journal_follow(j, c.loop, follow_more, &c, &c.s->err));
	follow_order(&c, 'l');
	c.stop_at = 1;
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.lines == 1 && c.state == JOURNAL_RUNNING);
	follow_order(&c, 'l');
	follow_order(&c, 'd');
	c.stop_at = 0;
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.lines == 2 && c.state == JOURNAL_DONE);
	journal_unfollow(j);
	follow_finish(&c);
}

static void test_follow__sees_the_job_die_without_a_word(void **state)
{
	struct follow_case c;
	follow_start(&c, state);
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	assert_true(journal_follow(j, c.loop, follow_more, &c, &c.s->err));
	assert_int_equal(kill(c.job, SIGKILL), 0);
	assert_true(loop_run(c.loop, &c.s->err));
	assert_int_equal(c.state, JOURNAL_LOST);
	assert_int_equal(c.calls, 1);
	journal_unfollow(j);
	follow_finish(&c);
}

static void test_follow__tells_at_once_of_a_build_that_is_over(void **state)
{
	struct follow_case c;
	follow_start(&c, state);
	assert_int_equal(kill(c.job, SIGKILL), 0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)c.job, &info, WEXITED | WNOWAIT), 0);
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	assert_true(journal_follow(j, c.loop, follow_more, &c, &c.s->err));
	assert_true(loop_run(c.loop, &c.s->err));
	assert_int_equal(c.state, JOURNAL_LOST);
	journal_unfollow(j);
	follow_finish(&c);
}

/* inotify is forbidden, as where there is none. */
static void test_follow__looks_itself_without_inotify(void **state)
{
	struct follow_case c;
	follow_start(&c, state);
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	setenv("MORTAR_NO_INOTIFY", "1", 1);
	assert_true(journal_follow(j, c.loop, follow_more, &c, &c.s->err));
	unsetenv("MORTAR_NO_INOTIFY");
	assert_int_equal(journal_lack(j), WATCH_LACKS_INOTIFY);
	follow_order(&c, 'l');
	c.stop_at = 1;
	assert_true(loop_run(c.loop, &c.s->err));
	assert_true(c.lines == 1 && c.state == JOURNAL_RUNNING);
	follow_order(&c, 'd');
	c.stop_at = 0;
	assert_true(loop_run(c.loop, &c.s->err));
	assert_int_equal(c.state, JOURNAL_DONE);
	/* Over is over: nothing is looked at any more. */
	assert_int_equal(journal_lack(j), WATCH_LACKS_NOTHING);
	assert_true(loop_run(c.loop, &c.s->err));
	journal_unfollow(j);
	follow_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_follow__sees_what_is_written_and_the_end),
		SCRATCH_TEST(test_follow__sees_the_job_die_without_a_word),
		SCRATCH_TEST(test_follow__tells_at_once_of_a_build_that_is_over),
		SCRATCH_TEST(test_follow__looks_itself_without_inotify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
