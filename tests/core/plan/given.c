#include "core/plan/given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char text[] = "FROM a\nARG HTTP_PROXY\nARG TARGETARCH\nARG A=1\nARG INDEX=open\n"
                           "ARG LEVEL=x\nENV V=$A-$TARGETARCH-$HTTP_PROXY-$INDEX-$LEVEL\n";

struct row {
	const struct pair *options;
	size_t noptions;
	bool has_secret, has_level;
	const char *env;
};

static void check_row(const struct row *row)
{
	static const struct secret secret = { .id = "index", .env = "INDEX", .way = SECRET_ARGUMENT };
	static const struct secret mounted = { .id = "index", .env = "INDEX", .way = SECRET_MOUNTED };
	static const struct pair level = { STR("LEVEL"), { NULL, 0 } };
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned(recipe) struct recipe *r = recipe_parse(source_new(a, STR("D"), NULL, str_of(text)),
	                                              (struct str){ 0 }, problems);
	struct image_task t = { .recipe = r, .options = row->options, .noptions = row->noptions,
	                        .secrets = row->has_secret ? &secret : &mounted, .nsecrets = 1,
	                        .level = { .args = &level, .nargs = row->has_level } };
	owned(values) struct values *v = given_values(&t, r, false);
	struct str env = values_text(v, a, (int)r->ninstructions - 1);
	assert_string_equal(arena_text(a, env), row->env);
}

static void test_given__is_what_the_build_gets(void **state)
{
	static const struct pair some[] = { { STR("build-arg:A"), STR("2") },
	                                    { STR("platform"), STR("linux/arm64") },
	                                    { STR("proxy"), STR("http://p") },
	                                    { STR("label:A"), STR("3") } };
	static const struct pair over[] = { { STR("build-arg:HTTP_PROXY"), STR("q") },
	                                    { STR("proxy"), STR("http://p") } };
	static const struct pair kept[] = { { STR("proxy"), STR("") } };
	static const struct row rows[] = {
		{ NULL, 0, false, false, "ENV V=1-$TARGETARCH-$HTTP_PROXY-open-x" },
		{ some, 4, false, false, "ENV V=2-arm64-http://p-open-x" },
		{ over, 2, false, false, "ENV V=1-$TARGETARCH-q-open-x" },
		/* Not the default either: it has another value, which is not known here. */
		{ kept, 1, true, true, "ENV V=1-$TARGETARCH-$HTTP_PROXY-$INDEX-$LEVEL" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_row(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_given__is_what_the_build_gets) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
