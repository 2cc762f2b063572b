#include "core/kind/poetry_project.h"

/* A project while it is read. */
struct reading {
	struct arena *arena;
	struct problems *problems;
	struct poetry_project *p;
};

/* A growing list of one group's dependencies; room was made for all that there can be. */
struct listing {
	struct poetry_dependency *items;
	size_t n;
};

static const char *reading_word(enum value_type type)
{
	switch (type) {
	case VALUE_OBJECT: return "a table";
	case VALUE_ARRAY: return "an array";
	case VALUE_STRING: return "a string";
	case VALUE_BOOL: return "true or false";
	default: return "something else";
	}
}

/* The value when it has that type; NULL, after a problem where there is another one. */
static const struct value *reading_typed(struct reading *r, const struct value *v,
                                         enum value_type type)
{
	if (!v || value_type(v) == type)
		return v;
	problems_add(r->problems, SEVERITY_ERROR, "poetry-type", value_span(v),
	             "'%.*s' must be %s", STR_ARG(value_key(v)), reading_word(type));
	return NULL;
}

static const struct value *reading_get(struct reading *r, const struct value *table,
                                       struct str key, enum value_type type)
{
	return table ? reading_typed(r, value_get(table, key), type) : NULL;
}

/* Of [project], else of [tool.poetry], whatever its type. */
static const struct value *reading_either(struct reading *r, struct str key)
{
	const struct value *v = r->p->project ? value_get(r->p->project, key) : NULL;
	return v || !r->p->poetry ? v : value_get(r->p->poetry, key);
}

static const struct value *reading_either_text(struct reading *r, struct str key)
{
	return reading_typed(r, reading_either(r, key), VALUE_STRING);
}

/* ---- dependencies ---- */

static bool reading_is_optional(const struct value *dependency)
{
	const struct value *v = value_type(dependency) == VALUE_OBJECT
		? value_get(dependency, STR("optional")) : NULL;
	return v && value_type(v) == VALUE_BOOL && value_is_true(v);
}

static struct poetry_dependency *listing_find(struct listing *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (poetry_name_eq(l->items[i].name, name))
			return &l->items[i];
	return NULL;
}

static void listing_requirement(struct reading *r, struct listing *l, const struct value *v,
                                bool optional)
{
	const struct value *text = reading_typed(r, v, VALUE_STRING);
	if (text)
		l->items[l->n++] = (struct poetry_dependency){
			.name = poetry_requirement_name(value_text(text)), .standard = text,
			.optional = optional };
}

static size_t reading_count(const struct value *v)
{
	return v ? value_count(v) : 0;
}

/* [tool.poetry]'s say on what [project] has listed already, or a dependency of its own. */
static void listing_poetry(struct reading *r, struct listing *l, const struct value *table)
{
	for (const struct value *c = table ? value_child(table) : NULL; c; c = value_next(c)) {
		enum value_type type = value_type(c);
		if (type != VALUE_STRING && type != VALUE_OBJECT && type != VALUE_ARRAY) {
			problems_add(r->problems, SEVERITY_ERROR, "poetry-type", value_span(c),
			             "'%.*s' must be a version in quotes, a table or an array of tables",
			             STR_ARG(value_key(c)));
			continue;
		}
		if (str_eq(value_key(c), STR("python")))
			continue;
		struct poetry_dependency *d = listing_find(l, value_key(c));
		if (!d) {
			d = &l->items[l->n++];
			d->name = value_key(c);
		}
		d->poetry = c;
		d->optional |= reading_is_optional(c);
	}
}

static void reading_main(struct reading *r, struct poetry_group *g)
{
	const struct value *optional = reading_get(r, r->p->project, STR("optional-dependencies"),
	                                           VALUE_OBJECT);
	g->name = STR("main");
	g->standard = reading_get(r, r->p->project, STR("dependencies"), VALUE_ARRAY);
	g->poetry = reading_get(r, r->p->poetry, STR("dependencies"), VALUE_OBJECT);
	size_t room = reading_count(g->standard) + reading_count(g->poetry);
	for (const struct value *c = optional ? value_child(optional) : NULL; c; c = value_next(c))
		room += value_count(c);
	struct listing l = { arena_array(r->arena, room, sizeof *l.items), 0 };
	for (const struct value *c = g->standard ? value_child(g->standard) : NULL; c;
	     c = value_next(c))
		listing_requirement(r, &l, c, false);
	for (const struct value *e = optional ? value_child(optional) : NULL; e; e = value_next(e)) {
		if (value_type(e) != VALUE_ARRAY)
			continue;
		for (const struct value *c = value_child(e); c; c = value_next(c))
			if (value_type(c) == VALUE_STRING &&
			    !listing_find(&l, poetry_requirement_name(value_text(c))))
				listing_requirement(r, &l, c, true);
	}
	listing_poetry(r, &l, g->poetry);
	g->dependencies = l.items;
	g->ndependencies = l.n;
}

/* A group's own table: what it says beside dependencies. */
static void reading_group_table(struct reading *r, struct poetry_group *g,
                                const struct value *table, const struct value **includes)
{
	const struct value *optional = reading_get(r, table, STR("optional"), VALUE_BOOL);
	const struct value *others = reading_get(r, table, STR("include-groups"), VALUE_ARRAY);
	g->optional = optional && value_is_true(optional);
	for (const struct value *c = others ? value_child(others) : NULL; c; c = value_next(c))
		if (reading_typed(r, c, VALUE_STRING))
			includes[g->nincludes++] = c;
}

/* Not all of them are NULL; old is dev-dependencies itself. */
static void reading_group(struct reading *r, struct poetry_group *g, const struct value *standard,
                          const struct value *poetry, const struct value *old)
{
	const struct value *table = reading_get(r, poetry, STR("dependencies"), VALUE_OBJECT);
	const struct value *others = poetry ? value_get(poetry, STR("include-groups")) : NULL;
	struct listing l = { arena_array(r->arena, reading_count(standard) + reading_count(table) +
	                                 reading_count(old), sizeof *l.items), 0 };
	const struct value **includes = arena_array(r->arena, reading_count(standard) +
	                                            reading_count(others), sizeof *includes);
	g->name = poetry ? value_key(poetry) : standard ? value_key(standard) : STR("dev");
	g->standard = standard;
	g->poetry = poetry ? poetry : old;
	g->includes = includes;
	if (poetry)
		reading_group_table(r, g, poetry, includes);
	for (const struct value *c = standard ? value_child(standard) : NULL; c; c = value_next(c)) {
		const struct value *other = value_type(c) == VALUE_OBJECT
			? value_get(c, STR("include-group")) : NULL;
		if (other && value_type(other) == VALUE_STRING)
			includes[g->nincludes++] = other;
		else
			listing_requirement(r, &l, c, false);
	}
	listing_poetry(r, &l, table);
	listing_poetry(r, &l, old);
	g->dependencies = l.items;
	g->ndependencies = l.n;
}

static const struct value *reading_like(const struct value *table, struct str name)
{
	for (const struct value *c = table ? value_child(table) : NULL; c; c = value_next(c))
		if (poetry_name_eq(value_key(c), name))
			return c;
	return NULL;
}

/* The dev-dependencies, for the group that they belong to. */
static const struct value *reading_old(const struct value *group, const struct value *old)
{
	return poetry_name_eq(value_key(group), STR("dev")) ? old : NULL;
}

static void reading_groups(struct reading *r)
{
	struct poetry_project *p = r->p;
	const struct value *standard = reading_get(r, p->root, STR("dependency-groups"), VALUE_OBJECT);
	const struct value *poetry = reading_get(r, p->poetry, STR("group"), VALUE_OBJECT);
	const struct value *old = reading_get(r, p->poetry, STR("dev-dependencies"), VALUE_OBJECT);
	struct poetry_group *groups = arena_array(r->arena, 2 + reading_count(standard) +
	                                          reading_count(poetry), sizeof *groups);
	reading_main(r, &groups[p->ngroups++]);
	for (const struct value *c = standard ? value_child(standard) : NULL; c; c = value_next(c)) {
		const struct value *twin = reading_like(poetry, value_key(c));
		if (reading_typed(r, c, VALUE_ARRAY))
			reading_group(r, &groups[p->ngroups++], c,
			              twin && value_type(twin) == VALUE_OBJECT ? twin : NULL,
			              reading_old(c, old));
	}
	for (const struct value *c = poetry ? value_child(poetry) : NULL; c; c = value_next(c))
		if (reading_typed(r, c, VALUE_OBJECT) && !reading_like(standard, value_key(c)))
			reading_group(r, &groups[p->ngroups++], NULL, c, reading_old(c, old));
	p->groups = groups;
	if (old && !poetry_project_group(p, STR("dev")))
		reading_group(r, &groups[p->ngroups++], NULL, NULL, old);
}

/* ---- the rest ---- */

static void reading_extra(struct reading *r, struct poetry_extra *extra, const struct value *array,
                          bool is_standard)
{
	struct poetry_extra_item *items = arena_array(r->arena, value_count(array), sizeof *items);
	for (const struct value *c = value_child(array); c; c = value_next(c)) {
		const struct value *text = reading_typed(r, c, VALUE_STRING);
		if (!text)
			continue;
		struct str name = value_text(text);
		items[extra->nitems++] = (struct poetry_extra_item){
			is_standard ? poetry_requirement_name(name) : name, text };
	}
	extra->name = value_key(array);
	extra->value = array;
	extra->is_standard = is_standard;
	extra->items = items;
}

/* Poetry looks at [tool.poetry.extras] only where [project] has none. */
static void reading_extras(struct reading *r)
{
	struct poetry_project *p = r->p;
	const struct value *table = p->project
		? value_get(p->project, STR("optional-dependencies")) : NULL;
	bool is_standard = table;
	table = is_standard ? table : reading_get(r, p->poetry, STR("extras"), VALUE_OBJECT);
	if (!table || value_type(table) != VALUE_OBJECT)
		return;
	struct poetry_extra *extras = arena_array(r->arena, value_count(table), sizeof *extras);
	for (const struct value *c = value_child(table); c; c = value_next(c))
		if (reading_typed(r, c, VALUE_ARRAY))
			reading_extra(r, &extras[p->nextras++], c, is_standard);
	p->extras = extras;
}

static void reading_scripts(struct reading *r)
{
	struct poetry_project *p = r->p;
	const struct value *tables[] = {
		reading_get(r, p->project, STR("scripts"), VALUE_OBJECT),
		reading_get(r, p->project, STR("gui-scripts"), VALUE_OBJECT),
		reading_get(r, p->poetry, STR("scripts"), VALUE_OBJECT),
	};
	const struct value **scripts = arena_array(r->arena, reading_count(tables[0]) +
	                                           reading_count(tables[1]) +
	                                           reading_count(tables[2]), sizeof *scripts);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct value *c = tables[i] ? value_child(tables[i]) : NULL; c;
		     c = value_next(c))
			scripts[p->nscripts++] = c;
	p->scripts = scripts;
}

static void reading_sources(struct reading *r)
{
	struct poetry_project *p = r->p;
	const struct value *array = reading_get(r, p->poetry, STR("source"), VALUE_ARRAY);
	const struct value **sources = arena_array(r->arena, reading_count(array), sizeof *sources);
	for (const struct value *c = array ? value_child(array) : NULL; c; c = value_next(c))
		if (reading_typed(r, c, VALUE_OBJECT))
			sources[p->nsources++] = c;
	p->sources = sources;
}

static void reading_facts(struct reading *r)
{
	struct poetry_project *p = r->p;
	p->name = reading_either_text(r, STR("name"));
	p->version = reading_either_text(r, STR("version"));
	p->description = reading_either_text(r, STR("description"));
	p->readme = reading_either(r, STR("readme"));
	p->requires_python = reading_get(r, p->project, STR("requires-python"), VALUE_STRING);
	const struct value *dependencies = p->poetry ? value_get(p->poetry, STR("dependencies")) : NULL;
	if (!p->requires_python && dependencies)
		p->requires_python = value_get(dependencies, STR("python"));
	p->packages = reading_get(r, p->poetry, STR("packages"), VALUE_ARRAY);
	p->include = reading_get(r, p->poetry, STR("include"), VALUE_ARRAY);
	p->requires_poetry = reading_get(r, p->poetry, STR("requires-poetry"), VALUE_STRING);
	const struct value *build = reading_get(r, p->root, STR("build-system"), VALUE_OBJECT);
	p->build_requires = reading_get(r, build, STR("requires"), VALUE_ARRAY);
	const struct value *mode = reading_get(r, p->poetry, STR("package-mode"), VALUE_BOOL);
	p->package_mode = !mode || value_is_true(mode);
}

struct poetry_project *poetry_project_read(struct arena *arena, const struct value *root,
                                           struct problems *problems)
{
	struct poetry_project *p = arena_alloc(arena, sizeof *p);
	struct reading r = { arena, problems, p };
	p->root = root;
	p->project = reading_get(&r, root, STR("project"), VALUE_OBJECT);
	const struct value *tool = reading_get(&r, root, STR("tool"), VALUE_OBJECT);
	p->poetry = reading_get(&r, tool, STR("poetry"), VALUE_OBJECT);
	reading_facts(&r);
	reading_groups(&r);
	reading_extras(&r);
	reading_scripts(&r);
	reading_sources(&r);
	return p;
}

bool poetry_is_project(const struct value *root)
{
	const struct value *backend = value_at(root, STR("/build-system/build-backend"));
	return value_at(root, STR("/tool/poetry")) ||
	       (value_get(root, STR("project")) && backend &&
	        str_has_prefix(value_text(backend), STR("poetry.")));
}

const struct poetry_group *poetry_project_group(const struct poetry_project *p, struct str name)
{
	for (size_t i = 0; i < p->ngroups; i++)
		if (poetry_name_eq(p->groups[i].name, name))
			return &p->groups[i];
	return NULL;
}

const struct poetry_extra *poetry_project_extra(const struct poetry_project *p, struct str name)
{
	for (size_t i = 0; i < p->nextras; i++)
		if (poetry_name_eq(p->extras[i].name, name))
			return &p->extras[i];
	return NULL;
}

const struct poetry_dependency *poetry_project_dependency(const struct poetry_project *p,
                                                          struct str name)
{
	for (size_t i = 0; i < p->ngroups; i++)
		for (size_t j = 0; j < p->groups[i].ndependencies; j++)
			if (poetry_name_eq(p->groups[i].dependencies[j].name, name))
				return &p->groups[i].dependencies[j];
	return NULL;
}
