/* The cache in a registry that a pool's engines share. */
#include <string.h>

#include "core/engine/engine.h"
#include "core/job/pool.h"

/* Options of ours are told from those of others by where their names lie. */
static const char cache_from[] = "cache-from", cache_to[] = "cache-to";

static bool cache_is_ours(const struct pair *option)
{
	return option->name.p == cache_from || option->name.p == cache_to;
}

static bool cache_is_said(const struct image_task *t)
{
	for (size_t i = 0; i < t->noptions; i++)
		if (!cache_is_ours(&t->options[i]) &&
		    (str_eq(t->options[i].name, str_of(cache_from)) ||
		     str_eq(t->options[i].name, str_of(cache_to))))
			return true;
	return false;
}

/* A tag: [A-Za-z0-9_.-], not begun by . or -, at most 128. */
static const char *cache_ref(struct arena *a, const char *cache, const char *project)
{
	enum { TAG_MAX = 128 };
	owned_buf struct buf tag = { 0 };
	for (const char *p = project; *p && tag.n < TAG_MAX; p++) {
		bool word = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		            (*p >= '0' && *p <= '9') || *p == '_' || *p == '.' || *p == '-';
		buf_append_char(&tag, word && (tag.n || (*p != '.' && *p != '-')) ? *p : '_');
	}
	return arena_printf(a, "%s:%s", cache, tag.n ? buf_text(&tag) : "_");
}

static bool cache_is_on(const struct pair *options, size_t n, const char *name)
{
	struct str value = { 0 };
	for (size_t i = 0; i < n; i++)
		if (str_eq(options[i].name, str_of(name)))
			value = options[i].value;
	return value.n && !str_eq(value, STR("0")) && !str_eq(value, STR("false")) &&
	       !str_eq(value, STR("no"));
}

struct cache_making {
	struct arena *arena;
	struct pair *options;
	size_t n;
};

static void cache_add(struct cache_making *m, const char *name, const char *value)
{
	m->options[m->n++] = (struct pair){ str_of(name), str_of(value) };
}

static void cache_set(struct cache_making *m, const struct image_task *t, const char *ref,
                      const struct engine_facts *f)
{
	bool is_buildkitd = f->product && !strcmp(f->product, "buildkitd");
	bool is_pushed = cache_is_on(t->options, t->noptions, "push");
	if (strcmp(f->name, "buildkit") != 0)
		return;
	cache_add(m, cache_from, arena_printf(m->arena, "type=registry,ref=%s", ref));
	if (is_buildkitd) {
		cache_add(m, cache_to, arena_printf(m->arena, "type=registry,ref=%s,mode=max", ref));
	} else if (is_pushed && t->tags && t->tags[0]) {
		cache_add(m, cache_from, arena_printf(m->arena, "type=registry,ref=%s", t->tags[0]));
		cache_add(m, cache_to, "type=inline");
	}
}

const char *pool_cache(struct arena *a, const struct request *r, const char *project)
{
	return r->pool.cache ? cache_ref(a, r->pool.cache, project) : NULL;
}

void pool_share_cache(struct arena *a, const struct request *r, struct plan *plan,
                      const struct engine_facts *f)
{
	enum { ADDED_MAX = 3 };
	if (!r->pool.cache)
		return;
	const char *ref = cache_ref(a, r->pool.cache, plan->project);
	for (size_t i = 0; i < plan->ntasks; i++) {
		struct image_task *t = &plan->tasks[i].image;
		if (plan->tasks[i].kind != TASK_IMAGE || cache_is_said(t))
			continue;
		struct cache_making m = { .arena = a };
		m.options = arena_array(a, t->noptions + ADDED_MAX, sizeof *m.options);
		for (size_t k = 0; k < t->noptions; k++)
			if (!cache_is_ours(&t->options[k]))
				m.options[m.n++] = t->options[k];
		cache_set(&m, t, ref, f);
		t->options = m.options;
		t->noptions = m.n;
	}
}
