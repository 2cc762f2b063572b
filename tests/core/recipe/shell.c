#include "tests/core/recipe/dockerfile.h"

#include "core/os/files.h"
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
	assert_int_equal(shell_expand(d->arena, STR("${LATER#/}"), '\\', lookup, NULL, &result, &err),
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

/* ---- BuildKit's own cases (tests/fixtures/buildkit) ---- */

static enum shell_variable lookup_list(void *data, struct str name, struct str *ret_value)
{
	const struct pair *list = data;
	for (; list->name.p; list++) {
		if (!str_eq(list->name, name))
			continue;
		*ret_value = list->value;
		return SHELL_SET;
	}
	return SHELL_UNSET;
}

static struct str fixture(struct dockerfile *d, const char *name)
{
	owned(files) struct files *disk = files_disk("tests/fixtures/buildkit");
	struct str text;
	struct error err;
	assert_int_equal(files_read(disk, name, d->arena, &text, &err), FILES_OK);
	return text;
}

/* "A|he${PWD}  |  he/home", A and U being meant. */
static void test_shell__variables_of_buildkit(void **state)
{
	struct dockerfile *d = *state;
	struct pair list[] = {
		{ STR("PWD"), STR("/home") }, { STR("SHELL"), STR("bash") },
		{ STR("KOREAN"), STR("한국어") }, { STR("NULL"), STR("") }, { { 0 }, { 0 } },
	};
	struct str rest = fixture(d, "variables.txt");
	size_t n = 0;
	for (struct str line, part[3]; str_next(&rest, '\n', &line);) {
		if (line.n == 0 || line.p[0] == '#' || line.p[0] == 'W')
			continue;
		for (size_t i = 0; i < 3; i++) {
			assert_true(str_next(&line, '|', &part[i]));
			part[i] = str_trim(part[i]);
		}
		struct str result = { 0 };
		struct error err = { 0 };
		enum shell_result done = shell_expand(d->arena, part[1], '\\', lookup_list, list, &result,
		                                      &err);
		bool wrong = str_eq(part[2], STR("error"));
		if (done != (wrong ? SHELL_FAILED : SHELL_DONE) || (!wrong && !str_eq(result, part[2])))
			fail_msg("%.*s gave %.*s %s", STR_ARG(part[1]), STR_ARG(result), err.text);
		n++;
	}
	assert_true(n > 200);
}

static void check_words(struct dockerfile *d, struct str word, struct str expected,
                        struct pair *list)
{
	struct shell_word w = { .text = word, .escape = '\\', .lookup = lookup_list, .data = list };
	const struct str *words;
	size_t n;
	struct error err;
	enum shell_result done = shell_expand_words(d->arena, &w, &words, &n, &err);
	if (str_eq(expected, STR("error"))) {
		assert_int_equal(done, SHELL_FAILED);
		return;
	}
	assert_int_equal(done, SHELL_DONE);
	struct str part;
	size_t i = 0;
	for (; str_next(&expected, ',', &part); i++)
		assert_true(i < n && str_eq(words[i], part));
	assert_int_equal(i, n);
}

/* "ENV a=b" lines and "word | its,words". */
static void test_shell__words_of_buildkit(void **state)
{
	struct dockerfile *d = *state;
	struct pair list[8] = { 0 };
	struct str rest = fixture(d, "words.txt");
	size_t nlist = 0, n = 0;
	for (struct str line; str_next(&rest, '\n', &line);) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (str_has_prefix(line, STR("ENV "))) {
			size_t at = str_find(line, '=');
			list[nlist++] = (struct pair){ str_slice(line, 4, at - 4),
			                               str_slice(line, at + 1, STR_NONE) };
			continue;
		}
		size_t at = str_find(line, '|');
		struct str expected = str_slice(line, at + 1, STR_NONE);
		while (expected.n && expected.p[0] == ' ')
			expected = str_slice(expected, 1, STR_NONE);
		check_words(d, str_trim(str_slice(line, 0, at)), expected, list);
		n++;
	}
	assert_true(n > 20);
}

/* lex_test.go, TestProcessWithMatches; F=… B=… are the variables there. */
static void test_shell__patterns_as_buildkit_matches_them(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *word, *f, *b, *result;
	} table[] = {
		{ "${F#()[]{\\}^$.\\*\\?|\\\\}", "()[]{}^$.*?|\\x", NULL, "x" },
		{ "${F%%\\**}", "xx**", NULL, "xx" }, { "${F#*x*y}", "xxyy", NULL, "y" },
		{ "${F#*}", "xxyy", NULL, "xxyy" }, { "${F#$B}", "xxyy", "x", "xyy" },
		{ "${F#$B}", "xxyy", "", "xxyy" }, { "${F#}", "xxyy", NULL, "xxyy" },
		{ "${F##*x}", "xxyy", NULL, "yy" }, { "${F##}", "xxyy", NULL, "xxyy" },
		{ "${F#?\\?}", "???y", NULL, "?y" }, { "${A:-.}${F%x}${A:-.}", "xxyy", NULL, ".xxyy." },
		{ "${F%%\\**\\*}", "a***yy*", NULL, "a" }, { "${F%}", "xxyy", NULL, "xxyy" },
		{ "${F%%$B}", "xxyy", "", "xxyy" }, { "${F:#}", "", NULL, NULL },
		{ "${F:##}", "", NULL, NULL }, { "${F:%}", "", NULL, NULL }, { "${F:%%}", "", NULL, NULL },
		{ "${F/$B/.} - ${F//$B/.}", "/foo*/*/*.txt", "\\*/", "/foo.*/*.txt - /foo..*.txt" },
		{ "${F/$B/} - ${F//$B/}", "/tmp/tmp/bar.txt", "/tmp", "/tmp/bar.txt - /bar.txt" },
		{ "${F/$B/\\/}", "/a/foo/b/c.txt", "/?/", "\\/foo/b/c.txt" },
		{ "${F//$B/.}", "/a/foo/b/c.txt", "/?/", ".foo.c.txt" },
		{ "${F//\\//\\/}", "/tmp/foo.txt", NULL, "\\/tmp\\/foo.txt" },
		{ "${F/$B/ww}", "xxyy", "", "wwxxyy" }, { "${F//ww}", "xxyy", NULL, NULL },
		{ "${F//}", "xxyy", NULL, NULL }, { "${F///}", "xxyy", NULL, "xxyy" },
		{ "${G///}", "", NULL, "" }, { "${F#\\x}", "xx", NULL, NULL },
		/* What Go's ReplaceAllString makes of matches of nothing. */
		{ "${F//$B/-}", "xy", "", "-x-y-" }, { "${F//$B/-}", "xé", "*", "-" },
		{ "${F%?}", "hé", NULL, "h" }, { "${F%%.*}", "a.b.c", NULL, "a" },
		{ "${F%.*}", "a.b.c", NULL, "a.b" }, { "${F##*/}", "/usr/local/bin", NULL, "bin" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct pair list[] = { { STR("F"), str_of(table[i].f) },
		                       { STR("B"), str_of(table[i].b ? table[i].b : "") },
		                       { { 0 }, { 0 } } };
		struct str result = { 0 };
		struct error err;
		enum shell_result done = shell_expand(d->arena, str_of(table[i].word), '\\', lookup_list,
		                                      list, &result, &err);
		if (done != (table[i].result ? SHELL_DONE : SHELL_FAILED) ||
		    (table[i].result && !str_eq(result, str_of(table[i].result))))
			fail_msg("%s of %s gave %.*s", table[i].word, table[i].f, STR_ARG(result));
	}
}

static void test_shell__a_pattern_that_takes_too_long_is_left_to_the_builder(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf value = { 0 }, word = { 0 };
	buf_append_fill(&value, 'a', 60000);
	buf_append_text(&word, "${F//");
	for (int i = 0; i < 20000; i++)
		buf_append_text(&word, "*a");
	buf_append_text(&word, "b/}");
	struct pair list[] = { { STR("F"), buf_str(&value) }, { { 0 }, { 0 } } };
	struct str result;
	struct error err;
	assert_int_equal(shell_expand(d->arena, buf_str(&word), '\\', lookup_list, list, &result, &err),
	                 SHELL_UNRESOLVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_shell__expands_as_builders_do),
		DOCKERFILE_TEST(test_shell__depth_is_bounded),
		DOCKERFILE_TEST(test_shell__variables_of_buildkit),
		DOCKERFILE_TEST(test_shell__words_of_buildkit),
		DOCKERFILE_TEST(test_shell__patterns_as_buildkit_matches_them),
		DOCKERFILE_TEST(test_shell__a_pattern_that_takes_too_long_is_left_to_the_builder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
