#include "core/os/lock.h"

#include <signal.h>
#include <sys/wait.h>

#include "tests/core/os/scratch.h"

/* A process that holds the lock until it is told to end, or takes it and says so. */
static pid_t hold(const char *path, bool waits, int *ret_pipe)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct error err;
		int fd;
		if (!(waits ? lock_await : lock_take)(path, &fd, &err) || write(ends[1], "x", 1) != 1)
			_exit(1);
		while (!waits)
			pause();
		_exit(0);
	}
	close(ends[1]);
	*ret_pipe = ends[0];
	return pid;
}

static void test_lock__waits_until_the_holder_is_gone(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "lock");
	int first, second, fd, status;
	char x;
	pid_t holder = hold(path, false, &first);
	assert_int_equal(read(first, &x, 1), 1);
	assert_int_equal(lock_holder(path), holder);
	assert_false(lock_take(path, &fd, &s->err));
	assert_int_equal(s->err.code, ERROR_REFUSED);
	pid_t waiter = hold(path, true, &second);
	assert_int_equal(kill(holder, SIGKILL), 0);
	assert_int_equal(read(second, &x, 1), 1);
	assert_int_equal(waitpid(waiter, &status, 0), waiter);
	assert_int_equal(status, 0);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	assert_true(lock_await(path, &fd, &s->err));
	close(fd), close(first), close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lock__waits_until_the_holder_is_gone, scratch_setup,
		                                scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
