/* Our rules, each with Dockerfiles that it has something to say of and others that look like
 * them: tests/fixtures/lint/own.txt, which says at its top how it is written.  With
 * LINT_WRITE set in the environment the places are written there instead: look at the
 * difference with git. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/lint/lint.h"

#define TABLE "tests/fixtures/lint/own.txt"
#define LAYERED "tests/fixtures/lint/layered.Dockerfile"

enum { FILES_MOST = 32, ARGS_MOST = 8, FIXES_MOST = 8, LEAST = 4 };

struct own_case {
	struct arena *arena;
	const char *rule;
	struct str expected, text;
	unsigned line;                  /* in the table */
	struct str files[FILES_MOST], ignore, fixed[FIXES_MOST];
	size_t nfiles, nfixed;
	struct pair args[ARGS_MOST];
	size_t nargs;
	bool has_ignore, has_context;
};

/* ---- what is told ---- */

/* A project with this Dockerfile, its context in memory. */
static struct plan *own_plan(const struct own_case *c, struct str text, struct problems *problems)
{
	struct plan *plan = plan_new();
	struct context *context = context_new();
	struct error err;
	owned(problems) struct problems *ignored = problems_new();
	plan->recipe = recipe_parse(source_new(c->arena, STR("Dockerfile"), NULL, text), STR(""),
	                            problems);
	if (!plan->recipe)
		fail_msg("line %u of the table: %.*s", c->line, STR_ARG(problems_get(problems, 0)->text));
	for (size_t i = 0; i < c->nfiles; i++) {
		struct str file = c->files[i], name;
		str_next(&file, ' ', &name);
		unsigned long long size = 0;
		str_number(file.p ? file : STR("1"), 1 << 20, &size);
		context_add_bytes(context, arena_text(c->arena, name), 0100644,
		                  (struct str){ arena_alloc(c->arena, size + 1), size });
	}
	if (!context_scan(context, &err))
		fail_msg("%s", err.text);
	plan->kind = "dockerfile";
	struct image_task image = { .recipe = plan->recipe, .context = context, .options = c->args,
		.noptions = c->nargs };
	if (c->has_ignore)
		image.ignore = plan_keep_ignore(plan, ignore_parse(
			source_new(c->arena, STR(".dockerignore"), NULL, c->ignore), ignored));
	plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = "image", .image = image });
	return plan;
}

/* "2:5 7:1n": places, with n behind those of notes and e behind those of errors. */
static void own_places(const struct own_case *c, const struct problems *problems, struct buf *out)
{
	static const char *const severities[] = { "e", "", "n" };
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		struct origin at = span_origin(p->at);
		if (strcmp(p->rule, c->rule) == 0)
			buf_printf(out, "%s%u:%u%s", out->n ? " " : "", at.line, at.column,
			           severities[p->severity]);
	}
	if (out->n == 0)
		buf_append(out, STR("none"));
}

/* The text with all fixes of the rule; the last place first, so that the others stay. */
static struct str own_fixed(const struct own_case *c, const struct problems *problems)
{
	owned_buf struct buf out = { 0 };
	buf_append(&out, c->text);
	for (size_t i = problems_count(problems); i-- > 0;) {
		const struct problem *p = problems_get(problems, i);
		if (strcmp(p->rule, c->rule) != 0)
			continue;
		for (size_t k = p->nfix; k-- > 0;)
			buf_replace(&out, p->fix[k].at.at, p->fix[k].at.size, p->fix[k].text);
	}
	return arena_str(c->arena, buf_str(&out));
}

static size_t own_fixes(const struct own_case *c, const struct problems *problems)
{
	size_t n = 0;
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		n += p->nfix && strcmp(p->rule, c->rule) == 0;
	}
	return n;
}

static struct plan *own_lint(const struct own_case *c, struct str text, struct problems *problems)
{
	struct plan *plan = own_plan(c, text, problems);
	struct selection selection = { .options = c->args, .noptions = c->nargs };
	struct settings settings = { 0 };
	struct subject subject = { .plan = plan, .selection = &selection, .settings = &settings };
	subject.context = c->has_context ? plan_image(plan)->context : NULL;
	lint_run(NULL, &subject, problems);
	problems_sort(problems);
	return plan;
}

static bool own_has_line(struct str text, struct str want)
{
	struct str line;
	while (str_next(&text, '\n', &line))
		if (str_eq(line, want))
			return true;
	return false;
}

/* What is mended is mended: nothing is left that can be, and the lines are as expected. */
static void own_check_fixes(const struct own_case *c, const struct problems *problems)
{
	owned(problems) struct problems *after = problems_new();
	if (own_fixes(c, problems) == 0) {
		if (c->nfixed)
			fail_msg("line %u of the table: nothing is mended", c->line);
		return;
	}
	struct str text = own_fixed(c, problems);
	for (size_t i = 0; i < c->nfixed; i++)
		if (!own_has_line(text, c->fixed[i]))
			fail_msg("line %u of the table: no line '%.*s' in\n%.*s", c->line,
			         STR_ARG(c->fixed[i]), STR_ARG(text));
	owned(plan) struct plan *plan = own_lint(c, text, after);
	if (own_fixes(c, after))
		fail_msg("line %u of the table: not mended:\n%.*s", c->line, STR_ARG(text));
}

/* ---- the table ---- */

static struct str own_read(struct arena *arena, const char *path)
{
	owned_buf struct buf text = { 0 };
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (size_t n = 1; n;) {
		n = fread(buf_reserve(&text, 4096), 1, 4096, f);
		buf_grew(&text, n);
	}
	fclose(f);
	return arena_str(arena, buf_str(&text));
}

static void own_set(struct own_case *c, struct str line)
{
	struct str word;
	str_next(&line, ' ', &word);
	if (str_eq(word, STR("file"))) {
		assert_true(c->nfiles < FILES_MOST);
		c->files[c->nfiles++] = line;
		c->has_context = true;
	} else if (str_eq(word, STR("ignore"))) {
		c->has_ignore = true;
		c->ignore = str_of(arena_printf(c->arena, "%.*s%.*s\n", STR_ARG(c->ignore), STR_ARG(line)));
	} else if (str_eq(word, STR("arg")) || str_eq(word, STR("option"))) {
		size_t n = str_find(line, '=');
		assert_true(c->nargs < ARGS_MOST && n != STR_NONE);
		const char *prefix = word.n == 3 ? "build-arg:" : "";
		c->args[c->nargs++] = (struct pair){
			str_of(arena_printf(c->arena, "%s%.*s", prefix, (int)n, line.p)),
			str_slice(line, n + 1, STR_NONE) };
	} else {
		fail_msg("line %u of the table: what is '%.*s'?", c->line, STR_ARG(word));
	}
}

/* The case's own lines, from behind its "--- places" to the next one. */
static void own_read_case(struct own_case *c, struct str *rest)
{
	owned_buf struct buf text = { 0 };
	for (struct str ahead = *rest, line; str_next(&ahead, '\n', &line); *rest = ahead) {
		if (str_has_prefix(line, STR("--- ")) || str_has_prefix(line, STR("=== ")))
			break;
		if (str_has_prefix(line, STR("!!! ")))
			own_set(c, str_slice(line, 4, STR_NONE));
		else if (str_has_prefix(line, STR(">>> ")))
			c->fixed[c->nfixed++] = str_slice(line, 4, STR_NONE);
		else
			buf_printf(&text, "%.*s\n", STR_ARG(line));
	}
	bool whole = str_has_prefix(buf_str(&text), STR("FROM")) ||
	             str_find_str(buf_str(&text), STR("\nFROM ")) != STR_NONE;
	c->text = str_of(arena_printf(c->arena, "%s%s", whole ? "" : "FROM debian:12\n",
	                              buf_text(&text)));
}

/* How often the rule had something to say, and how often not. */
struct own_count {
	const char *rule;
	size_t told, silent;
};

static void own_check_count(const struct own_count *n)
{
	if (n->rule && (n->told < LEAST || n->silent < LEAST))
		fail_msg("%s has %zu Dockerfiles that it tells of and %zu others: %d each are needed",
		         n->rule, n->told, n->silent, LEAST);
}

static void own_run_case(struct own_case *c, struct own_count *count, struct buf *out, bool write)
{
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf places = { 0 };
	owned(plan) struct plan *plan = own_lint(c, c->text, problems);
	own_places(c, problems, &places);
	bool told = strcmp(buf_text(&places), "none") != 0;
	count->told += told;
	count->silent += !told;
	buf_printf(out, "--- %s\n", buf_text(&places));
	if (!write && !str_eq(buf_str(&places), c->expected))
		fail_msg("line %u of the table: %s, not %.*s", c->line, buf_text(&places),
		         STR_ARG(c->expected));
	if (!write)
		own_check_fixes(c, problems);
}

static unsigned own_line(struct str table, const char *at)
{
	unsigned n = 1;
	for (const char *p = table.p; p < at; p++)
		n += *p == '\n';
	return n;
}

static void own_table(struct arena *arena, struct str table, struct buf *out, bool write)
{
	struct own_count count = { 0 };
	for (struct str rest = table, line; rest.n && str_next(&rest, '\n', &line);) {
		const char *copy = line.p;
		if (str_has_prefix(line, STR("=== "))) {
			own_check_count(&count);
			count = (struct own_count){ .rule = arena_text(arena, str_slice(line, 4, STR_NONE)) };
			if (!lint_find(lint_own_rules, count.rule))
				fail_msg("there is no rule %s", count.rule);
		}
		if (!str_has_prefix(line, STR("--- "))) {
			buf_printf(out, "%.*s\n", STR_ARG(line));
			continue;
		}
		struct own_case c = { .arena = arena, .rule = count.rule, .line = own_line(table, copy),
			.expected = str_slice(line, 4, STR_NONE) };
		const char *body = rest.p;
		own_read_case(&c, &rest);
		own_run_case(&c, &count, out, write);
		buf_append(out, (struct str){ body, rest.p ? (size_t)(rest.p - body)
		                                           : (size_t)(table.p + table.n - body) });
	}
	own_check_count(&count);
}

static void test_own__rules_find_what_they_should_and_nothing_else(void **state)
{
	(void)state;
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf out = { 0 };
	struct str table = own_read(arena, TABLE);
	bool write = getenv("LINT_WRITE") != NULL;
	own_table(arena, table, &out, write);
	if (write) {
		FILE *f = fopen(TABLE, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(out.p, 1, out.n, f), out.n);
		fclose(f);
	}
}

/* The Poetry project in two stages that such tools get to see: what its text tells. */
static void test_own__a_layered_build_in_the_wild(void **state)
{
	(void)state;
	static const struct {
		const char *rule;
		unsigned line;
	} faults[] = {
		{ "poetry-unpinned", 13 }, { "lock-optional", 17 }, { "install-failure-swallowed", 18 },
		{ "install-failure-swallowed", 32 }, { "install-failure-swallowed", 42 },
		{ "apt-recommends", 42 }, { "arg-busts-cache", 47 },
		{ "source-in-sh", 57 }, { "export-in-own-run", 61 }, { "build-arg-undeclared", 67 },
		{ "last-user-root", 70 }, { "export-in-own-run", 73 }, { "deps-installed-twice", 82 },
		{ "healthcheck-missing", 84 },
	};
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct own_case c = { .arena = arena, .has_ignore = true, .ignore = STR("*.md\nREADME*\n"),
		.args = { { STR("build-arg:POETRY_EXTRAS"), STR("slim") } }, .nargs = 1 };
	owned(plan) struct plan *plan = own_lint(&c, own_read(arena, LAYERED), problems);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		bool found = false;
		for (size_t k = 0; k < problems_count(problems); k++) {
			const struct problem *p = problems_get(problems, k);
			found |= strcmp(p->rule, faults[i].rule) == 0 &&
			         span_origin(p->at).line == faults[i].line;
		}
		if (!found)
			fail_msg("%s in line %u is not found", faults[i].rule, faults[i].line);
	}
	assert_int_equal(problems_errors(problems), 0);
}

/* Every rule stands in the table. */
static void test_own__every_rule_is_tried(void **state)
{
	(void)state;
	owned(arena) struct arena *arena = arena_new();
	struct str table = own_read(arena, TABLE);
	for (const struct rule *r = lint_own_rules; r->id; r++) {
		assert_non_null(r->sentence);
		assert_non_null(r->reason);
		const char *head = arena_printf(arena, "\n=== %s\n", r->id);
		if (str_find_str(table, str_of(head)) == STR_NONE)
			fail_msg("%s is nowhere in " TABLE, r->id);
	}
}

/* A secret is told of, and not told. */
static void test_own__values_of_secrets_are_in_no_message(void **state)
{
	(void)state;
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct own_case c = { .arena = arena, .rule = "secret-in-value" };
	c.text = STR("FROM debian:12\n"
	             "ENV A=AKIAQ3EGRDD5Q7MNB2ZT\n"
	             "RUN git clone https://me:hunter2222@git.invalid/x\n"
	             "ARG K=\"-----BEGIN RSA PRIVATE KEY-----\"\n");
	owned(plan) struct plan *plan = own_lint(&c, c.text, problems);
	size_t n = 0;
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		n += strcmp(p->rule, c.rule) == 0;
		assert_true(str_find_str(p->text, STR("AKIAQ")) == STR_NONE);
		assert_true(str_find_str(p->text, STR("hunter2222")) == STR_NONE);
	}
	assert_int_equal(n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own__rules_find_what_they_should_and_nothing_else),
		cmocka_unit_test(test_own__a_layered_build_in_the_wild),
		cmocka_unit_test(test_own__every_rule_is_tried),
		cmocka_unit_test(test_own__values_of_secrets_are_in_no_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
