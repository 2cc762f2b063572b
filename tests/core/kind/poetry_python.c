#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/poetry_python.h"

static void test_poetry_python__reads_constraints_as_poetry_does(void **state)
{
	/* allowed: the minors of 8 … 13 that fit, each a digit from 8 on; - is none. */
	static const struct { const char *constraint, *allowed; } rows[] = {
		{ "^3.11", "11 12 13" }, { "^3", "8 9 10 11 12 13" }, { "^4", "" },
		{ "~3.9", "9" }, { "~3", "8 9 10 11 12 13" }, { "~3.9.2", "9" },
		{ "~=3.10", "10 11 12 13" }, { "~=3.10.1", "10" },
		{ ">=3.10,<4.0", "10 11 12 13" }, { ">= 3.10, < 3.12", "10 11" },
		{ ">=3.10 <3.12", "10 11" }, { "(>=3.12)", "12 13" }, { "<3.10", "8 9" },
		{ "<=3.10", "8 9 10" }, { "<=3.10.*", "8 9 10" }, { ">3.10", "10 11 12 13" },
		{ ">3.11.*", "12 13" }, { "3.11.*", "11" }, { "==3.11.*", "11" }, { "3.11", "11" },
		{ "3.11.4", "11" }, { "=3.9", "9" }, { "===3.9", "9" }, { "*", "8 9 10 11 12 13" },
		{ "", "8 9 10 11 12 13" }, { "!=3.9.*", "8 10 11 12 13" },
		{ ">=3.9,!=3.9.7", "9 10 11 12 13" }, { ">=3.8,!=3.10.*,!=3.11.*,<3.13", "8 9 12" },
		{ "^3.8 || ^4", "8 9 10 11 12 13" }, { "~3.8|~3.12", "8 12" }, { "~2.7 || ~3.9", "9" },
		{ "2.7", "" }, { ">=3.13.0rc1", "13" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned_buf struct buf out = { 0 };
		for (unsigned minor = 8; minor <= 13; minor++)
			if (poetry_python_allows(str_of(rows[i].constraint), minor) == POETRY_ALLOWED)
				buf_printf(&out, "%s%u", out.n ? " " : "", minor);
		if (strcmp(buf_text(&out), rows[i].allowed) != 0)
			fail_msg("%s allows %s, not %s", rows[i].constraint, buf_text(&out), rows[i].allowed);
	}
}

static void test_poetry_python__refuses_what_is_no_constraint(void **state)
{
	static const char *const rows[] = { "three", ">=", "^3.11 oder 4", "<>3.9", "=>3.9" };
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(poetry_python_allows(str_of(rows[i]), 11), POETRY_UNREADABLE);
}

static void test_poetry_python__takes_the_newest_that_poetry_and_project_know(void **state)
{
	static const struct { const char *poetry, *constraint; unsigned minor; } rows[] = {
		{ "1.1.15", "^3.8", 10 }, { "1.2.2", "^3.8", 10 }, { "1.3.2", "^3.8", 11 },
		{ "1.6.1", "^3.8", 11 }, { "1.8.5", "^3.8", 12 }, { "2.0.1", "^3.8", 13 },
		{ "2.4.1", "^3.8", 14 }, { "2.4.1", "", 14 }, { "1.8.5", ">=3.9,<3.11", 10 },
		{ "1.3.2", "^3.12", 0 }, { "2.4.1", "~3.9", 0 }, { "1.8.5", "three", 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct poetry_version version;
		unsigned minor = 0;
		assert_true(poetry_version_parse(str_of(rows[i].poetry), &version));
		bool found = poetry_python_newest(str_of(rows[i].constraint), &version, &minor);
		assert_int_equal(found, rows[i].minor != 0);
		assert_int_equal(minor, rows[i].minor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_poetry_python__reads_constraints_as_poetry_does),
		cmocka_unit_test(test_poetry_python__refuses_what_is_no_constraint),
		cmocka_unit_test(test_poetry_python__takes_the_newest_that_poetry_and_project_know),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
