#include "core/ext/lazy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ARCHIVE_CALLS(CALL) CALL(version_number) CALL(read_new)

static void loads_once_and_in_order(void **state)
{
	struct { int (*version_number)(void); void *(*read_new)(void); } table = { 0 };
	static const char *const names[] = { ARCHIVE_CALLS(LAZY_NAME) };
	(void)state;
	lazy_load(LAZY_LIBRARY_archive, "archive_", names, 2, &table);
	assert_true(table.version_number() >= 3000000);
	assert_non_null(table.read_new);
	/* Filled: a file that is not there is not even looked for. */
	lazy_load("libnosuch.so.1", "archive_", names, 2, &table);
}

/* The exit status of a process that loads, and what it says. */
static int told(const char *file, const char *name, char *said, size_t size)
{
	int pipes[2], status = 0;
	void *table[1] = { 0 };
	assert_int_equal(pipe(pipes), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(pipes[1], STDERR_FILENO);
		lazy_load(file, "archive_", &name, 1, table);
		_exit(0);
	}
	close(pipes[1]);
	ssize_t n = read(pipes[0], said, size - 1);
	close(pipes[0]);
	said[n > 0 ? n : 0] = '\0';
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void what_is_not_there_ends_the_process(void **state)
{
	char said[400];
	(void)state;
	assert_int_equal(told("libnosuch.so.1", "read_new", said, sizeof said), 127);
	assert_non_null(strstr(said, "mortar: the library libnosuch.so.1 cannot be used: "));
	assert_int_equal(told(LAZY_LIBRARY_archive, "no_such", said, sizeof said), 127);
	assert_non_null(strstr(said, "archive_no_such"));
	assert_int_equal(told(LAZY_LIBRARY_archive, "read_new", said, sizeof said), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_once_and_in_order),
		cmocka_unit_test(what_is_not_there_ends_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
