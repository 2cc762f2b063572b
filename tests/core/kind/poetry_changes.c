#include "tests/core/kind/poetry.h"

/* What is told of a lock made for `then`, now that the file is `now`. */
struct change {
	const char *then, *now;
	enum poetry_rules rules;
	const char *alone, *since;
};

#define DEPENDENCIES "[tool.poetry.dependencies]\n"

static const struct change changes[] = {
	{ DEPENDENCIES "a = '1'\n", DEPENDENCIES "a = '1'\nb = '2'\n", POETRY_RULES_1_2,
	  "dependencies (b)", "dependencies (b)" },
	{ DEPENDENCIES "a = '1'\n", DEPENDENCIES "a = '1'\nb = '2'\nc = '2'\n", POETRY_RULES_1_2,
	  "dependencies (b, c)", "dependencies (b, c)" },
	{ DEPENDENCIES "a = '1'\n", DEPENDENCIES "a = '1'\n[tool.poetry.group.dev.dependencies]\n"
	  "x = '1'\ny = '1'\nz = '1'\n", POETRY_RULES_2_0, "group dev", "group dev (x, y, z)" },
	{ DEPENDENCIES "a = '1'\nb = '2'\n", DEPENDENCIES "a = '3'\n", POETRY_RULES_1_2, "",
	  "dependencies (a, b)" },
	{ "[project]\nname = 'x'\n", "[project]\nname = 'x'\nrequires-python = '>=3'\n"
	  "dependencies = ['a>=1']\n[project.optional-dependencies]\nb = ['c']\n", POETRY_RULES_2_0,
	  "requires-python, dependencies, extras", "requires-python, dependencies (a), extras (b)" },
	{ "[project]\nrequires-python = '>=3'\n", "[project]\nrequires-python = '>=4'\n",
	  POETRY_RULES_2_0, "", "requires-python" },
	{ "[project]\ndependencies = ['a', 'b']\n", "[project]\ndependencies = ['b', 'a']\n",
	  POETRY_RULES_2_0, "", "dependencies" },
	{ "[project]\ndependencies = ['a>=1', \"a>=2; x=='1'\"]\n",
	  "[project]\ndependencies = ['a>=1', \"a>=3; x=='1'\"]\n", POETRY_RULES_2_0, "",
	  "dependencies (a)" },
	{ "[project]\ndependencies = ['a']\n", "[project]\ndependencies = ['a']\n[dependency-groups]\n"
	  "dev = ['p', {include-group = 'q'}]\n", POETRY_RULES_2_3,
	  "group dev", "group dev (p)" },
	{ "[[tool.poetry.source]]\nname = 'one'\n", "[[tool.poetry.source]]\nname = 'one'\n"
	  "[[tool.poetry.source]]\nname = 'two'\n", POETRY_RULES_1_1, "sources (two)",
	  "sources (two)" },
	{ "[tool.poetry.group.d]\n", "[tool.poetry.group.d]\noptional = true\n", POETRY_RULES_1_2,
	  "group d (optional)", "group d (optional)" },
	{ "[tool.poetry.extras]\na = ['b']\n", "[tool.poetry.extras]\na = ['c']\n", POETRY_RULES_1_1,
	  "", "extras (a)" },
	{ DEPENDENCIES, DEPENDENCIES "a='1'\nb='1'\nc='1'\nd='1'\ne='1'\nf='1'\ng='1'\n",
	  POETRY_RULES_1_2, "", "dependencies (a, b, c, d, e and 2 more)" },
	/* Two tables of one name, each with its own. */
	{ "[project]\ndependencies = ['a', 'b']\n[project.optional-dependencies]\ne = []\n"
	  DEPENDENCIES "b = {source = 's'}\n[tool.poetry.extras]\ne = ['b']\n",
	  "[project]\ndependencies = ['a', 'b']\n[project.optional-dependencies]\ne = []\n"
	  DEPENDENCIES "b = {source = 't'}\n[tool.poetry.extras]\ne = ['b']\n", POETRY_RULES_2_0, "",
	  "dependencies (b)" },
	{ "[tool.poetry.dev-dependencies]\na = '1'\n", "[tool.poetry.dev-dependencies]\na = '2'\n",
	  POETRY_RULES_1_1, "", "group dev (a)" },
};

static void test_poetry_changes__are_told_as_far_as_they_can_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		const struct change *c = &changes[i];
		char hex[POETRY_HASH_SIZE];
		struct error err;
		owned(arena) struct arena *a = arena_new();
		const struct value *then = poetry_root(a, c->then), *now = poetry_root(a, c->now);
		assert_true(poetry_hash(then, c->rules, hex, &err));
		assert_str(poetry_changed_alone(a, now, c->rules, str_of(hex)), c->alone);
		assert_str(poetry_changed_since(a, then, now, c->rules, str_of(hex)), c->since);
	}
}

static void test_poetry_changes__may_be_other_rules(void **state)
{
	(void)state;
	char hex[POETRY_HASH_SIZE];
	struct error err;
	owned(arena) struct arena *a = arena_new();
	const struct value *root = poetry_root(a, "[project]\ndependencies = ['a']\n[tool.poetry]\n");
	assert_true(poetry_hash(root, POETRY_RULES_2_0, hex, &err));
	assert_str(poetry_changed_alone(a, root, POETRY_RULES_1_2, str_of(hex)),
	           "nothing, but the lock was made by the rules of Poetry 2.0 to 2.2");
}

static void test_poetry_changes__are_not_told_since_a_text_of_another_hash(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	const struct value *root = poetry_root(a, DEPENDENCIES "a = '1'\n");
	assert_str(poetry_changed_since(a, root, root, POETRY_RULES_1_2, STR("00")), "");
	root = poetry_root(a, "[project]\ndependencies = ['~2']\noptional-dependencies = {s = ['a']}\n"
	                   "[tool.poetry.dependencies]\na = ''\n[tool.poetry.extras]\ns = ['a']\n");
	char hex[POETRY_HASH_SIZE];
	struct error err;
	assert_true(poetry_hash(root, POETRY_RULES_2_0, hex, &err));
	assert_str(poetry_changed_since(a, root, root, POETRY_RULES_2_0, str_of(hex)), "");
	assert_str(poetry_changed_alone(a, root, POETRY_RULES_1_2, STR("00")), "");
}

/* Trying all pairs of these would take minutes. */
static void test_poetry_changes__give_up_in_time(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, DEPENDENCIES);
	for (unsigned i = 0; i < 5000; i++)
		buf_printf(&text, "package-%u = '^%u'\n", i, i);
	const struct value *root = poetry_root(a, buf_text(&text));
	assert_str(poetry_changed_alone(a, root, POETRY_RULES_1_2, STR("00")), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_poetry_changes__are_told_as_far_as_they_can_be),
		cmocka_unit_test(test_poetry_changes__may_be_other_rules),
		cmocka_unit_test(test_poetry_changes__are_not_told_since_a_text_of_another_hash),
		cmocka_unit_test(test_poetry_changes__give_up_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
