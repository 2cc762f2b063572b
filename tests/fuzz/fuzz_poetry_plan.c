#include <stdint.h>

#include "core/base/check.h"
#include "core/kind/poetry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A pyproject.toml, a poetry.lock and a .mortar.toml, parted by NUL: whatever they hold, either
 * something is said to be wrong or a Dockerfile follows that reads as what it was made of. */
static void check_recipe(struct arena *a, const struct recipe *r)
{
	owned(problems) struct problems *problems = problems_new();
	struct source *source = source_new(a, STR("Dockerfile"), NULL, r->text);
	owned(recipe) struct recipe *again = recipe_parse(source, (struct str){ 0 }, problems);
	CHECK(again && !problems_errors(problems));
	CHECK(again->ninstructions == r->ninstructions && again->nstages == 2);
	for (size_t i = 0; i < r->ninstructions; i++)
		CHECK(again->instructions[i].kind == r->instructions[i].kind &&
		      str_eq(again->instructions[i].text, r->instructions[i].text));
}

static void check_plan(const struct files *files, const char *builder, bool with_profiles)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct pair options[] = { { STR("builder"), str_of(builder) },
	                                { STR("derive"), STR("true") } };
	struct selection s = { .options = options, .noptions = 2 };
	const struct target target = { .root = "/p", .name = "p" };
	owned(settings) struct settings *known = kind_poetry.settings(&target, &s,
	                                                              (struct files *)files, problems);
	CHECK(known->nprofiles == 0 || known->profiles);
	if (with_profiles) {
		s.profiles = known->profiles;
		s.nprofiles = known->nprofiles;
	}
	owned(problems) struct problems *found = problems_new();
	owned(settings) struct settings *settings = kind_poetry.settings(&target, &s,
	                                                                 (struct files *)files, found);
	owned(plan) struct plan *plan = kind_poetry.plan(settings, &s, (struct files *)files, found);
	CHECK((plan != NULL) == !problems_errors(found));
	const struct subject subject = { .settings = settings, .plan = plan, .selection = &s };
	for (const struct rule *rule = poetry_rules; rule->id; rule++)
		rule->check(rule, &subject, found);
	if (plan)
		check_recipe(a, plan->recipe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "/p/pyproject.toml", "/p/poetry.lock",
	                                     "/p/.mortar.toml" };
	struct str rest = { (const char *)data, size }, part;
	owned(files) struct files *files = files_memory(NULL);
	if (!size)
		return 0;
	for (size_t i = 0; i < sizeof paths / sizeof *paths && str_next(&rest, '\0', &part); i++)
		files_memory_put(files, paths[i], part);
	files_memory_put(files, "/p/a/b.py", STR(""));
	files_memory_put(files, "/p/src/c.py", STR(""));
	files_memory_put(files, "/p/README.md", STR(""));
	check_plan(files, "buildkit", false);
	check_plan(files, "classic", true);
	return 0;
}
