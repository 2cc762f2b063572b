#include "core/os/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "core/base/buf.h"
#include "core/os/clock.h"
#include "core/os/spawn.h"
#include "tests/core/os/scratch.h"

/* What happened, as text, and what the callbacks need. */
struct seen {
	struct buf text;
	struct loop *loop;
	int fds[2], other[2];
	uint64_t timer;
	int turns;
	struct error err;
};

static int setup(void **state)
{
	struct seen *s = calloc(1, sizeof *s);
	s->loop = loop_new();
	assert_int_equal(pipe2(s->fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(s->other, O_CLOEXEC | O_NONBLOCK), 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;
	loop_free(s->loop);
	for (int i = 0; i < 2; i++) {
		own_fd_close(&s->fds[i]);
		own_fd_close(&s->other[i]);
	}
	buf_finish(&s->text);
	free(s);
	return 0;
}

static void on_a(struct loop *l, void *data)
{
	(void)l;
	buf_append_char(&((struct seen *)data)->text, 'a');
}

static void on_b(struct loop *l, void *data)
{
	(void)l;
	buf_append_char(&((struct seen *)data)->text, 'b');
}

static void on_c(struct loop *l, void *data)
{
	(void)l;
	buf_append_char(&((struct seen *)data)->text, 'c');
}

static void test_loop__runs_timers_in_order_and_ends(void **state)
{
	struct seen *s = *state;
	int64_t before = clock_monotonic_ms();
	loop_timer(s->loop, 0, on_a, s);
	loop_timer(s->loop, 0, on_b, s);
	loop_timer(s->loop, -5, on_a, s);
	loop_timer(s->loop, 10, on_b, s);
	loop_timer(s->loop, 20, on_c, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "ababc");
	assert_true(clock_monotonic_ms() - before >= 20);
}

static void on_untimer(struct loop *l, void *data)
{
	loop_untimer(l, ((struct seen *)data)->timer);
}

static void on_again(struct loop *l, void *data)
{
	struct seen *s = data;
	buf_append_char(&s->text, '.');
	if (s->text.n < 6)
		loop_timer(l, 0, on_again, s);
}

static void on_hook(struct loop *l, void *data)
{
	(void)l;
	buf_append_char(&((struct seen *)data)->text, '|');
}

static void test_loop__timers_may_remove_and_add_timers(void **state)
{
	struct seen *s = *state;
	loop_timer(s->loop, 0, on_untimer, s);
	s->timer = loop_timer(s->loop, 0, on_c, s);
	loop_untimer(s->loop, 0);
	loop_timer(s->loop, 0, on_again, s);
	loop_hook(s->loop, on_hook, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "|.|.|.|");
}

static void on_ready(struct loop *l, int fd, short revents, void *data)
{
	struct seen *s = data;
	char got[16];
	ssize_t n = revents & POLLIN ? read(fd, got, sizeof got) : 0;
	buf_printf(&s->text, "%.*s%s", (int)n, got, revents & POLLHUP ? "H" : "");
	if (n == 0)
		loop_unwatch(l, fd);
}

static void test_loop__reads_until_the_end(void **state)
{
	struct seen *s = *state;
	loop_watch(s->loop, s->fds[0], POLLIN, on_ready, s);
	assert_int_equal(write(s->fds[1], "hello", 5), 5);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_string_equal(buf_text(&s->text), "hello");
	assert_true(loop_turn(s->loop, 0, &s->err));
	close(s->fds[1]);
	s->fds[1] = -1;
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "helloH");
}

static void on_remove_both(struct loop *l, int fd, short revents, void *data)
{
	struct seen *s = data;
	(void)fd;
	(void)revents;
	loop_unwatch(l, s->fds[0]);
	loop_unwatch(l, s->other[0]);
	buf_append_char(&s->text, 'x');
}

static void test_loop__watches_may_remove_each_other(void **state)
{
	struct seen *s = *state;
	loop_watch(s->loop, s->fds[0], POLLIN, on_remove_both, s);
	loop_watch(s->loop, s->other[0], POLLIN, on_remove_both, s);
	assert_int_equal(write(s->fds[1], "1", 1) + write(s->other[1], "2", 1), 2);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "x");
}

static void on_stale(struct loop *l, int fd, short revents, void *data)
{
	(void)l;
	(void)fd;
	(void)revents;
	buf_append_text(&((struct seen *)data)->text, "stale");
}

static void on_reuse(struct loop *l, int fd, short revents, void *data)
{
	struct seen *s = data;
	int empty[2];
	(void)revents;
	loop_unwatch(l, fd);
	loop_unwatch(l, s->other[0]);
	assert_int_equal(pipe2(empty, O_CLOEXEC | O_NONBLOCK), 0);
	/* The other's number, which poll found ready, now is another pipe. */
	assert_int_equal(dup2(empty[0], s->other[0]), s->other[0]);
	close(empty[0]);
	close(s->fds[0]);
	s->fds[0] = empty[1];
	loop_watch(l, s->other[0], POLLIN, on_stale, s);
}

static void test_loop__a_number_used_again_gets_no_old_event(void **state)
{
	struct seen *s = *state;
	loop_watch(s->loop, s->fds[0], POLLIN, on_reuse, s);
	loop_watch(s->loop, s->other[0], POLLIN, on_stale, s);
	assert_int_equal(write(s->fds[1], "1", 1) + write(s->other[1], "2", 1), 2);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_true(loop_turn(s->loop, 0, &s->err));
	assert_int_equal(s->text.n, 0);
}

static void count_turn(struct loop *l, void *data)
{
	(void)l;
	((struct seen *)data)->turns++;
}

static void on_stay(struct loop *l, int fd, short revents, void *data)
{
	struct seen *s = data;
	(void)l;
	(void)fd;
	buf_printf(&s->text, "%s", revents & POLLHUP ? "H" : "?");
}

static void on_stop(struct loop *l, void *data)
{
	(void)data;
	loop_stop(l);
}

static void test_loop__a_hangup_that_stays_does_not_spin(void **state)
{
	struct seen *s = *state;
	loop_hook(s->loop, count_turn, s);
	loop_watch(s->loop, s->fds[0], POLLIN, on_stay, s);
	close(s->fds[1]);
	s->fds[1] = -1;
	loop_timer(s->loop, 20, on_stop, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "H");
	assert_in_range(s->turns, 1, 2);
	/* Asked anew, told anew. */
	loop_watch(s->loop, s->fds[0], POLLIN, on_stay, s);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_string_equal(buf_text(&s->text), "HH");
}

static void on_change(struct loop *l, int fd, short revents, void *data)
{
	struct seen *s = data;
	(void)fd;
	(void)revents;
	buf_append_char(&s->text, 'w');
	loop_watch(l, s->fds[0], 0, on_ready, s);
}

static void test_loop__a_second_watch_changes_the_first(void **state)
{
	struct seen *s = *state;
	loop_watch(s->loop, s->other[1], POLLOUT, on_change, s);
	loop_watch(s->loop, s->fds[0], POLLIN, on_stale, s);
	assert_int_equal(write(s->fds[1], "1", 1), 1);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_string_equal(buf_text(&s->text), "w");
	loop_unwatch(s->loop, s->other[1]);
	loop_watch(s->loop, s->fds[0], POLLIN, on_ready, s);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_string_equal(buf_text(&s->text), "w1");
}

static void test_loop__takes_thousands_of_watches(void **state)
{
	struct seen *s = *state;
	enum { MANY = 1000 };
	int fds[MANY];
	for (int i = 0; i < MANY; i++) {
		fds[i] = fcntl(s->fds[0], F_DUPFD_CLOEXEC, 3);
		assert_true(fds[i] >= 0);
		loop_watch(s->loop, fds[i], POLLIN, on_ready, s);
	}
	close(s->fds[1]);
	s->fds[1] = -1;
	assert_true(loop_run(s->loop, &s->err));
	assert_int_equal(s->text.n, MANY);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
}

static void on_child(struct loop *l, pid_t pid, int status, void *data)
{
	struct seen *s = data;
	(void)l;
	assert_true(pid > 0);
	if (WIFSIGNALED(status))
		buf_printf(&s->text, "[signal %d]", WTERMSIG(status));
	else
		buf_printf(&s->text, "[%d]", WEXITSTATUS(status));
}

static pid_t start(struct seen *s, const char *script, int *ret_out)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .err = SPAWN_INHERIT,
	                       .out = ret_out ? SPAWN_PIPE : SPAWN_NULL };
	struct child child;
	assert_true(spawn_start(&spawn, &child, &s->err));
	if (ret_out)
		*ret_out = child.out;
	return child.pid;
}

static void test_loop__tells_a_child_s_end_after_its_output(void **state)
{
	struct seen *s = *state;
	int out;
	pid_t pid = start(s, "printf out; exit 7", &out);
	loop_watch(s->loop, out, POLLIN, on_ready, s);
	loop_child(s->loop, pid, on_child, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_non_null(strstr(buf_text(&s->text), "out"));
	assert_non_null(strstr(buf_text(&s->text), "[7]"));
	close(out);
}

static void test_loop__tells_of_a_child_that_ended_before(void **state)
{
	struct seen *s = *state;
	pid_t pid = start(s, "exit 3", NULL);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	loop_child(s->loop, pid, on_child, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "[3]");
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	loop_child(s->loop, pid, on_child, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "[3][255]");
}

static void test_loop__waits_for_registered_children_only(void **state)
{
	struct seen *s = *state;
	pid_t other = start(s, "exit 1", NULL), forgotten = start(s, "exit 2", NULL);
	pid_t killed = start(s, "exec sleep 100", NULL);
	loop_child(s->loop, killed, on_child, s);
	loop_child(s->loop, forgotten, on_child, s);
	loop_unchild(s->loop, forgotten);
	kill(killed, SIGTERM);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "[signal 15]");
	assert_int_equal(waitpid(other, NULL, 0), other);
	assert_int_equal(waitpid(forgotten, NULL, 0), forgotten);
}

static void on_signal(struct loop *l, int signal, void *data)
{
	struct seen *s = data;
	buf_printf(&s->text, "<%d>", signal);
	if (signal == SIGTERM)
		loop_stop(l);
}

static void test_loop__delivers_signals(void **state)
{
	struct seen *s = *state;
	loop_signal(s->loop, SIGUSR1, on_signal, s);
	loop_signal(s->loop, SIGTERM, on_signal, s);
	raise(SIGUSR1);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_string_equal(buf_text(&s->text), "<10>");
	loop_watch(s->loop, s->fds[0], POLLIN, on_ready, s);
	raise(SIGTERM);
	assert_true(loop_run(s->loop, &s->err));
	assert_string_equal(buf_text(&s->text), "<10><15>");
	/* Signals alone keep no loop running. */
	loop_unwatch(s->loop, s->fds[0]);
	assert_true(loop_run(s->loop, &s->err));
}

static void test_loop__gives_signals_back(void **state)
{
	struct seen *s = *state;
	sigset_t mask;
	loop_signal(s->loop, SIGUSR2, on_signal, s);
	loop_signal(s->loop, SIGUSR1, on_signal, s);
	loop_signal(s->loop, SIGUSR2, NULL, NULL);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	assert_false(sigismember(&mask, SIGUSR2));
	assert_true(sigismember(&mask, SIGUSR1));
	loop_free(s->loop);
	s->loop = loop_new();
	sigprocmask(SIG_BLOCK, NULL, &mask);
	assert_false(sigismember(&mask, SIGUSR1));
}

static void nothing(int signal)
{
	(void)signal;
}

static void test_loop__an_interrupted_wait_is_a_turn(void **state)
{
	struct seen *s = *state;
	struct sigaction now = { .sa_handler = nothing }, before;
	sigaction(SIGALRM, &now, &before);
	loop_hook(s->loop, count_turn, s);
	loop_watch(s->loop, s->fds[0], POLLIN, on_ready, s);
	struct itimerval soon = { .it_value = { .tv_usec = 10000 },
	                          .it_interval = { .tv_usec = 10000 } };
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_true(loop_turn(s->loop, -1, &s->err));
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	sigaction(SIGALRM, &before, NULL);
	assert_int_equal(s->turns, 2);
	assert_int_equal(s->text.n, 0);
}

static void test_loop__with_nothing_pending_does_not_wait(void **state)
{
	struct seen *s = *state;
	loop_hook(s->loop, count_turn, s);
	assert_true(loop_run(s->loop, &s->err));
	assert_true(loop_turn(s->loop, -1, &s->err));
	assert_int_equal(s->turns, 2);
	int64_t before = clock_monotonic_ms();
	assert_true(loop_turn(s->loop, 15, &s->err));
	assert_true(clock_monotonic_ms() - before >= 15);
}

#define LOOP_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(test_loop__runs_timers_in_order_and_ends),
		LOOP_TEST(test_loop__timers_may_remove_and_add_timers),
		LOOP_TEST(test_loop__reads_until_the_end),
		LOOP_TEST(test_loop__watches_may_remove_each_other),
		LOOP_TEST(test_loop__a_number_used_again_gets_no_old_event),
		LOOP_TEST(test_loop__a_hangup_that_stays_does_not_spin),
		LOOP_TEST(test_loop__a_second_watch_changes_the_first),
		LOOP_TEST(test_loop__takes_thousands_of_watches),
		LOOP_TEST(test_loop__tells_a_child_s_end_after_its_output),
		LOOP_TEST(test_loop__tells_of_a_child_that_ended_before),
		LOOP_TEST(test_loop__waits_for_registered_children_only),
		LOOP_TEST(test_loop__delivers_signals),
		LOOP_TEST(test_loop__gives_signals_back),
		LOOP_TEST(test_loop__an_interrupted_wait_is_a_turn),
		LOOP_TEST(test_loop__with_nothing_pending_does_not_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
