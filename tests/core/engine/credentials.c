#include "core/engine/credentials.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "tests/core/os/looping.h"

/* A home of its own, with helpers of its own in PATH. */
struct bench {
	struct loop *loop;
	struct arena *arena;
	char dir[64];
	char *path;                     /* PATH as it was */
	int told;
	bool known;
	struct credential credential;
	struct error err;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	struct error err = { 0 };
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-credentials-XXXXXX");
	CHECK(mkdtemp(b->dir));
	b->loop = loop_new();
	b->arena = arena_new();
	b->path = xstrdup(getenv("PATH"));
	CHECK(save_dir(arena_printf(b->arena, "%s/bin", b->dir), 0700, &err));
	setenv("PATH", arena_printf(b->arena, "%s/bin:%s", b->dir, b->path), 1);
	setenv("DOCKER_CONFIG", b->dir, 1);
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	setenv("PATH", b->path, 1);
	CHECK(save_remove(b->dir, &err));
	loop_free(b->loop);
	arena_free(b->arena);
	free(b->path);
	free(b);
	return 0;
}

static void bench_write(const struct bench *b, const char *name, const char *text, mode_t mode)
{
	struct error err = { 0 };
	const char *path = arena_printf(b->arena, "%s/%s", b->dir, name);
	assert_true(save_file(path, str_of(text), mode, &err));
	assert_int_equal(chmod(path, mode), 0);
}

static void bench_config(const struct bench *b, const char *text)
{
	bench_write(b, "config.json", text, 0600);
}

/* A helper that does this with "get" and the host on its input. */
static void bench_helper(const struct bench *b, const char *name, const char *script)
{
	bench_write(b, arena_printf(b->arena, "bin/docker-credential-%s", name),
	            arena_printf(b->arena, "#!/bin/sh\n%s\n", script), 0700);
}

static void bench_told(void *data, const struct credential *c, const struct error *err)
{
	struct bench *b = data;
	b->told++;
	b->known = c != NULL;
	if (c) {
		b->credential = *c;
		b->credential.user = arena_str(b->arena, c->user);
		b->credential.secret = arena_str(b->arena, c->secret);
	}
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static void bench_ask(struct bench *b, const char *host)
{
	b->told = 0;
	b->err = (struct error){ 0 };
	credentials_ask(b->loop, host, bench_told, b);
	assert_int_equal(b->told, 0);
	looping_run(b->loop);
	assert_int_equal(b->told, 1);
}

static void expect_known(struct bench *b, const char *host, const char *user, const char *secret)
{
	bench_ask(b, host);
	assert_string_equal(b->err.text, "");
	assert_true(b->known);
	assert_string_equal(arena_text(b->arena, b->credential.user), user);
	assert_string_equal(arena_text(b->arena, b->credential.secret), secret);
}

static void expect_none(struct bench *b, const char *host)
{
	bench_ask(b, host);
	assert_string_equal(b->err.text, "");
	assert_false(b->known);
}

static void expect_error(struct bench *b, const char *host, const char *part)
{
	bench_ask(b, host);
	assert_false(b->known);
	if (str_find_str(str_of(b->err.text), str_of(part)) == STR_NONE)
		fail_msg("no '%s' in: %s", part, b->err.text);
}

static void test_without_a_file_none_is_known(void **state)
{
	expect_none(*state, "registry.example:5000");
	bench_config(*state, "");
	expect_none(*state, "registry.example:5000");
	bench_config(*state, "{}");
	expect_none(*state, "registry.example:5000");
}

/* "YW5uOnM6Z2g=" is ann:s:gh, "Ym9iOnB3AAA=" bob:pw and two NULs. */
static void test_auths_are_found_by_host(void **state)
{
	struct bench *b = *state;
	bench_config(b, "{\"auths\":{\"registry.example:5000\":{\"auth\":\"YW5uOnM6Z2g=\"},"
	             "\"https://other.example/v2/\":{\"auth\":\"Ym9iOnB3AAA=\"},"
	             "\"plain.example\":{\"username\":\"eve\",\"password\":\"x y\"},"
	             "\"empty.example\":{}}}");
	expect_known(b, "registry.example:5000", "ann", "s:gh");
	expect_known(b, "other.example", "bob", "pw");
	expect_known(b, "plain.example", "eve", "x y");
	expect_none(b, "empty.example");
	expect_none(b, "registry.example");
	expect_none(b, "example:5000");
}

static void test_docker_io_goes_by_all_its_names(void **state)
{
	static const char *const names[] = { "docker.io", "index.docker.io", "registry-1.docker.io",
	                                     "https://index.docker.io/v1/" };
	struct bench *b = *state;
	bench_config(b, "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"YW5uOnM6Z2g=\"}}}");
	for (size_t i = 0; i < 4; i++)
		expect_known(b, names[i], "ann", "s:gh");
	bench_config(b, "{\"auths\":{\"docker.io\":{\"auth\":\"YW5uOnM6Z2g=\"}}}");
	expect_known(b, "registry-1.docker.io", "ann", "s:gh");
}

static void test_tokens_are_told_apart(void **state)
{
	struct bench *b = *state;
	bench_config(b, "{\"auths\":{\"a.example\":{\"auth\":\"YW5uOg==\",\"identitytoken\":\"idt\"},"
	             "\"b.example\":{\"registrytoken\":\"rgt\"}}}");
	expect_known(b, "a.example", "", "idt");
	assert_true(b->credential.is_identity_token);
	expect_known(b, "b.example", "", "rgt");
	assert_true(b->credential.is_registry_token && !b->credential.is_identity_token);
}

static void test_a_helper_is_asked_with_the_host_on_its_input(void **state)
{
	struct bench *b = *state;
	bench_helper(b, "store", "test \"$1\" = get || exit 9\n"
	             "printf '{\"ServerURL\":\"\",\"Username\":\"of %s\",\"Secret\":\"s\"}' "
	             "\"$(cat)\"");
	bench_helper(b, "own", "echo '{\"Username\":\"<token>\",\"Secret\":\"idt\"}'");
	bench_config(b, "{\"credsStore\":\"store\",\"credHelpers\":{\"own.example\":\"own\","
	             "\"file.example\":\"\"},"
	             "\"auths\":{\"file.example\":{\"auth\":\"YW5uOnM6Z2g=\"}}}");
	expect_known(b, "a.example", "of a.example", "s");
	expect_known(b, "docker.io", "of https://index.docker.io/v1/", "s");
	expect_known(b, "own.example", "", "idt");
	assert_true(b->credential.is_identity_token);
	expect_known(b, "file.example", "ann", "s:gh");
}

static void test_a_helper_that_knows_nothing_is_no_error(void **state)
{
	struct bench *b = *state;
	bench_helper(b, "store", "echo 'credentials not found in native keychain'; exit 1");
	bench_config(b, "{\"credsStore\":\"store\"}");
	expect_none(b, "a.example");
}

static void test_a_failing_helper_is_told_without_what_it_was_asked_for(void **state)
{
	struct bench *b = *state;
	bench_config(b, "{\"credsStore\":\"store\"}");
	expect_error(b, "a.example", "docker-credential-store, which is not in PATH");
	bench_helper(b, "store", "echo 'the keychain is locked'; exit 1");
	expect_error(b, "a.example", "docker-credential-store get failed for a.example: the keychain "
	             "is locked");
	bench_helper(b, "store", "echo '{\"Secret\":\"s3cret\"}'; exit 3");
	expect_error(b, "a.example", "(exit code 3)");
	assert_null(strstr(b->err.text, "s3cret"));
	bench_helper(b, "store", "echo 's3cret'");
	expect_error(b, "a.example", "printed no credential");
	assert_null(strstr(b->err.text, "s3cret"));
	bench_helper(b, "store", "printf '\\033[2J\\033]0;x\\007'; exit 1");
	expect_error(b, "a.example", "get failed for a.example");
	assert_null(strchr(b->err.text, '\033'));
	bench_helper(b, "store", "yes");
	expect_error(b, "a.example", "printed more than");
}

/* A helper that says nothing is ended with all that it has started. */
static void test_a_cancelled_helper_is_gone(void **state)
{
	struct bench *b = *state;
	owned(files) struct files *disk = files_disk("/");
	const char *pid = arena_printf(b->arena, "%s/pid", b->dir);
	struct error err = { 0 };
	struct str text = { 0 };
	bench_config(b, "{\"credsStore\":\"store\"}");
	bench_helper(b, "store", arena_printf(b->arena, "echo $$ >%s.new; mv %s.new %s; sleep 600", pid,
	                                      pid, pid));
	struct credentials_ask *c = credentials_ask(b->loop, "a.example", bench_told, b);
	int64_t until = clock_monotonic_ms() + 10000;
	while (!files_has(disk, pid) && clock_monotonic_ms() < until)
		assert_true(loop_turn(b->loop, 10, &err));
	assert_int_equal(files_read(disk, pid, b->arena, &text, &err), FILES_OK);
	credentials_cancel(c);
	assert_int_equal(b->told, 0);
	assert_false(files_has(disk, arena_printf(b->arena, "/proc/%.*s/status",
	                                          STR_ARG(str_trim(text)))));
}

static void test_hostile_files_are_refused_by_name(void **state)
{
	struct bench *b = *state;
	bench_config(b, "{\"auths\":{\"a.example\":{\"auth\":\"YW5uOnM6Z2g=\"},}}");
	expect_error(b, "a.example", "config.json: no JSON (line 1, column ");
	bench_config(b, "{\"auths\":{\"a.example\":{\"auth\": s3cret}}}");
	expect_error(b, "a.example", "config.json: no JSON (line 1, column ");
	assert_null(strstr(b->err.text, "cret"));
	bench_config(b, "[]");
	expect_error(b, "a.example", "it is no JSON object");
	bench_config(b, "{\"auths\":{\"a.example\":{\"auth\":\"*s3cret*\"}}}");
	expect_error(b, "a.example", "\"auth\" of \"a.example\" is no USER:PASSWORD in base64");
	assert_null(strstr(b->err.text, "s3cret"));
	bench_config(b, "{\"credsStore\":\"../../bin/sh\"}");
	expect_error(b, "a.example", "is no name of a credential helper");
	bench_config(b, "{\"credsStore\":3,\"credHelpers\":[],\"auths\":{\"a.example\":7}}");
	expect_none(b, "a.example");
}

static void test_what_is_no_file_is_not_waited_for(void **state)
{
	struct bench *b = *state;
	const char *path = arena_printf(b->arena, "%s/config.json", b->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_error(b, "a.example", "config.json");
	assert_int_equal(unlink(path), 0);
	owned_buf struct buf large = { 0 };
	buf_append_fill(&large, ' ', CREDENTIALS_FILE_MAX + 1);
	bench_config(b, buf_text(&large));
	expect_error(b, "a.example", "has more than 1048576 bytes");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_without_a_file_none_is_known),
		TEST(test_auths_are_found_by_host),
		TEST(test_docker_io_goes_by_all_its_names),
		TEST(test_tokens_are_told_apart),
		TEST(test_a_helper_is_asked_with_the_host_on_its_input),
		TEST(test_a_helper_that_knows_nothing_is_no_error),
		TEST(test_a_failing_helper_is_told_without_what_it_was_asked_for),
		TEST(test_a_cancelled_helper_is_gone),
		TEST(test_hostile_files_are_refused_by_name),
		TEST(test_what_is_no_file_is_not_waited_for),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
