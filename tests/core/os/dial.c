#include "core/os/dial.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

/* Somebody who listens, and one end of a dial. */
struct case_dial {
	struct scratch *s;
	struct loop *loop;
	struct dial *dial;
	struct dial_address at;
	int listens, fd;                /* fd: the other end of the dial */
	struct buf here, there;
	size_t wants_there;
	int drains, ends;
	bool there_ended, broke, frees;
};

static void case_bytes(void *data, struct str bytes)
{
	struct case_dial *c = data;
	assert_true(bytes.n > 0);
	buf_append(&c->here, bytes);
	if (!c->frees)
		return;
	dial_free(c->dial);
	c->dial = NULL;
	loop_stop(c->loop);
}

static void case_drained(void *data)
{
	((struct case_dial *)data)->drains++;
}

static void case_ended(void *data, const struct error *err)
{
	struct case_dial *c = data;
	c->ends++;
	c->broke = err != NULL;
	loop_stop(c->loop);
}

static void case_heard(struct loop *loop, int fd, short revents, void *data)
{
	struct case_dial *c = data;
	(void)revents;
	ssize_t n = read(fd, buf_reserve(&c->there, 65536), 65536);
	c->there_ended = n == 0;
	buf_grew(&c->there, n > 0 ? (size_t)n : 0);
	if (c->there_ended)
		loop_unwatch(loop, fd);
	if (c->there_ended || (c->wants_there && c->there.n >= c->wants_there))
		loop_stop(loop);
}

static void case_accepts(struct loop *loop, int fd, short revents, void *data)
{
	struct case_dial *c = data;
	(void)revents;
	c->fd = accept(fd, NULL, NULL);
	assert_true(c->fd >= 0);
	loop_watch(loop, c->fd, POLLIN, case_heard, c);
}

static void case_open(struct case_dial *c, struct scratch *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	*c = (struct case_dial){ .s = s, .loop = loop_new(), .fd = -1 };
	c->at.unix_path = scratch_path(s, "socket");
	snprintf(at.sun_path, sizeof at.sun_path, "%s", c->at.unix_path);
	c->listens = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(c->listens, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(c->listens, 1), 0);
	loop_watch(c->loop, c->listens, POLLIN, case_accepts, c);
	struct dial_events on = { case_bytes, case_drained, case_ended, c };
	c->dial = dial_new(c->loop, &c->at, &on, &s->err);
	assert_non_null(c->dial);
}

static void case_close(struct case_dial *c)
{
	dial_free(c->dial);
	close(c->listens);
	if (c->fd >= 0)
		close(c->fd);
	loop_free(c->loop);
	buf_finish(&c->here);
	buf_finish(&c->there);
}

static void test_dial__carries_both_ways_and_ends_one_by_one(void **state)
{
	struct case_dial c;
	case_open(&c, *state);
	dial_send(c.dial, STR("before it is "));
	dial_send(c.dial, STR("connected"));
	dial_send_end(c.dial);
	looping_run(c.loop);
	assert_string_equal(buf_text(&c.there), "before it is connected");
	assert_true(c.there_ended);
	assert_int_equal(c.drains, 1);
	assert_int_equal(dial_unsent(c.dial), 0);
	dial_send(c.dial, STR("too late"));
	/* The other side goes on. */
	assert_int_equal(write(c.fd, "answer", 6), 6);
	close(c.fd);
	c.fd = -1;
	looping_run(c.loop);
	assert_string_equal(buf_text(&c.here), "answer");
	assert_int_equal(c.ends, 1);
	assert_false(c.broke);
	case_close(&c);
}

static void test_dial__sends_more_than_a_socket_holds(void **state)
{
	enum { MUCH = 8 << 20 };
	struct case_dial c;
	owned_buf struct buf much = { 0 };
	case_open(&c, *state);
	for (size_t i = 0; i < MUCH; i++)
		buf_append_char(&much, (char)(i * 31 >> 8));
	dial_send(c.dial, buf_str(&much));
	assert_int_equal(dial_unsent(c.dial), MUCH);
	c.wants_there = MUCH;
	looping_run(c.loop);
	assert_true(str_eq(buf_str(&c.there), buf_str(&much)));
	assert_int_equal(dial_unsent(c.dial), 0);
	case_close(&c);
}

static void test_dial__may_be_freed_where_it_tells(void **state)
{
	struct case_dial c;
	case_open(&c, *state);
	c.frees = true;
	dial_send(c.dial, STR("x"));
	c.wants_there = 1;
	looping_run(c.loop);
	assert_int_equal(write(c.fd, "y", 1), 1);
	looping_run(c.loop);
	assert_int_equal(c.ends, 0);
	case_close(&c);
}

static void test_dial__says_where_nobody_listens(void **state)
{
	struct scratch *s = *state;
	owned(loop) struct loop *loop = loop_new();
	struct dial_events on = { case_bytes, case_drained, case_ended, NULL };
	char path[200];
	memset(path, 'x', sizeof path - 1);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	assert_null(dial_new(loop, &(struct dial_address){ .unix_path = "/nowhere" }, &on, &s->err));
	assert_int_equal(s->err.sys, ENOENT);
	assert_null(dial_new(loop, &(struct dial_address){ .unix_path = path }, &on, &s->err));
	assert_int_equal(s->err.code, ERROR_USAGE);
}

static void test_dial__tells_a_refusal_at_a_port(void **state)
{
	struct case_dial c = { .s = *state, .loop = loop_new(), .listens = -1, .fd = -1 };
	/* A port that somebody had and nobody listens at. */
	struct sockaddr_storage name = { .ss_family = AF_INET };
	socklen_t n = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(struct sockaddr)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &n), 0);
	const unsigned char *port = (const unsigned char *)&name + 2;
	struct dial_events on = { case_bytes, case_drained, case_ended, &c };
	c.at = (struct dial_address){ .host = "127.0.0.1", .port = (uint16_t)(port[0] << 8 | port[1]) };
	c.dial = dial_new(c.loop, &c.at, &on, &c.s->err);
	if (c.dial)
		looping_run(c.loop);
	assert_true(c.dial ? c.broke && c.ends == 1 : c.s->err.sys == ECONNREFUSED);
	close(fd);
	dial_free(c.dial);
	loop_free(c.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_dial__carries_both_ways_and_ends_one_by_one),
		SCRATCH_TEST(test_dial__sends_more_than_a_socket_holds),
		SCRATCH_TEST(test_dial__may_be_freed_where_it_tells),
		SCRATCH_TEST(test_dial__says_where_nobody_listens),
		SCRATCH_TEST(test_dial__tells_a_refusal_at_a_port),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
