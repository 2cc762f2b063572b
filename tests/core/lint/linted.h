#ifndef TESTS_CORE_LINT_LINTED_H
#define TESTS_CORE_LINT_LINTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/kind.h"

/* A folder /p in memory with a Dockerfile, planned and looked at. */
struct linted {
	struct arena *arena;
	struct files *files;
	struct problems *problems;
	struct preferences *preferences;
	struct settings *settings;
	struct plan *plan;
	struct selection selection;
};

static inline int linted_setup(void **state)
{
	struct linted *l = calloc(1, sizeof *l);
	l->arena = arena_new();
	*state = l;
	return 0;
}

static inline void linted_forget(struct linted *l)
{
	plan_free(l->plan);
	settings_free(l->settings);
	problems_free(l->problems);
	preferences_free(l->preferences);
	files_free(l->files);
	l->plan = NULL;
	l->settings = NULL;
	l->preferences = NULL;
	l->problems = NULL;
	l->files = NULL;
}

static inline int linted_teardown(void **state)
{
	struct linted *l = *state;
	linted_forget(l);
	arena_free(l->arena);
	free(l);
	return 0;
}

#define LINTED_TEST(f) cmocka_unit_test_setup_teardown(f, linted_setup, linted_teardown)

/* The folder anew; ignore p NULL: there is no .dockerignore. */
static inline void linted_read(struct linted *l, struct str dockerfile, struct str ignore)
{
	linted_forget(l);
	l->selection = (struct selection){ 0 };
	l->files = files_memory(NULL);
	l->problems = problems_new();
	files_memory_put(l->files, "/p/Dockerfile", dockerfile);
	if (ignore.p)
		files_memory_put(l->files, "/p/.dockerignore", ignore);
}

/* Plans and looks at it, with the settings of /p/.mortar.toml. */
static inline void linted_run(struct linted *l)
{
	struct target target = { .root = "/p", .file = "Dockerfile", .name = "p" };
	const struct kind *kind = kind_find("dockerfile");
	l->preferences = preferences_read(l->files, NULL, "/p", l->problems);
	l->settings = kind->settings(&target, &l->selection, l->files, l->problems);
	l->plan = kind->plan(l->settings, &l->selection, l->files, l->problems);
	lint_run(kind->rules,
	         &(struct subject){ .settings = l->settings, .plan = l->plan,
	                            .selection = &l->selection, .preferences = l->preferences,
	                            .known = kind_rules(l->arena) },
	         l->problems);
	problems_sort(l->problems);
}

/* "line rule message", a line each; of these rules alone, or NULL: of all. */
static inline void linted_append(const struct linted *l, const struct rule *rules, struct buf *out)
{
	for (size_t i = 0; i < problems_count(l->problems); i++) {
		const struct problem *p = problems_get(l->problems, i);
		if (!rules || lint_find(rules, p->rule))
			buf_printf(out, "%u %s %.*s\n", span_origin(p->at).line, p->rule, STR_ARG(p->text));
	}
}

/* Cases in tests/fixtures/lint/buildkit.txt. */
enum { LINTED_VECTORS = 82 };

#endif
