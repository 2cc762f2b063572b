#include "core/base/check.h"

#include <fcntl.h>
#include <stdio.h>

#include "core/base/own.h"
#include "tests/core/base/testing.h"

static void test_check__memory_is_there(void **state)
{
	(void)state;
	owned_memory char *p = xmalloc(3), *zero = xcalloc(4, 4), *none = xmalloc(0);
	memcpy(p, "ab", 3);
	p = xrealloc(p, 100, 10);
	assert_string_equal(p, "ab");
	assert_memory_equal(zero, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_non_null(none);
	owned_memory char *copy = xstrdup("abc"), *part = xstrndup("abcdef", 4);
	owned_memory char *made = xasprintf("%s:%d", "x", 7);
	assert_string_equal(copy, "abc");
	assert_string_equal(part, "abcd");
	assert_string_equal(made, "x:7");
}

static void ask_too_much(void)
{
	volatile size_t count = SIZE_MAX / 2;
	xrealloc(NULL, count, 16);
}

static void fail_a_check(void)
{
	CHECK(1 + 1 == 3);
}

static void hook(void)
{
	_exit(42);
}

static void test_check__a_bug_ends_the_process_after_the_hook(void **state)
{
	(void)state;
	assert_true(testing_dies(fail_a_check));
	assert_true(testing_dies(ask_too_much));
	CHECK(1 + 1 == 2);
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		close(2);
		check_set_hook(hook);
		fail_a_check();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static int open_in_scope(int *ret_seen)
{
	owned_fd int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	*ret_seen = fd;
	owned_fd int handed = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return take_fd(handed);
}

static void test_own__scopes_close_and_hand_on(void **state)
{
	(void)state;
	int closed = -1, kept = open_in_scope(&closed);
	assert_true(closed >= 0 && kept >= 0);
	assert_int_equal(fcntl(closed, F_GETFD), -1);
	assert_true(fcntl(kept, F_GETFD) >= 0);
	close(kept);
	owned_memory char *p = xstrdup("x");
	char *q = take(p);
	assert_null(p);
	assert_string_equal(q, "x");
	free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check__memory_is_there),
		cmocka_unit_test(test_check__a_bug_ends_the_process_after_the_hook),
		cmocka_unit_test(test_own__scopes_close_and_hand_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
