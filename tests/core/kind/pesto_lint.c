/* Bad projects, each a small change of a good one, and all that is told of them:
 * tests/fixtures/lint/bad.txt.  With LINT_WRITE set in the environment what is told is
 * written there instead: look at the difference with git. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/kind/kind.h"

#define GOOD "docs/examples/ship-detector"
#define TABLE "tests/fixtures/lint/bad.txt"

enum { PROFILES_MAX = 4 };

/* A project on disk with changes over it, in memory. */
struct bad {
	struct arena *arena;
	struct files *disk, *files;
	const char *profiles[PROFILES_MAX];
	struct selection selection;
	const char *path;               /* the file that changes */
	struct str find;
	bool finds;
};

static void bad_open(struct bad *b)
{
	*b = (struct bad){ .arena = arena_new(), .disk = files_disk(".") };
	b->files = files_memory(b->disk);
	b->selection.profiles = b->profiles;
}

static void bad_close(struct bad *b)
{
	files_free(b->files);
	files_free(b->disk);
	arena_free(b->arena);
}

static struct str bad_text(struct bad *b)
{
	struct str text = { 0 };
	struct error err;
	if (files_read(b->files, b->path, b->arena, &text, &err) != FILES_OK)
		text = STR("");
	return text;
}

/* "-" finds in the file, "+" puts in its place; without "-" it is a line of a new file. */
static void bad_change(struct bad *b, struct str with)
{
	struct str text = bad_text(b);
	owned_buf struct buf out = { 0 };
	if (!b->finds) {
		buf_append(&out, text);
		buf_append(&out, with);
		buf_append_char(&out, '\n');
	} else {
		size_t at = str_find_str(text, b->find);
		if (at == STR_NONE)
			fail_msg("'%.*s' is not in %s", STR_ARG(b->find), b->path);
		buf_append(&out, str_slice(text, 0, at));
		buf_append(&out, with);
		buf_append(&out, str_slice(text, at + b->find.n, text.n));
	}
	b->finds = false;
	files_memory_put(b->files, b->path, arena_str(b->arena, buf_str(&out)));
}

static void bad_line(struct bad *b, char mark, struct str rest)
{
	switch (mark) {
	case '@': case 'n': case 'x':
		b->path = arena_printf(b->arena, GOOD "/%.*s", STR_ARG(rest));
		if (mark != '@')
			files_memory_put(b->files, b->path, mark == 'n' ? STR("") : (struct str){ 0 });
		break;
	case '-':
		b->find = arena_str(b->arena, rest);
		b->finds = true;
		break;
	case '+':
		bad_change(b, rest);
		break;
	case 'p':
		assert_true(b->selection.nprofiles < PROFILES_MAX);
		b->profiles[b->selection.nprofiles++] = arena_text(b->arena, rest);
		break;
	case 'm':
		b->selection.rule = str_eq(rest, STR("deep")) ? CASCADE_DEEP : CASCADE_ROOT;
		break;
	default:
		fail_msg("what is '%c %.*s'?", mark, STR_ARG(rest));
	}
}

static void bad_print(struct buf *out, const struct problem *p)
{
	static const char *const names[] = { "", "warning: ", "note: " };
	const struct source *source = p->at.source;
	struct origin at = span_origin(p->at);
	const char *path = source && source->name ? source->name : at.path;
	buf_append(out, STR("> "));
	if (path)
		buf_printf(out, "%s:%u:%u: ", path, at.line, at.column);
	buf_printf(out, "%s[%s] %.*s", names[p->severity], p->rule, STR_ARG(p->text));
	if (p->schema.n)
		buf_printf(out, " (schema %.*s)", STR_ARG(p->schema));
	buf_append_char(out, '\n');
}

/* What `mortar lint` tells, a line each. */
static void bad_told(struct bad *b, const char *root, struct buf *out)
{
	const struct kind *kind = NULL;
	struct target target;
	struct error err;
	owned(problems) struct problems *problems = problems_new();
	assert_true(kind_recognise(b->files, root, NULL, b->arena, &kind, &target, problems, &err));
	target.root = root;
	owned(settings) struct settings *s = kind->settings(&target, &b->selection, b->files, problems);
	owned(plan) struct plan *plan = kind->plan(s, &b->selection, b->files, problems);
	assert_int_equal(plan == NULL, problems_errors(problems) > 0);
	lint_run(kind->rules, &(struct subject){ .settings = s, .plan = plan,
	                                         .selection = &b->selection }, problems);
	problems_sort(problems);
	for (size_t i = 0; i < problems_count(problems); i++)
		bad_print(out, problems_get(problems, i));
}

/* One case: its lines as they stand, and what is told now instead of its '>' lines. */
static void bad_case(struct str text, struct buf *out)
{
	struct bad b;
	struct str line;
	bad_open(&b);
	while (str_next(&text, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '>')
			continue;
		buf_append(out, line);
		buf_append_char(out, '\n');
		if (line.p[0] != '#')
			bad_line(&b, line.p[0], str_slice(line, 2, line.n));
	}
	bad_told(&b, GOOD, out);
	bad_close(&b);
}

static void test_pesto_lint__tells_everything_where_it_is_written(void **state)
{
	owned(files) struct files *disk = files_disk(".");
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf have = { 0 };
	struct str text, rest;
	struct error err;
	unsigned cases = 0;
	(void)state;
	assert_int_equal(files_read(disk, TABLE, arena, &text, &err), FILES_OK);
	for (rest = text; rest.n; cases++) {
		size_t end = str_find_str(rest, STR("\n\n"));
		bad_case(str_slice(rest, 0, end), &have);
		rest = str_slice(rest, end == STR_NONE ? rest.n : end + 2, rest.n);
		if (rest.n)
			buf_append_char(&have, '\n');
	}
	assert_true(cases >= 60);
	if (getenv("LINT_WRITE")) {
		FILE *f = fopen(TABLE, "w");
		assert_int_equal(fwrite(have.p, 1, have.n, f), have.n);
		assert_int_equal(fclose(f), 0);
	} else if (!str_eq(buf_str(&have), text)) {
		fail_msg("%s has it otherwise than this:\n%s", TABLE, buf_text(&have));
	}
}

static void test_pesto_lint__finds_nothing_in_good_projects(void **state)
{
	static const struct {
		const char *root, *profiles[PROFILES_MAX];
	} rows[] = {
		{ GOOD, { NULL } }, { GOOD, { "gpu" } }, { GOOD, { "stateful" } },
		{ GOOD, { "gpu", "stateful" } }, { "docs/examples/manual-xxx", { NULL } },
		{ "docs/examples/manual-xxx", { "p1", "p2" } },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bad b;
		owned_buf struct buf told = { 0 };
		bad_open(&b);
		for (; rows[i].profiles[b.selection.nprofiles]; b.selection.nprofiles++)
			b.profiles[b.selection.nprofiles] = rows[i].profiles[b.selection.nprofiles];
		/* Where the rules differ is told anyhow. */
		b.selection.rule = CASCADE_DEEP;
		bad_told(&b, rows[i].root, &told);
		struct str rest = buf_str(&told), line;
		while (str_next(&rest, '\n', &line))
			if (line.n && str_find_str(line, STR("[cascade-rules-differ]")) == STR_NONE)
				fail_msg("%s: %.*s", rows[i].root, STR_ARG(line));
		bad_close(&b);
	}
}

/* Whatever a file holds instead of what it should, the others are told of as well: nothing
 * on the way to a plan takes it for granted. */
static void test_pesto_lint__any_file_may_hold_anything(void **state)
{
	static const char *const files[] = {
		"build/build.json", "build/requirements.json", "api/description.json",
		"api/input_schema.json", "api/output_schema.json", "api/config_schema.json",
		"api/config.json", "api/version.json", "api/user_definitions.json",
	};
	static const char *const texts[] = {
		"", "{", "[]", "{}", "null", "1", "{\"name\": {}, \"version\": [], \"requirements\": 1}",
		"{\"type\": [], \"properties\": 1, \"definitions\": 2, \"$ref\": 3, \"required\": {}}",
		"{\"requirements\": {\"a\": {}, \"b\": 1, \"c\": {\"to\": 1, \"from\": []}}}",
	};
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		for (size_t k = 0; k <= sizeof texts / sizeof *texts; k++) {
			struct bad b;
			owned_buf struct buf told = { 0 };
			bad_open(&b);
			b.path = arena_printf(b.arena, GOOD "/pesto/%s", files[i]);
			files_memory_put(b.files, b.path, k < sizeof texts / sizeof *texts
			                 ? str_of(texts[k]) : (struct str){ 0 });
			b.path = GOOD "/pesto/api/config.gpu.json";
			b.find = STR("\"model\"");
			b.finds = true;
			bad_change(&b, STR("\"modle\""));
			bad_told(&b, GOOD, &told);
			bool is_base = strcmp(files[i], "api/config.json") == 0;
			if (!is_base && str_find_str(buf_str(&told), STR("did you mean 'model'")) == STR_NONE)
				fail_msg("%s, %zu: %s", files[i], k, buf_text(&told));
			bad_close(&b);
		}
}

static void test_pesto_lint__every_rule_is_explained(void **state)
{
	owned(files) struct files *disk = files_disk(".");
	owned(arena) struct arena *arena = arena_new();
	struct str page, table;
	struct error err;
	(void)state;
	assert_int_equal(files_read(disk, "docs/pesto.md", arena, &page, &err), FILES_OK);
	assert_int_equal(files_read(disk, TABLE, arena, &table, &err), FILES_OK);
	for (const struct rule *rule = kind_find("pesto")->rules; rule->id; rule++) {
		const char *row = arena_printf(arena, "| `%s` |", rule->id);
		const char *told = arena_printf(arena, ": warning: [%s] ", rule->id);
		if (str_find_str(page, str_of(row)) == STR_NONE)
			fail_msg("docs/pesto.md has no row for %s", rule->id);
		if (str_find_str(table, str_of(told)) == STR_NONE)
			fail_msg("no bad project shows %s", rule->id);
		assert_true(strlen(rule->reason) > 10);
		assert_ptr_equal(lint_find(kind_find("pesto")->rules, rule->id), rule);
	}
	assert_null(lint_find(kind_find("pesto")->rules, "json-syntax"));
}

/* What the environment of whoever runs this says is no part of a project. */
static int lint_setup(void **state)
{
	(void)state;
	unsetenv("PIP_CONFIG_FILE");
	unsetenv("PIP_EXTRA_INDEX_URL");
	return setenv("HOME", "/nowhere", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pesto_lint__tells_everything_where_it_is_written),
		cmocka_unit_test(test_pesto_lint__finds_nothing_in_good_projects),
		cmocka_unit_test(test_pesto_lint__any_file_may_hold_anything),
		cmocka_unit_test(test_pesto_lint__every_rule_is_explained),
	};
	return cmocka_run_group_tests(tests, lint_setup, NULL);
}
