#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/image_level.h"
#include "core/recipe/insert.h"

static const struct level levels[] = {
	{ "all", NULL, "" }, { "none", NULL, "" }, { "deps", "DEPENDENCIES", "" }, { NULL, NULL, NULL },
};

#define FILE_TEXT \
	"# syntax=docker/dockerfile:1\n" /* 1 */ \
	"ARG BASE=busybox\n"             /* 2 */ \
	"FROM $BASE AS builder\n"        /* 3 */ \
	"COPY a .\n"                     /* 4 */ \
	"RUN one \\\n"                   /* 5 */ \
	"    two\n"                      /* 6 */ \
	"\n"                             /* 7 */ \
	"# what follows\n"               /* 8 */ \
	"COPY b .\n"                     /* 9 */ \
	"RUN three\n"                    /* 10 */ \
	"FROM busybox AS unused\n"       /* 11 */ \
	"RUN four\n"                     /* 12 */ \
	"FROM busybox AS last\n"         /* 13 */ \
	"COPY --from=builder / /\n"      /* 14 */ \
	"RUN five\n"                     /* 15 */ \
	"CMD [\"six\"]\n"                /* 16 */

struct level_test {
	struct arena *arena;
	struct problems *problems;
	struct plan *plan;
	struct level_effect effect;
};

static bool level_of(struct level_test *t, const char *asked)
{
	*t = (struct level_test){ .arena = arena_new(), .problems = problems_new(),
	                          .plan = plan_new() };
	const struct source *source = source_new(t->arena, STR("Dockerfile"), NULL, STR(FILE_TEXT));
	t->plan->recipe = recipe_parse(source, (struct str){ 0 }, t->problems);
	return image_level(t->plan, levels, &(struct selection){ .level = asked }, t->problems,
	                   &t->effect);
}

static void level_finish(struct level_test *t)
{
	plan_free(t->plan);
	problems_free(t->problems);
	arena_free(t->arena);
}

/* "run line, run line; stages": before which lines our ARG stands, where all is anew first. */
static const char *shown(struct level_test *t)
{
	owned_buf struct buf out = { 0 };
	const struct recipe *r = t->effect.recipe ? t->effect.recipe : t->plan->recipe;
	if (t->effect.no_cache)
		buf_append_text(&out, "nothing");
	for (size_t i = 0; i + 1 < r->ninstructions; i++)
		if (!r->instructions[i].first_line)
			buf_printf(&out, "%u ", r->instructions[i + 1].first_line);
	for (const char *const *s = t->effect.no_cache_stages; s && *s; s++)
		buf_printf(&out, "%s ", *s);
	if (t->effect.first_forced >= 0)
		buf_printf(&out, "from %u", r->instructions[t->effect.first_forced].first_line);
	return arena_text(t->arena, buf_str(&out));
}

static void test_image_level__is_any_instruction_and_stage(void **state)
{
	static const struct { const char *level, *is; } rows[] = {
		{ "3", "nothingfrom 4" },
		{ "4", "5 15 last from 5" },
		{ "5", "10 15 last from 10" },
		{ "6", "10 15 last from 10" },
		{ "9", "10 15 last from 10" },
		{ "10", "15 last from 15" },
		{ "builder", "15 last from 15" },
		{ "BUILDER", "15 last from 15" },
		{ "13", "15 last from 15" },
		{ "14", "15 from 15" },
		{ "15", "" }, { "16", "" }, { "last", "" },
		{ "all", "" }, { "none", "nothingfrom 2" }, { "deps", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct level_test t;
		assert_true(level_of(&t, rows[i].level));
		assert_string_equal(shown(&t), rows[i].is);
		level_finish(&t);
	}
}

/* People read of the lines of their file; engines of those that were sent. */
static void test_image_level__keeps_places_and_lines(void **state)
{
	struct level_test t;
	(void)state;
	assert_true(level_of(&t, "4"));
	const struct recipe *sent = t.effect.recipe, *file = t.plan->recipe;
	assert_int_equal(sent->ninstructions, file->ninstructions + 2);
	for (size_t i = 0, k = 0; i < sent->ninstructions; i++) {
		const struct instruction *in = &sent->instructions[i];
		if (!in->first_line) {
			assert_null(in->at.source);
			assert_true(str_eq(in->text, STR("ARG " RECIPE_LEVEL_ARG)));
			continue;
		}
		assert_int_equal(in->first_line, file->instructions[k].first_line);
		assert_int_equal(in->at.at, file->instructions[k].at.at);
		assert_true(str_eq(in->text, file->instructions[k].text));
		assert_int_equal(in->stage, file->instructions[k].stage);
		k++;
	}
	/* Line 5 of the file is the 6th that is sent, behind our ARG; 15 the 17th. */
	assert_int_equal(recipe_file_line(sent, 4), 4);
	assert_int_equal(recipe_file_line(sent, 5), 5);
	assert_int_equal(recipe_file_line(sent, 6), 5);
	assert_int_equal(recipe_file_line(sent, 7), 6);
	assert_int_equal(recipe_file_line(sent, 16), 15);
	assert_int_equal(recipe_file_line(sent, 17), 15);
	assert_int_equal(recipe_file_line(sent, 18), 16);
	for (size_t i = 0; i < sent->ninstructions; i++)
		if (sent->instructions[i].first_line)
			assert_int_equal(recipe_file_line(sent, recipe_sent_line(sent, i)),
			                 sent->instructions[i].first_line);
	level_finish(&t);
}

/* What a build has kept is the text that was sent. */
static void test_image_level__is_found_again_in_what_was_sent(void **state)
{
	struct level_test t;
	(void)state;
	assert_true(level_of(&t, "4"));
	const struct source *source = source_new(t.arena, STR("Dockerfile"), NULL,
	                                         t.effect.recipe->text);
	owned(recipe) struct recipe *kept = recipe_parse(source, (struct str){ 0 }, t.problems);
	recipe_hide_args(kept);
	for (size_t i = 0; i < kept->ninstructions; i++)
		assert_int_equal(kept->instructions[i].first_line,
		                 t.effect.recipe->instructions[i].first_line);
	level_finish(&t);
}

static void test_image_level__says_what_there_is(void **state)
{
	static const struct { const char *level, *is; } rows[] = {
		{ "99", "there is no instruction on line 99: the last one stands on line 16" },
		{ "8", "there is no instruction on line 8: a level ends with one, such as line 5 (RUN) or "
		  "9 (COPY)" },
		{ "1", "there is no instruction on line 1: a level ends with one, such as line 2 (ARG)" },
		{ "0", "there is no instruction on line 0: a level ends with one, such as line 2 (ARG)" },
		{ "2", "line 2 stands before the first FROM: a level ends with an instruction of a stage, "
		  "from line 3 on" },
		{ "12", "line 12 is of the stage unused, which this target does not need" },
		{ "unused", "the stage unused is not needed by this target" },
		{ "bilder", "there is no cache level 'bilder': there are all, none, deps, a line of the "
		  "Dockerfile, or a stage: builder, unused, last" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct level_test t;
		assert_false(level_of(&t, rows[i].level));
		assert_int_equal(problems_errors(t.problems), 1);
		const struct problem *p = problems_get(t.problems, problems_count(t.problems) - 1);
		assert_string_equal(arena_text(t.arena, p->text), rows[i].is);
		level_finish(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_level__is_any_instruction_and_stage),
		cmocka_unit_test(test_image_level__keeps_places_and_lines),
		cmocka_unit_test(test_image_level__is_found_again_in_what_was_sent),
		cmocka_unit_test(test_image_level__says_what_there_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
