#include "tests/core/lint/linted.h"

/* What is told of these rules: "line severity rule", a line each. */
static const char *told(struct linted *l, const char *dockerfile, const char *settings)
{
	static const char *const names[] = { "error", "warning", "note" };
	owned_buf struct buf out = { 0 };
	linted_read(l, str_of(dockerfile), (struct str){ 0 });
	if (settings)
		files_memory_put(l->files, "/p/.mortar.toml", str_of(settings));
	linted_run(l);
	assert_non_null(l->plan);
	for (size_t i = 0; i < problems_count(l->problems); i++) {
		const struct problem *p = problems_get(l->problems, i);
		if (lint_find(lint_check_rules, p->rule) || lint_find(lint_quiet_rules, p->rule))
			buf_printf(&out, "%u %s %s\n", span_origin(p->at).line, names[p->severity], p->rule);
	}
	return arena_text(l->arena, buf_str(&out));
}

#define LEGACY "LegacyKeyValueFormat"

static void test_quiet__comments_reach_their_instruction_or_the_file(void **state)
{
	static const struct { const char *dockerfile, *told; } rows[] = {
		{ "FROM alpine\n# mortar: ignore=" LEGACY "\nENV a b\nENV c d\n",
		  "4 warning " LEGACY "\n" },
		{ "FROM alpine\n# mortar: ignore=" LEGACY " because it is old\n\nENV a b\n", "" },
		{ "FROM alpine\n# mortar: ignore=MaintainerDeprecated , " LEGACY "\nENV a b\n", "" },
		{ "FROM alpine\n#mortar:ignore=all\nENV a b\n", "" },
		{ "FROM alpine\nENV a b\n# mortar: ignore=" LEGACY "\n", "2 warning " LEGACY "\n" },
		{ "# mortar: ignore-file=" LEGACY "\nFROM alpine\nENV a b\nENV c d\n", "" },
		{ "FROM alpine\n# mortar: ignore-file=" LEGACY "\nENV a b\n",
		  "2 warning lint-option\n3 warning " LEGACY "\n" },
		{ "FROM alpine\n# mortar: ignroe=" LEGACY "\nENV a b\n",
		  "2 warning lint-option\n3 warning " LEGACY "\n" },
		{ "FROM alpine\n# mortar: this is a sentence\nENV a=b\n", "" },
		{ "FROM alpine\n# mortar: ignore=LegacyKeyValueForm\nENV a b\n",
		  "2 warning lint-unknown-rule\n3 warning " LEGACY "\n" },
		/* a rule of another kind is no mistyped one */
		{ "FROM alpine\n# mortar: ignore=pesto-base-tag\nENV a=b\n", "" },
		/* within an instruction and its heredoc there is no comment of ours */
		{ "FROM alpine\nRUN <<E\n# mortar: ignore=" LEGACY "\nE\nENV a b\n",
		  "5 warning " LEGACY "\n" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told(*state, rows[i].dockerfile, NULL), rows[i].told);
}

static void test_quiet__buildkits_words_reach_its_rules(void **state)
{
	static const struct { const char *dockerfile, *told; } rows[] = {
		{ "# check=skip=" LEGACY "\nFROM alpine\nENV a b\n", "" },
		{ "# CHECK = skip=all;error=true\nFROM alpine\nENV a b\n", "" },
		{ "# check=error=true\nFROM alpine\nENV a b\n", "3 error " LEGACY "\n" },
		{ "# check=error=false\nFROM alpine\nENV a b\n", "3 warning " LEGACY "\n" },
		{ "\n# check=error=true\nFROM alpine\nENV a b\n", "4 warning " LEGACY "\n" },
		{ "# check=skip\nFROM alpine\nENV a=b\n", "1 warning lint-option\n" },
		{ "# check=skip=Nothing\nFROM alpine\nENV a=b\n", "1 warning lint-unknown-rule\n" },
		/* rules about the whole file are the directive's alone */
		{ "FROM alpine\nRUN a\n# check=skip=ConsistentInstructionCasing\nrun b\n",
		  "4 warning ConsistentInstructionCasing\n" },
		{ "FROM alpine\nRUN a\n# mortar: ignore=ConsistentInstructionCasing\nrun b\n", "" },
		/* one that is off until it is asked for */
		{ "FROM alpine\n# x\nARG a=b\n", "" },
		{ "# check=experimental=all\nFROM alpine\n# x\nARG a=b\n",
		  "4 warning InvalidDefinitionDescription\n" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told(*state, rows[i].dockerfile, NULL), rows[i].told);
}

static void test_quiet__settings_ignore_and_weigh(void **state)
{
	static const struct { const char *settings, *told; } rows[] = {
		{ "[lint]\nignore = [\"" LEGACY "\"]\n", "" },
		{ "[lint.severity]\n" LEGACY " = \"error\"\n", "3 error " LEGACY "\n" },
		{ "[lint.severity]\n" LEGACY " = \"note\"\n", "3 note " LEGACY "\n" },
		{ "[lint.severity]\n" LEGACY " = \"off\"\n", "" },
		{ "[lint.severity]\nInvalidDefinitionDescription = \"error\"\n" LEGACY " = \"off\"\n",
		  "3 error InvalidDefinitionDescription\n" },
		{ "[lint]\nignore = [\"Legacy\"]\n",
		  "2 warning lint-unknown-rule\n3 warning " LEGACY "\n" },
	};
	struct linted *l = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *dockerfile = i == 4 ? "FROM alpine\n# x\nARG a=b\nENV a b\n"
		                                : "FROM alpine\n\nENV a b\n";
		assert_string_equal(told(l, dockerfile, rows[i].settings), rows[i].told);
	}
}

static void test_quiet__settings_of_a_wrong_type_are_errors(void **state)
{
	static const char *const rows[] = {
		"[lint]\nignore = \"a\"\n", "[lint]\nignore = [1]\n", "lint = 1\n",
		"[lint]\nseverity = 1\n", "[lint.severity]\na = \"bad\"\n", "[lint.severity]\na = 1\n",
	};
	struct linted *l = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct problems *ps = problems_new();
		struct files *files = files_memory(NULL);
		files_memory_put(files, "/p/.mortar.toml", str_of(rows[i]));
		struct preferences *p = preferences_read(files, NULL, "/p", ps);
		assert_int_equal(problems_errors(ps), 1);
		assert_string_equal(problems_get(ps, 0)->rule, "preferences-type");
		problems_free(ps);
		preferences_free(p);
		files_free(files);
	}
	(void)l;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINTED_TEST(test_quiet__comments_reach_their_instruction_or_the_file),
		LINTED_TEST(test_quiet__buildkits_words_reach_its_rules),
		LINTED_TEST(test_quiet__settings_ignore_and_weigh),
		LINTED_TEST(test_quiet__settings_of_a_wrong_type_are_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
