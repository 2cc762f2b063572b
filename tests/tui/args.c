#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/args.h"

static bool args_of(struct arena *a, const char *const *words, struct args *ret_args,
                    struct error *err)
{
	int n = 0;
	while (words[n])
		n++;
	char *argv[16];
	for (int i = 0; i < n; i++)
		argv[i] = (char *)(uintptr_t)words[i];
	return args_parse(a, "profile json cache", n, argv, ret_args, err);
}

static void test_args__profiles_are_one_list_in_every_form(void **state)
{
	static const char *const table[][8] = {
		{ ".", "-p", "a", "b" }, { ".", "-p", "a", "-p", "b" }, { ".", "-p", "a,b" },
		{ ".", "--profile=a,,b" }, { "-pa", "b", "--", "." }, { ".", "--profile", "a,", "b" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(arena) struct arena *a = arena_new();
		struct args args;
		struct error err;
		assert_true(args_of(a, table[i], &args, &err));
		assert_int_equal(args.noperands, 1);
		assert_int_equal(args.nprofiles, 2);
		assert_string_equal(args.profiles[0], "a");
		assert_string_equal(args.profiles[1], "b");
	}
}

/* The settings may name profiles: an empty list is the way to have none. */
static void test_args__an_empty_list_of_profiles_is_one_too(void **state)
{
	static const char *const none[] = { ".", NULL }, *const empty[] = { ".", "-p", "", NULL };
	owned(arena) struct arena *a = arena_new();
	struct args args;
	struct error err;
	(void)state;
	assert_true(args_of(a, none, &args, &err));
	assert_false(args.has_profiles);
	assert_true(args_of(a, empty, &args, &err));
	assert_true(args.has_profiles);
	assert_int_equal(args.nprofiles, 0);
}

static void test_args__what_is_wrong_is_said(void **state)
{
	static const struct { const char *words[4], *text; } table[] = {
		{ { "-p" }, "'--profile' needs a value: PROFILE" },
		{ { "-p", "-c" }, "'--profile' needs a value: PROFILE" },
		{ { "--json=1" }, "'--json' takes no value" },
		{ { "--tag", "a" }, "unknown option '--tag' here: --help lists those there are" },
		{ { "-\x1b[m" }, "unknown option '-\\x1b[m' here: --help lists those there are" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(arena) struct arena *a = arena_new();
		struct args args;
		struct error err;
		assert_false(args_of(a, table[i].words, &args, &err));
		assert_string_equal(err.text, table[i].text);
		assert_int_equal(err.code, ERROR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args__profiles_are_one_list_in_every_form),
		cmocka_unit_test(test_args__an_empty_list_of_profiles_is_one_too),
		cmocka_unit_test(test_args__what_is_wrong_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
