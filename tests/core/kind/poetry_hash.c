/* The vectors of tests/fixtures/poetry/hashes.json were made by the Locker classes of Poetry
 * 1.1.15, 1.2.2, 1.3.2, 1.8.5, 2.0.1, 2.2.1, 2.3.4 and 2.4.1 from texts made at random; a hash
 * of null stands where they fail.  HASHES in the environment names another file of the kind. */
#include "core/kind/poetry_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "core/config/toml.h"
#include "core/os/files.h"
#include "core/value/json.h"

static const struct value *read_toml(struct arena *a, struct str text)
{
	const struct value *root = NULL;
	owned(problems) struct problems *problems = problems_new();
	struct source *source = source_new(a, STR("pyproject.toml"), NULL, text);
	if (!toml_read(a, source, problems, &root)) {
		owned_buf struct buf out = { 0 };
		problem_print(&out, problems_get(problems, 0));
		fail_msg("%.*s: %s", STR_ARG(text), buf_text(&out));
	}
	return root;
}

static void check_vector(const struct value *vector)
{
	static const struct str names[] = { STR("/hashes/0"), STR("/hashes/1"), STR("/hashes/2"),
		STR("/hashes/3") };
	owned(arena) struct arena *a = arena_new();
	struct str text = value_text(value_at(vector, STR("/text")));
	const struct value *root = read_toml(a, text);
	for (int rules = 0; rules < POETRY_RULES_COUNT; rules++) {
		char hex[POETRY_HASH_SIZE] = "";
		struct error err = { 0 };
		const struct value *wanted = value_at(vector, names[rules]);
		bool is_null = value_type(wanted) == VALUE_NULL;
		if (poetry_hash(root, (enum poetry_rules)rules, hex, &err) == is_null ||
		    (!is_null && !str_eq(str_of(hex), value_text(wanted)))) {
			owned_buf struct buf out = { 0 };
			poetry_hash_text(&out, root, (enum poetry_rules)rules, &err);
			fail_msg("by the rules of %s:\n%.*s\nwas hashed as %s (%s)",
			         poetry_rules_text((enum poetry_rules)rules), STR_ARG(text),
			         buf_text(&out), err.text);
		}
	}
}

static void test_poetry_hash__is_that_of_the_real_poetries(void **state)
{
	(void)state;
	struct error err;
	struct str text;
	const struct value *vectors;
	const char *path = getenv("HASHES");
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *files = files_disk(".");
	assert_int_equal(files_read(files, path ? path : "tests/fixtures/poetry/hashes.json", a,
	                            &text, &err), FILES_OK);
	assert_true(value_parse_json(a, text, &vectors, &err));
	assert_true(value_count(vectors) >= 300);
	for (const struct value *v = value_child(vectors); v; v = value_next(v))
		check_vector(v);
}

static void check_text(const char *pyproject, enum poetry_rules rules, const char *wanted)
{
	struct error err = { 0 };
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf out = { 0 };
	bool done = poetry_hash_text(&out, read_toml(a, str_of(pyproject)), rules, &err);
	assert_true(done);
	assert_string_equal(buf_text(&out), wanted);
}

static void test_poetry_hash__is_made_of_what_each_version_looks_at(void **state)
{
	(void)state;
	static const char both[] = "[project]\nname = 'x'\nrequires-python = '>=3.9'\n"
	                           "[tool.poetry.dependencies]\na = '1'\n"
	                           "[tool.poetry.group.dev.dependencies]\n"
	                           "[dependency-groups]\nt = ['b']\n";
	check_text(both, POETRY_RULES_1_1, "{\"dependencies\": {\"a\": \"1\"}, "
	           "\"dev-dependencies\": null, \"extras\": null, \"source\": null}");
	check_text(both, POETRY_RULES_1_2, "{\"dependencies\": {\"a\": \"1\"}, "
	           "\"dev-dependencies\": null, \"extras\": null, "
	           "\"group\": {\"dev\": {\"dependencies\": {}}}, \"source\": null}");
	check_text(both, POETRY_RULES_2_0, "{\"project\": {\"requires-python\": \">=3.9\"}, "
	           "\"tool\": {\"poetry\": {\"dependencies\": {\"a\": \"1\"}, "
	           "\"group\": {\"dev\": {\"dependencies\": {}}}}}}");
	check_text(both, POETRY_RULES_2_3, "{\"dependency-groups\": {\"t\": [\"b\"]}, "
	           "\"project\": {\"requires-python\": \">=3.9\"}, "
	           "\"tool\": {\"poetry\": {\"dependencies\": {\"a\": \"1\"}, "
	           "\"group\": {\"dev\": {\"dependencies\": {}}}}}}");
	check_text("[dependency-groups]\n", POETRY_RULES_2_3, "{\"dependencies\": null, "
	           "\"dev-dependencies\": null, \"extras\": null, \"source\": null}");
}

static void test_poetry_hash__refuses_where_poetry_fails(void **state)
{
	(void)state;
	static const struct { const char *text; unsigned line; const char *wanted; } table[] = {
		{ "[tool.poetry.dependencies]\na = 1979-05-27\n", 2, "the date 1979-05-27" },
		{ "[tool]\npoetry = 3\n", 2, "'poetry' must be a table" },
		{ "project = []\n", 1, "'project' must be a table" },
		{ "tool = 'x'\n", 1, "'tool' must be a table" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err = { 0 };
		char hex[POETRY_HASH_SIZE];
		owned(arena) struct arena *a = arena_new();
		assert_false(poetry_hash(read_toml(a, str_of(table[i].text)), POETRY_RULES_2_0, hex,
		                         &err));
		assert_int_equal(err.code, ERROR_PROJECT);
		assert_int_equal(err.at.line, table[i].line);
		assert_non_null(strstr(err.text, table[i].wanted));
	}
}

static void test_poetry_hash__knows_the_rules_of_a_version(void **state)
{
	(void)state;
	static const struct { const char *version; int rules; } table[] = {
		{ "0.12.17", POETRY_RULES_1_1 }, { "1.0.0b9", POETRY_RULES_1_1 },
		{ "1.1.15", POETRY_RULES_1_1 }, { "1.1", POETRY_RULES_1_1 },
		{ "1.2.0a2", -1 }, { "1.2.0rc1", -1 }, { "1.2.0", POETRY_RULES_1_2 },
		{ "1.8.5", POETRY_RULES_1_2 }, { "1.10", POETRY_RULES_1_2 },
		{ "2.0.0.dev0", POETRY_RULES_2_0 }, { "2.2.1", POETRY_RULES_2_0 },
		{ "2.3.0", POETRY_RULES_2_3 }, { "2.10.0+local", POETRY_RULES_2_3 },
		{ "3", POETRY_RULES_2_3 }, { "", -1 }, { "and", -1 }, { "2.", -1 }, { "1.8.x", -1 },
		{ "1..2", -1 }, { "99999999999.0", -1 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		enum poetry_rules rules = 0;
		bool known = poetry_rules_of(str_of(table[i].version), &rules);
		if ((known ? (int)rules : -1) != table[i].rules)
			fail_msg("%s: %d", table[i].version, known ? (int)rules : -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_poetry_hash__is_that_of_the_real_poetries),
		cmocka_unit_test(test_poetry_hash__is_made_of_what_each_version_looks_at),
		cmocka_unit_test(test_poetry_hash__refuses_where_poetry_fails),
		cmocka_unit_test(test_poetry_hash__knows_the_rules_of_a_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
