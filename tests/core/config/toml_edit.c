#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/config/toml_edit.h"

/* The text then, or "!line: what is wrong". */
static const char *edited(struct arena *a, const char *text, const char *table,
                          const char *pointer, const char *json)
{
	struct edits edits = { 0 };
	struct error err = { 0 };
	owned_buf struct buf out = { 0 };
	const struct source *source = source_new(a, STR("x.toml"), NULL, str_of(text));
	bool ok = json ? toml_edit_set(a, source, table, str_of(pointer), str_of(json), &edits, &err)
	               : toml_edit_unset(a, source, table, str_of(pointer), &edits, &err);
	if (!ok) {
		assert_int_equal(edits.n, 0);
		return arena_printf(a, "!%u: %s", err.at.line, err.text);
	}
	edit_apply(&out, str_of(text), &edits);
	return arena_text(a, buf_str(&out));
}

#define UNSAFE "this cannot be changed without touching more than is meant: "

struct row { const char *text, *table, *pointer, *json, *is; };

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		owned(arena) struct arena *a = arena_new();
		assert_string_equal(edited(a, rows[i].text, rows[i].table, rows[i].pointer,
		                           rows[i].json), rows[i].is);
	}
}

static void test_toml_edit__replaces_where_it_stands(void **state)
{
	static const struct row rows[] = {
		{ "[i]\na = 1 # c\nb=2\n", "/i", "/a", "\"x\\n\\u0001\"",
		  "[i]\na = \"x\\n\\u0001\" # c\nb=2\n" },
		{ "[i]\na = '''\n[no]\n'''\nb=2\n", "/i", "/a", "true", "[i]\na = true\nb=2\n" },
		{ "[i]\na = [1,\n2]\n", "/i", "/a/1", "3.50", "[i]\na = [1,\n3.50]\n" },
		{ "[i]\na = {b = 1}\n", "/i", "/a/b", "[1, {\"c d\": 2}]",
		  "[i]\na = {b = [1, { \"c d\" = 2 }]}\n" },
		{ "i.a = 1\n", "/i", "/a", "2", "i.a = 2\n" },
		{ "i = { a = 1 }\n", "/i", "/a", "2", "i = { a = 2 }\n" },
		{ "[i]\na = \"x\"\n", "/i", "/a", "\"x\"", "[i]\na = \"x\"\n" },
	};
	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_toml_edit__adds_behind_the_last(void **state)
{
	static const struct row rows[] = {
		{ "", "/i", "/a", "1", "[i]\na = 1\n" },
		{ "x = 1", "/i", "/a", "1", "x = 1\n\n[i]\na = 1\n" },
		{ "[i]\n[j]\n", "/i", "/a", "1", "[i]\na = 1\n[j]\n" },
		{ "[i]\n  a = 1 # c\n\n# of j\n[j]\nx=1\n", "/i", "/b", "2",
		  "[i]\n  a = 1 # c\n  b = 2\n\n# of j\n[j]\nx=1\n" },
		{ "[i]\na = 1", "/i", "/b c", "2", "[i]\na = 1\n\"b c\" = 2\n" },
		{ "[i]\r\na = 1\r\n", "/i", "/b", "2", "[i]\r\na = 1\r\nb = 2\r\n" },
		{ "[i]\na = \"\"\"\n[x]\n\"\"\"\n[j]\n", "/i", "/b", "2",
		  "[i]\na = \"\"\"\n[x]\n\"\"\"\nb = 2\n[j]\n" },
		{ "[i.p.x]\na = 1\n", "/i", "/b", "2", "[i.p.x]\na = 1\n\n[i]\nb = 2\n" },
		{ "[i]\na = 1\n", "/i/p/g", "/b", "2", "[i]\na = 1\n\n[i.p.g]\nb = 2\n" },
		{ "i.a = 1\nx = 2\n", "/i", "/b", "2", "i.a = 1\ni.b = 2\nx = 2\n" },
		{ "[i]\nm.a = 1\n", "/i", "/m/b", "2", "[i]\nm.a = 1\nm.b = 2\n" },
		{ "[i]\nm = {}\n", "/i", "/m/b", "2", "[i]\nm = { b = 2 }\n" },
		{ "[i]\nm = { a = 1 }\n", "/i", "/m/b/c", "2", "[i]\nm = { a = 1, b = { c = 2 } }\n" },
		{ "[i]\na = 1\n", "/i", "/m/b", "2", "[i]\na = 1\nm = { b = 2 }\n" },
		{ "[i]\nl = []\n", "/i", "/l/-", "1", "[i]\nl = [1]\n" },
		{ "[i]\n", "/i", "/l/-", "1", "[i]\nl = [1]\n" },
		{ "[i]\nl = [1]\n", "/i", "/l/1", "2", "[i]\nl = [1, 2]\n" },
		{ "[i]\nl = [\n  1, # one\n]\n", "/i", "/l/-", "2", "[i]\nl = [\n  1, # one\n  2,\n]\n" },
		{ "[i]\nl = [\n  1 # one\n]\n", "/i", "/l/-", "2", "[i]\nl = [\n  1, # one\n  2\n]\n" },
		{ "[i]\nl = [0,\n  1]\n", "/i", "/l/-", "2", "[i]\nl = [0,\n  1, 2]\n" },
	};
	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_toml_edit__removes_a_line_or_an_item(void **state)
{
	static const struct row rows[] = {
		{ "[i]\n# c\na = 1 # d\nb = 2\n", "/i", "/a", NULL, "[i]\n# c\nb = 2\n" },
		{ "[i]\na = [\n1,\n]\nb = 2", "/i", "/a", NULL, "[i]\nb = 2" },
		{ "[i]\nm.a = 1\nm.b = 2\n", "/i", "/m/a", NULL, "[i]\nm.b = 2\n" },
		{ "[i]\nl = [1, 2, 3]\n", "/i", "/l/0", NULL, "[i]\nl = [2, 3]\n" },
		{ "[i]\nl = [1, 2, 3]\n", "/i", "/l/2", NULL, "[i]\nl = [1, 2]\n" },
		{ "[i]\nl = [ 1, ]\n", "/i", "/l/0", NULL, "[i]\nl = []\n" },
		{ "[i]\nl = { a = 1, b = 2 }\n", "/i", "/l/b", NULL, "[i]\nl = { a = 1 }\n" },
		{ "[i]\nl = { a = 1, b = 2 }\n", "/i", "/l/a", NULL, "[i]\nl = { b = 2 }\n" },
		{ "[i]\na = 1\n", "/i", "/b", NULL, "!0: there is nothing at '/b'" },
	};
	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_toml_edit__refuses_what_would_touch_more(void **state)
{
	static const struct row rows[] = {
		{ "[i]\n[i.m]\na = 1\n", "/i", "/m", NULL, "!2: " UNSAFE "a [table] and dotted keys are "
		  "removed key by key" },
		{ "[i]\nm.a = 1\n", "/i", "/m", "{\"b\": 1}", "!2: " UNSAFE "a [table] and dotted keys are "
		  "changed key by key" },
		{ "[[i.l]]\na = 1\n", "/i", "/l/-", "{\"b\": 1}", "!1: " UNSAFE "[[tables]] are no array "
		  "of values" },
		{ "[i]\nl = [\n1, # one\n2]\n", "/i", "/l/0", NULL, "!3: " UNSAFE "a comment beside it "
		  "would go too" },
		{ "[i]\nl = [ # none\n]\n", "/i", "/l/-", "1", "!2: " UNSAFE "a comment stands in it" },
		{ "[i]\na = 1\n", "/i", "/a", "null", "!0: TOML has no null: remove the key instead" },
		{ "[i]\na = 1\n", "/i", "", "{}", "!0: a whole table is not set or removed at once: name "
		  "one of its keys, as in /target" },
		{ "[i]\na = \n", "/i", "/b", "1", "!2: " },
		{ "i = 5\n", "/i", "/b", "1", "!0: '/i' is no table" },
		{ "i = {a = 1}\n", "/i/p/g", "/b", "1", "!0: the file would be no TOML then: " },
		{ "[i]\na = 1\n", "/i", "/b", "99999999999999999999",
		  "!0: the file would be no TOML then: " },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(arena) struct arena *a = arena_new();
		const char *is = edited(a, rows[i].text, rows[i].table, rows[i].pointer, rows[i].json);
		assert_int_equal(strncmp(is, rows[i].is, strlen(rows[i].is)), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_toml_edit__replaces_where_it_stands),
		cmocka_unit_test(test_toml_edit__adds_behind_the_last),
		cmocka_unit_test(test_toml_edit__removes_a_line_or_an_item),
		cmocka_unit_test(test_toml_edit__refuses_what_would_touch_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
