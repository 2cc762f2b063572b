#include "tui/spout.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "tests/core/os/scratch.h"

struct pipe_case {
	struct loop *loop;
	struct spout *spout;
	int ends[2];
	int changes;
};

static void pipe_changed(void *data)
{
	((struct pipe_case *)data)->changes++;
}

static struct pipe_case pipe_open(void)
{
	struct pipe_case c = { .loop = loop_new() };
	assert_int_equal(pipe(c.ends), 0);
	return c;
}

static void pipe_shut(struct pipe_case *c)
{
	spout_free(c->spout);
	loop_free(c->loop);
	close(c->ends[0]);
	close(c->ends[1]);
}

static size_t pipe_read(struct pipe_case *c, size_t most)
{
	size_t got = 0;
	char bytes[65536];
	while (got < most) {
		ssize_t n = read(c->ends[0], bytes, most - got < sizeof bytes ? most - got : sizeof bytes);
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal((unsigned char)bytes[i], (got + (size_t)i) % 251);
		got += (size_t)n;
	}
	return got;
}

/* A reader that waits stops nobody: every turn of the loop comes back. */
static void test_spout__never_waits_for_who_reads(void **state)
{
	enum { ALL = 1 << 20 };
	(void)state;
	struct pipe_case c = pipe_open();
	struct error err;
	owned_buf struct buf bytes = { 0 };
	for (int i = 0; i < ALL; i++)
		buf_append_char(&bytes, (char)(i % 251));
	c.spout = spout_new(c.loop, c.ends[1], pipe_changed, &c);
	spout_add(c.spout, str_slice(buf_str(&bytes), 0, 1000));
	spout_add(c.spout, str_slice(buf_str(&bytes), 1000, ALL));
	for (int i = 0; i < 100; i++)
		assert_true(loop_turn(c.loop, 0, &err));
	size_t left = spout_left(c.spout);
	assert_true(left > 0 && left < ALL);
	assert_int_equal(c.changes, 0);
	/* The rest comes as it is read, in order. */
	assert_int_equal(pipe_read(&c, ALL - left), ALL - left);
	fcntl(c.ends[0], F_SETPIPE_SZ, ALL);
	while (spout_left(c.spout))
		assert_true(loop_turn(c.loop, -1, &err));
	assert_int_equal(c.changes, 1);
	assert_int_equal(spout_fault(c.spout), 0);
	pipe_shut(&c);
}

static void test_spout__tells_that_nobody_reads(void **state)
{
	(void)state;
	struct pipe_case c = pipe_open();
	struct error err;
	signal(SIGPIPE, SIG_IGN);
	c.spout = spout_new(c.loop, c.ends[1], pipe_changed, &c);
	close(c.ends[0]);
	c.ends[0] = open("/dev/null", O_RDONLY);
	spout_add(c.spout, STR("hello"));
	assert_true(loop_turn(c.loop, -1, &err));
	assert_int_equal(spout_fault(c.spout), EPIPE);
	assert_int_equal(spout_left(c.spout), 0);
	assert_int_equal(c.changes, 1);
	spout_add(c.spout, STR("more"));
	assert_int_equal(spout_left(c.spout), 0);
	pipe_shut(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spout__never_waits_for_who_reads),
		cmocka_unit_test(test_spout__tells_that_nobody_reads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
