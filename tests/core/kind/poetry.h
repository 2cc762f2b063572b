#ifndef TESTS_CORE_KIND_POETRY_H
#define TESTS_CORE_KIND_POETRY_H

/* Texts of Poetry's files as trees, for the tests of core/kind/poetry_*. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/config/toml.h"
#include "core/kind/poetry_lock.h"

/* The root of a text that can be read, and lives with the arena. */
static inline const struct value *poetry_root(struct arena *a, const char *text)
{
	const struct value *root = NULL;
	owned(problems) struct problems *problems = problems_new();
	struct source *source = source_new(a, STR("pyproject.toml"), NULL,
	                                   arena_str(a, str_of(text)));
	if (!toml_read(a, source, problems, &root)) {
		owned_buf struct buf out = { 0 };
		problem_print(&out, problems_get(problems, 0));
		fail_msg("%s: %s", text, buf_text(&out));
	}
	return root;
}

/* All problems, a line each. */
static inline const char *poetry_told(struct arena *a, const struct problems *problems)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < problems_count(problems); i++) {
		problem_print(&out, problems_get(problems, i));
		buf_append_char(&out, '\n');
	}
	return arena_text(a, buf_str(&out));
}

static inline void assert_str(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		fail_msg("wanted '%s', got '%.*s'", wanted, STR_ARG(got));
}

#endif
