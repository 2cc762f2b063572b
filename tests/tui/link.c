#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/os/save.h"
#include "tui/link.h"
#include "tui/project.h"

/* The example with its profiles, as the screen has it. */
static struct project *open_example(const char *const *profiles, size_t n)
{
	static const char *const operands[] = { "docs/examples/ship-detector", NULL };
	struct args args = {
		.has_profiles = true,
		.operands = operands, .noperands = 1, .profiles = profiles, .nprofiles = n,
	};
	struct error err;
	struct project *p = project_open(&args, 0, &err);
	assert_non_null(p);
	assert_true(project_read(p));
	return p;
}

static int find(const struct recipe *r, const char *start)
{
	for (size_t i = 0; i < r->ninstructions; i++)
		if (str_has_prefix(r->instructions[i].text, str_of(start)))
			return (int)i;
	fail_msg("no instruction starts with %s", start);
	return -1;
}

static size_t document(const struct settings *s, const char *path)
{
	const struct document *d = settings_document(s, str_of(path));
	assert_non_null(d);
	return (size_t)(d - s->documents);
}

static void test_link__names_what_caused_an_instruction(void **state)
{
	(void)state;
	static const char *const profiles[] = { "gpu" };
	static const struct {
		const char *instruction, *pointer, *file;
		unsigned line;
	} cases[] = {
		{ "FROM", "/dockerBaseImage", "requirements.gpu.json", 8 },
		{ "ENV SHIP_WORKERS", "/environments/SHIP_WORKERS", "requirements.gpu.json", 5 },
		{ "COPY geotools", "/requirements/geotools", "requirements.json", 13 },
		{ "COPY ship-detector/pesto/api/config.json", "", "config.json", 1 },
	};
	struct project *p = open_example(profiles, 1);
	owned(link) struct link *l = link_new(p->settings, p->plan->recipe);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct link_cause *causes;
		int at = find(p->plan->recipe, cases[i].instruction);
		assert_true(link_causes(l, (size_t)at, &causes) >= 1);
		assert_true(str_eq(causes[0].pointer, str_of(cases[i].pointer)));
		assert_true(str_has_suffix(str_of(causes[0].at.path), str_of(cases[i].file)));
		assert_int_equal(causes[0].at.line, cases[i].line);
		assert_true(causes[0].document < p->settings->ndocuments);
	}
	project_free(p);
}

static void test_link__lights_what_follows_from_a_value(void **state)
{
	(void)state;
	static const struct {
		const char *file, *pointer, *lit;       /* lit: its start; NULL: nothing */
		size_t n;
	} cases[] = {
		{ "pesto/build/requirements.json", "/dockerBaseImage", "FROM", 1 },
		{ "pesto/build/requirements.json", "/environments/SHIP_PRICE", "ENV SHIP_PRICE", 1 },
		{ "pesto/build/requirements.json", "/environments", "ENV SHIP_TITLE", 8 },
		{ "pesto/build/requirements.json", "/requirements/tinystat/type", "RUN pip install /tmp",
		  3 },
		{ "pesto/api/config.json", "/model/device", "COPY ship-detector/pesto/api/config.json", 1 },
		/* Shared into service.json, and so is its part. */
		{ "pesto/api/description.json", "/keywords/0", "COPY ship-detector/pesto/api/service", 1 },
		{ "pesto/api/service.json", "/title", "COPY ship-detector/pesto/api/service.json", 1 },
		{ "pesto/build/build.json", "/workspace", NULL, 0 },
		{ "pesto/build/build.json", "/absent/0", NULL, 0 },
	};
	struct project *p = open_example(NULL, 0);
	const struct recipe *r = p->plan->recipe;
	owned(link) struct link *l = link_new(p->settings, r);
	bool *lit = calloc(r->ninstructions, sizeof *lit);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = link_instructions(l, document(p->settings, cases[i].file),
		                             str_of(cases[i].pointer), lit);
		if (n != cases[i].n || (cases[i].lit && !lit[find(r, cases[i].lit)]))
			fail_msg("%s%s lights %zu", cases[i].file, cases[i].pointer, n);
	}
	free(lit);
	project_free(p);
}

/* Whatever an instruction names as its cause lights that instruction. */
static void test_link__is_the_same_in_both_directions(void **state)
{
	(void)state;
	static const char *const profiles[] = { "gpu", "stateful" };
	for (size_t n = 0; n <= 2; n++) {
		struct project *p = open_example(profiles, n);
		const struct recipe *r = p->plan->recipe;
		owned(link) struct link *l = link_new(p->settings, r);
		bool *lit = calloc(r->ninstructions, sizeof *lit);
		for (size_t i = 0; i < r->ninstructions; i++) {
			const struct link_cause *causes = NULL;
			size_t ncauses = link_causes(l, i, &causes);
			for (size_t k = 0; k < ncauses; k++) {
				assert_true(causes[k].document < p->settings->ndocuments);
				link_instructions(l, causes[k].document, causes[k].pointer, lit);
				assert_true(lit[i]);
			}
		}
		free(lit);
		project_free(p);
	}
}

static void test_link__has_nothing_without_a_recipe(void **state)
{
	(void)state;
	owned(link) struct link *l = link_new(NULL, NULL);
	const struct link_cause *causes;
	bool lit[1];
	assert_int_equal(link_causes(l, 0, &causes), 0);
	assert_int_equal(link_instructions(l, 0, STR(""), lit), 0);
}

static int own_places(void **state)
{
	char dir[] = "/tmp/mortar-test-XXXXXX";
	if (!mkdtemp(dir))
		return -1;
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CACHE_HOME", dir, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("HOME", dir, 1);
	*state = strdup(dir);
	return 0;
}

static int no_places(void **state)
{
	struct error err;
	bool ok = save_remove(*state, &err);
	free(*state);
	return ok ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link__names_what_caused_an_instruction),
		cmocka_unit_test(test_link__lights_what_follows_from_a_value),
		cmocka_unit_test(test_link__is_the_same_in_both_directions),
		cmocka_unit_test(test_link__has_nothing_without_a_recipe),
	};
	return cmocka_run_group_tests(tests, own_places, no_places);
}
