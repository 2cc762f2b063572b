/* [pools.NAME] of config.toml. */
#include <string.h>

#include "core/base/buf.h"
#include "core/project/preferences.h"

/* The value at fault says where; right: what would do. */
static bool pool_wrong(struct problems *problems, const struct value *at, const char *what,
                       const char *right)
{
	return problems_add(problems, SEVERITY_ERROR, "preferences-pool", value_span(at), "%s must be "
	                    "%s", what, right);
}

static bool pool_has(const struct pair *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return true;
	return false;
}

static bool pool_is_built_in(struct str name)
{
	static const char *const names[] = { "auto", "buildkit", "classic", "podman", "buildah" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* An address is checked by whoever speaks to it. */
static bool pool_engine_is_known(const struct preferences *p, struct str name)
{
	return str_find(name, ':') != STR_NONE || pool_is_built_in(name) ||
	       pool_has(p->engines, p->nengines, name);
}

static bool pool_engine_unknown(const struct preferences *p, const struct value *engine,
                                struct problems *problems)
{
	owned_buf struct buf names = { 0 };
	for (size_t i = 0; i < p->nengines; i++)
		buf_printf(&names, ", %.*s", STR_ARG(p->engines[i].name));
	struct str name = value_text(engine);
	return problems_add(problems, SEVERITY_ERROR, "preferences-pool", value_span(engine),
	                    "there is no engine %.*s for a pool: there are auto, buildkit, classic, "
	                    "podman, buildah%s, and addresses", STR_ARG(name), buf_text(&names));
}

static bool pool_engines(const struct preferences *p, const struct value *list,
                         struct preferences_pool *pool, struct problems *problems)
{
	const char *right = "an array of engines: [\"here\", \"tcp://build2:2375\"]";
	if (value_type(list) != VALUE_ARRAY || !value_count(list))
		return pool_wrong(problems, list, "engines", right);
	const char **names = arena_array(p->arena, value_count(list), sizeof *names);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		struct str name = value_text(v);
		if (value_type(v) != VALUE_STRING || !name.n)
			return pool_wrong(problems, v, "engines", right);
		if (!pool_engine_is_known(p, name))
			return pool_engine_unknown(p, v, problems);
		for (size_t i = 0; i < pool->n; i++)
			if (str_eq(str_of(names[i]), name))
				return problems_add(problems, SEVERITY_ERROR, "preferences-pool", value_span(v),
				                    "the engine %.*s is named twice: once is enough",
				                    STR_ARG(name));
		names[pool->n++] = arena_text(p->arena, name);
	}
	pool->engines = names;
	return true;
}

/* A repository without a tag: the tag is the project's name. */
static bool pool_is_repository(struct str text)
{
	size_t slash = str_find(text, '/');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._-/", c);
		bool host = i < slash && (c == ':' || c == '[' || c == ']' || (c >= 'A' && c <= 'Z'));
		if (!c || (!word && !host))
			return false;
	}
	return slash != STR_NONE && slash > 0 && slash + 1 < text.n && text.p[text.n - 1] != '/' &&
	       str_find_str(text, STR("//")) == STR_NONE;
}

static bool pool_cache(const struct preferences *p, const struct value *cache,
                       struct preferences_pool *pool, struct problems *problems)
{
	if (value_type(cache) != VALUE_STRING || !pool_is_repository(value_text(cache)))
		return pool_wrong(problems, cache, "cache", "a repository of a registry without a tag: "
		                  "\"registry.example:5000/cache\"");
	pool->cache = arena_text(p->arena, value_text(cache));
	return true;
}

/* False: it is no pool that could be used. */
static bool pool_read(const struct preferences *p, const struct value *table,
                      struct preferences_pool *pool, struct problems *problems)
{
	struct str name = value_key(table);
	*pool = (struct preferences_pool){ .name = arena_text(p->arena, name) };
	if (value_type(table) != VALUE_OBJECT || !preferences_is_name(name))
		return pool_wrong(problems, table, pool->name, "a table under a name of letters, digits, "
		                  "_ and -: [pools.farm]");
	if (pool_is_built_in(name) || pool_has(p->engines, p->nengines, name))
		return problems_add(problems, SEVERITY_ERROR, "preferences-pool", value_key_span(table),
		                    "%s is the name of an engine already: give the pool another",
		                    pool->name);
	for (const struct value *v = value_child(table); v; v = value_next(v)) {
		struct str key = value_key(v);
		bool ok = true;
		if (str_eq(key, STR("engines")))
			ok = pool_engines(p, v, pool, problems);
		else if (str_eq(key, STR("cache")))
			ok = pool_cache(p, v, pool, problems);
		else
			problems_add(problems, SEVERITY_WARNING, "preferences-unknown", value_key_span(v),
			             "mortar knows no setting %.*s here: known are engines, cache",
			             STR_ARG(key));
		if (!ok)
			return false;
	}
	return pool->n || pool_wrong(problems, table, pool->name, "given engines: engines = "
	                             "[\"here\", \"there\"]");
}

void preferences_read_pools(struct preferences *p, const struct value *pools,
                            struct problems *problems)
{
	size_t n = 0;
	if (value_type(pools) != VALUE_OBJECT) {
		pool_wrong(problems, pools, "pools", "tables: [pools.NAME]");
		return;
	}
	struct preferences_pool *list = arena_array(p->arena, value_count(pools) + 1, sizeof *list);
	for (const struct value *v = value_child(pools); v; v = value_next(v))
		n += pool_read(p, v, &list[n], problems);
	p->pools = list;
	p->npools = n;
}

const struct preferences_pool *preferences_pool(const struct preferences *p, const char *name)
{
	for (size_t i = 0; i < p->npools; i++)
		if (strcmp(p->pools[i].name, name) == 0)
			return &p->pools[i];
	return NULL;
}
