#include "tests/core/recipe/dockerfile.h"

#include <stdio.h>

#include "core/recipe/quote.h"
#include "core/value/json.h"

static void read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	for (size_t n = 1; n > 0;) {
		n = fread(buf_reserve(out, 4096), 1, 4096, file);
		buf_grew(out, n);
	}
	fclose(file);
}

/* The file holds what dockerd 20.10.24 (BuildKit and classic) and buildah 1.28.2
 * all made of `ENV V=<dockerfile>`, `LABEL V=<dockerfile>` and, through ARG, of
 * `ARG A=<dockerfile>`, where X is "val" and M is not set. */
static void test_quote__values_come_out_alike_on_three_builders(void **state)
{
	struct dockerfile *d = *state;
	struct buf text owned_buf = { 0 };
	const struct value *list;
	struct error err = { 0 };
	read_file("tests/fixtures/env-values.json", &text);
	assert_true(value_parse_json(d->arena, buf_str(&text), &list, &err));
	assert_true(value_count(list) > 70);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		struct buf quoted owned_buf = { 0 };
		assert_true(quote_value(&quoted, value_text(value_get(v, STR("value"))), &err));
		assert_text(value_text(value_get(v, STR("dockerfile"))), buf_text(&quoted));
	}
}

static void test_quote__refuses_what_no_dockerfile_says(void **state)
{
	(void)state;
	static const struct {
		struct str value;
		const char *text;
	} table[] = {
		{ STR("a\nb"), "the value has a line end in it: a Dockerfile cannot say it; put it into a "
		  "file, or write it in another way" },
		{ STR("a\0b"), "the value has the control character U+0000 in it: a Dockerfile cannot say "
		  "it" },
		{ STR("\x1b[1m"), "the value has the control character U+001B in it: a Dockerfile cannot "
		  "say it" },
		{ STR("\xc2\x85"), "the value has the control character U+0085 in it: a Dockerfile cannot "
		  "say it" },
		{ STR("a\xff"), "the value is not UTF-8 at byte 2: a Dockerfile cannot say it" },
		{ STR("${"), "'${' has no name behind it: write ${NAME}, or \\${ for the text itself" },
		{ STR("${5}"), "'${' has no name behind it: write ${NAME}, or \\${ for the text itself" },
		{ STR("${X"), "'${X' is not closed: write '}' behind it, or \\${ for the text itself" },
		{ STR("${X:-${Y}"), "a '${' is not closed: write '}' behind it, or \\${ for the text "
		  "itself" },
		{ STR("${X#a}"), "'${X' goes on in a way that not every builder knows: write ${X}, "
		  "${X:-otherwise}, ${X:+if set}, or \\${ for the text itself" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buf out owned_buf = { 0 };
		struct error err = { 0 };
		assert_false(quote_value(&out, table[i].value, &err));
		assert_string_equal(err.text, table[i].text);
		assert_int_equal(err.code, ERROR_PROJECT);
		assert_int_equal(out.n, 0);
	}
}

static void test_quote__refuses_what_is_longer_than_a_line(void **state)
{
	(void)state;
	struct buf value owned_buf = { 0 }, out owned_buf = { 0 };
	struct error err = { 0 };
	buf_append_fill(&value, '"', 32000);
	assert_true(quote_value(&out, buf_str(&value), &err));
	buf_append_fill(&value, '"', 1);
	assert_false(quote_value(&out, buf_str(&value), &err));
	assert_int_equal(err.code, ERROR_LIMIT);
	buf_append_fill(&value, 'a', 64000);
	assert_false(quote_shell(&out, buf_str(&value), &err));
}

static void test_quote__shell_words_are_literal(void **state)
{
	(void)state;
	struct buf out owned_buf = { 0 };
	struct error err;
	assert_true(quote_shell(&out, STR("it's $HOME \\ \"x\""), &err));
	assert_string_equal(buf_text(&out), "'it'\\''s $HOME \\ \"x\"'");
	buf_clear(&out);
	assert_true(quote_shell(&out, STR(""), &err));
	assert_string_equal(buf_text(&out), "''");
	buf_clear(&out);
	assert_true(quote_shell(&out, STR("numpy-1.2_3.tar.gz"), &err));
	assert_string_equal(buf_text(&out), "numpy-1.2_3.tar.gz");
	assert_false(quote_shell(&out, STR("a\rb"), &err));
}

/* Copied by dockerd 20.10.24 (both builders) and buildah 1.28.2 from files of
 * these names to files of these names. */
static void test_quote__paths_stand_for_themselves(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text;
	} table[] = {
		{ "plain", "plain /out/plain" },
		{ "a b", "[\"a b\", \"/out/a b\"]" },
		{ "it's", "[\"it\\\\'s\", \"/out/it\\\\'s\"]" },
		{ "q\"q", "[\"q\\\\\\\"q\", \"/out/q\\\\\\\"q\"]" },
		{ "st*r", "[\"st[*]r\", \"/out/st*r\"]" },
		{ "qu?", "[\"qu[?]\", \"/out/qu?\"]" },
		{ "do$HOME", "[\"do\\\\$HOME\", \"/out/do\\\\$HOME\"]" },
		{ "--dash", "[\"--dash\", \"/out/--dash\"]" },
		{ "-x", "-x /out/-x" },
		{ "#hash", "[\"#hash\", \"/out/#hash\"]" },
		{ "<<EOF", "[\"<<EOF\", \"/out/<<EOF\"]" },
		{ "é 漢", "[\"é 漢\", \"/out/é 漢\"]" },
		{ "tab\tx", "[\"tab\\tx\", \"/out/tab\\tx\"]" },
		{ "a]b", "[\"a]b\", \"/out/a]b\"]" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buf out owned_buf = { 0 }, to owned_buf = { 0 };
		struct error err;
		buf_printf(&to, "/out/%s", table[i].path);
		struct str words[] = { str_of(table[i].path), buf_str(&to) };
		assert_true(quote_copy(&out, words, 2, &err));
		assert_string_equal(buf_text(&out), table[i].text);
	}
	struct buf out owned_buf = { 0 };
	struct error err;
	assert_false(quote_copy(&out, (struct str[]){ STR("a[0]"), STR("/b") }, 2, &err));
	assert_string_equal(err.text, "'a[0]' has '[' or '\\' in its name, which not every builder can "
	                              "copy: rename it");
	assert_false(quote_copy(&out, (struct str[]){ STR(""), STR("/b") }, 2, &err));
	assert_false(quote_copy(&out, (struct str[]){ STR("a\n"), STR("/b") }, 2, &err));
	assert_true(quote_copy(&out, (struct str[]){ STR("a"), STR("/b[0]\\") }, 2, &err));
	assert_string_equal(buf_text(&out), "[\"a\", \"/b[0]\\\\\\\\\"]");
}

static void test_quote__knows_env_names(void **state)
{
	(void)state;
	static const char *const good[] = { "A", "_", "a_1", "PYTHONPATH" };
	static const char *const bad[] = { "", "1A", "A-B", "A B", "A=B", "é", "A." };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(quote_is_env_name(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(quote_is_env_name(str_of(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_quote__values_come_out_alike_on_three_builders),
		cmocka_unit_test(test_quote__refuses_what_no_dockerfile_says),
		cmocka_unit_test(test_quote__refuses_what_is_longer_than_a_line),
		cmocka_unit_test(test_quote__shell_words_are_literal),
		cmocka_unit_test(test_quote__paths_stand_for_themselves),
		cmocka_unit_test(test_quote__knows_env_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
