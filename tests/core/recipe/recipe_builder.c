#include "tests/core/recipe/dockerfile.h"

static void test_recipe_builder__emits_text_and_counts_lines(void **state)
{
	struct dockerfile *d = *state;
	const struct value *causes[] = { value_new_string(d->arena, STR("a")),
	                                 value_new_string(d->arena, STR("b")) };
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	recipe_builder_add(b, NULL, 0, "ARG %s", "ENV");
	recipe_builder_add(b, causes, 1, "FROM %s", "img:1");
	recipe_builder_group(b, 1, "step 1");
	recipe_builder_comment(b, "first\nstep");
	recipe_builder_add(b, causes, 2, "RUN a \\\n    b");
	recipe_builder_group(b, 0, "step 0");
	recipe_builder_add(b, NULL, 0, "COPY <<E /x\ntext\nE");
	recipe_builder_group(b, -1, NULL);
	recipe_builder_add(b, NULL, 0, "CMD []");
	causes[0] = NULL;
	const struct recipe *r = d->recipe = recipe_builder_done(b);
	assert_text(r->text, "ARG ENV\nFROM img:1\n# first\\nstep\nRUN a \\\n    b\nCOPY <<E /x\ntext\n"
	                     "E\nCMD []\n");
	static const struct {
		unsigned first, last;
		int stage, group;
		size_t causes;
	} want[] = {
		{ 1, 1, -1, -1, 0 }, { 2, 2, 0, -1, 1 }, { 4, 5, 0, 1, 2 }, { 6, 8, 0, 0, 0 },
		{ 9, 9, 0, -1, 0 },
	};
	assert_int_equal(r->ninstructions, 5);
	for (size_t i = 0; i < 5; i++) {
		const struct instruction *in = &r->instructions[i];
		assert_int_equal(in->first_line, want[i].first);
		assert_int_equal(in->last_line, want[i].last);
		assert_int_equal(in->stage, want[i].stage);
		assert_int_equal(in->group, want[i].group);
		assert_int_equal(in->ncauses, want[i].causes);
		assert_null(in->at.source);
	}
	assert_text(value_text(r->instructions[2].causes[0]), "a");
	assert_int_equal(r->ngroups, 2);
	assert_string_equal(r->groups[0], "step 0");
	assert_string_equal(r->groups[1], "step 1");
	assert_text(r->instructions[3].parts->heredocs[0].text, "text\n");
	assert_text(r->stages[0].base, "img:1");
	assert_true(r->stages[0].reachable);
}

static void test_recipe_builder__is_empty_again_when_done(void **state)
{
	struct dockerfile *d = *state;
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	recipe_builder_group(b, 0, "x");
	recipe_builder_add(b, NULL, 0, "FROM a");
	recipe_free(recipe_builder_done(b));
	recipe_builder_add(b, NULL, 0, "FROM b");
	d->recipe = recipe_builder_done(b);
	assert_text(d->recipe->text, "FROM b\n");
	assert_int_equal(d->recipe->ngroups, 0);
	assert_int_equal(d->recipe->instructions[0].group, -1);
}

/* What was made is what a parser reads. */
static void test_recipe_builder__makes_what_parses_alike(void **state)
{
	struct dockerfile *d = *state;
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	recipe_builder_comment(b, "syntax=docker/dockerfile:1");
	recipe_builder_add(b, NULL, 0, "FROM a AS x");
	recipe_builder_add(b, NULL, 0, "FROM x");
	recipe_builder_add(b, NULL, 0, "ENV a=\"b # c\"");
	owned(recipe) struct recipe *made = recipe_builder_done(b);
	owned_buf struct buf first = { 0 }, again = { 0 }, text = { 0 };
	buf_append(&text, made->text);
	recipe_write_json(&first, made);
	recipe_write_json(&again, dockerfile_parse(d, buf_text(&text), ""));
	assert_string_equal(buf_text(&first), buf_text(&again));
	assert_int_equal(made->stages[1].from, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_recipe_builder__emits_text_and_counts_lines),
		DOCKERFILE_TEST(test_recipe_builder__is_empty_again_when_done),
		DOCKERFILE_TEST(test_recipe_builder__makes_what_parses_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
