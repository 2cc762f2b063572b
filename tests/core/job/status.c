#include "core/job/status.h"

#include "tests/core/os/scratch.h"

/* What the child's words become at the parent. */
static bool status_pass(const struct error *said, struct error *heard)
{
	char line[4096], number[64];
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	snprintf(number, sizeof number, "%d", fds[1]);
	assert_int_equal(setenv(STATUS_VARIABLE, number, 1), 0);
	int fd = status_open();
	assert_int_equal(fd, fds[1]);
	assert_null(getenv(STATUS_VARIABLE));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	status_tell(fd, said);
	ssize_t n = read(fds[0], line, sizeof line);
	assert_true(n > 0 && line[n - 1] == '\n');
	close(fds[0]);
	return status_parse((struct str){ line, (size_t)n - 1 }, heard);
}

static void test_status__carries_errors_whole(void **state)
{
	struct scratch *s = *state;
	struct error said;
	struct origin at = { .path = "a\"b", .profile = "gpu", .line = 3, .column = 7 };
	assert_true(status_pass(NULL, &s->err));
	assert_int_equal(s->err.code, ERROR_NONE);
	error_set_at(&said, at, "wrong\n\"here\"");
	said.code = ERROR_PROJECT;
	assert_false(status_pass(&said, &s->err));
	assert_int_equal(s->err.code, ERROR_PROJECT);
	assert_string_equal(s->err.text, said.text);
	assert_string_equal(s->err.at.path, "a\"b");
	assert_string_equal(s->err.at.profile, "gpu");
	assert_true(s->err.at.line == 3 && s->err.at.column == 7);
	error_set(&said, ERROR_LIMIT, "no place");
	assert_false(status_pass(&said, &s->err));
	assert_null(s->err.at.path);
}

static void test_status__bears_nonsense(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = { "", "x", "{}", "{\"ok\":false}", "{\"ok\":1,\"code\":999}" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		s->err = (struct error){ 0 };
		assert_false(status_parse(str_of(bad[i]), &s->err));
		assert_true(s->err.code != ERROR_NONE && s->err.text[0]);
	}
	assert_int_equal(setenv(STATUS_VARIABLE, "2", 1), 0);
	assert_int_equal(status_open(), -1);
	assert_int_equal(setenv(STATUS_VARIABLE, "99999", 1), 0);
	assert_int_equal(status_open(), -1);
	unsetenv(STATUS_VARIABLE);
	assert_int_equal(status_open(), -1);
	status_tell(-1, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_status__carries_errors_whole),
		SCRATCH_TEST(test_status__bears_nonsense),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
