#include "core/kind/image_options.h"

#include "tests/core/base/testing.h"

struct bench {
	struct plan *plan;
	struct files *files;
	struct problems *problems;
	struct image_task image;
};

static int bench_setup(void **state)
{
	static const char *const tags[] = { "app:1", NULL };
	struct bench *b = calloc(1, sizeof *b);
	b->plan = plan_new();
	b->files = files_memory(NULL);
	b->problems = problems_new();
	b->image.tags = tags;
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	for (size_t i = 0; i < b->image.ncontexts; i++)
		context_free(b->image.contexts[i].context);
	plan_free(b->plan);
	files_free(b->files);
	problems_free(b->problems);
	free(b);
	return 0;
}

static void bench_take(struct bench *b, const struct pair *options, size_t n)
{
	const struct selection s = { .options = options, .noptions = n };
	image_options(b->plan, &s, NULL, 0, b->files, b->problems, &b->image);
}

static void bench_problem(struct bench *b, const char *part)
{
	assert_int_equal(problems_count(b->problems), 1);
	struct str text = problems_get(b->problems, 0)->text;
	if (str_find_str(text, str_of(part)) == STR_NONE)
		fail_msg("%.*s", STR_ARG(text));
}

static void test_image_options__what_engines_know_is_passed(void **state)
{
	static const struct pair options[] = {
		{ STR("add-host"), STR("a=1.2.3.4") }, { STR("add-host"), STR("b=1.2.3.4") },
		{ STR("tag"), STR("x") }, { STR("pesto-profile"), STR("version") },
		{ STR("build-arg:A"), STR("1") }, { STR("cache-to"), STR("type=inline") },
	};
	struct bench *b = *state;
	bench_take(b, options, 6);
	assert_int_equal(b->image.noptions, 4);
	assert_str(b->image.options[1].value, "b=1.2.3.4");
	assert_str(b->image.options[3].name, "cache-to");
	assert_int_equal(problems_count(b->problems), 0);
}

static void test_image_options__secrets_stand_beside_those_of_the_kind(void **state)
{
	static const struct secret own[] = { { "pip", "/pip", NULL, SECRET_COPIED },
	                                     { "index", NULL, "INDEX", SECRET_MOUNTED } };
	static const struct pair options[] = { { STR("secret"), STR("id=token,env=TOKEN") },
	                                       { STR("secret"), STR("id=pip,src=/mine") } };
	struct bench *b = *state;
	b->image.secrets = own;
	b->image.nsecrets = 2;
	bench_take(b, options, 2);
	assert_int_equal(b->image.nsecrets, 3);
	assert_string_equal(b->image.secrets[0].file, "/mine");
	assert_int_equal(b->image.secrets[0].way, SECRET_MOUNTED);
	assert_string_equal(b->image.secrets[1].id, "index");
	assert_string_equal(b->image.secrets[2].env, "TOKEN");
}

static void test_image_options__a_folder_is_a_context(void **state)
{
	static const struct pair options[] = {
		{ STR("build-context:src"), STR("/lib") },
		{ STR("build-context:alpine"), STR("docker-image://alpine") },
	};
	struct bench *b = *state;
	files_memory_put(b->files, "/lib/a", STR("a"));
	files_memory_put(b->files, "/lib/.dockerignore", STR("*.o\n"));
	bench_take(b, options, 2);
	assert_int_equal(problems_count(b->problems), 0);
	assert_int_equal(b->image.ncontexts, 1);
	assert_string_equal(b->image.contexts[0].name, "src");
	assert_int_equal(b->image.noptions, 2);
}

static void test_image_options__a_folder_that_is_not_there_is_told(void **state)
{
	static const struct pair options[] = { { STR("build-context:src"), STR("/gone") } };
	struct bench *b = *state;
	bench_take(b, options, 1);
	bench_problem(b, "there is no folder '/gone' that can be read, for the build context src");
}

static void test_image_options__a_stage_that_is_not_there_is_told(void **state)
{
	static const struct pair options[] = { { STR("no-cache-filter"), STR("web") },
	                                       { STR("no-cache-filter"), STR("wbe") } };
	struct bench *b = *state;
	struct source *source = source_new(b->plan->arena, STR("Dockerfile"), NULL,
	                                   STR("FROM scratch AS web\nCOPY a /\n"));
	b->plan->recipe = recipe_parse(source, (struct str){ 0 }, b->problems);
	b->image.recipe = b->plan->recipe;
	bench_take(b, options, 2);
	bench_problem(b, "there is no stage 'wbe'");
	assert_string_equal(b->image.level.no_cache_stages[0], "web");
	assert_null(b->image.level.no_cache_stages[1]);
}

static void test_image_options__an_image_has_a_name_where_one_comes_out(void **state)
{
	static const struct pair options[] = { { STR("output"), STR("type=local,dest=/o") },
	                                       { STR("output"), STR("type=image") } };
	struct bench *b = *state;
	assert_true(image_comes_out(&b->image));
	b->image.options = options;
	b->image.noptions = 1;
	assert_false(image_comes_out(&b->image));
	b->image.noptions = 2;
	assert_true(image_comes_out(&b->image));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_image_options__what_engines_know_is_passed),
		TEST(test_image_options__secrets_stand_beside_those_of_the_kind),
		TEST(test_image_options__a_folder_is_a_context),
		TEST(test_image_options__a_folder_that_is_not_there_is_told),
		TEST(test_image_options__a_stage_that_is_not_there_is_told),
		TEST(test_image_options__an_image_has_a_name_where_one_comes_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
