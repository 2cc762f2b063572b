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
	return args_parse(a, "profile json cache merge as=PATTERNS", n, argv, ret_args, err);
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

static void test_args__a_negative_number_is_no_option(void **state)
{
	static const char *const words[] = { ".", "-5", "-0.5", "-p", "a", NULL };
	owned(arena) struct arena *a = arena_new();
	struct args args;
	struct error err;
	(void)state;
	assert_true(args_of(a, words, &args, &err));
	assert_int_equal(args.noperands, 3);
	assert_string_equal(args.operands[1], "-5");
	assert_int_equal(args.nprofiles, 1);
}

static void test_args__what_is_wrong_is_said(void **state)
{
	static const struct { const char *words[4], *text; } table[] = {
		{ { "-p" }, "'--profile' needs a value: PROFILE" },
		{ { "-p", "-c" }, "'--profile' needs a value: PROFILE" },
		{ { "--json=1" }, "'--json' takes no value" },
		{ { "--tag", "a" }, "unknown option '--tag' here: --help lists those there are" },
		{ { "--cach", "C1" }, "unknown option '--cach' here: did you mean --cache" },
		{ { "--merge", "sideways" }, "--merge is root or deep, not 'sideways'" },
		{ { "--as=ignore" }, "--as is dockerignore, not 'ignore'" },
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

/* Every value that only may be one of some is named as one of them in its table. */
static void test_args__words_have_values_and_options_have_words(void **state)
{
	const struct option *o;
	size_t checked = 0;
	(void)state;
	for (size_t i = 0; (o = args_next(NULL, &i));) {
		const struct word *word = word_find(str_of(o->value));
		struct error err;
		assert_true((o->takes == NONE) == (o->value[0] == '\0'));
		if (!word || word->source != WORD_ONE_OF)
			continue;
		struct str rest = str_of(word->words), one;
		while (str_next(&rest, ' ', &one)) {
			assert_true(word_check(str_of(o->value), "x", one, &err));
			checked++;
		}
		assert_false(word_check(str_of(o->value), "x", STR("no such word"), &err));
		assert_int_equal(err.code, ERROR_USAGE);
	}
	assert_true(checked >= 10);
}

static void test_args__a_name_that_stands_twice_is_told_apart_by_its_value(void **state)
{
	const struct option *o;
	size_t i = 0;
	(void)state;
	o = args_next("as", &i);
	assert_string_equal(o->value, "FORMAT");
	assert_null(args_next("as", &i));
	i = 0;
	o = args_next("as=PATTERNS", &i);
	assert_string_equal(o->value, "PATTERNS");
	assert_null(args_next("as=PATTERNS", &i));
}

static void test_args__a_line_being_typed_is_guessed(void **state)
{
	static const struct {
		const char *words[6], *open;
		size_t operands;
		bool ended;
	} t[] = {
		{ { NULL }, NULL, 0, false }, { { "." }, NULL, 1, false },
		{ { ".", "-c" }, "cache", 1, false }, { { ".", "-c", "C1" }, NULL, 1, false },
		{ { ".", "-p" }, "profile", 1, false }, { { ".", "-p", "a" }, "profile", 1, false },
		{ { "-p", "a", "--json" }, NULL, 0, false }, { { "--cache" }, "cache", 0, false },
		{ { "-p", "a", "--", "." }, NULL, 1, true }, { { "--nosuch", "x" }, NULL, 1, false },
		{ { "--merge", "nonsense", "." }, NULL, 2, false }, { { "-c", "--json" }, NULL, 0, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		owned(arena) struct arena *a = arena_new();
		struct args_typed typed;
		int n = 0;
		while (n < 6 && t[i].words[n])
			n++;
		args_guess(a, "profile json cache merge", n, (char *const *)(uintptr_t)t[i].words, &typed);
		assert_string_equal(typed.open ? typed.open->name : "", t[i].open ? t[i].open : "");
		assert_int_equal(typed.args.noperands, t[i].operands);
		assert_int_equal(typed.ended, t[i].ended);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args__profiles_are_one_list_in_every_form),
		cmocka_unit_test(test_args__an_empty_list_of_profiles_is_one_too),
		cmocka_unit_test(test_args__a_negative_number_is_no_option),
		cmocka_unit_test(test_args__what_is_wrong_is_said),
		cmocka_unit_test(test_args__words_have_values_and_options_have_words),
		cmocka_unit_test(test_args__a_name_that_stands_twice_is_told_apart_by_its_value),
		cmocka_unit_test(test_args__a_line_being_typed_is_guessed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
