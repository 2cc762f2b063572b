#include "core/base/error.h"

#include <errno.h>

#include "tests/core/base/testing.h"

static const char *printed(struct buf *b, const struct error *err)
{
	buf_clear(b);
	error_print(b, err);
	return buf_text(b);
}

static void test_error__reads_from_the_outside_in(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	struct error err = { 0 };
	struct origin at = { "Dockerfile", NULL, 3, 7 };
	assert_false(error_set_at(&err, at, "unknown instruction '%s'", "FORM"));
	assert_int_equal(err.code, ERROR_SYNTAX);
	assert_string_equal(printed(&b, &err), "Dockerfile:3:7: unknown instruction 'FORM'");
	assert_false(error_prefix(&err, "building image %s", "web"));
	assert_int_equal(err.code, ERROR_SYNTAX);
	assert_string_equal(err.text, "building image web: unknown instruction 'FORM'");
	err.at.line = 0;
	assert_string_equal(printed(&b, &err),
	                    "Dockerfile: building image web: unknown instruction 'FORM'");
	assert_false(error_set(&err, ERROR_REFUSED, "no"));
	assert_null(err.at.path);
	assert_string_equal(printed(&b, &err), "no");
}

static void test_error__keeps_errno(void **state)
{
	(void)state;
	struct error err = { 0 };
	errno = ENOENT;
	assert_false(error_set_errno(&err, "opening %s", "x"));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_int_equal(err.sys, ENOENT);
	assert_string_equal(err.text, "opening x: No such file or directory");
	error_prefix(&err, "p");
	assert_int_equal(err.sys, ENOENT);
	error_set(&err, ERROR_LIMIT, "q");
	assert_int_equal(err.sys, 0);
}

static void test_error__quotes_control_characters_as_text(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	struct error err = { 0 };
	error_set(&err, ERROR_MISSING, "no \"%s\"", "a\x1b]0;\a\xff\n");
	assert_string_equal(err.text, "no \"a\\x1b]0;\\x07�\\n\"");
	err.at.path = "d\x1b/f";
	assert_string_equal(printed(&b, &err), "d\\x1b/f: no \"a\\x1b]0;\\x07�\\n\"");
}

static void test_error__long_texts_are_cut_at_a_character(void **state)
{
	(void)state;
	owned_buf struct buf text = { 0 };
	struct error err = { 0 };
	for (size_t ahead = 0; ahead < 4; ahead++) {
		buf_clear(&text);
		buf_append_fill(&text, 'x', ahead);
		for (int i = 0; i < 400; i++)
			buf_append(&text, STR("€"));
		error_set(&err, ERROR_MISSING, "%s", buf_text(&text));
		size_t n = strlen(err.text);
		assert_true(n > sizeof err.text - 5 && n < sizeof err.text);
		assert_int_equal((n - ahead) % 3, 0);
	}
}

static void test_error__has_one_exit_code_for_each_kind(void **state)
{
	(void)state;
	static const struct {
		enum error_code code;
		int exit;
	} table[] = {
		{ ERROR_NONE, 0 }, { ERROR_SYSTEM, 1 }, { ERROR_SYNTAX, 3 }, { ERROR_MISSING, 1 },
		{ ERROR_REFUSED, 4 }, { ERROR_PROTOCOL, 4 }, { ERROR_LIMIT, 1 },
		{ ERROR_CANCELLED, 130 }, { ERROR_USAGE, 2 }, { ERROR_PROJECT, 3 },
		{ ERROR_UNREACHABLE, 4 }, { ERROR_BUILD, 1 }, { ERROR_CHANGED, 3 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(error_exit_code(table[i].code), table[i].exit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error__reads_from_the_outside_in),
		cmocka_unit_test(test_error__keeps_errno),
		cmocka_unit_test(test_error__quotes_control_characters_as_text),
		cmocka_unit_test(test_error__long_texts_are_cut_at_a_character),
		cmocka_unit_test(test_error__has_one_exit_code_for_each_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
