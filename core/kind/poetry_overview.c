/* poetry.json: the project as Poetry sees it, put together of its files. */
#include "core/base/map.h"
#include "core/kind/poetry.h"

struct overview {
	struct arena *arena;
	const struct poetry *p;
};

/* A value of a file keeps its place there. */
static void overview_set(struct overview *o, struct value *to, const char *key,
                         const struct value *v)
{
	if (v)
		value_set(o->arena, to, key, value_share(o->arena, v));
}

static void overview_set_new(struct overview *o, struct value *to, struct str key,
                             struct value *v)
{
	value_set(o->arena, to, arena_text(o->arena, key), v);
}

static void overview_append(struct value *list, struct value *v)
{
	value_append(list, (struct str){ 0 }, (struct span){ 0 }, v);
}

/* The text, at the place of what says it. */
static struct value *overview_said(struct overview *o, struct str text, const struct value *cause)
{
	return value_new(o->arena, VALUE_STRING, arena_str(o->arena, text),
	                 cause ? value_span(cause) : (struct span){ 0 });
}

/* ---- dependencies ---- */

static const struct poetry_dependency *overview_in(const struct poetry_group *group,
                                                   struct str name)
{
	for (size_t i = 0; i < group->ndependencies; i++)
		if (poetry_name_eq(group->dependencies[i].name, name))
			return &group->dependencies[i];
	return NULL;
}

static struct value *overview_groups_of(struct overview *o, struct str name)
{
	const struct poetry_project *project = o->p->project;
	struct value *list = value_new_array(o->arena);
	for (size_t i = 0; i < project->ngroups; i++) {
		const struct poetry_dependency *d = overview_in(&project->groups[i], name);
		if (d)
			overview_append(list, overview_said(o, project->groups[i].name,
			                                    d->poetry ? d->poetry : d->standard));
	}
	return list;
}

static struct value *overview_extras_of(struct overview *o, struct str name)
{
	const struct poetry_project *project = o->p->project;
	struct value *list = value_new_array(o->arena);
	for (size_t i = 0; i < project->nextras; i++)
		for (size_t k = 0; k < project->extras[i].nitems; k++)
			if (poetry_name_eq(project->extras[i].items[k].name, name))
				overview_append(list, overview_said(o, project->extras[i].name,
				                                    project->extras[i].items[k].value));
	return list;
}

static struct value *overview_dependency(struct overview *o, const struct poetry_dependency *d)
{
	struct value *one = value_new_object(o->arena), *extras = overview_extras_of(o, d->name);
	const struct poetry_package *locked = o->p->lock ? poetry_lock_package(o->p->lock, d->name)
	                                                 : NULL;
	overview_set(o, one, "constraint", d->poetry ? d->poetry : d->standard);
	overview_set(o, one, "locked", locked ? value_get(locked->value, STR("version")) : NULL);
	value_set(o->arena, one, "groups", overview_groups_of(o, d->name));
	if (value_child(extras))
		value_set(o->arena, one, "extras", extras);
	return one;
}

/* A name of several groups stands once: with the constraint of the first, and all groups. */
static struct value *overview_dependencies(struct overview *o)
{
	const struct poetry_project *project = o->p->project;
	struct value *all = value_new_object(o->arena);
	owned_map struct map seen = { 0 };
	for (size_t i = 0; i < project->ngroups; i++)
		for (size_t k = 0; k < project->groups[i].ndependencies; k++) {
			const struct poetry_dependency *d = &project->groups[i].dependencies[k];
			owned_buf struct buf key = { 0 };
			poetry_name_append(&key, d->name);
			if (map_has(&seen, buf_str(&key)))
				continue;
			map_set(&seen, arena_str(o->arena, buf_str(&key)), all);
			overview_set_new(o, all, d->name, overview_dependency(o, d));
		}
	return all;
}

static struct value *overview_groups(struct overview *o)
{
	const struct poetry_project *project = o->p->project;
	struct value *all = value_new_object(o->arena);
	for (size_t i = 0; i < project->ngroups; i++) {
		const struct poetry_group *group = &project->groups[i];
		struct value *one = value_new_object(o->arena), *names = value_new_array(o->arena);
		for (size_t k = 0; k < group->ndependencies; k++) {
			const struct poetry_dependency *d = &group->dependencies[k];
			overview_append(names, overview_said(o, d->name, d->poetry ? d->poetry : d->standard));
		}
		value_set(o->arena, one, "optional", value_new_bool(o->arena, group->optional));
		value_set(o->arena, one, "dependencies", names);
		overview_set_new(o, all, group->name, one);
	}
	return all;
}

/* ---- what is chosen ---- */

static struct value *overview_picked(struct overview *o, enum poetry_pick what)
{
	const struct poetry_choices *c = &o->p->choices;
	struct value *list = value_new_array(o->arena);
	for (size_t i = 0; i < c->npicked; i++)
		if (c->picked[i].what == what)
			overview_append(list, overview_said(o, c->picked[i].name, c->picked[i].chosen_by
			                                    ? c->picked[i].chosen_by : c->picked[i].cause));
	return list;
}

static struct value *overview_chosen(struct overview *o)
{
	const struct poetry_choices *c = &o->p->choices;
	const struct { const char *name; const struct poetry_choice *choice; } texts[] = {
		{ "poetry", &c->poetry }, { "python", &c->python }, { "builder", &c->builder },
		{ "runtime", &c->runtime }, { "user", &c->user },
	};
	struct value *all = value_new_object(o->arena), *command = value_new_array(o->arena);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].choice->text.n)
			value_set(o->arena, all, texts[i].name,
			          overview_said(o, texts[i].choice->text, texts[i].choice->cause));
	for (size_t i = 0; i < c->ncommand; i++)
		overview_append(command, overview_said(o, c->command[i], c->command_cause));
	value_set(o->arena, all, "poetry-in-image", value_new_bool(o->arena, c->poetry_in_image));
	value_set(o->arena, all, "command", command);
	value_set(o->arena, all, "extras", overview_picked(o, POETRY_EXTRA));
	value_set(o->arena, all, "groups", overview_picked(o, POETRY_GROUP));
	value_set(o->arena, all, "cache-mounts", value_new_bool(o->arena, !c->no_cache_mounts));
	return all;
}

static struct value *overview_lock(struct overview *o)
{
	static const char *const states[] = {
		[POETRY_FRESH] = "fresh", [POETRY_STALE] = "stale", [POETRY_NO_LOCK] = "missing",
		[POETRY_NO_HASH] = "stale", [POETRY_BROKEN] = "broken",
	};
	const struct poetry *p = o->p;
	struct value *all = value_new_object(o->arena);
	const char *state = !p->lock ? "missing" : p->no_freshness ? "unknown"
	                                         : states[p->freshness.state];
	value_set(o->arena, all, "state", value_new_string(o->arena, str_of(state)));
	if (p->lock) {
		overview_set(o, all, "content-hash", p->lock->content_hash_at);
		overview_set(o, all, "lock-version", p->lock->lock_version_at);
	}
	if (p->freshness.expected[0])
		value_set(o->arena, all, "expected",
		          overview_said(o, str_of(p->freshness.expected), NULL));
	return all;
}

const struct value *poetry_overview(const struct poetry *p)
{
	struct overview o = { .arena = p->arena, .p = p };
	const struct poetry_project *project = p->project;
	struct value *all = value_new_object(p->arena), *extras = value_new_object(p->arena);
	struct value *scripts = value_new_object(p->arena);
	if (!project)
		return NULL;
	for (size_t i = 0; i < project->nextras; i++)
		overview_set(&o, extras, arena_text(p->arena, project->extras[i].name),
		             project->extras[i].value);
	for (size_t i = 0; i < project->nscripts; i++)
		overview_set(&o, scripts, arena_text(p->arena, value_key(project->scripts[i])),
		             project->scripts[i]);
	overview_set(&o, all, "name", project->name);
	overview_set(&o, all, "version", project->version);
	overview_set(&o, all, "python", project->requires_python);
	value_set(p->arena, all, "dependencies", overview_dependencies(&o));
	value_set(p->arena, all, "groups", overview_groups(&o));
	value_set(p->arena, all, "extras", extras);
	value_set(p->arena, all, "scripts", scripts);
	value_set(p->arena, all, "lock", overview_lock(&o));
	value_set(p->arena, all, "chosen", overview_chosen(&o));
	return all;
}
