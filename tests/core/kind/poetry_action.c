#include "core/kind/poetry_action.h"

#include "core/kind/poetry_stage.h"
#include "tests/core/os/scratch.h"

/* A Dockerfile, and what of it is enough for Poetry to be there. */
struct stage_row { const char *text, *bare; int stage; };

static const struct stage_row stage_rows[] = {
	{ "FROM a AS builder\nRUN pip install poetry==1.8\nWORKDIR /app\nCOPY pyproject.toml ./\n"
	  "RUN poetry install\nFROM b\n",
	  "FROM a AS builder\nRUN pip install poetry==1.8\nWORKDIR /app\n", 0 },
	/* The base image has it. */
	{ "FROM x\nFROM has AS b\nENV A=b\n"
	  "RUN --mount=type=cache,target=/c \\\n  poetry check && poetry install\n",
	  "FROM x\nFROM has AS b\nENV A=b\n", 1 },
	/* It comes behind the manifests. */
	{ "FROM a\nCOPY . .\nRUN pipx install poetry\nRUN [\"poetry\", \"install\"]\n",
	  "FROM a\nCOPY . .\nRUN pipx install poetry\n", 0 },
	/* With them in one: all of it is needed. */
	{ "FROM a\nCOPY . .\nRUN pip install poetry && poetry install\nRUN x\n",
	  "FROM a\nCOPY . .\nRUN pip install poetry && poetry install\nRUN x\n", 0 },
	{ "FROM a\nRUN apt-get install python3-poetry\nCOPY tool /bin\nCOPY --from=z . .\n"
	  "COPY poetry.lock .\n",
	  "FROM a\nRUN apt-get install python3-poetry\nCOPY tool /bin\nCOPY --from=z . .\n", 0 },
	{ "FROM a AS builder\nRUN x\nFROM b\n", "FROM a AS builder\nRUN x\n", 0 },
};

static void test_poetry_stage__what_is_enough(void **state)
{
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof stage_rows / sizeof *stage_rows; i++) {
		const struct stage_row *row = &stage_rows[i];
		owned(problems) struct problems *problems = problems_new();
		const struct source *source = source_new(s->arena, STR("Dockerfile"), NULL,
		                                         str_of(row->text));
		owned(recipe) struct recipe *r = recipe_parse(source, (struct str){ 0 }, problems);
		assert_non_null(r);
		int stage = poetry_stage(r, (struct str){ 0 }, problems);
		assert_int_equal(stage, row->stage);
		struct str bare = poetry_stage_text(r, poetry_stage_bare(r, stage));
		assert_string_equal(arena_text(s->arena, bare), row->bare);
	}
}

static void test_poetry_stage__one_that_is_named(void **state)
{
	struct scratch *s = *state;
	owned(problems) struct problems *problems = problems_new();
	const struct source *source = source_new(s->arena, STR("Dockerfile"), NULL,
	                                         STR("FROM a AS One\nFROM b\n"));
	owned(recipe) struct recipe *r = recipe_parse(source, (struct str){ 0 }, problems);
	assert_int_equal(poetry_stage(r, STR("one"), problems), 0);
	assert_int_equal(poetry_stage(r, STR("1"), problems), 1);
	assert_int_equal(problems_errors(problems), 0);
	assert_int_equal(poetry_stage(r, STR("two"), problems), -1);
	assert_int_equal(poetry_stage(r, (struct str){ 0 }, problems), -1);
	assert_int_equal(problems_errors(problems), 2);
}

/* The plan of these options, which begin with the action's name; NULL: problems. */
static struct plan *action_plan(struct scratch *s, const char *dockerfile, const char *const *words,
                                struct problems *problems)
{
	struct pair options[8];
	size_t n = 0;
	for (; words[n]; n++)
		options[n] = (struct pair){ str_of(n ? "action-word" : "action"), str_of(words[n]) };
	struct selection selection = { .options = options, .noptions = n };
	static const struct pair given[] = {
		{ STR("label:a"), STR("b") }, { STR("network"), STR("host") },
		{ STR("build-arg:A"), STR("b") },
		{ STR("push"), STR("true") },
	};
	struct plan *plan = plan_new();
	plan->root = arena_text(plan->arena, str_of(s->dir));
	plan->recipe = recipe_parse(source_new(s->arena, STR("Dockerfile"), NULL, str_of(dockerfile)),
	                            (struct str){ 0 }, problems);
	struct image_task image = { .recipe = plan->recipe, .context = context_new(),
	                            .options = given, .noptions = 4 };
	static const char *const paths[] = { "lib/part", NULL };
	assert_true(poetry_action_is_asked(&selection));
	if (poetry_action_add(plan, &selection, &image, paths, problems))
		return plan;
	plan_free(plan);
	return NULL;
}

#define OWN "FROM a AS builder\nRUN pip install poetry\nCOPY . .\n" \
            "RUN --mount=type=cache,target=/c poetry install\nFROM b\nCOPY --from=builder /x /x\n"

static void test_poetry_action__add_runs_before_the_manifests(void **state)
{
	static const char *const words[] = { "add", "six", "--group=dev", NULL };
	struct scratch *s = *state;
	owned(problems) struct problems *problems = problems_new();
	owned(plan) struct plan *plan = action_plan(s, OWN, words, problems);
	assert_non_null(plan);
	assert_null(plan->image);
	assert_int_equal(plan->ntasks, 2);
	const struct image_task *image = &plan->tasks[0].image;
	assert_string_equal(arena_text(s->arena, image->recipe->text),
	                    "FROM a AS builder\nRUN pip install poetry\nWORKDIR /mortar/lib\n"
	                    "WORKDIR /mortar\n");
	assert_int_equal(image->noptions, 2);
	const struct run_task *run = &plan->tasks[1].run;
	assert_int_equal(run->image_task, 0);
	assert_string_equal(run->entrypoint[0], "poetry");
	assert_string_equal(run->argv[0], "add");
	assert_string_equal(run->argv[1], "--lock");
	assert_string_equal(run->argv[2], "six");
	assert_string_equal(run->argv[3], "--group=dev");
	assert_null(run->argv[4]);
	assert_string_equal(run->network, "host");
	assert_string_equal(run->copies_in[3].container, "/mortar/lib/part");
	assert_null(run->copies_in[4].container);
	assert_string_equal(run->copies_out[1].path, "poetry.lock");
	assert_string_equal(plan->tasks[1].name, "poetry add six --group=dev");
}

static void test_poetry_action__build_has_the_whole_stage(void **state)
{
	static const char *const words[] = { "build", NULL };
	owned(problems) struct problems *problems = problems_new();
	owned(plan) struct plan *plan = action_plan(*state, OWN, words, problems);
	assert_non_null(plan);
	assert_true(str_has_suffix(plan->tasks[0].image.recipe->text, STR("poetry install\n")));
	assert_null(plan->tasks[1].run.copies_in);
	assert_string_equal(plan->tasks[1].run.copies_out[0].path, "dist");
}

static void test_poetry_action__cache_clear_is_an_image_alone(void **state)
{
	static const char *const words[] = { "cache-clear", NULL };
	owned(problems) struct problems *problems = problems_new();
	owned(plan) struct plan *plan = action_plan(*state, OWN, words, problems);
	assert_non_null(plan);
	assert_int_equal(plan->ntasks, 1);
	const struct image_task *image = &plan->tasks[0].image;
	assert_true(str_find_str(image->recipe->text,
	                         STR("\nRUN --mount=type=cache,target=/c : \"$MORTAR_ACTION\"")) !=
	            STR_NONE);
	assert_int_equal(image->level.nargs, 1);
}

static void test_poetry_action__what_cannot_be(void **state)
{
	static const char *const table[][4] = {
		{ "ad", NULL }, { "add", NULL }, { "lock", "x", NULL }, { "tree", "a", "b", NULL },
		{ "run", NULL },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(problems) struct problems *problems = problems_new();
		assert_null(action_plan(*state, OWN, table[i], problems));
		assert_int_equal(problems_errors(problems), 1);
	}
	static const char *const clear[] = { "cache-clear", NULL };
	static const char *const hostile[] = {
		"FROM a\nRUN poetry install\n",
		"FROM a\nRUN --mount=type=cache,target=/c\";reboot;\" poetry install\n",
	};
	for (size_t i = 0; i < 2; i++) {
		owned(problems) struct problems *problems = problems_new();
		assert_null(action_plan(*state, hostile[i], clear, problems));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_poetry_stage__what_is_enough),
		TEST(test_poetry_stage__one_that_is_named),
		TEST(test_poetry_action__add_runs_before_the_manifests),
		TEST(test_poetry_action__build_has_the_whole_stage),
		TEST(test_poetry_action__cache_clear_is_an_image_alone),
		TEST(test_poetry_action__what_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
