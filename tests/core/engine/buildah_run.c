/* Containers that a person works in, by a program named buildah that says what a real one
 * says and notes how it was called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/engine/engine.h"
#include "core/engine/run_owner.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "tests/core/os/looping.h"

static const char program[] =
	"#!/bin/sh\n"
	"cd \"${0%/*}\"\n"
	"case $1 in\n"
	"--version) echo 'buildah version 1.28.2 (image-spec 1.1.0-rc2)'; exit 0 ;;\n"
	"esac\n"
	"echo \"$*\" >>calls\n"
	"case $1 in\n"
	"containers) cat containers ;;\n"
	"from) [ -e image ] || exit 125 ;;\n"
	"inspect) echo '{\"OCIv1\":{\"config\":{\"Env\":[\"SET=by image\"]}}}' ;;\n"
	"run) case $* in *' -c :') [ ! -e shellless ]; exit ;; esac\n"
	"	[ ! -e slow ] || { echo $$ >pid; exec sleep 1000; }\n"
	"	exit 7 ;;\n"
	"esac\n";

struct bench {
	char dir[64];
	char *path;                     /* PATH as it was */
	struct loop *loop;
	struct engine *engine;
	struct arena *arena;
	struct work *work;
	struct buf phases, warnings;
	int exit_code, dones;
	struct work_result result;
	bool cancels;
};

static void bench_put(struct bench *b, const char *name, const char *text, mode_t mode)
{
	struct error err = { 0 };
	assert_true(save_file(arena_printf(b->arena, "%s/%s", b->dir, name), str_of(text), mode, &err));
}

static const char *bench_calls(struct bench *b)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text = STR("");
	struct error err;
	files_read(disk, arena_printf(b->arena, "%s/calls", b->dir), b->arena, &text, &err);
	return arena_text(b->arena, text);
}

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	assert_null(err);
	assert_true(f->abilities & ABILITY_OWN_TERMINAL);
	loop_stop(b->loop);
}

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	struct engine_options o = { .spec = "buildah" };
	struct error err = { 0 };
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-buildah-XXXXXX");
	CHECK(mkdtemp(b->dir));
	b->arena = arena_new();
	b->path = xstrdup(getenv("PATH"));
	setenv("PATH", arena_printf(b->arena, "%s:%s", b->dir, b->path), 1);
	unsetenv("BUILDAH_ISOLATION");
	bench_put(b, "buildah", program, 0755);
	bench_put(b, "containers", "[]", 0644);
	bench_put(b, "image", "", 0644);
	b->loop = loop_new();
	b->engine = engine_new(&o, b->loop, &err);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err;
	engine_free(b->engine);
	loop_free(b->loop);
	setenv("PATH", b->path, 1);
	save_remove(b->dir, &err);
	arena_free(b->arena);
	buf_finish(&b->phases);
	buf_finish(&b->warnings);
	free(b->path);
	free(b);
	return 0;
}

static void bench_run(void *data, const struct run_report *r)
{
	struct bench *b = data;
	buf_printf(&b->phases, "%s%s", b->phases.n ? " " : "", run_phase_name(r->phase));
	b->exit_code = r->exit_code;
	if (b->cancels && r->phase == RUN_RUNNING)
		engine_cancel(b->work);
}

static void bench_warning(void *data, struct str text)
{
	buf_append(&((struct bench *)data)->warnings, text);
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	loop_stop(b->loop);
}

static struct run_task bench_task(void)
{
	static const char *const entry[] = { "/bin/sh", "-c", "script", NULL };
	static const char *const trial[] = { "/bin/sh", "-c", ":", NULL };
	static const char *const env[] = { "TERM=x", NULL };
	static const char *const under[] = { "SET=by us", "NEW=1", NULL };
	return (struct run_task){
		.name = "mortar-shell-me", .image = STR("sha256:abc"), .entrypoint = entry,
		.trial = trial, .env = env, .env_under = under, .interactive = true, .tty = true,
	};
}

static void bench_go(struct bench *b, const struct run_task *task)
{
	struct engine_sink sink = { .run = bench_run, .warning = bench_warning, .done = bench_done,
	                            .data = b };
	struct error err = { 0 };
	b->work = engine_run(b->engine, task, &sink, &err);
	assert_non_null(b->work);
	looping_run(b->loop);
	assert_int_equal(b->dones, 1);
}

static void test_buildah_run__from_making_to_removal(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	bench_go(b, &task);
	assert_true(b->result.ok);
	assert_int_equal(b->exit_code, 7);
	assert_string_equal(buf_text(&b->phases), "created running exited removed");
	assert_string_equal(bench_calls(b),
		"containers --json\n"
		"from --pull-never --name mortar-shell-me abc\n"
		"run --isolation chroot mortar-shell-me -- /bin/sh -c :\n"
		"inspect --type container mortar-shell-me\n"
		"run --isolation chroot --env TERM=x --env NEW=1 --tty mortar-shell-me -- /bin/sh -c "
		"script\n"
		"rm mortar-shell-me\n");
}

static void test_buildah_run__an_image_without_its_shell(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	bench_put(b, "shellless", "", 0644);
	bench_go(b, &task);
	assert_int_equal(b->result.error.code, ERROR_REFUSED);
	assert_non_null(strstr(b->result.error.text, "/bin/sh"));
	assert_non_null(strstr(bench_calls(b), "\nrm mortar-shell-me\n"));
	assert_string_equal(buf_text(&b->phases), "created removed");
}

static void test_buildah_run__an_image_that_is_gone(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	unlink(arena_printf(b->arena, "%s/image", b->dir));
	bench_go(b, &task);
	assert_int_equal(b->result.error.code, ERROR_REFUSED);
	assert_null(strstr(bench_calls(b), "\nrm "));
}

static void test_buildah_run__cancelled_it_is_removed(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	bench_put(b, "slow", "", 0644);
	b->cancels = true;
	bench_go(b, &task);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	assert_non_null(strstr(bench_calls(b), "\nrm mortar-shell-me\n"));
}

static void test_buildah_run__sweeps_what_a_killed_one_has_left(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	owned_buf struct buf own = { 0 }, list = { 0 };
	run_owner_append_name(&own, (int64_t)clock_now());
	buf_printf(&list, "[{\"containername\":\"other\"},{\"containername\":\"mortar-shell-%s\"},"
	           "{\"containername\":\"mortar-shell-%s9\"},{},"
	           "{\"containername\":\"mortar-shell-x\"}]",
	           buf_text(&own), buf_text(&own));
	bench_put(b, "containers", buf_text(&list), 0644);
	bench_go(b, &task);
	assert_true(b->result.ok);
	const char *calls = bench_calls(b);
	const char *left = arena_printf(b->arena, "\nrm mortar-shell-%s9\n", buf_text(&own));
	const char *used = arena_printf(b->arena, "\nrm mortar-shell-%s\n", buf_text(&own));
	assert_non_null(strstr(calls, left));
	assert_null(strstr(calls, used));
	assert_null(strstr(calls, "\nrm other"));
	assert_non_null(strstr(buf_text(&b->warnings), "which a mortar that was killed left behind"));
}

static void test_buildah_run__freeing_the_engine_removes_it(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	struct engine_sink sink = { .run = bench_run, .warning = bench_warning, .done = bench_done,
	                            .data = b };
	struct error err = { 0 };
	bench_put(b, "slow", "", 0644);
	b->work = engine_run(b->engine, &task, &sink, &err);
	while (!strstr(buf_text(&b->phases), "running"))
		assert_true(loop_turn(b->loop, 10, &err));
	engine_free(b->engine);
	b->engine = NULL;
	assert_int_equal(b->dones, 0);
	assert_non_null(strstr(bench_calls(b), "\nrm mortar-shell-me\n"));
}

static void test_buildah_run__serves_no_containers(void **state)
{
	struct bench *b = *state;
	struct run_task task = bench_task();
	struct engine_sink sink = { .done = bench_done, .data = b };
	struct error err = { 0 };
	task.interactive = false;
	assert_null(engine_run(b->engine, &task, &sink, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_buildah_run__from_making_to_removal),
		TEST(test_buildah_run__an_image_without_its_shell),
		TEST(test_buildah_run__an_image_that_is_gone),
		TEST(test_buildah_run__cancelled_it_is_removed),
		TEST(test_buildah_run__sweeps_what_a_killed_one_has_left),
		TEST(test_buildah_run__freeing_the_engine_removes_it),
		TEST(test_buildah_run__serves_no_containers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
