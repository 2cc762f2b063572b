#include "tests/core/recipe/dockerfile.h"

#include "core/recipe/shell.h"

static enum shell_variable lookup(void *data, struct str name, struct str *ret_value)
{
	(void)data;
	if (str_eq(name, STR("PWD")))
		*ret_value = STR("/home");
	else if (str_eq(name, STR("NULL")))
		*ret_value = STR("");
	else if (str_eq(name, STR("LATER")))
		return SHELL_UNKNOWN;
	else
		return SHELL_UNSET;
	return SHELL_SET;
}

static void test_shell__expands_as_builders_do(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *word, *result;
	} table[] = {
		{ "hello", "hello" }, { "he'll'o", "hello" }, { "he\\'llo", "he'llo" },
		{ "abc\\tdef", "abctdef" }, { "\"abc\\tdef\"", "abc\\tdef" },
		{ "\"abc\\\\tdef\"", "abc\\tdef" }, { "'abc\\tdef'", "abc\\tdef" }, { "hello\\", "hello" },
		{ "hello\\\\", "hello\\" }, { "\"hel'lo\"", "hel'lo" }, { "'hello\\'", "hello\\" },
		{ "$.", "$." }, { "he$1x", "hex" }, { "he$PWD", "he/home" }, { "he\\$PWD", "he$PWD" },
		{ "he\\\\$PWD", "he\\/home" }, { "\"he\\$PWD\"", "he$PWD" }, { "\\${}", "${}" },
		{ "he${hi}xx", "hexx" }, { "he${QQQ:-000}xx", "he000xx" }, { "${NULL:-x}", "x" },
		{ "${NULL-x}", "" }, { "${NULL+x}", "x" }, { "${NULL:+x}", "" }, { "${X?}", NULL },
		{ "he${QQQ:-${RRR:-yyy}}xx", "heyyyxx" }, { "he${PWD:+${PWD}:}xx", "he/home:xx" },
		{ "he${QQQ:-\\${PWD}z}xx", "he${PWDz}xx" }, { "'$PWD'", "$PWD" }, { "\"$PWD\"", "/home" },
		{ "$$", "" }, { "$@a", "a" }, { "${aaa}}", "}" }, { "${a:-b {c}", "b {c" },
		{ "he'llo", NULL }, { "\"hello\\\"", NULL }, { "${}", NULL }, { "${PWD", NULL },
		{ "${{a}", NULL }, { "${:-b}", NULL }, { "${X:Y}", NULL }, { "${.}", NULL },
		{ "${a:-b ${c}", NULL }, { "${X:=1}", NULL },
	};
	struct str result;
	struct error err;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		enum shell_result done = shell_expand(d->arena, str_of(table[i].word), '\\', lookup, NULL,
		                                      &result, &err);
		assert_int_equal(done, table[i].result ? SHELL_DONE : SHELL_FAILED);
		if (table[i].result)
			assert_text(result, table[i].result);
	}
	assert_int_equal(shell_expand(d->arena, STR("a$LATER"), '\\', lookup, NULL, &result, &err),
	                 SHELL_UNRESOLVED);
	assert_int_equal(shell_expand(d->arena, STR("${PWD#/}"), '\\', lookup, NULL, &result, &err),
	                 SHELL_UNRESOLVED);
	assert_int_equal(shell_expand(d->arena, STR("a`$PWD\\"), '`', lookup, NULL, &result, &err),
	                 SHELL_DONE);
	assert_text(result, "a$PWD\\");
}

static void test_shell__depth_is_bounded(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf word = { 0 };
	struct str result;
	struct error err;
	for (int i = 0; i < 100000; i++)
		buf_append_text(&word, "${a:-");
	buf_append_fill(&word, '}', 100000);
	assert_int_equal(shell_expand(d->arena, buf_str(&word), '\\', lookup, NULL, &result, &err),
	                 SHELL_FAILED);
	assert_string_equal(err.text, "'${' is nested too deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_shell__expands_as_builders_do),
		DOCKERFILE_TEST(test_shell__depth_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
