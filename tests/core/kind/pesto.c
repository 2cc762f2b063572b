#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/kind.h"
#include "core/value/json.h"

/* A project in memory: the smallest PESTO takes, with files put over it. */
struct fixture {
	struct arena *arena;
	struct files *files;
	struct problems *problems;
	struct settings *settings;
	struct plan *plan;
};

static const struct pair pesto_base[] = {
	{ STR("/p/pesto/build/build.json"), STR("{\"name\": \"svc\", \"version\": \"1.0\"}") },
	{ STR("/p/pesto/build/requirements.json"),
	  STR("{\"dockerBaseImage\": \"debian:12\", \"environments\": {}, \"requirements\": {}}") },
	{ STR("/p/pesto/api/description.json"),
	  STR("{\"name\": \"svc\", \"version\": \"1.0\", \"resources\": {}}") },
	{ STR("/p/pesto/api/input_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/output_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/config_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/config.json"), STR("{}") },
	{ STR("/p/pesto/api/version.json"), STR("{}") },
};

static void fixture_open(struct fixture *f, const struct pair *over, size_t nover,
                         const char *argument, struct selection *selection)
{
	const struct kind *kind = NULL;
	struct target target;
	struct error err = { 0 };
	f->arena = arena_new();
	f->files = files_memory(NULL);
	f->problems = problems_new();
	f->plan = NULL;
	for (size_t i = 0; i < sizeof pesto_base / sizeof *pesto_base; i++)
		files_memory_put(f->files, pesto_base[i].name.p, pesto_base[i].value);
	for (size_t i = 0; i < nover; i++)
		files_memory_put(f->files, over[i].name.p, over[i].value);
	assert_true(kind_recognise(f->files, argument, NULL, f->arena, &kind, &target, f->problems,
	                           &err));
	f->settings = kind->settings(&target, selection, f->files, f->problems);
	f->plan = kind->plan(f->settings, selection, f->files, f->problems);
	problems_sort(f->problems);
}

static void fixture_close(struct fixture *f)
{
	plan_free(f->plan);
	settings_free(f->settings);
	problems_free(f->problems);
	files_free(f->files);
	arena_free(f->arena);
}

static const char *fixture_document(struct fixture *f, const char *path)
{
	struct buf text = { 0 };
	const struct document *d = settings_document(f->settings, str_of(path));
	assert_non_null(d);
	assert_non_null(d->value);
	value_write_json(&text, d->value, (struct json_style){ 0 });
	const char *copy = arena_text(f->arena, buf_str(&text));
	buf_finish(&text);
	return copy;
}

static bool fixture_has_instruction(const struct fixture *f, const char *text)
{
	for (size_t i = 0; f->plan && i < f->plan->recipe->ninstructions; i++)
		if (str_eq(f->plan->recipe->instructions[i].text, str_of(text)))
			return true;
	return false;
}

static void test_pesto__is_recognised_from_inside_and_from_a_build_file(void **state)
{
	static const struct { const char *argument, *file; } rows[] = {
		{ "/p", NULL }, { "/p/pesto", NULL }, { "/p/pesto/api", NULL },
		{ "/p/pesto/api/config.json", NULL },
		{ "/p/pesto/build/build.json", "pesto/build/build.json" },
		{ "/p/pesto/build/build.p2.json", "pesto/build/build.p2.json" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(files) struct files *files = files_memory(NULL);
		owned(arena) struct arena *arena = arena_new();
		owned(problems) struct problems *problems = problems_new();
		const struct kind *kind;
		struct target target;
		struct error err;
		for (size_t k = 0; k < sizeof pesto_base / sizeof *pesto_base; k++)
			files_memory_put(files, pesto_base[k].name.p, pesto_base[k].value);
		files_memory_put(files, "/p/pesto/build/build.p2.json", STR("{}"));
		assert_true(kind_recognise(files, rows[i].argument, NULL, arena, &kind, &target,
		                           problems, &err));
		assert_string_equal(kind->name, "pesto");
		assert_string_equal(target.root, "/p");
		if (rows[i].file)
			assert_string_equal(target.file, rows[i].file);
		else
			assert_null(target.file);
	}
}

static void test_pesto__opens_a_workspace_by_name_and_version(void **state)
{
	owned(files) struct files *files = files_memory(NULL);
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct kind *kind;
	struct target target;
	struct error err;
	(void)state;
	setenv("PESTO_WORKSPACE", "/w", 1);
	files_memory_put(files, "/w/svc/1.0-gpu/svc/pesto/build/build.json", STR("{}"));
	assert_true(kind_recognise(files, "svc:1.0-gpu", NULL, arena, &kind, &target, problems, &err));
	assert_string_equal(target.root, "/w/svc/1.0-gpu/svc");
	assert_false(kind_recognise(files, "svc:2.0", NULL, arena, &kind, &target, problems, &err));
	assert_string_equal(err.text, "there is no workspace of 'svc:2.0': '/w/svc/2.0/svc' holds no "
	                    "PESTO project (pesto build makes it; PESTO_WORKSPACE says where "
	                    "workspaces are)");
	unsetenv("PESTO_WORKSPACE");
}

static void test_pesto__says_what_a_folder_lacks(void **state)
{
	owned(files) struct files *files = files_memory(NULL);
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct kind *kind;
	struct target target;
	struct error err;
	(void)state;
	files_memory_put(files, "/q/README", STR("x"));
	assert_false(kind_recognise(files, "/q", NULL, arena, &kind, &target, problems, &err));
	assert_int_equal(err.code, ERROR_PROJECT);
	assert_false(kind_recognise(files, "/q", "pasta", arena, &kind, &target, problems, &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_string_equal(err.text, "there is no kind 'pasta': there are pesto, poetry, dockerfile");
}

static void test_pesto__generates_service_and_version(void **state)
{
	static const struct pair over[] = {
		{ STR("/p/pesto/api/description.json"), STR("{\"version\": \"3\", \"name\": \"svc\", "
		                                            "\"resources\": {}}") },
		{ STR("/p/pesto/api/version.json"), STR("{\"git\": 1.10, \"version\": \"4\"}") },
		{ STR("/p/pesto/api/input_schema.json"),
		  STR("{\"image\": {\"$ref\": \"#/definitions/Image\"}}") },
		{ STR("/p/pesto/api/config_schema.json"), STR("{\"type\": \"object\"}") },
		{ STR("/p/pesto/api/user_definitions.json"),
		  STR("{\"Mine\": {\"type\": \"string\"}, \"Image\": {}}") },
	};
	struct fixture f;
	struct selection selection = { 0 };
	(void)state;
	fixture_open(&f, over, sizeof over / sizeof *over, "/p", &selection);
	assert_string_equal(fixture_document(&f, "pesto/api/version.json"),
	                    "{\"version\": \"4\", \"git\": 1.10, \"__packaging\": "
	                    "\"packaged with mortar v" MORTAR_VERSION "\"}");
	const struct document *d = settings_document(f.settings, STR("pesto/api/service.json"));
	assert_true(d->generated);
	assert_non_null(value_at(d->value, STR("/input/definitions/Mine/type")));
	assert_non_null(value_at(d->value, STR("/output/definitions/Metadatas")));
	assert_non_null(value_at(d->value, STR("/config/type")));
	assert_non_null(value_at(d->value, STR("/input/image/$ref")));
	/* PESTO's own definition wins over the user's, and that is said. */
	assert_non_null(value_at(d->value, STR("/input/definitions/Image/type")));
	assert_int_equal(problems_count(f.problems), 1);
	assert_string_equal(problems_get(f.problems, 0)->rule, "pesto-definition");
	fixture_close(&f);
}

static void test_pesto__names_the_image_and_the_profile(void **state)
{
	static const char *const profiles[] = { "p1", "p2" };
	static const struct pair over[] = {
		{ STR("/p/pesto/api/config.p1.json"), STR("{}") },
		{ STR("/p/pesto/api/config.p2.json"), STR("{}") },
	};
	static const struct pair version[] = { { STR("pesto-profile"), STR("version") } };
	struct fixture f;
	struct selection selection = { .profiles = profiles, .nprofiles = 2 };
	(void)state;
	fixture_open(&f, over, 2, "/p", &selection);
	assert_string_equal(f.plan->image, "svc:1.0-p1-p2");
	assert_true(fixture_has_instruction(&f, "ENV PESTO_PROFILE=\"p1-p2\""));
	assert_string_equal(fixture_document(&f, "pesto/build/build.json"),
	                    "{\"name\": \"svc\", \"version\": \"1.0-p1-p2\", \"workspace\": null, "
	                    "\"algorithm_path\": null}");
	fixture_close(&f);
	selection.options = version;
	selection.noptions = 1;
	fixture_open(&f, over, 2, "/p", &selection);
	assert_true(fixture_has_instruction(&f, "ENV PESTO_PROFILE=\"1.0-p1-p2\""));
	fixture_close(&f);
}

static void test_pesto__levels_become_build_args(void **state)
{
	static const struct { const char *level; bool no_cache; const char *arg, *first; } rows[] = {
		{ "none", true, NULL, "ARG ENV" },
		{ "C1", false, "C1", "RUN echo '***** step 2: requirements *****'" },
		{ "CACHE_UP_TO_PIP_REQ", false, "C2", "RUN echo '***** step 3: algorithm *****'" },
		{ "C3", false, "C3", "RUN echo '***** step 4: service *****'" },
		{ "all", false, NULL, NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture f;
		struct selection selection = { .level = rows[i].level };
		fixture_open(&f, NULL, 0, "/p", &selection);
		const struct image_task *image = plan_image(f.plan);
		assert_int_equal(image->level.no_cache, rows[i].no_cache);
		assert_int_equal(image->level.nargs, rows[i].arg ? 1 : 0);
		if (rows[i].arg)
			assert_true(str_eq(image->level.args[0].name, str_of(rows[i].arg)));
		if (rows[i].first)
			assert_true(str_eq(image->recipe->instructions[image->level.first_forced].text,
			                   str_of(rows[i].first)));
		else
			assert_int_equal(image->level.first_forced, -1);
		fixture_close(&f);
	}
}

#define REQUIREMENTS(env, req) \
	"{\"dockerBaseImage\": \"debian:12\", \"environments\": {" env "}, \"requirements\": {" req "}}"

static void test_pesto__tells_what_is_wrong_where_it_is_written(void **state)
{
	static const struct {
		struct pair over;
		unsigned line, column;
		const char *text;
	} rows[] = {
		{ { STR("/p/pesto/build/build.json"), STR("{\"name\": \"Svc\", \"version\": \"1\"}") },
		  1, 10, NULL },
		{ { STR("/p/pesto/build/build.json"), STR("{\"name\": \"svc\", \"version\": \"1 2\"}") },
		  1, 28, NULL },
		{ { STR("/p/pesto/build/build.json"), STR("{\"version\": \"1\"}") },
		  1, 1, "'name' must be given: a string" },
		{ { STR("/p/pesto/build/build.json"), STR("{\"name\": 3, \"version\": \"1\"}") },
		  1, 10, "'name' must be a string" },
		{ { STR("/p/pesto/build/build.json"), STR("{\"name\": \"dist\", \"version\": \"1\"}") },
		  1, 10, NULL },
		{ { STR("/p/pesto/build/build.json"),
		    STR("{\"name\": \"svc\", \"version\": \"1\", \"algorithm_path\": 5}") },
		  1, 51, "'algorithm_path' must be the path of a folder, or null" },
		{ { STR("/p/pesto/build/build.json"),
		    STR("{\"name\": \"svc\", \"version\": \"1\", \"algorithm_path\": \"x\\u0000y\"}") },
		  1, 51, NULL },
		{ { STR("/p/pesto/build/build.json"),
		    STR("{\"name\": \"svc\", \"version\": \"1\", \"algorithm_path\": \"none\"}") }, 1, 51,
		  "there is no folder '/p/none' that can be read: algorithm_path counts from the "
		  "project's folder, null is that folder itself" },
		{ { STR("/p/pesto/api/config.json"), STR("[]") },
		  1, 1, "this file must hold an object: {…}" },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR("{\"dockerBaseImage\": \"d:1\", \"environments\": {}, "
		        "\"requirements\": {}, \"x\": 1}") }, 1, 68,
		  "'x' is not allowed here, only 'dockerBaseImage', 'environments' and "
		  "'requirements' are" },
		{ { STR("/p/pesto/build/requirements.json"), STR("{\n\"environments\": 1}") },
		  1, 1, "'dockerBaseImage' is missing" },
		{ { STR("/p/pesto/build/requirements.json"), STR(REQUIREMENTS("\"A B\": \"1\"", "")) },
		  1, 51,
		  "an environment name has letters, digits and _ only, and starts with no digit" },
		{ { STR("/p/pesto/build/requirements.json"), STR(REQUIREMENTS("\"A\": [1]", "")) },
		  1, 56, "an environment value must be a string, a number or a boolean" },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("\"A\": \"a\\nb\"", "")) }, 1, 56, NULL },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"r\": {\"from\": \"x.tar.gz\", \"to\": \"/r\"}")) }, 1, 85,
		  "this must be a file://, http://, https://, ftp:// or gs:// address" },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"r\": {\"from\": \"http://h/a/\", \"to\": \"/r\"}")) }, 1, 85,
		  "this address must end in the name of a file" },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"r\": {\"from\": \"http://h\\u0000/a\", \"to\": \"/r\"}")) },
		  1, 85, NULL },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"r\": {\"from\": \"http://h/ssl\", \"to\": \"/r\"}")) },
		  1, 85, NULL },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"a\": {\"from\": \"http://h/1/m\", \"to\": \"/a\"}, "
		                     "\"b\": {\"from\": \"http://h/2/m\", \"to\": \"/b\"}")) },
		  1, 128, "the requirement 'a' brings a file named 'm' too: rename one" },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"dist\": {\"from\": \"http://h/a\", \"to\": \"/r\"}")) }, 1, 71,
		  NULL },
		{ { STR("/p/pesto/build/requirements.json"),
		    STR(REQUIREMENTS("", "\"r\": {\"from\": \"http://h/a\", \"to\": \"/r\", "
		                     "\"type\": 1}")) },
		  1, 119, "the type must be \"python\" or \"pip\", or left out" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture f;
		struct selection selection = { 0 };
		fixture_open(&f, &rows[i].over, 1, "/p", &selection);
		assert_null(f.plan);
		assert_true(problems_count(f.problems) >= 1);
		const struct problem *problem = problems_get(f.problems, 0);
		struct origin at = span_origin(problem->at);
		if (at.line != rows[i].line || at.column != rows[i].column)
			print_message("row %zu: %u:%u %.*s\n", i, at.line, at.column, STR_ARG(problem->text));
		assert_string_equal(at.path, rows[i].over.name.p);
		assert_int_equal(at.line, rows[i].line);
		assert_int_equal(at.column, rows[i].column);
		if (rows[i].text)
			assert_true(str_eq(problem->text, str_of(rows[i].text)));
		fixture_close(&f);
	}
}

static void test_pesto__environment_values_survive(void **state)
{
	static const struct pair over[] = {
		{ STR("/p/pesto/build/requirements.json"),
		  STR(REQUIREMENTS("\"A\": \"two words # and \\\"quotes\\\"\", \"B\": \"$A/${C:-x y}\", "
		                   "\"D\": \"\\\\$5\", \"E\": \"C:\\\\new\", \"N\": 1.10", "")) },
	};
	struct fixture f;
	struct selection selection = { 0 };
	(void)state;
	fixture_open(&f, over, 1, "/p", &selection);
	assert_non_null(f.plan);
	assert_true(fixture_has_instruction(&f, "ENV A=\"two words # and \\\"quotes\\\"\""));
	assert_true(fixture_has_instruction(&f, "ENV B=\"$A/${C:-x y}\""));
	assert_true(fixture_has_instruction(&f, "ENV N=\"1.10\""));
	fixture_close(&f);
}

static void test_pesto__a_folder_outside_of_the_project_is_told(void **state)
{
	static const struct { const char *path; bool told; } rows[] = {
		{ "/etc", true }, { "..", true }, { "/p2", true }, { "/p", false }, { ".", false },
		{ "src", false }, { "/p/src/..", false }, { "", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture f;
		struct selection selection = { 0 };
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "{\"name\": \"svc\", \"version\": \"1\", \"algorithm_path\": \"%s\"}",
		           rows[i].path);
		const struct pair over[] = {
			{ STR("/p/pesto/build/build.json"), buf_str(&text) }, { STR("/etc/x"), STR("") },
			{ STR("/p2/x"), STR("") }, { STR("/p/src/x"), STR("") },
		};
		fixture_open(&f, over, sizeof over / sizeof *over, "/p", &selection);
		assert_non_null(f.plan);
		bool told = false;
		for (size_t k = 0; k < problems_count(f.problems); k++)
			told |= str_eq(str_of(problems_get(f.problems, k)->rule), STR("pesto-outside"));
		assert_int_equal(told, rows[i].told);
		fixture_close(&f);
	}
}

static void test_pesto__requirements_keep_the_order_of_the_file(void **state)
{
	static const struct pair over[] = {
		{ STR("/p/pesto/build/requirements.json"),
		  STR(REQUIREMENTS("", "\"zeta\": {\"from\": \"http://h/z.tar.gz\", \"to\": \"/z\", "
		                   "\"type\": \"python\"}, "
		                   "\"alpha\": {\"from\": \"file://a.tgz\", \"to\": \"/a\"}, "
		                   "\"pip\": {\"from\": \"http://h/p-1.whl\", \"to\": \"/tmp\", "
		                   "\"type\": \"pip\"}, "
		                   "\"beta\": {\"from\": \"http://h/b.bin\", \"to\": \"/b\"}")) },
	};
	struct fixture f;
	struct selection selection = { 0 };
	owned_buf struct buf tail = { 0 };
	(void)state;
	fixture_open(&f, over, 1, "/p", &selection);
	assert_non_null(f.plan);
	const struct recipe *r = f.plan->recipe;
	for (size_t i = r->ninstructions - 3; i < r->ninstructions; i++)
		buf_printf(&tail, "%.*s\n", STR_ARG(r->instructions[i].text));
	assert_string_equal(buf_text(&tail),
	                    "COPY zeta /z\nCOPY alpha /a\nCOPY requirements/b.bin /b\n");
	assert_true(fixture_has_instruction(&f, "COPY requirements/p-1.whl /tmp"));
	assert_true(fixture_has_instruction(
		&f, "ENV PYTHONPATH=\"$PYTHONPATH${PYTHONPATH:+:}/opt/svc:/z\""));
	/* A relative file:// counts from the project's folder. */
	assert_string_equal(f.plan->tasks[1].fetch.url, "file:///p/a.tgz");
	fixture_close(&f);
}

/* What a clone names outside itself is not taken in silence. */
static void test_pesto__files_from_outside_the_project_are_noted(void **state)
{
	static const struct { const char *from, *noted; } table[] = {
		{ "file://a.tgz", NULL }, { "file:///p/sub/a.tgz", NULL }, { "http://h/a.tgz", NULL },
		{ "file:///etc/a.tgz", "/etc/a.tgz" }, { "file://../a.tgz", "/a.tgz" },
		{ "file:///p/../pa/a.tgz", "/pa/a.tgz" }, { "file:///pa/a.tgz", "/pa/a.tgz" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf text = { 0 };
		struct fixture f;
		struct selection selection = { 0 };
		buf_printf(&text, REQUIREMENTS("", "\"a\": {\"from\": \"%s\", \"to\": \"/a\"}"),
		           table[i].from);
		const struct pair over[] = {
			{ STR("/p/pesto/build/requirements.json"), buf_str(&text) },
		};
		fixture_open(&f, over, 1, "/p", &selection);
		assert_non_null(f.plan);
		assert_int_equal(problems_count(f.problems), table[i].noted != NULL);
		if (table[i].noted) {
			const struct problem *p = problems_get(f.problems, 0);
			owned_buf struct buf wanted = { 0 };
			buf_printf(&wanted, "%s lies outside the project, and goes into the image",
			           table[i].noted);
			assert_int_equal(p->severity, SEVERITY_NOTE);
			assert_true(str_eq(p->text, buf_str(&wanted)));
		}
		fixture_close(&f);
	}
}

/* What is fetched, what of it is unpacked, and where the Dockerfile takes it from. */
static void test_pesto__requirements_become_tasks_and_copies(void **state)
{
	static const struct { const char *from, *more, *copy; bool fetched, unpacked; } rows[] = {
		{ "http://h/a.tar.gz", "", "COPY r /r", true, true },
		{ "http://h/a.tgz", "", "COPY r /r", true, true },
		{ "http://h/a.tar", "", "COPY r /r", true, true },
		{ "http://h/a.tar.xz", "", "COPY r /r", true, true },
		{ "ftp://h/a.tar.bz2", "", "COPY r /r", true, true },
		{ "gs://h/a.zip?x=1", "", "COPY r /r", true, true },
		{ "http://h/a.bin", "", "COPY requirements/a.bin /r", true, false },
		{ "http://h/a.zip", ", \"type\": \"pip\"", "COPY requirements/a.zip /tmp", true, false },
		{ "file:///p/src", "", "COPY r /r", false, false },
		{ "file:///p/src/", "", "COPY r /r", false, false },
		{ "file://src", ", \"type\": \"python\"", "COPY r /r", false, false },
		{ "file://src", ", \"type\": \"pip\"", "COPY requirements/src /tmp/src", false, false },
		{ "file://src/one.tar", "", "COPY r /r", true, true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture f;
		struct selection selection = { 0 };
		owned_buf struct buf text = { 0 };
		buf_printf(&text, REQUIREMENTS("", "\"r\": {\"from\": \"%s\", \"to\": \"/r\"%s}"),
		           rows[i].from, rows[i].more);
		struct pair over[] = {
			{ STR("/p/pesto/build/requirements.json"), buf_str(&text) },
			{ STR("/p/src/one.tar"), STR("x") },
		};
		fixture_open(&f, over, 2, "/p", &selection);
		assert_non_null(f.plan);
		assert_true(fixture_has_instruction(&f, rows[i].copy));
		bool fetched = f.plan->tasks[0].kind == TASK_FETCH;
		assert_int_equal(fetched, rows[i].fetched);
		if (fetched)
			assert_int_equal(f.plan->tasks[0].fetch.unpack != NULL, rows[i].unpacked);
		fixture_close(&f);
	}
}

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
static void test_pesto__takes_a_sha256_of_64_digits_alone(void **state)
{
	static const struct { const char *from, *sha256; bool taken; } rows[] = {
		{ "http://h/a", "\"" HEX64 "\"", true }, { "http://h/a", "\"" HEX64 "0\"", false },
		{ "http://h/a", "\"" HEX64 "\\u0000\"", false }, { "http://h/a", "\"g" HEX64 "\"", false },
		{ "http://h/a", "\"\"", false }, { "http://h/a", "1", false },
		{ "http://h/a", "null", false },
		{ "file:///p/pesto", "\"" HEX64 "\"", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture f;
		struct selection selection = { 0 };
		owned_buf struct buf text = { 0 };
		buf_printf(&text, REQUIREMENTS("", "\"r\": {\"to\": \"/r\", \"from\": \"%s\",\n"
		                               "\"sha256\": %s}"), rows[i].from, rows[i].sha256);
		struct pair over = { STR("/p/pesto/build/requirements.json"), buf_str(&text) };
		fixture_open(&f, &over, 1, "/p", &selection);
		assert_int_equal(f.plan != NULL, rows[i].taken);
		if (f.plan) {
			assert_string_equal(f.plan->tasks[0].fetch.sha256, "00112233445566778899aabbccddeeff"
			                    "00112233445566778899aabbccddeeff");
		} else {
			struct origin at = span_origin(problems_get(f.problems, 0)->at);
			assert_int_equal(at.line, 2);
			assert_int_equal(at.column, 11);
		}
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pesto__is_recognised_from_inside_and_from_a_build_file),
		cmocka_unit_test(test_pesto__opens_a_workspace_by_name_and_version),
		cmocka_unit_test(test_pesto__says_what_a_folder_lacks),
		cmocka_unit_test(test_pesto__generates_service_and_version),
		cmocka_unit_test(test_pesto__names_the_image_and_the_profile),
		cmocka_unit_test(test_pesto__levels_become_build_args),
		cmocka_unit_test(test_pesto__tells_what_is_wrong_where_it_is_written),
		cmocka_unit_test(test_pesto__environment_values_survive),
		cmocka_unit_test(test_pesto__a_folder_outside_of_the_project_is_told),
		cmocka_unit_test(test_pesto__requirements_keep_the_order_of_the_file),
		cmocka_unit_test(test_pesto__files_from_outside_the_project_are_noted),
		cmocka_unit_test(test_pesto__requirements_become_tasks_and_copies),
		cmocka_unit_test(test_pesto__takes_a_sha256_of_64_digits_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
