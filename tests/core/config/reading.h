#ifndef TESTS_CORE_CONFIG_READING_H
#define TESTS_CORE_CONFIG_READING_H

#include "core/config/cascade.h"
#include "tests/core/value/reading.h"

/* A project in memory, whose files a test puts and whose documents it reads. */
struct project {
	struct reading *reading;
	struct arena *arena;
	struct files *files;
	struct selection selection;
	struct document document;
};

static inline int project_setup(void **state)
{
	struct project *p = calloc(1, sizeof *p);
	reading_setup((void **)&p->reading);
	p->arena = p->reading->arena;
	p->files = files_memory(NULL);
	*state = p;
	return 0;
}

static inline int project_teardown(void **state)
{
	struct project *p = *state;
	files_free(p->files);
	reading_teardown((void **)&p->reading);
	free(p);
	return 0;
}

#define PROJECT_TEST(f) cmocka_unit_test_setup_teardown(f, project_setup, project_teardown)

static inline void project_put(struct project *p, const char *path, const char *text)
{
	files_memory_put(p->files, path, str_of(text));
}

/* Profiles as a list with commas; the rule; then x.json is read. */
static inline bool project_read(struct project *p, const char *profiles, enum cascade_rule rule,
                                const char *path)
{
	struct str rest = str_of(profiles), one;
	const char **list = arena_array(p->arena, rest.n + 1, sizeof *list);
	size_t n = 0;
	while (rest.n && str_next(&rest, ',', &one))
		list[n++] = arena_text(p->arena, one);
	p->selection = (struct selection){ .profiles = list, .nprofiles = n, .rule = rule };
	reading_again(p->reading);
	p->document = (struct document){ 0 };
	bool ok = cascade_read(p->arena, p->files, &p->selection, ".", path, true,
	                       p->reading->problems, &p->document);
	assert_int_equal(ok, p->document.value != NULL);
	return ok;
}

static inline const char *project_text(struct project *p, const char *profiles,
                                       enum cascade_rule rule, const char *path)
{
	assert_true(project_read(p, profiles, rule, path));
	return reading_written(p->reading, p->document.value, JSON_FILE);
}

static inline const char *project_line(struct project *p, const char *profiles,
                                       enum cascade_rule rule, const char *path)
{
	assert_true(project_read(p, profiles, rule, path));
	return reading_written(p->reading, p->document.value, JSON_LINE);
}

#endif
