/* A row about a pool of engines. */
#include <string.h>

#include "core/job/doctor.h"
#include "core/project/preferences.h"

static const struct doctor_engine *pool_member(const struct doctor_engine *engines, size_t n,
                                               const char *member)
{
	/* The first is one of the others by another name. */
	for (size_t i = 1; i < n; i++)
		if (!strcmp(engines[i].name, member) || !strcmp(engines[i].spec, member))
			return &engines[i];
	return NULL;
}

const struct doctor_engine *doctor_pool_first(const struct preferences_pool *pool,
                                              const struct doctor_engine *engines, size_t n)
{
	for (size_t i = 0; i < pool->n; i++) {
		const struct doctor_engine *e = pool_member(engines, n, pool->engines[i]);
		if (e && e->facts)
			return e;
	}
	return NULL;
}

struct value *doctor_pool(struct arena *a, const struct preferences_pool *pool,
                          const struct doctor_engine *engines, size_t n)
{
	struct value *list = value_new_array(a);
	owned_buf struct buf silent = { 0 };
	size_t live = 0;
	for (size_t i = 0; i < pool->n; i++) {
		const struct doctor_engine *e = pool_member(engines, n, pool->engines[i]);
		bool answers = e && e->facts;
		struct value *o = value_new_object(a);
		doctor_text(a, o, "name", pool->engines[i]);
		doctor_truth(a, o, "answers", answers);
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
		live += answers;
		if (!answers)
			buf_printf(&silent, "%s%s", silent.n ? ", " : "", pool->engines[i]);
	}
	struct value *row = doctor_row(a, arena_printf(a, "pool %s", pool->name),
	                               silent.n ? DOCTOR_PROBLEM : DOCTOR_OK,
	                               "%zu of %zu engines answer%s%s%s%s", live, pool->n,
	                               silent.n ? ", not " : "", buf_text(&silent),
	                               pool->cache ? "; cache " : "", pool->cache ? pool->cache : "");
	if (silent.n)
		doctor_remedy(a, row, "start %s, or take it out of [pools.%s] in config.toml",
		              buf_text(&silent), pool->name);
	doctor_text(a, row, "engine", pool->name);
	doctor_truth(a, row, "answers", live > 0);
	value_set(a, row, "engines", list);
	return row;
}
