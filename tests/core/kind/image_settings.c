#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/kind/image_settings.h"

struct settings_test {
	struct arena *arena;
	struct files *files;
	struct problems *problems;
	struct image_settings settings;
};

static void begin(struct settings_test *t)
{
	*t = (struct settings_test){ .arena = arena_new(), .files = files_memory(NULL),
	                             .problems = problems_new() };
}

static void finish(struct settings_test *t)
{
	problems_free(t->problems);
	files_free(t->files);
	arena_free(t->arena);
}

static bool read_settings(struct settings_test *t, const char *toml, const char *env,
                          const struct selection *s)
{
	files_memory_put(t->files, "/p/Dockerfile", STR("FROM scratch\n"));
	if (toml)
		files_memory_put(t->files, "/p/.mortar.toml", str_of(toml));
	if (env)
		files_memory_put(t->files, "/p/.env", str_of(env));
	return image_settings_read(t->files, t->arena, "/p", s, t->problems, &t->settings);
}

/* "name=value(line) …" */
static const char *shown(struct settings_test *t)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < t->settings.noptions; i++)
		buf_printf(&out, "%.*s=%.*s(%u) ", STR_ARG(t->settings.options[i].name),
		           STR_ARG(t->settings.options[i].value),
		           value_origin(t->settings.causes[i]).line);
	return arena_text(t->arena, buf_str(&out));
}

static const char *problem(struct settings_test *t, size_t i)
{
	owned_buf struct buf out = { 0 };
	if (i < problems_count(t->problems))
		problem_print(&out, problems_get(t->problems, i));
	return arena_text(t->arena, buf_str(&out));
}

#define TOML \
	"[image]\n"                                             /* 1 */ \
	"target = \"last\"\n"                                   /* 2 */ \
	"build-args = { A = \"1\", B = 2 }\n"                   /* 3 */ \
	"labels = { \"a.b\" = \"c\" }\n"                        /* 4 */ \
	"[image.profiles.gpu]\n"                                /* 5 */ \
	"platform = \"linux/arm64\"\n"                          /* 6 */ \
	"build-args.A = \"gpu\"\n"                              /* 7 */ \
	"[image.profiles.listed]\n"                             /* 8 */ \
	"build-args = [\"FROM_ENV\", \"X=1=2\", \"GONE\"]\n"    /* 9 */

static void test_image_settings__become_options_with_origins(void **state)
{
	static const char *const gpu[] = { "gpu" }, *const both[] = { "gpu", "listed" };
	const struct { struct selection s; const char *is; } rows[] = {
		{ { 0 }, "target=last(2) build-arg:A=1(3) build-arg:B=2(3) label:a.b=c(4) " },
		{ { .profiles = gpu, .nprofiles = 1 },
		  "target=last(2) build-arg:A=gpu(7) label:a.b=c(4) platform=linux/arm64(6) " },
		{ { .profiles = gpu, .nprofiles = 1, .rule = CASCADE_DEEP },
		  "target=last(2) build-arg:A=gpu(7) build-arg:B=2(3) label:a.b=c(4) "
		  "platform=linux/arm64(6) " },
		{ { .profiles = both, .nprofiles = 2 },
		  "target=last(2) build-arg:FROM_ENV=e(1) build-arg:X=1=2(9) label:a.b=c(4) "
		  "platform=linux/arm64(6) " },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct settings_test t;
		begin(&t);
		assert_true(read_settings(&t, TOML, "FROM_ENV=e\n", &rows[i].s));
		assert_string_equal(shown(&t), rows[i].is);
		assert_int_equal(t.settings.nprofiles, 2);
		finish(&t);
	}
}

/* One document for [image], whose layers say which profile they are; one for .env. */
static void test_image_settings__are_documents(void **state)
{
	static const char *const gpu[] = { "gpu" };
	const struct selection s = { .profiles = gpu, .nprofiles = 1 };
	struct settings_test t;
	(void)state;
	begin(&t);
	assert_true(read_settings(&t, TOML, "FROM_ENV=e\n", &s));
	assert_int_equal(t.settings.ndocuments, 2);
	const struct document *d = &t.settings.documents[0];
	assert_int_equal(d->nlayers, 3);
	assert_string_equal(d->layers[1].profile, "gpu");
	assert_string_equal(d->layers[1].table, "/image/profiles/gpu");
	assert_true(d->layers[1].active);
	assert_false(d->layers[2].active);
	assert_null(value_at(d->value, STR("/profiles")));
	const struct value *a = value_at(d->value, STR("/build-args/A"));
	assert_string_equal(value_origin(a).profile, "gpu");
	assert_string_equal(t.settings.documents[1].path, ".env");
	finish(&t);
}

static void test_image_settings__yield_to_the_command_line(void **state)
{
	const struct pair given[] = { { STR("build-arg:A"), STR("mine") }, { STR("push"), STR("1") } };
	const struct selection s = { .options = given, .noptions = 2 };
	struct settings_test t;
	owned_buf struct buf out = { 0 };
	(void)state;
	begin(&t);
	assert_true(read_settings(&t, TOML, NULL, &s));
	struct selection under = image_settings_under(&t.settings, t.arena, &s);
	for (size_t i = 0; i < under.noptions; i++)
		buf_printf(&out, "%.*s=%.*s ", STR_ARG(under.options[i].name),
		           STR_ARG(under.options[i].value));
	assert_string_equal(buf_text(&out), "target=last build-arg:B=2 label:a.b=c build-arg:A=mine "
	                    "push=1 ");
	assert_null(image_settings_cause(&t.settings, &s, "build-arg:A"));
	assert_int_equal(value_origin(image_settings_cause(&t.settings, &s, "build-arg:B")).line, 3);
	finish(&t);
}

static void test_image_settings__say_what_is_wrong_and_where(void **state)
{
	static const struct { const char *toml, *is; } rows[] = {
		{ "[image]\ntargte = \"x\"\n",
		  "/p/.mortar.toml:2:1: an image has no setting targte: is it target" },
		{ "[image]\nzzz = 1\n", "/p/.mortar.toml:2:1: an image has no setting zzz: there are "
		  "dockerfile, context, target, platform, build-args, labels, secrets" },
		{ "[image]\ntarget = 1\n",
		  "/p/.mortar.toml:2:10: target must be a string of at least one character" },
		{ "[image]\nplatform = \"arm\"\n", "/p/.mortar.toml:2:12: platform needs OS/ARCHITECTURE, "
		  "such as linux/arm64 or linux/arm/v7, not 'arm'" },
		{ "[image]\ncontext = \"../..\"\n", "/p/.mortar.toml:2:11: context must be a path from the "
		  "project's folder that does not leave it: nothing outside of the project is read for a "
		  "build" },
		{ "[image]\ndockerfile = \"/etc/passwd\"\n", "/p/.mortar.toml:2:14: dockerfile must be a "
		  "path from the project's folder that does not leave it: nothing outside of the project "
		  "is read for a build" },
		{ "[image]\ncontext = \"nowhere\"\n", "/p/.mortar.toml:2:11: there is no folder "
		  "'/p/nowhere' that can be read, for the build context" },
		{ "[image]\nbuild-args = { A = [1] }\n", "/p/.mortar.toml:2:20: the value of A must be a "
		  "string, a number or true or false" },
		{ "[image]\nbuild-args = [\"=1\"]\n", "/p/.mortar.toml:2:15: build-args has names without "
		  "= and control characters" },
		{ "[image]\nlabels = [\"a=b\"]\n",
		  "/p/.mortar.toml:2:10: labels must be a table { NAME = \"VALUE\" }" },
		{ "[image]\nsecrets = [\"id=x,src=/etc/shadow\"]\n", "/p/.mortar.toml:2:12: secrets must "
		  "be an array of ids alone, [\"token\"]: where a secret comes from is said by --secret, "
		  "never by a project" },
		{ "image = 1\n", "/p/.mortar.toml:1:9: image must be a table: [image]" },
		{ "[image.profiles]\n\"a b\" = {}\n", "/p/.mortar.toml:2:1: 'a b' cannot be a profile: "
		  "names are letters, digits, _ and -" },
		{ "[image.profiles.x]\ntargte = 1\n", "/p/.mortar.toml:2:1: warning: an image "
		  "has no setting targte: is it target (profile x is not selected)" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct settings_test t;
		begin(&t);
		bool ok = read_settings(&t, rows[i].toml, NULL, &(struct selection){ 0 });
		assert_int_equal(ok, problems_errors(t.problems) == 0);
		assert_string_equal(problem(&t, 0), rows[i].is);
		finish(&t);
	}
}

static void test_image_settings__ask_for_secrets(void **state)
{
	const struct pair given[] = { { STR("secret"), STR("id=token,env=TOKEN") } };
	const struct selection s = { .options = given, .noptions = 1 };
	struct settings_test t;
	(void)state;
	begin(&t);
	assert_true(read_settings(&t, "[image]\nsecrets = [\"token\", \"npm\"]\n", NULL, &s));
	assert_string_equal(t.settings.secrets[1], "npm");
	image_settings_check_secrets(&t.settings, &s, t.problems);
	assert_int_equal(problems_count(t.problems), 1);
	assert_string_equal(problem(&t, 0), "/p/.mortar.toml:2:21: warning: the build is to have the "
	                    "secret npm, which is yours to give: --secret id=npm,src=FILE or "
	                    "id=npm,env=NAME");
	finish(&t);
}

/* A link in a clone would lead a build to whatever there is on this machine. */
static void test_image_settings__follow_no_links(void **state)
{
	char dir[] = "/tmp/image_settings.XXXXXX";
	struct settings_test t;
	(void)state;
	assert_non_null(mkdtemp(dir));
	begin(&t);
	files_free(t.files);
	t.files = files_disk("/");
	const char *toml = files_join(t.arena, dir, ".mortar.toml");
	const char *env = files_join(t.arena, dir, ".env"), *out = files_join(t.arena, dir, "out");
	FILE *f = fopen(toml, "w");
	fputs("[image]\ncontext = \"out\"\n", f);
	fclose(f);
	assert_int_equal(symlink("/etc", out), 0);
	assert_int_equal(symlink("/etc/hostname", env), 0);
	assert_false(image_settings_read(t.files, t.arena, dir, &(struct selection){ 0 }, t.problems,
	                                 &t.settings));
	assert_null(t.settings.context);
	assert_int_equal(problems_errors(t.problems), 2);
	assert_non_null(strstr(problem(&t, 0), "this is a link"));
	assert_non_null(strstr(problem(&t, 1), "a link is on the way to 'out'"));
	unlink(toml);
	unlink(env);
	unlink(out);
	rmdir(dir);
	finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_settings__become_options_with_origins),
		cmocka_unit_test(test_image_settings__are_documents),
		cmocka_unit_test(test_image_settings__yield_to_the_command_line),
		cmocka_unit_test(test_image_settings__say_what_is_wrong_and_where),
		cmocka_unit_test(test_image_settings__ask_for_secrets),
		cmocka_unit_test(test_image_settings__follow_no_links),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
