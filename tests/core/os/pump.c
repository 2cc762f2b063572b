#include "core/os/pump.h"

#include <sys/socket.h>

#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

/* A pump between two sockets whose other ends are ours. */
struct case_pump {
	struct loop *loop;
	struct pump *pump;
	int left, right;
	int answered, silent, gone, over;
	bool passes_end, frees;
};

static void case_stop(struct case_pump *c)
{
	if (c->frees) {
		pump_free(c->pump);
		c->pump = NULL;
	}
	loop_stop(c->loop);
}

static void case_answered(void *data)
{
	((struct case_pump *)data)->answered++;
}

static bool case_silent(void *data)
{
	struct case_pump *c = data;
	c->silent++;
	if (!c->passes_end)
		case_stop(c);
	return c->passes_end;
}

static void case_gone(void *data)
{
	struct case_pump *c = data;
	c->gone++;
	case_stop(c);
}

static void case_over(void *data)
{
	struct case_pump *c = data;
	c->over++;
	loop_stop(c->loop);
}

static void case_begin(struct case_pump *c, const char *first)
{
	int left[2], right[2];
	struct pump_events events = { case_answered, case_silent, case_gone, case_over, c };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, left), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, right), 0);
	c->loop = loop_new();
	c->left = left[0];
	c->right = right[0];
	c->pump = pump_new(c->loop, left[1], right[1], str_of(first), &events);
}

static void case_end(struct case_pump *c)
{
	pump_free(c->pump);
	loop_free(c->loop);
	close(c->left);
	close(c->right);
}

/* Turns until it waits for something. */
static void case_turn(struct case_pump *c)
{
	struct error err;
	for (int i = 0; i < 64; i++)
		assert_true(loop_turn(c->loop, 0, &err));
}

static void case_reads(int fd, const char *wanted)
{
	char got[64];
	ssize_t n = recv(fd, got, sizeof got, MSG_DONTWAIT);
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(got, wanted, strlen(wanted));
}

static void test_pump__carries_both_ways(void **state)
{
	(void)state;
	struct case_pump c = { .passes_end = true };
	case_begin(&c, "first,");
	assert_int_equal(write(c.left, "ask", 3), 3);
	case_turn(&c);
	case_reads(c.right, "first,ask");
	assert_int_equal(c.answered, 0);
	assert_int_equal(write(c.right, "answer", 6), 6);
	case_turn(&c);
	case_reads(c.left, "answer");
	assert_int_equal(c.answered, 1);
	case_end(&c);
}

static void test_pump__passes_each_end_on(void **state)
{
	(void)state;
	struct case_pump c = { .passes_end = true };
	case_begin(&c, "");
	assert_int_equal(write(c.left, "all", 3), 3);
	shutdown(c.left, SHUT_WR);
	case_turn(&c);
	case_reads(c.right, "all");
	case_reads(c.right, "");
	assert_int_equal(write(c.right, "still", 5), 5);
	shutdown(c.right, SHUT_WR);
	looping_run(c.loop);
	case_reads(c.left, "still");
	case_reads(c.left, "");
	assert_true(c.over == 1 && c.silent == 1 && c.gone == 0);
	case_end(&c);
}

static void test_pump__leaves_the_end_unsaid(void **state)
{
	(void)state;
	struct case_pump c = { 0 };
	case_begin(&c, "");
	shutdown(c.right, SHUT_WR);
	looping_run(c.loop);
	char byte;
	assert_int_equal(recv(c.left, &byte, 1, MSG_DONTWAIT), -1);
	case_end(&c);
}

static void test_pump__tells_who_is_gone(void **state)
{
	(void)state;
	struct case_pump c = { .frees = true };
	case_begin(&c, "");
	assert_int_equal(write(c.left, "bye", 3), 3);
	close(c.left);
	c.left = -1;
	looping_run(c.loop);
	case_reads(c.right, "bye");
	assert_int_equal(c.gone, 1);
	case_end(&c);
}

/* Neither side is read ahead of the other for more than a little. */
static void test_pump__waits_for_who_is_slow(void **state)
{
	(void)state;
	struct case_pump c = { .passes_end = true };
	static char chunk[4096];
	size_t sent = 0, got = 0;
	ssize_t n;
	case_begin(&c, "");
	for (int quiet = 0; quiet < 3; quiet++)
		while ((n = send(c.left, chunk, sizeof chunk, MSG_DONTWAIT)) > 0) {
			sent += (size_t)n;
			quiet = 0;
			case_turn(&c);
		}
	/* Two sockets' own room, and what is read ahead. */
	assert_true(sent < 2 << 20);
	shutdown(c.left, SHUT_WR);
	while (got < sent) {
		case_turn(&c);
		while ((n = recv(c.right, chunk, sizeof chunk, MSG_DONTWAIT)) > 0)
			got += (size_t)n;
		assert_true(n < 0 || got == sent);
	}
	case_end(&c);
}

static void test_pump__gives_back_until_there_is_an_answer(void **state)
{
	(void)state;
	struct case_pump c = { .passes_end = true };
	owned_buf struct buf said = { 0 };
	case_begin(&c, "a");
	assert_int_equal(write(c.left, "b", 1), 1);
	case_turn(&c);
	int fd = pump_give_back(c.pump, &said);
	c.pump = NULL;
	assert_true(fd >= 0);
	assert_string_equal(buf_text(&said), "ab");
	assert_int_equal(write(fd, "c", 1), 1);
	case_reads(c.left, "c");
	close(fd);
	case_end(&c);
	case_begin(&c, "a");
	assert_int_equal(write(c.right, "x", 1), 1);
	case_turn(&c);
	assert_int_equal(pump_give_back(c.pump, &said), -1);
	case_end(&c);
}

/* Whoever else holds the socket open: its writer has ended. */
static void test_pump__ends_a_side_that_is_held_open(void **state)
{
	(void)state;
	struct case_pump c = { 0 };
	case_begin(&c, "");
	assert_int_equal(write(c.right, "last", 4), 4);
	pump_end_right(c.pump);
	looping_run(c.loop);
	case_reads(c.left, "last");
	assert_int_equal(c.silent, 1);
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pump__carries_both_ways),
		cmocka_unit_test(test_pump__passes_each_end_on),
		cmocka_unit_test(test_pump__leaves_the_end_unsaid),
		cmocka_unit_test(test_pump__tells_who_is_gone),
		cmocka_unit_test(test_pump__waits_for_who_is_slow),
		cmocka_unit_test(test_pump__gives_back_until_there_is_an_answer),
		cmocka_unit_test(test_pump__ends_a_side_that_is_held_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
