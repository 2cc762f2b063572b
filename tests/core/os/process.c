#include "core/os/process.h"

#include <signal.h>
#include <sys/wait.h>

#include "tests/core/os/scratch.h"

/* The name of a child that lives until it is killed. */
static pid_t process_child(struct buf *name)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		owned_buf struct buf own = { 0 };
		process_append_name(&own);
		ssize_t n = write(ends[1], own.p, own.n);
		close(ends[1]);
		while (n > 0)
			pause();
		_exit(1);
	}
	close(ends[1]);
	for (ssize_t n; (n = read(ends[0], buf_reserve(name, 256), 256)) > 0;)
		buf_grew(name, (size_t)n);
	close(ends[0]);
	return pid;
}

static void test_process__lives_until_it_has_ended(void **state)
{
	owned_buf struct buf name = { 0 };
	(void)state;
	pid_t pid = process_child(&name);
	assert_int_equal(process_fate(buf_str(&name)), PROCESS_LIVES);
	kill(pid, SIGKILL);
	/* Not waited for yet: it is gone all the same. */
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(process_fate(buf_str(&name)), PROCESS_GONE);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(process_fate(buf_str(&name)), PROCESS_GONE);
}

static void test_process__a_pid_that_was_given_again_is_another(void **state)
{
	owned_buf struct buf name = { 0 };
	(void)state;
	process_append_name(&name);
	assert_true(name.n > 0);
	assert_int_equal(process_fate(buf_str(&name)), PROCESS_LIVES);
	buf_append_char(&name, '9');
	assert_int_equal(process_fate(buf_str(&name)), PROCESS_GONE);
}

static void test_process__elsewhere_nobody_knows(void **state)
{
	owned_buf struct buf name = { 0 };
	(void)state;
	process_append_name(&name);
	struct str own = buf_str(&name);
	size_t start = str_find_last(own, ':');
	const struct str names[] = {
		STR(""), STR(":::"), STR("other-boot:4026531836:1:2"), str_slice(own, 1, own.n),
		str_slice(own, 0, start), str_slice(own, 0, start + 1),
		str_slice(own, 0, str_find_last(str_slice(own, 0, start), ':')),
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(process_fate(names[i]), PROCESS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process__lives_until_it_has_ended),
		cmocka_unit_test(test_process__a_pid_that_was_given_again_is_another),
		cmocka_unit_test(test_process__elsewhere_nobody_knows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
