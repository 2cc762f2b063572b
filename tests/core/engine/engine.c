#include "core/engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/os/save.h"
#include "tests/fake/server.h"

/* What --engine may say, and whom auto takes. */

struct bench {
	struct loop *loop;
	struct server *server;
	char dir[64], path[96], host[112];
	char *old_path;
	struct engine_facts facts;
	struct error err;
	char name[32];
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-engine-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	snprintf(b->host, sizeof b->host, "unix://%s", b->path);
	b->loop = loop_new();
	b->old_path = xstrdup(getenv("PATH"));
	setenv("DOCKER_HOST", b->host, 1);
	setenv("CONTAINER_HOST", "unix:///nonexistent/podman", 1);
	setenv("PATH", b->dir, 1);
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	server_free(b->server);
	loop_free(b->loop);
	unsetenv("DOCKER_HOST");
	unsetenv("CONTAINER_HOST");
	setenv("PATH", b->old_path, 1);
	free(b->old_path);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	if (f)
		snprintf(b->name, sizeof b->name, "%s", f->name);
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

/* Its probe's outcome is in b. */
static void bench_probe(struct bench *b, struct engine_options o)
{
	struct error err = { 0 };
	b->err = err;
	b->name[0] = '\0';
	owned(engine) struct engine *e = engine_new(&o, b->loop, &err);
	assert_non_null(e);
	engine_probe(e, bench_ready, b);
	assert_true(loop_run(b->loop, &err));
}

static void bench_serve(struct bench *b, const char *version)
{
	static struct buf text;
	buf_clear(&text);
	server_append_answer(&text, 200, str_of(version), 50, true);
	b->server = server_new(b->loop, b->path);
	server_on(b->server, &(struct server_answer){ .request = "GET", .bytes = buf_str(&text) });
}

static void bench_install(struct bench *b)
{
	char path[120];
	struct error err = { 0 };
	snprintf(path, sizeof path, "%s/buildah", b->dir);
	assert_true(save_file(path, STR("#!/bin/sh\necho 'buildah version 1.28.2 (x)'\n"), 0755, &err));
}

static void test_engine__auto_takes_the_daemon_first(void **state)
{
	struct bench *b = *state;
	bench_serve(b, "{\"ApiVersion\":\"1.41\"}");
	bench_install(b);
	bench_probe(b, (struct engine_options){ .spec = "auto" });
	assert_string_equal(b->name, "classic");
}

static void test_engine__auto_takes_buildah_without_a_daemon(void **state)
{
	struct bench *b = *state;
	bench_install(b);
	bench_probe(b, (struct engine_options){ .spec = NULL });
	assert_string_equal(b->name, "buildah");
}

static void test_engine__auto_passes_by_what_it_cannot_use(void **state)
{
	struct bench *b = *state;
	bench_install(b);
	setenv("DOCKER_HOST", "npipe:////./pipe/docker", 1);
	bench_probe(b, (struct engine_options){ .spec = "auto" });
	assert_string_equal(b->name, "buildah");
}

/* Whoever means a build host does not want the image here instead. */
static void test_engine__auto_takes_nothing_here_for_what_is_far(void **state)
{
	struct bench *b = *state;
	bench_install(b);
	setenv("DOCKER_HOST", "ssh://somewhere", 1);
	bench_probe(b, (struct engine_options){ .spec = "auto" });
	assert_string_equal(b->name, "");
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "cannot run 'ssh'"));
}

static void test_engine__auto_takes_podman_before_buildah(void **state)
{
	struct bench *b = *state;
	bench_serve(b, "{\"ApiVersion\":\"1.40\",\"Components\":[{\"Name\":\"Podman Engine\"}]}");
	bench_install(b);
	setenv("DOCKER_HOST", "unix:///nonexistent", 1);
	setenv("CONTAINER_HOST", b->host, 1);
	bench_probe(b, (struct engine_options){ .spec = "auto" });
	assert_string_equal(b->name, "podman");
	/* Where dockerd is looked for it is podman as well. */
	setenv("CONTAINER_HOST", "unix:///nonexistent", 1);
	setenv("DOCKER_HOST", b->host, 1);
	bench_probe(b, (struct engine_options){ .spec = "auto" });
	assert_string_equal(b->name, "podman");
}

static void test_engine__without_any_it_says_what_was_tried(void **state)
{
	struct bench *b = *state;
	bench_probe(b, (struct engine_options){ .spec = "auto" });
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, b->host));
	assert_non_null(strstr(b->err.text, "podman: no service at unix:///nonexistent/podman"));
	assert_non_null(strstr(b->err.text, "install buildah"));
}

static void test_engine__buildkit_is_not_taken_for_granted(void **state)
{
	struct bench *b = *state;
	bench_serve(b, "{\"ApiVersion\":\"1.41\"}");
	bench_probe(b, (struct engine_options){ .spec = "buildkit" });
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "--engine classic"));
}

static void test_engine__names_stand_for_addresses(void **state)
{
	struct bench *b = *state;
	struct pair named[] = { { STR("farm"), str_of(b->host) } };
	struct error err = { 0 };
	bench_serve(b, "{\"ApiVersion\":\"1.41\"}");
	setenv("DOCKER_HOST", "unix:///nonexistent", 1);
	bench_probe(b, (struct engine_options){ .spec = "farm", .named = named, .nnamed = 1 });
	assert_string_equal(b->name, "classic");
	struct engine_options o = { .spec = "frm", .named = named, .nnamed = 1 };
	assert_null(engine_new(&o, b->loop, &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_non_null(strstr(err.text, "farm"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_engine__auto_takes_the_daemon_first),
		TEST(test_engine__auto_takes_buildah_without_a_daemon),
		TEST(test_engine__auto_passes_by_what_it_cannot_use),
		TEST(test_engine__auto_takes_nothing_here_for_what_is_far),
		TEST(test_engine__auto_takes_podman_before_buildah),
		TEST(test_engine__without_any_it_says_what_was_tried),
		TEST(test_engine__buildkit_is_not_taken_for_granted),
		TEST(test_engine__names_stand_for_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
