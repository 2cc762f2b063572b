#ifndef TESTS_CORE_VALUE_READING_H
#define TESTS_CORE_VALUE_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/value/json.h"

/* An arena and a list of problems for each test, and short ways to read and write. */
struct reading {
	struct arena *arena;
	struct problems *problems;
	struct buf out;
};

static inline int reading_setup(void **state)
{
	struct reading *r = calloc(1, sizeof *r);
	r->arena = arena_new();
	r->problems = problems_new();
	*state = r;
	return 0;
}

static inline int reading_teardown(void **state)
{
	struct reading *r = *state;
	arena_free(r->arena);
	problems_free(r->problems);
	buf_finish(&r->out);
	free(r);
	return 0;
}

#define READING_TEST(f) cmocka_unit_test_setup_teardown(f, reading_setup, reading_teardown)

static inline void reading_again(struct reading *r)
{
	problems_free(r->problems);
	r->problems = problems_new();
}

/* NULL after an error; the problems are those of this text alone.  The text is
 * copied to the end of a block of its own, so that a sanitizer sees every byte
 * read behind it. */
static inline const struct value *reading_json(struct reading *r, struct str text)
{
	const struct value *v = NULL;
	struct arena *own = arena_new();
	arena_keep(r->arena, own);
	reading_again(r);
	text = arena_str(own, text);
	struct source *source = source_new(r->arena, STR("a.json"), NULL, text);
	bool ok = value_read_json(r->arena, source, r->problems, &v);
	assert_int_equal(ok, problems_errors(r->problems) == 0);
	assert_int_equal(ok, v != NULL);
	return v;
}

static inline const struct value *reading_text(struct reading *r, const char *text)
{
	return reading_json(r, str_of(text));
}

static inline const char *reading_written(struct reading *r, const struct value *v,
                                          struct json_style style)
{
	buf_clear(&r->out);
	value_write_json(&r->out, v, style);
	return buf_text(&r->out);
}

/* The n-th problem as printed, "" when there is none. */
static inline const char *reading_problem(struct reading *r, size_t n)
{
	buf_clear(&r->out);
	if (n < problems_count(r->problems))
		problem_print(&r->out, problems_get(r->problems, n));
	return buf_text(&r->out);
}

static inline void assert_str(struct str got, const char *want)
{
	owned_buf struct buf b = { 0 };
	buf_append(&b, got);
	assert_string_equal(buf_text(&b), want);
	assert_int_equal(got.n, strlen(want));
}

#endif
