#include "core/context/ignore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct ignore *parse(const char *text, struct arena *a, struct problems *problems)
{
	return ignore_parse(source_new(a, STR(".dockerignore"), NULL, str_of(text)), problems);
}

/* What the file says of the path: 0, 1, or -1 when it is refused. */
static int ask(const char *text, const char *path)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned(ignore) struct ignore *g = parse(text, a, problems);
	return problems_errors(problems) ? -1 : ignore_matches(g, str_of(path));
}

struct match {
	const char *text, *path;
	int want;
};

static void check(const struct match *m, size_t n)
{
	int wrong = 0;
	for (; n; n--, m++) {
		int got = ask(m->text, m->path);
		if (got != m->want) {
			fprintf(stderr, "'%s' on '%s': %d, not %d\n", m->text, m->path, got, m->want);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}
#define CHECK_ALL(table) check(table, sizeof(table) / sizeof *(table))

static void test_ignore__names_and_wildcards(void **state)
{
	(void)state;
	static const struct match table[] = {
		{ "app.log", "app.log", 1 },     { "app.log", "app_log", 0 },
		{ "app.log", "x/app.log", 0 },   { "app.log", "app.log/below", 1 },
		{ "*.log", "app.log", 1 },       { "*.log", ".log", 1 },
		{ "*.log", "x/app.log", 0 },     { "*.log", "d.log/x", 1 },
		{ "*/*.log", "x/app.log", 1 },   { "*/*.log", "app.log", 0 },
		{ "*", "anything", 1 },          { "*", "any/where", 1 },
		{ "a?c", "abc", 1 },             { "a?c", "ac", 0 },
		{ "a?c", "a/c", 0 },             { "a?c", "a\xc3\xa9" "c", 1 },
		{ "a??c", "a\xc3\xa9" "c", 0 },  { ".*", ".git", 1 },
		{ ".*", "git", 0 },              { "x/y", "x/y/z/w", 1 },
		{ "x/y", "x", 0 },               { "a*b*c", "a1b2c", 1 },
		{ "a*b*c", "a1b/2c", 0 },        { "a+(b)|{c}$", "a+(b)|{c}$", 1 },
		{ "a.(b)*", "a.(b)xx", 1 },      { "a.(b)*", "ax(b)xx", 0 },
		{ "a*^", "ab^", 0 },             /* ^ is Go's begin of text there */
		{ "a^", "a^", 1 },
	};
	CHECK_ALL(table);
}

static void test_ignore__two_stars_go_over_folders(void **state)
{
	(void)state;
	static const struct match table[] = {
		{ "**", "a", 1 },                { "**", "a/b/c", 1 },
		{ "**/", "a", 1 },               { "**/**", "a/b", 1 },
		{ "**/x", "x", 1 },              { "**/x", "a/b/x", 1 },
		{ "**/x", "a/b/yx", 0 },         { "**x", "a/b/yx", 1 },
		{ "**/x", "a/x/below", 1 },      { "**/*.pyc", "m.pyc", 1 },
		{ "**/*.pyc", "a/b/m.pyc", 1 },  { "**/*.pyc", "a/m.py", 0 },
		{ "**/x/y", "a/x/y", 1 },        { "**/x/y", "a/x/b/y", 0 },
		{ "d/**", "d", 0 },              { "d/**", "d/e/f", 1 },
		{ "d/**", "de/f", 0 },           { "d**", "de/f", 1 },
		{ "d/**/f", "d/f", 1 },          { "d/**/f", "d/a/b/f", 1 },
		{ "d/**/f", "d/a/b/ff", 0 },     { "d/**/f", "df", 0 },
		{ "d**/*.t", "d/e/f.t", 1 },     { "d**/*.t", "dx/f.t", 1 },
		{ "**/**/*.t", "f.t", 1 },       { "**file*", "myfile1", 0 },
		{ "**file*", "my/file1", 1 },    { "a/*.t**", "a/b.t", 1 },
		{ "**/a*", "x\ny/ab", 0 },       /* . takes no line end in Go */
		{ "***/x", "a/b/x", 1 },         { "**/a**/b", "x/a/y/b", 1 },
	};
	CHECK_ALL(table);
}

static void test_ignore__the_last_match_wins(void **state)
{
	(void)state;
	static const struct match table[] = {
		{ "*.md\n!README.md", "README.md", 0 },
		{ "*.md\n!README.md", "a.md", 1 },
		{ "!README.md\n*.md", "README.md", 1 },
		{ "docs\n!docs/a", "docs/a", 0 },
		{ "docs\n!docs/a", "docs/b", 1 },
		{ "docs\n!docs/a", "docs", 1 },
		{ "docs\n!docs/a\ndocs/a/b", "docs/a/b", 1 },
		{ "docs\n!docs/a\ndocs/a/b", "docs/a/c", 0 },
		{ "**\n!a/b/c", "a/b/c/d/e", 0 },
		{ "**\n!a/b/c\na/b/c/d", "a/b/c/d/e", 1 },
		{ "*\n!src\n**/*.o", "src/x.o", 1 },
		{ "*\n!src\n**/*.o", "src/x.c", 0 },
		{ "a/b\n!a", "a/b", 0 },
		{ "a\n!*/b", "a/b", 0 },
	};
	CHECK_ALL(table);
}

static void test_ignore__lines_are_cleaned(void **state)
{
	(void)state;
	static const struct match table[] = {
		{ "# a\n\n  \nb", "b", 1 },      { "# a", "# a", 0 },
		{ " # a", "# a", 1 },            { "#a\n\\#a", "#a", 1 },
		{ "\xef\xbb\xbf" "a", "a", 1 },  { "\xef\xbb\xbf#a", "#a", 0 },
		{ "  a b \t\r\n", "a b", 1 },    { "a\r\nb\r\n", "b", 1 },
		{ "\xc2\xa0" "a\xe3\x80\x80", "a", 1 },
		{ "/a/b", "a/b", 1 },            { "//a", "a", 1 },
		{ "./a", "a", 1 },               { "a//b/./c/", "a/b/c", 1 },
		{ "a/../b", "b", 1 },            { "../a", "a", 0 },
		{ "a/..", "a", 0 },              { ".", "a", 0 },
		{ "/", "a", 0 },                 { "*\n! /a", "a", 0 },
		{ "*\n!./a/", "a", 0 },          { "*\n/!a", "a", 0 },
		{ "*\n!\\!a", "!a", 0 },         { "\\!a", "!a", 1 },
		{ "a", "./a/", 1 },              { "*", ".", 0 },
		{ "*", "", 0 },                  { "a", "x/../a", 1 },
		{ "", "a", 0 },                  { "**", "/", 1 },
	};
	CHECK_ALL(table);
}

static void test_ignore__classes_and_escapes(void **state)
{
	(void)state;
	static const struct match table[] = {
		{ "a[b-d]e", "ace", 1 },         { "a[b-d]e", "aae", 0 },
		{ "a[^b-d]e", "aae", 1 },        { "a[^b-d]e", "ace", 0 },
		{ "[a-\xce\xb6]x", "\xce\xb1x", 1 },
		{ "[\\]a]", "]", 1 },            { "[\\-x]", "-", 1 },
		{ "[x\\-]", "y", 0 },            { "a\\*b", "a*b", 1 },
		{ "a\\*b", "axb", 0 },           { "a\\\\*", "a\\b", 1 },
		{ "a]*", "a]b", 1 },             { "[^a]", "/", 1 },
		{ "x[^a]y", "x/y", 1 },          /* Go's class takes a / when it is a regexp */
		{ "[[:alpha:]]*", "ab", 1 },     { "[[:alpha:]]*", "1b", 0 },
		{ "[[:^digit:]]", "a", 1 },      { "[[:^digit:]]", "1", 0 },
		{ "v\\d*", "v12", 1 },           { "v\\d*", "vd", 0 },
		{ "\\Dx", "ax", 1 },             { "\\Dx", "1x", 0 },
		{ "a[\\w.]c", "a_c", 1 },        { "a[\\W]c", "a_c", 0 },
		{ "\\x41b", "Ab", 1 },           { "\\101b", "Ab", 1 },
		{ "\\Qa.b\\Ec*", "a\\.bcd", 1 }, { "a\\b*", "a", 1 },
		{ "\\bab*", "abc", 1 },          { "a\\Bb*", "ab", 1 },
		{ "[*]b", "[*b", 0 },            { "[*]", "^/[]", 1 },
		{ "x{2}*", "xxy", 1 },           { "x{2}*", "xy", 0 },
		{ "x{0,1}?", "b", 1 },           { "*.{js,ts}", "a.{js,ts}", 1 },
		{ "*.{js,ts}", "a.js", 0 },      { "{{name}}/*", "{{name}}/a", 1 },
		{ "a*|b", "xb", 1 },             { "a*|b", "ax", 1 },
		{ "a*|b", "bx", 0 },             { "a|b", "a", 0 },
		{ "a*\\", "ab$", 1 },            /* as far as filepath.Match looks, it is good */
		{ "a?", "a\xff", 1 },            { "a\xff*", "a\xfe", 1 },
		{ "a\xff", "a\xfe", 0 },         { "a\xff", "a\xff", 1 },
	};
	CHECK_ALL(table);
}

static void test_ignore__a_bad_pattern_is_an_error_at_its_line(void **state)
{
	(void)state;
	static const struct { const char *text, *message; unsigned line; } table[] = {
		{ "ok\n[", "bad pattern '[': a '[' has no ']'", 2 },
		{ "[^", "bad pattern '[^': a '[' has no ']'", 1 },
		{ "a\n\n!a[bc", "bad pattern 'a[bc': a '[' has no ']'", 3 },
		{ "[]a]", "bad pattern '[]a]': in [...] a '-' or ']' that is meant needs a '\\' before "
		          "it", 1 },
		{ "[x-]", "bad pattern '[x-]': in [...] a '-' or ']' that is meant needs a '\\' before "
		          "it", 1 },
		{ "[a-b-c]", "bad pattern '[a-b-c]': in [...] a '-' or ']' that is meant needs a '\\' "
		             "before it", 1 },
		{ "a\\", "bad pattern 'a\\': nothing stands behind the last '\\'", 1 },
		{ "x\n!", "a '!' needs a pattern behind it, as in !README.md", 2 },
		{ "[Local-Only]/", "bad pattern '[Local-Only]': a range in [...] runs backwards", 1 },
		{ "[\xff]", "bad pattern '[\xef\xbf\xbd]': what stands in [...] is not UTF-8", 1 },
		{ "\\y*", "bad pattern '\\y*': a '\\' stands before a letter, digit or character that "
		          "needs none; leave the '\\' out", 1 },
		{ "*x{3,2}", "bad pattern '*x{3,2}': a {...} counts past 1000 or backwards", 1 },
		{ "*{2}", "bad pattern '*{2}': {...} repeats something that it cannot", 1 },
		{ "[[:foo:]]", "bad pattern '[[:foo:]]': [:name:] has a name that is none", 1 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(arena) struct arena *a = arena_new();
		owned(problems) struct problems *problems = problems_new();
		owned(ignore) struct ignore *g = parse(table[i].text, a, problems);
		assert_non_null(g);
		assert_int_equal(problems_count(problems), 1);
		const struct problem *p = problems_get(problems, 0);
		assert_string_equal(arena_text(a, p->text), table[i].message);
		assert_int_equal(span_origin(p->at).line, table[i].line);
		assert_int_equal(span_origin(p->at).column, 1);
	}
}

static void test_ignore__a_bad_pattern_leaves_the_others(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned(ignore) struct ignore *g = parse("a\n[\nb", a, problems);
	assert_int_equal(ignore_count(g), 2);
	assert_true(ignore_matches(g, STR("b")));
	struct error err = { 0 };
	assert_false(ignore_add(g, STR("[z"), &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
	assert_true(ignore_add(g, STR("  !b/c "), &err));
	assert_true(ignore_add(g, STR("# nothing"), &err));
	assert_int_equal(ignore_count(g), 3);
	assert_false(ignore_matches(g, STR("b/c")));
}

static void test_ignore__has_limits(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf text = { 0 };
	buf_append_fill(&text, 'x', IGNORE_LINE_MAX + 1);
	buf_append_char(&text, '\n');
	for (int i = 0; i < IGNORE_PATTERNS_MAX + 5; i++)
		buf_append_text(&text, "ab\n");
	owned(ignore) struct ignore *g = parse(buf_text(&text), a, problems);
	assert_int_equal(ignore_count(g), IGNORE_PATTERNS_MAX);
	assert_int_equal(problems_errors(problems), 2);
}

static void test_ignore__prunes_only_what_nothing_can_bring_back(void **state)
{
	(void)state;
	static const struct match table[] = {
		{ "a", "a", 1 },                 { "a", "b", 0 },
		{ "a", "a/b", 1 },               { "a/**", "a", 0 },
		{ "a/**", "a/b", 1 },            { "a\n!a/b", "a", 0 },
		{ "a\n!a/b", "a/c", 1 },         { "a\n!a/b", "a/b", 0 },
		{ "a\n!b", "a", 1 },             { "a\n!**/b", "a", 0 },
		{ "a\n!**/b*", "a", 0 },         { "a\n!x/**/b*", "a", 1 },
		{ "!a/b\na", "a", 1 },           { "*\n!src\n**/tmp", "src/tmp", 1 },
		{ "*\n!src", "src", 0 },         { "*\n!src", "lib", 1 },
		{ "*\n!s*/x", "src", 0 },        { "*\n!s*/x", "src/y", 1 },
		{ "*\n!ab/**", "ab/c", 0 },      { "*\n!a/**", "ab", 1 },
		{ "*\n!abc/d", "ab", 1 },        { "", "a", 0 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(arena) struct arena *a = arena_new();
		owned(problems) struct problems *problems = problems_new();
		owned(ignore) struct ignore *g = parse(table[i].text, a, problems);
		if (ignore_prunes(g, str_of(table[i].path)) != table[i].want)
			fail_msg("'%s' on '%s'", table[i].text, table[i].path);
	}
}

static void test_ignore__many_stars_cost_no_more_than_their_number(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf text = { 0 }, path = { 0 };
	for (int i = 0; i < 300; i++)
		buf_append_text(&text, "a**/*");
	buf_append_text(&text, "c");
	for (int i = 0; i < 1000; i++)
		buf_append_text(&path, i % 7 ? "a" : "a/");
	owned(ignore) struct ignore *g = parse(buf_text(&text), a, problems);
	assert_int_equal(problems_errors(problems), 0);
	assert_false(ignore_matches(g, buf_str(&path)));
	buf_append_char(&path, 'c');
	(void)ignore_matches(g, buf_str(&path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ignore__names_and_wildcards),
		cmocka_unit_test(test_ignore__two_stars_go_over_folders),
		cmocka_unit_test(test_ignore__the_last_match_wins),
		cmocka_unit_test(test_ignore__lines_are_cleaned),
		cmocka_unit_test(test_ignore__classes_and_escapes),
		cmocka_unit_test(test_ignore__a_bad_pattern_is_an_error_at_its_line),
		cmocka_unit_test(test_ignore__a_bad_pattern_leaves_the_others),
		cmocka_unit_test(test_ignore__has_limits),
		cmocka_unit_test(test_ignore__prunes_only_what_nothing_can_bring_back),
		cmocka_unit_test(test_ignore__many_stars_cost_no_more_than_their_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
