#include "core/os/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/os/save.h"

static char dir[64], path[96];

static int spool_setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/mortar-spool-XXXXXX");
	CHECK(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/file", dir);
	return 0;
}

static int spool_teardown(void **state)
{
	struct error err = { 0 };
	(void)state;
	CHECK(save_remove(dir, &err));
	return 0;
}

static void spool_holds(const char *expected)
{
	char text[64] = "";
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof text - 1, f), strlen(expected));
	fclose(f);
	assert_string_equal(text, expected);
}

static void test_spool__the_file_is_whole_or_as_it_was(void **state)
{
	struct error err = { 0 };
	struct stat st;
	(void)state;
	assert_true(save_file(path, STR("old"), 0644, &err));
	struct spool *s = spool_new(path, 0600, &err);
	assert_non_null(s);
	assert_true(spool_append(s, STR("new "), &err));
	spool_holds("old");
	assert_true(spool_append(s, STR("text"), &err));
	assert_true(spool_finish(s, &err));
	spool_free(s);
	spool_holds("new text");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_spool__what_is_given_up_leaves_nothing(void **state)
{
	struct error err = { 0 };
	(void)state;
	struct spool *s = spool_new(path, 0600, &err);
	assert_true(spool_append(s, STR("half"), &err));
	spool_free(s);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(mkdir(dir, 0700), 0);
}

static void test_spool__says_where_it_cannot_write(void **state)
{
	struct error err = { 0 };
	(void)state;
	assert_null(spool_new("/nonexistent/file", 0600, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_non_null(strstr(err.text, "/nonexistent/file"));
	spool_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, spool_setup, spool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_spool__the_file_is_whole_or_as_it_was),
		TEST(test_spool__what_is_given_up_leaves_nothing),
		TEST(test_spool__says_where_it_cannot_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
