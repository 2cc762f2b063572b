#include "core/os/errand.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

struct case_errand {
	struct loop *loop;
	struct errand *errand;
	int ends, status;
	bool is_late;
	struct buf out, err;
};

static void case_ended(void *data, const struct errand_end *end)
{
	struct case_errand *c = data;
	c->ends++;
	c->status = end->status;
	c->is_late = end->is_late;
	buf_append(&c->out, end->out);
	buf_append(&c->err, end->err);
	c->errand = NULL;
	loop_stop(c->loop);
}

static void case_run(struct case_errand *c, const char *script, int64_t limit_ms)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct errand_spec spec = { .argv = argv, .socket = -1, .limit_ms = limit_ms };
	struct error err;
	*c = (struct case_errand){ .loop = loop_new() };
	c->errand = errand_new(c->loop, &spec, case_ended, c, &err);
	assert_non_null(c->errand);
}

static void case_finish(struct case_errand *c)
{
	errand_free(c->errand);
	loop_free(c->loop);
	buf_finish(&c->out);
	buf_finish(&c->err);
}

static void test_errand__tells_what_it_said_and_how_it_ended(void **state)
{
	(void)state;
	struct case_errand c;
	case_run(&c, "echo yes; echo no >&2; exit 3", 0);
	looping_run(c.loop);
	assert_string_equal(buf_text(&c.out), "yes\n");
	assert_string_equal(buf_text(&c.err), "no\n");
	assert_int_equal(WEXITSTATUS(c.status), 3);
	case_finish(&c);
}

/* ssh leaves a process behind that keeps the login. */
static void test_errand__does_not_wait_for_what_it_leaves_behind(void **state)
{
	(void)state;
	struct case_errand c;
	case_run(&c, "sleep 30 & echo $!", 0);
	looping_run(c.loop);
	assert_int_equal(c.status, 0);
	assert_int_equal(kill(atol(buf_text(&c.out)), SIGKILL), 0);
	case_finish(&c);
}

static void test_errand__is_over_by_its_limit(void **state)
{
	(void)state;
	struct case_errand c;
	case_run(&c, "exec sleep 30", 20);
	looping_run(c.loop);
	assert_true(c.is_late && WIFSIGNALED(c.status));
	case_finish(&c);
}

static void test_errand__hurries(void **state)
{
	(void)state;
	struct case_errand c;
	case_run(&c, "exec sleep 30", 0);
	errand_hurry(c.errand, 10);
	looping_run(c.loop);
	assert_true(!c.is_late && WIFSIGNALED(c.status) && WTERMSIG(c.status) == SIGTERM);
	case_finish(&c);
}

static void test_errand__says_nothing_once_freed(void **state)
{
	(void)state;
	struct case_errand c;
	struct error err;
	case_run(&c, "exec sleep 30", 0);
	errand_free(c.errand);
	c.errand = NULL;
	assert_true(loop_turn(c.loop, 0, &err));
	assert_int_equal(c.ends, 0);
	case_finish(&c);
}

static void test_errand__keeps_so_much_and_no_more(void **state)
{
	(void)state;
	struct case_errand c;
	case_run(&c, "head -c 200000 /dev/zero", 0);
	looping_run(c.loop);
	assert_true(c.status == 0 && c.out.n == ERRAND_MAX);
	case_finish(&c);
}

static void test_errand__has_a_socket_for_its_input_and_output(void **state)
{
	(void)state;
	const char *const argv[] = { "cat", NULL };
	struct case_errand c = { .loop = loop_new() };
	struct error err;
	char got[8];
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	struct errand_spec spec = { .argv = argv, .socket = ends[1] };
	c.errand = errand_new(c.loop, &spec, case_ended, &c, &err);
	close(ends[1]);
	assert_int_equal(write(ends[0], "echo", 4), 4);
	assert_int_equal(read(ends[0], got, sizeof got), 4);
	shutdown(ends[0], SHUT_WR);
	looping_run(c.loop);
	assert_int_equal(c.status, 0);
	close(ends[0]);
	case_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errand__tells_what_it_said_and_how_it_ended),
		cmocka_unit_test(test_errand__does_not_wait_for_what_it_leaves_behind),
		cmocka_unit_test(test_errand__is_over_by_its_limit),
		cmocka_unit_test(test_errand__hurries),
		cmocka_unit_test(test_errand__says_nothing_once_freed),
		cmocka_unit_test(test_errand__keeps_so_much_and_no_more),
		cmocka_unit_test(test_errand__has_a_socket_for_its_input_and_output),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
