#include "core/context/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/os/save.h"

static char dir[64], path[200];

static int folder_setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/mortar-folder-XXXXXX");
	CHECK(mkdtemp(dir));
	return 0;
}

static int folder_teardown(void **state)
{
	struct error err = { 0 };
	(void)state;
	CHECK(save_remove(dir, &err));
	return 0;
}

static const char *folder_path(const char *below)
{
	snprintf(path, sizeof path, "%s/%s", dir, below);
	return path;
}

static mode_t folder_mode(const char *below)
{
	struct stat st;
	assert_int_equal(lstat(folder_path(below), &st), 0);
	return st.st_mode;
}

static enum pull folder_fill(struct context_folder *f, struct error *err)
{
	enum pull pull;
	while ((pull = context_folder_step(f, err)) == PULL_DATA)
		continue;
	return pull;
}

static void test_folder__holds_what_the_context_holds(void **state)
{
	struct error err = { 0 };
	struct stat st;
	(void)state;
	owned(context) struct context *c = context_new();
	assert_true(save_dir(folder_path("from/sub"), 0755, &err));
	assert_true(save_file(folder_path("from/sub/run"), STR("x"), 0755, &err));
	assert_int_equal(symlink("/etc/passwd", folder_path("from/link")), 0);
	assert_true(save_dir(folder_path("from/closed"), 0555, &err));
	assert_int_equal(chmod(folder_path("from/closed"), 0555), 0);
	context_add_tree(c, folder_path("from"), "", NULL);
	context_add_bytes(c, "made/text", 0640, STR("generated"));
	assert_true(context_scan(c, &err));
	struct context_folder *f = context_folder_new(folder_path("to"), c, &err);
	assert_non_null(f);
	assert_int_equal(folder_fill(f, &err), PULL_DONE);
	assert_int_equal(folder_mode("to") & 0777, 0700);
	assert_int_equal(folder_mode("to/sub/run") & 0777, 0755);
	assert_int_equal(folder_mode("to/made/text") & 0777, 0640);
	assert_int_equal(folder_mode("to/closed") & 0777, 0555);
	assert_true(S_ISLNK(folder_mode("to/link")));
	/* Times are the context's, or copying alone would spoil a cache. */
	assert_int_equal(stat(folder_path("to/made/text"), &st), 0);
	assert_int_equal(st.st_mtime, 0);
	context_folder_free(f);
	assert_int_equal(access(folder_path("to"), F_OK), -1);
}

static void test_folder__stays_when_it_is_to(void **state)
{
	struct error err = { 0 };
	(void)state;
	owned(context) struct context *c = context_new();
	context_add_bytes(c, "a", 0644, STR("x"));
	assert_true(context_scan(c, &err));
	struct context_folder *f = context_folder_new(folder_path("to"), c, &err);
	assert_int_equal(folder_fill(f, &err), PULL_DONE);
	context_folder_keep(f);
	context_folder_free(f);
	assert_int_equal(access(folder_path("to/a"), F_OK), 0);
}

static void test_folder__says_what_changed_meanwhile(void **state)
{
	struct error err = { 0 };
	(void)state;
	owned(context) struct context *c = context_new();
	assert_true(save_dir(folder_path("from"), 0755, &err));
	assert_true(save_file(folder_path("from/gone"), STR("x"), 0644, &err));
	context_add_tree(c, folder_path("from"), "", NULL);
	assert_true(context_scan(c, &err));
	assert_int_equal(unlink(folder_path("from/gone")), 0);
	owned(context_folder) struct context_folder *f =
		context_folder_new(folder_path("to"), c, &err);
	assert_int_equal(folder_fill(f, &err), PULL_FAILED);
	assert_non_null(strstr(err.text, "gone"));
}

static void test_folder__takes_no_folder_that_is_there(void **state)
{
	struct error err = { 0 };
	(void)state;
	owned(context) struct context *c = context_new();
	assert_true(context_scan(c, &err));
	assert_null(context_folder_new(dir, c, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_int_equal(access(dir, F_OK), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_folder__holds_what_the_context_holds),
		TEST(test_folder__stays_when_it_is_to),
		TEST(test_folder__says_what_changed_meanwhile),
		TEST(test_folder__takes_no_folder_that_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
