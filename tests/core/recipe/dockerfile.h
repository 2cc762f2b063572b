#ifndef TESTS_CORE_RECIPE_DOCKERFILE_H
#define TESTS_CORE_RECIPE_DOCKERFILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "core/recipe/recipe.h"

/* Dockerfiles from texts, one at a time, with their problems. */
struct dockerfile {
	struct arena *arena;
	struct problems *problems;
	struct recipe *recipe;
	struct buf out;
};

static inline int dockerfile_setup(void **state)
{
	struct dockerfile *d = calloc(1, sizeof *d);
	d->arena = arena_new();
	d->problems = problems_new();
	*state = d;
	return 0;
}

static inline int dockerfile_teardown(void **state)
{
	struct dockerfile *d = *state;
	recipe_free(d->recipe);
	problems_free(d->problems);
	arena_free(d->arena);
	buf_finish(&d->out);
	free(d);
	return 0;
}

#define DOCKERFILE_TEST(f) \
	cmocka_unit_test_setup_teardown(f, dockerfile_setup, dockerfile_teardown)

static inline struct source *dockerfile_source(struct dockerfile *d, struct str text)
{
	recipe_free(d->recipe);
	d->recipe = NULL;
	problems_free(d->problems);
	d->problems = problems_new();
	struct arena *own = arena_new();
	arena_keep(d->arena, own);
	return source_new(d->arena, STR("D"), NULL, arena_str(own, text));
}

static inline const struct recipe *dockerfile_parse(struct dockerfile *d, const char *text,
                                                    const char *target)
{
	struct source *source = dockerfile_source(d, str_of(text));
	d->recipe = recipe_parse(source, str_of(target), d->problems);
	assert_int_equal(d->recipe == NULL, problems_errors(d->problems) > 0);
	return d->recipe;
}

static inline const struct recipe *dockerfile_syntax(struct dockerfile *d, const char *text)
{
	struct source *source = dockerfile_source(d, str_of(text));
	d->recipe = recipe_parse_syntax(source, d->problems);
	return d->recipe;
}

/* All problems as they print, one a line. */
static inline const char *dockerfile_problems(struct dockerfile *d)
{
	buf_clear(&d->out);
	problems_sort(d->problems);
	for (size_t i = 0; i < problems_count(d->problems); i++) {
		buf_append_text(&d->out, i ? "\n" : "");
		problem_print(&d->out, problems_get(d->problems, i));
	}
	return buf_text(&d->out);
}

static inline void assert_text(struct str got, const char *want)
{
	owned_buf struct buf b = { 0 };
	buf_append(&b, got);
	assert_string_equal(buf_text(&b), want);
	assert_int_equal(got.n, strlen(want));
}

#endif
