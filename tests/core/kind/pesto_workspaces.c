#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/kind.h"

static void check_variant(struct arena *a, const struct settings *s, const char *tag,
                          const char *wanted)
{
	struct variant v = kind_find("pesto")->variant(s, a, str_of(tag));
	owned_buf struct buf out = { 0 };
	buf_printf(&out, "%.*s", STR_ARG(v.version));
	for (size_t i = 0; i < v.nprofiles; i++)
		buf_printf(&out, " %s", v.profiles[i]);
	assert_string_equal(buf_text(&out), wanted);
}

static void test_pesto_workspaces__tells_version_and_profiles(void **state)
{
	static const char *const profiles[] = { "gpu", "big-gpu", "p1" };
	const struct settings s = { .profiles = profiles, .nprofiles = 3 };
	owned(arena) struct arena *a = arena_new();
	(void)state;
	check_variant(a, &s, "1.0", "1.0");
	check_variant(a, &s, "1.0-gpu", "1.0 gpu");
	check_variant(a, &s, "1.0-p1-gpu", "1.0 p1 gpu");
	check_variant(a, &s, "1.0-big-gpu", "1.0 big-gpu");
	check_variant(a, &s, "1.0-rc1-p1", "1.0-rc1 p1");
	check_variant(a, &s, "1.0-other", "1.0-other");
	check_variant(a, &s, "gpu", "gpu");
	check_variant(a, &s, "-gpu", "-gpu");
	check_variant(a, &s, "", "");
}

static void test_pesto_workspaces__lists_what_pesto_made(void **state)
{
	static const char *const profiles[] = { "gpu" };
	struct settings s = { .name = "svc", .profiles = profiles, .nprofiles = 1 };
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *files = files_memory(NULL);
	struct workspaces found;
	(void)state;
	setenv("PESTO_WORKSPACE", "/w", 1);
	files_memory_put(files, "/w/svc/1.0-gpu/svc/pesto/build/build.json", STR("{}"));
	files_memory_put(files, "/w/svc/1.0/svc/pesto/build/build.json", STR("{}"));
	files_memory_put(files, "/w/svc/2.0/Dockerfile", STR("half of one"));
	files_memory_put(files, "/w/other/1.0/other/pesto/build/build.json", STR("{}"));
	kind_find("pesto")->workspaces(&s, files, a, &found);
	assert_string_equal(found.root, "/w");
	assert_int_equal(found.n, 2);
	assert_string_equal(found.items[0].path, "/w/svc/1.0-gpu/svc");
	assert_int_equal(found.items[0].variant.nprofiles, 1);
	assert_true(found.items[0].modified == 0);
	assert_string_equal(found.items[1].path, "/w/svc/1.0/svc");
	/* A name that would lead elsewhere. */
	s.name = "../w/svc";
	kind_find("pesto")->workspaces(&s, files, a, &found);
	assert_int_equal(found.n, 0);
	unsetenv("PESTO_WORKSPACE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pesto_workspaces__tells_version_and_profiles),
		cmocka_unit_test(test_pesto_workspaces__lists_what_pesto_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
