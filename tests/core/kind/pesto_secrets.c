#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/kind.h"

/* A project whose pip needs secrets, in memory; its values are in no file. */
struct fixture {
	struct arena *arena;
	struct files *files;
	struct problems *problems;
	struct settings *settings;
	struct plan *plan;
};

static const struct pair texts[] = {
	{ STR("/p/pesto/build/build.json"), STR("{\"name\": \"svc\", \"version\": \"1.0\"}") },
	{ STR("/p/pesto/build/requirements.json"),
	  STR("{\"dockerBaseImage\": \"debian:12\", \"environments\": {}, \"requirements\": {\"r\": "
	      "{\"from\": \"file:///x/r.whl\", \"to\": \"/tmp\", \"type\": \"pip\"}}}") },
	{ STR("/p/pesto/api/description.json"),
	  STR("{\"name\": \"svc\", \"version\": \"1.0\", \"resources\": {}}") },
	{ STR("/p/pesto/api/input_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/output_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/config_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/config.json"), STR("{}") },
	{ STR("/p/pesto/api/version.json"), STR("{}") },
	{ STR("/etc/pip.conf"), STR("[global]\nindex-url = https://u:hunter2@h/simple\n") },
};

static void fixture_open(struct fixture *f, const struct pair *options, size_t noptions)
{
	struct selection selection = { .options = options, .noptions = noptions };
	const struct kind *kind = NULL;
	struct target target;
	struct error err = { 0 };
	*f = (struct fixture){ arena_new(), files_memory(NULL), problems_new(), NULL, NULL };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		files_memory_put(f->files, texts[i].name.p, texts[i].value);
	assert_true(kind_recognise(f->files, "/p", NULL, f->arena, &kind, &target, f->problems, &err));
	f->settings = kind->settings(&target, &selection, f->files, f->problems);
	f->plan = kind->plan(f->settings, &selection, f->files, f->problems);
}

static void fixture_close(struct fixture *f)
{
	plan_free(f->plan);
	settings_free(f->settings);
	problems_free(f->problems);
	files_free(f->files);
	arena_free(f->arena);
}

/* Of the recipe's lines with this text in them. */
static size_t fixture_count(const struct fixture *f, const char *text)
{
	size_t n = 0;
	for (size_t i = 0; i < f->plan->recipe->ninstructions; i++)
		n += str_find_str(f->plan->recipe->instructions[i].text, str_of(text)) != STR_NONE;
	return n;
}

static bool fixture_says(const struct fixture *f, const char *part)
{
	for (size_t i = 0; i < problems_count(f->problems); i++) {
		owned_buf struct buf text = { 0 };
		problem_print(&text, problems_get(f->problems, i));
		if (str_find_str(buf_str(&text), str_of(part)) != STR_NONE)
			return true;
	}
	return false;
}

#define CONFIG { STR("secret:pip_config"), STR("/etc/pip.conf") }
#define EXTRA { STR("secret:extra_index_url"), STR("") }
#define CLASSIC { STR("builder"), STR("classic") }

static void test_pesto_secrets__are_mounted_where_pip_installs(void **state)
{
	static const struct pair options[] = { CONFIG, EXTRA };
	struct fixture f;
	(void)state;
	setenv("PIP_EXTRA_INDEX_URL", "https://u:hunter2@h/simple", 1);
	fixture_open(&f, options, 2);
	assert_non_null(f.plan);
	assert_int_equal(fixture_count(&f, "pip install"), 5);
	assert_int_equal(fixture_count(&f, "RUN --mount=type=secret,id=pip_config,dst=/etc/pip.conf "
		"--mount=type=secret,id=extra_index_url export PIP_EXTRA_INDEX_URL=\"$(cat "
		"/run/secrets/extra_index_url)\" && pip install "), 5);
	assert_int_equal(fixture_count(&f, "--mount"), 5);
	assert_int_equal(fixture_count(&f, "hunter2"), 0);
	const struct image_task *image = plan_image(f.plan);
	assert_int_equal(image->nsecrets, 2);
	assert_string_equal(image->secrets[0].file, "/etc/pip.conf");
	assert_string_equal(image->secrets[1].env, "PIP_EXTRA_INDEX_URL");
	assert_int_equal(problems_count(f.problems), 1);        /* the note on file:// */
	fixture_close(&f);
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void test_pesto_secrets__one_alone_brings_no_other(void **state)
{
	static const struct pair options[] = { CONFIG };
	struct fixture f;
	(void)state;
	fixture_open(&f, options, 1);
	assert_int_equal(fixture_count(&f, "dst=/etc/pip.conf pip install "), 5);
	assert_int_equal(fixture_count(&f, "PIP_EXTRA_INDEX_URL"), 0);
	fixture_close(&f);
	fixture_open(&f, NULL, 0);
	assert_int_equal(fixture_count(&f, "RUN pip install "), 5);
	assert_int_equal(plan_image(f.plan)->nsecrets, 0);
	fixture_close(&f);
}

static void test_pesto_secrets__classic_copies_and_passes_with_a_warning(void **state)
{
	static const struct pair options[] = {
		CONFIG, EXTRA, CLASSIC, { STR("allow-secret-in-layer"), STR("true") },
	};
	struct fixture f;
	(void)state;
	setenv("PIP_EXTRA_INDEX_URL", "https://u:hunter2@h/simple", 1);
	for (size_t n = 3; n <= 4; n++) {
		fixture_open(&f, options, n);
		assert_non_null(f.plan);
		assert_int_equal(fixture_count(&f, "--mount"), 0);
		assert_int_equal(fixture_count(&f, "COPY pip.conf /etc"), 1);
		assert_int_equal(fixture_count(&f, "ARG PIP_EXTRA_INDEX_URL"), 1);
		assert_int_equal(fixture_count(&f, "hunter2"), 0);
		assert_true(fixture_says(&f, "$PIP_CONFIG_FILE: warning: "));
		assert_true(fixture_says(&f, "$PIP_EXTRA_INDEX_URL: warning: "));
		assert_true(fixture_says(&f, n == 3 ? "is refused without --allow-secret-in-layer"
		                                    : "have *** instead"));
		fixture_close(&f);
	}
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void test_pesto_secrets__what_is_gone_is_named(void **state)
{
	static const struct pair options[] = {
		{ STR("secret:pip_config"), STR("/gone/pip.conf") }, EXTRA,
	};
	struct fixture f;
	(void)state;
	unsetenv("PIP_EXTRA_INDEX_URL");
	fixture_open(&f, options, 2);
	assert_null(f.plan);
	assert_true(fixture_says(&f, "$PIP_CONFIG_FILE: there is no file '/gone/pip.conf'"));
	assert_true(fixture_says(&f, "$PIP_EXTRA_INDEX_URL: is not set here"));
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pesto_secrets__are_mounted_where_pip_installs),
		cmocka_unit_test(test_pesto_secrets__one_alone_brings_no_other),
		cmocka_unit_test(test_pesto_secrets__classic_copies_and_passes_with_a_warning),
		cmocka_unit_test(test_pesto_secrets__what_is_gone_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
