#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/kind.h"

/* A project in memory, recognised, read and planned. */
struct subject_of_test {
	struct arena *arena;
	struct files *files;
	struct problems *problems;
	struct settings *settings;
	struct plan *plan;
};

static void begin(struct subject_of_test *t)
{
	*t = (struct subject_of_test){ .arena = arena_new(), .files = files_memory(NULL),
	                               .problems = problems_new() };
}

static void finish(struct subject_of_test *t)
{
	plan_free(t->plan);
	settings_free(t->settings);
	problems_free(t->problems);
	files_free(t->files);
	arena_free(t->arena);
}

static void plan_of(struct subject_of_test *t, const char *argument, const struct selection *s)
{
	const struct kind *kind = NULL;
	struct target target;
	struct error err;
	assert_true(kind_recognise(t->files, argument, NULL, t->arena, &kind, &target, t->problems,
	                           &err));
	assert_string_equal(kind->name, "dockerfile");
	t->settings = kind->settings(&target, s, t->files, t->problems);
	t->plan = kind->plan(t->settings, s, t->files, t->problems);
}

static void test_dockerfile__is_recognised_by_its_names(void **state)
{
	/* file: what was named, n for a folder; NULL: it is no project. */
	static const struct { const char *path, *argument, *file; } rows[] = {
		{ "/p/Dockerfile", "/p", "" },
		{ "/p/Dockerfile", "/p/Dockerfile", "Dockerfile" },
		{ "/p/Containerfile", "/p", "" },
		{ "/p/web.Dockerfile", "/p/web.Dockerfile", "web.Dockerfile" },
		{ "/p/Dockerfile.web", "/p/Dockerfile.web", "Dockerfile.web" },
		{ "/p/web.Dockerfile", "/p", "" },
		{ "/p/Dockerfile.dockerignore", "/p/Dockerfile.dockerignore", NULL },
		{ "/p/Dockerfiles", "/p/Dockerfiles", NULL },
		{ "/p/.Dockerfile", "/p/.Dockerfile", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(arena) struct arena *a = arena_new();
		owned(files) struct files *files = files_memory(NULL);
		owned(problems) struct problems *problems = problems_new();
		const struct kind *kind = NULL;
		struct target target = { 0 };
		struct error err;
		files_memory_put(files, rows[i].path, STR("FROM scratch\n"));
		bool found = kind_recognise(files, rows[i].argument, NULL, a, &kind, &target, problems,
		                            &err);
		assert_int_equal(found, rows[i].file != NULL);
		if (found) {
			assert_string_equal(target.root, "/p");
			assert_string_equal(target.file ? target.file : "", rows[i].file);
		}
	}
}

/* Which of several is built, and what is said where none can be taken. */
static void test_dockerfile__takes_one_of_several(void **state)
{
	static const struct { const char *files, *toml, *argument, *option, *chosen; } rows[] = {
		{ "Dockerfile web.Dockerfile", NULL, "/p", NULL, "Dockerfile" },
		{ "Containerfile web.Dockerfile", NULL, "/p", NULL, "Containerfile" },
		{ "web.Dockerfile", NULL, "/p", NULL, "web.Dockerfile" },
		{ "web.Dockerfile api.Dockerfile", NULL, "/p", NULL, NULL },
		{ "Dockerfile web.Dockerfile", NULL, "/p", "web.Dockerfile", "web.Dockerfile" },
		{ "Dockerfile web.Dockerfile", NULL, "/p", "./web.Dockerfile", "web.Dockerfile" },
		{ "Dockerfile", NULL, "/p", "../q/Dockerfile", NULL },
		{ "Dockerfile a/x", "[image]\ndockerfile = \"a/x\"\n", "/p", NULL, "a/x" },
		{ "a/x", "[image]\ndockerfile = \"a/x\"\n", "/p", NULL, "a/x" },
		{ "Dockerfile a/x", "[image]\ndockerfile = \"a/x\"\n", "/p", "Dockerfile", "Dockerfile" },
		{ "Dockerfile web.Dockerfile", "[image]\ndockerfile = \"Dockerfile\"\n",
		  "/p/web.Dockerfile", NULL, "web.Dockerfile" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair option = { STR("file"), str_of(rows[i].option) };
		const struct selection s = { .options = &option, .noptions = rows[i].option != NULL };
		struct subject_of_test t;
		struct choices choices;
		struct str rest = str_of(rows[i].files), one;
		begin(&t);
		while (str_next(&rest, ' ', &one))
			files_memory_put(t.files, arena_printf(t.arena, "/p/%.*s", STR_ARG(one)),
			                 STR("FROM scratch\n"));
		if (rows[i].toml)
			files_memory_put(t.files, "/p/.mortar.toml", str_of(rows[i].toml));
		plan_of(&t, rows[i].argument, &s);
		kind_find("dockerfile")->choices(t.settings, t.files, t.arena, &choices);
		assert_int_equal(t.plan != NULL, rows[i].chosen != NULL);
		if (rows[i].chosen)
			assert_string_equal(choices.chosen, rows[i].chosen);
		else
			assert_null(choices.chosen);
		finish(&t);
	}
}

/* The settings are in front of the command line's; the instruction knows its setting. */
static void test_dockerfile__follows_its_settings(void **state)
{
	static const char *const profiles[] = { "tests" };
	const struct pair options[] = { { STR("build-arg:B"), STR("mine") } };
	const struct selection s = { .profiles = profiles, .nprofiles = 1, .options = options,
	                             .noptions = 1 };
	struct subject_of_test t;
	(void)state;
	begin(&t);
	files_memory_put(t.files, "/p/Dockerfile", STR("FROM scratch AS one\nARG A\nARG B\n"
	                                               "FROM scratch AS two\n"));
	files_memory_put(t.files, "/p/.mortar.toml",
	                 STR("[image]\nbuild-args = { A = \"1\", B = \"2\" }\ntarget = \"two\"\n"
	                     "[image.profiles.tests]\ntarget = \"one\"\n"));
	plan_of(&t, "/p", &s);
	assert_non_null(t.plan);
	const struct recipe *r = t.plan->recipe;
	assert_int_equal(r->target, 0);
	assert_int_equal(value_origin(r->instructions[0].causes[0]).line, 5);
	assert_int_equal(value_origin(r->instructions[1].causes[0]).line, 2);
	assert_int_equal(r->instructions[2].ncauses, 0);
	const struct image_task *image = plan_image(t.plan);
	assert_int_equal(image->noptions, 3);
	assert_true(str_eq(image->options[2].value, STR("mine")));
	finish(&t);
}

static void test_dockerfile__plans_one_image(void **state)
{
	const struct pair options[] = { { STR("build-arg:A"), STR("1") },
	                                { STR("target"), STR("base") } };
	const struct selection s = { .level = "none", .options = options, .noptions = 2 };
	struct subject_of_test t;
	(void)state;
	begin(&t);
	files_memory_put(t.files, "/My App/Dockerfile",
	                 STR("FROM scratch AS base\nARG A\nFROM base\nCOPY x /\n"));
	plan_of(&t, "/My App", &s);
	assert_non_null(t.plan);
	assert_string_equal(t.plan->image, "my-app:latest");
	assert_string_equal(t.plan->project, "My App");
	const struct image_task *image = plan_image(t.plan);
	assert_true(image->level.no_cache);
	assert_int_equal(image->noptions, 2);
	assert_int_equal(image->recipe->target, 0);
	assert_false(image->recipe->stages[1].reachable);
	finish(&t);
}

static void test_dockerfile__says_what_is_wrong(void **state)
{
	static const char *const profiles[] = { "gpu" };
	const struct selection s = { .profiles = profiles, .nprofiles = 1, .level = "C1" };
	owned_buf struct buf out = { 0 };
	struct subject_of_test t;
	(void)state;
	begin(&t);
	files_memory_put(t.files, "/p/Dockerfile", STR("FROM scratch\nRUNN x\n"));
	plan_of(&t, "/p", &s);
	assert_null(t.plan);
	for (size_t i = 0; i < problems_count(t.problems); i++)
		buf_printf(&out, "%.*s\n", STR_ARG(problems_get(t.problems, i)->text));
	assert_string_equal(buf_text(&out),
	                    "no file knows the profile gpu; this project has no profiles\n"
	                    "unknown instruction 'RUNN', did you mean RUN?\n");
	finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dockerfile__is_recognised_by_its_names),
		cmocka_unit_test(test_dockerfile__takes_one_of_several),
		cmocka_unit_test(test_dockerfile__follows_its_settings),
		cmocka_unit_test(test_dockerfile__plans_one_image),
		cmocka_unit_test(test_dockerfile__says_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
