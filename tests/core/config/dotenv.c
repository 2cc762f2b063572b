#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/config/dotenv.h"

/* "NAME=value|" for each, then "!line:column: text|" for each problem. */
static struct str read_back(struct arena *a, const char *text)
{
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf out = { 0 };
	const struct value *all = NULL;
	const struct source *source = source_new(a, STR(".env"), NULL, str_of(text));
	dotenv_read(a, source, problems, &all);
	for (const struct value *v = value_child(all); v; v = value_next(v))
		buf_printf(&out, "%.*s=%.*s|", STR_ARG(value_key(v)), STR_ARG(value_text(v)));
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		struct origin at = span_origin(p->at);
		buf_printf(&out, "%s%u:%u: %.*s|", p->severity == SEVERITY_ERROR ? "!" : "?", at.line,
		           at.column, STR_ARG(p->text));
	}
	return arena_str(a, buf_str(&out));
}

/* As compose-go's dotenv reads them. */
static void test_dotenv__reads_what_compose_reads(void **state)
{
	static const struct { const char *text, *is; } rows[] = {
		{ "", "" },
		{ "A=1\nB=two words\n", "A=1|B=two words|" },
		{ "A = 1  \n  B: 2", "A=1|B=2|" },
		{ "export A=1\nexported=2\n", "A=1|exported=2|" },
		{ "# c\n\nA=1 # c\nB=1# no c\nC=\n", "A=1|B=1# no c|C=|" },
		{ "A='x $B \\n \\' y' # c\n", "A=x $B \\n ' y|" },
		{ "A=\"a\\tb\\\\n\\\"\\$B\"\n", "A=a\tb\\n\"$B|" },
		{ "A='two\nlines'\nB=2\n", "A=two\nlines|B=2|" },
		{ "A=\"two\r\nlines\"\r\nB=2\r\n", "A=two\nlines|B=2|" },
		{ "A=x\nB=$A-${A}${C}$$\n", "A=x|B=x-x$|" },
		{ "B=${A:-d}${A-d}\nA=\nC=${A:-e}${A-f}\n", "B=dd|A=|C=e|" },
		{ "A=x\nB=${A:+y}${A+z}${C:+q}\n", "A=x|B=yz|" },
		{ "B=${A:-x${C:-y}z}\n", "B=xyz|" },
		{ "A=1\nALONE\nB=2\n", "A=1|B=2|" },
		{ "a.b-c=1\n", "a.b-c=1|" },
		{ "\xef\xbb\xbf" "A=1\n", "A=1|" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(arena) struct arena *a = arena_new();
		struct str is = read_back(a, rows[i].text);
		assert_string_equal(arena_text(a, is), rows[i].is);
	}
}

static void test_dotenv__tells_what_is_wrong_with_its_place(void **state)
{
	static const struct { const char *text, *is; } rows[] = {
		{ "A=1\n=2\nB=3\n", "A=1|B=3|!2:1: NAME=VALUE is wanted: a name has letters, digits, _ . "
		  "and -|" },
		{ "A B=1\n", "!1:3: NAME=VALUE is wanted: a = behind the name|" },
		{ "A=1\nB='x\n", "A=1|!2:3: this ' has no end: another ' is wanted|" },
		{ "A=${B\n", "!1:3: a '${' has no '}': $$ is a $|" },
		{ "A=${B!c}\n", "!1:3: '${B!c}' is no variable: ${NAME}, with :- - :+ + :? or ? and a "
		  "text behind the name|" },
		{ "A=5 $ \n", "!1:3: a $ is followed by no name: $$ is a $, and so is one in '…'|" },
		{ "A=${B:?say it}\n", "!1:3: the variable B is needed here: say it|" },
		{ "A=1\nA=2\n", "A=2|?2:1: A stands here a second time: this one counts|" },
		{ "A=\xff\n", "!1:3: this is no text: a file of NAME=VALUE lines in UTF-8 is wanted|" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(arena) struct arena *a = arena_new();
		struct str is = read_back(a, rows[i].text);
		assert_string_equal(arena_text(a, is), rows[i].is);
	}
}

/* Each line holds the one before twice: 40 of them would be a terabyte. */
static void test_dotenv__ends_values_that_double(void **state)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	(void)state;
	buf_append_text(&text, "A0=x\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&text, "A%d=$A%d$A%d\n", i, i - 1, i - 1);
	struct str is = read_back(a, buf_text(&text));
	assert_int_not_equal(str_find_str(is, STR("has more than 65536 bytes")), STR_NONE);
	assert_true(is.n < 1 << 20);
}

/* Nothing of this process's environment. */
static void test_dotenv__sees_no_environment(void **state)
{
	owned(arena) struct arena *a = arena_new();
	(void)state;
	setenv("DOTENV_TEST", "secret", 1);
	struct str is = read_back(a, "A=$DOTENV_TEST\nDOTENV_TEST\n");
	assert_string_equal(arena_text(a, is), "A=|");
}

static struct str edited(struct arena *a, const char *text, const char *name, const char *value)
{
	struct edits edits = { 0 };
	struct error err;
	owned_buf struct buf out = { 0 };
	const struct source *source = source_new(a, STR(".env"), NULL, str_of(text));
	bool ok = value ? dotenv_set(a, source, str_of(name), str_of(value), &edits, &err)
	                : dotenv_unset(a, source, str_of(name), &edits, &err);
	if (!ok)
		return str_of(arena_text(a, str_of(err.text)));
	edit_apply(&out, str_of(text), &edits);
	return arena_str(a, buf_str(&out));
}

static void test_dotenv__edits_keep_all_else(void **state)
{
	static const struct { const char *text, *name, *value, *is; } rows[] = {
		{ "# c\nexport A='x'  # d\nB=2\n", "A", "y", "# c\nexport A=y  # d\nB=2\n" },
		{ "A=1\nA=2\n", "A", "3", "A=1\nA=3\n" },
		{ "A=1", "B", "two words", "A=1\nB='two words'\n" },
		{ "A=1\r\n", "B", "", "A=1\r\nB=\r\n" },
		{ "", "B", "it's $5\n\"x\"\\", "B=\"it's \\$5\\n\\\"x\\\"\\\\\"\n" },
		{ "A=1\n", "A", "1", "A=1\n" },
		{ "A=1\n# c\nB='2\n3' # d\nC=4\n", "B", NULL, "A=1\n# c\nC=4\n" },
		{ "A=1\nB=2\nA=3", "A", NULL, "B=2\n" },
		{ "A=1\n", "B", NULL, "there is no variable 'B'" },
		{ "A=1\n", "B C", "x", "'B C' is no name of a variable: letters, digits, _ . and - make "
		  "one" },
		{ "A='\n", "B", "x", "this ' has no end: another ' is wanted" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(arena) struct arena *a = arena_new();
		struct str is = edited(a, rows[i].text, rows[i].name, rows[i].value);
		assert_string_equal(arena_text(a, is), rows[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dotenv__reads_what_compose_reads),
		cmocka_unit_test(test_dotenv__tells_what_is_wrong_with_its_place),
		cmocka_unit_test(test_dotenv__ends_values_that_double),
		cmocka_unit_test(test_dotenv__sees_no_environment),
		cmocka_unit_test(test_dotenv__edits_keep_all_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
