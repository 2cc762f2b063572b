/* Control against a peer of our own (tests/fake/buildkitd.h): what else is asked but builds. */
#include "core/engine/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/os/save.h"
#include "tests/core/os/looping.h"
#include "tests/fake/buildkitd.h"

struct bench {
	struct loop *loop;
	struct buildkitd *peer;
	struct control *control;
	char dir[64], path[80];
	struct http_address at;
	struct control_end end;
	char said[200];
	size_t n;
	int readies, ends, overs;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-control-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	b->at.unix_path = b->path;
	b->loop = loop_new();
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	control_free(b->control);
	buildkitd_free(b->peer);
	loop_free(b->loop);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static void bench_is_ready(void *data)
{
	((struct bench *)data)->readies++;
}

static void bench_is_over(void *data, const struct error *err)
{
	struct bench *b = data;
	(void)err;
	b->overs++;
}

static void bench_open(struct bench *b, enum control_way way, const struct buildkitd_options *o)
{
	struct buildkitd_options options = *o;
	struct control_events on = { bench_is_ready, bench_is_over, b };
	struct error err = { 0 };
	options.unix_path = b->path;
	options.is_dockerd = way == CONTROL_UPGRADE;
	b->peer = buildkitd_new(b->loop, &options, &err);
	b->control = control_open(b->loop, &b->at, way, &on, &err);
	if (!b->peer || !b->control)
		fail_msg("%s", err.text);
}

static void bench_end(struct bench *b, const struct control_end *end)
{
	b->end = *end;
	b->ends++;
	loop_stop(b->loop);
}

static void bench_workers(void *data, const struct control_end *end, const struct pb_worker *w,
                          size_t n)
{
	struct bench *b = data;
	b->n = n;
	if (n)
		snprintf(b->said, sizeof b->said, "%.*s", STR_ARG(w->platforms[0].os));
	bench_end(b, end);
}

static void bench_info(void *data, const struct control_end *end, const struct pb_version *v)
{
	struct bench *b = data;
	if (v)
		snprintf(b->said, sizeof b->said, "%.*s", STR_ARG(v->package));
	bench_end(b, end);
}

static void bench_usages(void *data, const struct control_end *end, const struct pb_usage *u,
                         size_t n)
{
	struct bench *b = data;
	b->n = n;
	if (n)
		snprintf(b->said, sizeof b->said, "%.*s", STR_ARG(u->id));
	bench_end(b, end);
}

static void bench_usage(void *data, const struct pb_usage *u)
{
	struct bench *b = data;
	b->n++;
	assert_true(u->id.n > 0);
}

static void bench_done(void *data, const struct control_end *end)
{
	bench_end(data, end);
}

static void bench_history(void *data, const struct pb_history *h)
{
	(void)h;
	((struct bench *)data)->n++;
}

static void test_control__asks_a_buildkitd_what_it_is_and_has(void **state)
{
	struct bench *b = *state;
	struct buildkitd_options o = { 0 };
	struct pb_prune prune = { .all = true };
	struct pb_history_request history = { .early_exit = true };
	bench_open(b, CONTROL_DIRECT, &o);
	control_info(b->control, bench_info, b);
	looping_run(b->loop);
	assert_true(b->end.ok);
	assert_string_equal(b->said, "github.com/moby/buildkit");
	assert_int_equal(b->readies, 1);
	control_workers(b->control, bench_workers, b);
	looping_run(b->loop);
	assert_true(b->end.ok && b->n == 1);
	assert_string_equal(b->said, "linux");
	control_disk_usage(b->control, NULL, bench_usages, b);
	looping_run(b->loop);
	assert_true(b->end.ok && b->n > 0);
	b->n = 0;
	control_prune(b->control, &prune, bench_usage, bench_done, b);
	looping_run(b->loop);
	assert_true(b->end.ok);
	assert_true(b->n > 0);
	b->n = 0;
	control_history(b->control, &history, bench_history, bench_done, b);
	looping_run(b->loop);
	assert_true(b->end.ok);
	assert_int_equal(b->n, 0);
	assert_int_equal(b->ends, 5);
}

static void test_control__asks_a_dockerd_by_its_upgrade(void **state)
{
	struct bench *b = *state;
	struct buildkitd_options o = { 0 };
	bench_open(b, CONTROL_UPGRADE, &o);
	control_workers(b->control, bench_workers, b);
	looping_run(b->loop);
	assert_true(b->end.ok && b->n == 1);
	control_info(b->control, bench_info, b);
	looping_run(b->loop);
	assert_false(b->end.ok);
	assert_int_equal(b->end.status, CONTROL_STATUS_UNIMPLEMENTED);
	assert_int_equal(b->end.error.code, ERROR_REFUSED);
}

static void test_control__tells_calls_that_nobody_answers(void **state)
{
	static const struct { enum control_way way; const char *fault; } table[] = {
		{ CONTROL_DIRECT, "garbage" }, { CONTROL_DIRECT, "giant" }, { CONTROL_DIRECT, "close" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		struct buildkitd_options o = { .fault = table[i].fault };
		bench_setup(&own);
		struct bench *b = own;
		bench_open(b, table[i].way, &o);
		control_workers(b->control, bench_workers, b);
		looping_run(b->loop);
		assert_false(b->end.ok);
		assert_int_equal(b->end.status, -1);
		assert_true(b->end.error.code == ERROR_PROTOCOL || b->end.error.code == ERROR_UNREACHABLE);
		/* Nor is a call that comes later left without a word. */
		control_workers(b->control, bench_workers, b);
		looping_run(b->loop);
		assert_int_equal(b->ends, 2);
		bench_teardown(&own);
	}
}

static void bench_is_told(void *data, const struct control_end *end, const struct pb_worker *w,
                          size_t n)
{
	struct bench *b = data;
	(void)w, (void)n;
	control_free(b->control);
	b->control = NULL;
	bench_end(b, end);
}

static void test_control__may_be_freed_by_what_it_tells(void **state)
{
	struct bench *b = *state;
	struct buildkitd_options o = { 0 };
	struct error err = { 0 };
	bench_open(b, CONTROL_DIRECT, &o);
	control_cancel(control_info(b->control, bench_info, b));
	control_info(b->control, bench_info, b);
	control_workers(b->control, bench_is_told, b);
	while (b->control)
		looping_run(b->loop);
	for (int i = 0; i < 5; i++)
		loop_turn(b->loop, 10, &err);
	assert_true(b->ends <= 2);
	assert_int_equal(b->overs, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_control__asks_a_buildkitd_what_it_is_and_has),
		TEST(test_control__asks_a_dockerd_by_its_upgrade),
		TEST(test_control__tells_calls_that_nobody_answers),
		TEST(test_control__may_be_freed_by_what_it_tells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
