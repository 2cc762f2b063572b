#include "tests/core/lint/linted.h"

/* The fixture's cases, in turn: what is told of BuildKit's rules, a line each. */
struct vector {
	struct str name, dockerfile, ignore, findings;
	struct pair args[4];
	size_t nargs;
};

static struct str section(struct str *text)
{
	struct str rest = *text;
	size_t at = 0;
	while (at < rest.n && !str_has_prefix(str_slice(rest, at, STR_NONE), STR("--- ")) &&
	       !str_has_prefix(str_slice(rest, at, STR_NONE), STR("=== "))) {
		size_t line = str_find(str_slice(rest, at, STR_NONE), '\n');
		at = line == STR_NONE ? rest.n : at + line + 1;
	}
	*text = str_slice(rest, at, STR_NONE);
	return str_slice(rest, 0, at);
}

static bool vector_next(struct str *text, struct vector *ret)
{
	struct str line;
	section(text);
	if (!str_next(text, '\n', &line) || !str_has_prefix(line, STR("=== ")))
		return false;
	*ret = (struct vector){ .name = str_slice(line, 4, STR_NONE) };
	while (str_has_prefix(*text, STR("--- "))) {
		str_next(text, '\n', &line);
		struct str head = str_slice(line, 4, STR_NONE), body = section(text);
		if (str_eq(head, STR("Dockerfile"))) {
			ret->dockerfile = body;
		} else if (str_eq(head, STR(".dockerignore"))) {
			ret->ignore = body;
		} else if (str_eq(head, STR("findings"))) {
			ret->findings = body;
		} else {
			size_t equals = str_find(head, '=');
			ret->args[ret->nargs++] = (struct pair){
				str_slice(head, strlen("build-arg "), equals - strlen("build-arg ")),
				str_slice(head, equals + 1, STR_NONE) };
		}
	}
	return true;
}

static int line_compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The lines in order: two findings of one line may stand in either. */
static const char *sorted(struct arena *arena, struct str text)
{
	struct str lines[100];
	size_t n = 0;
	owned_buf struct buf out = { 0 };
	for (struct str rest = text; n < 100 && str_next(&rest, '\n', &lines[n]);)
		n += lines[n].n > 0;
	qsort(lines, n, sizeof *lines, line_compare);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%.*s\n", STR_ARG(lines[i]));
	return arena_text(arena, buf_str(&out));
}

static void test_check__tells_what_buildkits_own_tests_expect(void **state)
{
	struct linted *l = *state;
	struct error err;
	struct str text;
	size_t n = 0;
	owned(files) struct files *disk = files_disk(".");
	assert_int_equal(files_read(disk, "tests/fixtures/lint/buildkit.txt", l->arena, &text, &err),
	                 FILES_OK);
	for (struct vector v; vector_next(&text, &v); n++) {
		struct pair options[4];
		for (size_t i = 0; i < v.nargs; i++)
			options[i] = (struct pair){
				str_of(arena_printf(l->arena, "build-arg:%.*s", STR_ARG(v.args[i].name))),
				v.args[i].value };
		linted_read(l, v.dockerfile, v.ignore);
		l->selection.options = options;
		l->selection.noptions = v.nargs;
		linted_run(l);
		owned_buf struct buf told = { 0 };
		assert_non_null(l->plan);
		linted_append(l, lint_check_rules, &told);
		const char *is = sorted(l->arena, buf_str(&told)), *was = sorted(l->arena, v.findings);
		if (strcmp(is, was) != 0)
			print_error("%.*s:\n%.*s", STR_ARG(v.name), STR_ARG(v.dockerfile));
		assert_string_equal(is, was);
	}
	assert_int_equal(n, LINTED_VECTORS);
}

/* With these options, what is told of one rule: "severity message". */
static const char *told_of(struct linted *l, const char *rule, const char *dockerfile,
                           const struct pair *options, size_t n)
{
	static const char *const names[] = { "error", "warning", "note" };
	owned_buf struct buf out = { 0 };
	linted_read(l, str_of(dockerfile), (struct str){ 0 });
	l->selection.options = options;
	l->selection.noptions = n;
	linted_run(l);
	assert_non_null(l->plan);
	for (size_t i = 0; i < problems_count(l->problems); i++) {
		const struct problem *p = problems_get(l->problems, i);
		if (strcmp(p->rule, rule) == 0)
			buf_printf(&out, "%s %.*s\n", names[p->severity], STR_ARG(p->text));
	}
	return arena_text(l->arena, buf_str(&out));
}

static void test_check__knows_a_base_images_platform_by_its_name(void **state)
{
	static const struct { const char *platform, *dockerfile, *told; } rows[] = {
		{ "linux/amd64", "FROM arm64v8/alpine:3\n", "warning Base image arm64v8/alpine:3 was "
		  "pulled with platform \"linux/arm64\", expected \"linux/amd64\" for current build\n" },
		{ "linux/amd64", "FROM docker.io/arm32v7/alpine:3\n", "warning Base image "
		  "docker.io/arm32v7/alpine:3 was pulled with platform \"linux/arm/v7\", expected "
		  "\"linux/amd64\" for current build\n" },
		{ "linux/arm64", "FROM arm64v8/alpine:3\n", "" },
		{ "linux/amd64", "FROM --platform=linux/arm64 arm64v8/alpine:3\n", "" },
		{ "linux/amd64", "FROM alpine:3\n", "" },
		{ NULL, "FROM arm64v8/alpine:3\n", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct pair option = { STR("platform"), str_of(rows[i].platform) };
		assert_string_equal(told_of(*state, "InvalidBaseImagePlatform", rows[i].dockerfile,
		                            &option, rows[i].platform != NULL), rows[i].told);
	}
}

static void test_check__an_unknown_base_image_makes_a_doubtful_variable_a_note(void **state)
{
	static const struct { const char *dockerfile, *told; } rows[] = {
		{ "FROM golang:1\nCOPY a $GOPATH\n", "note Usage of undefined variable '$GOPATH' (did you "
		  "mean $PATH?)\n" },
		{ "FROM docker.io/library/debian:12\nCOPY a $X/\n",
		  "warning Usage of undefined variable '$X'\n" },
		{ "FROM scratch AS a\nFROM a\nCOPY a $X/\n", "warning Usage of undefined variable '$X'\n" },
		/* a shell's variables are its own business, a mount's are not */
		{ "FROM scratch\nRUN echo $X\nCMD echo $X\n", "" },
		{ "FROM scratch\nRUN --mount=type=cache,target=$X a\n",
		  "warning Usage of undefined variable '$X'\n" },
		{ "FROM scratch\nCOPY <<E /a\n$X\nE\n", "warning Usage of undefined variable '$X'\n" },
		{ "FROM scratch\nCOPY <<'E' /a\n$X\nE\n", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told_of(*state, "UndefinedVar", rows[i].dockerfile, NULL, 0),
		                    rows[i].told);
}

static void test_check__with_a_target_other_stages_are_notes(void **state)
{
	static const char dockerfile[] = "FROM scratch AS a\nENV b c\nFROM scratch\nENV d e\n";
	static const char all[] = "warning \"ENV key=value\" should be used instead of legacy "
	                          "\"ENV key value\" format\n";
	static const char note[] = "note \"ENV key=value\" should be used instead of legacy "
	                           "\"ENV key value\" format\n";
	const struct pair target = { STR("target"), STR("a") };
	owned_buf struct buf both = { 0 }, one = { 0 };
	buf_printf(&both, "%s%s", all, all);
	buf_printf(&one, "%s%s", all, note);
	assert_string_equal(told_of(*state, "LegacyKeyValueFormat", dockerfile, NULL, 0),
	                    buf_text(&both));
	assert_string_equal(told_of(*state, "LegacyKeyValueFormat", dockerfile, &target, 1),
	                    buf_text(&one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINTED_TEST(test_check__tells_what_buildkits_own_tests_expect),
		LINTED_TEST(test_check__knows_a_base_images_platform_by_its_name),
		LINTED_TEST(test_check__an_unknown_base_image_makes_a_doubtful_variable_a_note),
		LINTED_TEST(test_check__with_a_target_other_stages_are_notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
