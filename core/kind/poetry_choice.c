#include "core/kind/poetry_choice.h"

#include <stdlib.h>

#include "core/base/similar.h"
#include "core/kind/poetry_python.h"
#include "core/recipe/quote.h"

#define CHOICE_USER STR("10001:10001")

/* What [poetry] is read with. */
struct choice_reader {
	struct arena *arena;
	const struct poetry_project *project;
	const struct poetry_lock *lock;
	struct problems *problems;
	struct poetry_choices *c;
	const struct value *extras, *groups;    /* arrays of [poetry], or NULL */
	const struct value *poetry_at;          /* where poetry is set, or NULL */
};

static void choice_wrong(struct choice_reader *r, const struct value *at, const char *right)
{
	problems_add(r->problems, SEVERITY_ERROR, "poetry-settings", value_span(at),
	             "[poetry] %.*s must be %s", STR_ARG(value_key(at)), right);
}

/* ---- extras and groups ---- */

static bool choice_is_main(const struct poetry_group *group)
{
	return str_eq(group->name, STR("main"));
}

static bool choice_find_extra(const struct poetry_project *p, struct str name,
                              struct poetry_picked *ret)
{
	const struct poetry_extra *extra = poetry_project_extra(p, name);
	if (extra)
		*ret = (struct poetry_picked){ POETRY_EXTRA, extra->name, extra->value, NULL };
	return extra;
}

static bool choice_find_group(const struct poetry_project *p, struct str name,
                              struct poetry_picked *ret)
{
	const struct poetry_group *group = poetry_project_group(p, name);
	if (!group || choice_is_main(group))
		return false;
	*ret = (struct poetry_picked){ POETRY_GROUP, group->name,
	                               group->poetry ? group->poetry : group->standard, NULL };
	return true;
}

bool poetry_profile_find(const struct poetry_project *p, struct str profile,
                         struct poetry_picked *ret_picked)
{
	struct poetry_picked extra, group;
	struct str extra_prefix = STR("extra:"), group_prefix = STR("group:");
	if (str_has_prefix(profile, extra_prefix))
		return choice_find_extra(p, str_slice(profile, extra_prefix.n, STR_NONE), ret_picked);
	if (str_has_prefix(profile, group_prefix))
		return choice_find_group(p, str_slice(profile, group_prefix.n, STR_NONE), ret_picked);
	bool is_extra = choice_find_extra(p, profile, &extra);
	bool is_group = choice_find_group(p, profile, &group);
	if (is_extra == is_group)
		return false;
	*ret_picked = is_extra ? extra : group;
	return true;
}

static int choice_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t poetry_profiles(struct arena *arena, const struct poetry_project *p,
                       const char *const **ret_profiles)
{
	const char **names = arena_array(arena, p->nextras + p->ngroups + 1, sizeof *names);
	struct poetry_picked ignored;
	size_t n = 0;
	for (size_t i = 0; i < p->nextras; i++) {
		struct str name = p->extras[i].name;
		bool both = choice_find_group(p, name, &ignored);
		names[n++] = arena_printf(arena, "%s%.*s", both ? "extra:" : "", STR_ARG(name));
	}
	for (size_t i = 0; i < p->ngroups; i++) {
		struct str name = p->groups[i].name;
		bool both = choice_find_extra(p, name, &ignored);
		if (!choice_is_main(&p->groups[i]))
			names[n++] = arena_printf(arena, "%s%.*s", both ? "group:" : "", STR_ARG(name));
	}
	qsort(names, n, sizeof *names, choice_order);
	*ret_profiles = names;
	return n;
}

static void choice_pick(struct choice_reader *r, struct poetry_picked *all,
                        struct poetry_picked one)
{
	for (size_t i = 0; i < r->c->npicked; i++)
		if (all[i].what == one.what && str_eq(all[i].name, one.name))
			return;
	all[r->c->npicked++] = one;
}

static void choice_pick_listed(struct choice_reader *r, struct poetry_picked *all,
                               const struct value *list, enum poetry_pick what)
{
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		struct poetry_picked one;
		bool found = what == POETRY_EXTRA ? choice_find_extra(r->project, value_text(v), &one)
		                                  : choice_find_group(r->project, value_text(v), &one);
		one.chosen_by = v;
		if (found)
			choice_pick(r, all, one);
		else
			problems_add(r->problems, SEVERITY_ERROR,
			             what == POETRY_EXTRA ? "extra-unknown" : "group-unknown", value_span(v),
			             "pyproject.toml has no %s '%.*s'",
			             what == POETRY_EXTRA ? "extra" : "group", STR_ARG(value_text(v)));
	}
}

/* Extras before groups, whatever was named first: so the same choice is the same recipe. */
static void choice_pick_all(struct choice_reader *r, const struct selection *s)
{
	size_t room = s->nprofiles + 1 + (r->extras ? value_count(r->extras) : 0) +
	              (r->groups ? value_count(r->groups) : 0);
	struct poetry_picked *all = arena_array(r->arena, room, sizeof *all);
	r->c->picked = all;
	for (int what = POETRY_EXTRA; what <= POETRY_GROUP; what++) {
		const struct value *list = what == POETRY_EXTRA ? r->extras : r->groups;
		if (list)
			choice_pick_listed(r, all, list, (enum poetry_pick)what);
		for (size_t i = 0; i < s->nprofiles; i++) {
			struct poetry_picked one;
			if (poetry_profile_find(r->project, str_of(s->profiles[i]), &one) &&
			    (int)one.what == what)
				choice_pick(r, all, one);
		}
	}
}

/* ---- the keys ---- */

static void choice_poetry(struct choice_reader *r, const struct value *v)
{
	struct poetry_version version;
	struct str text = value_text(v), image = STR("image");
	r->poetry_at = v;
	if (value_type(v) == VALUE_STRING && str_has_prefix(text, image)) {
		r->c->poetry_in_image = true;
		text = str_slice(text, image.n, STR_NONE);
		if (!text.n)
			return;
		text = text.p[0] == ':' ? str_slice(text, 1, STR_NONE) : (struct str){ 0 };
	}
	if (value_type(v) == VALUE_STRING && poetry_version_parse(text, &version))
		r->c->poetry = (struct poetry_choice){ text, v };
	else
		choice_wrong(r, v, "a version of Poetry, such as \"1.8.5\", or \"image\" (\"image:1.3.2\") "
		             "where the builder's base image has it");
}

static void choice_image(struct choice_reader *r, const struct value *v,
                         struct poetry_choice *ret)
{
	struct error err;
	if (value_type(v) != VALUE_STRING)
		choice_wrong(r, v, "an image's name, such as \"python:3.11-slim\"");
	else if (!quote_check_image(value_text(v), &err))
		problems_add(r->problems, SEVERITY_ERROR, "poetry-settings", value_span(v), "%s", err.text);
	else
		*ret = (struct poetry_choice){ value_text(v), v };
}

static void choice_builder(struct choice_reader *r, const struct value *v)
{
	choice_image(r, v, &r->c->builder);
}

static void choice_runtime(struct choice_reader *r, const struct value *v)
{
	choice_image(r, v, &r->c->runtime);
}

static void choice_python(struct choice_reader *r, const struct value *v)
{
	struct str text = value_text(v), rest = text, part;
	unsigned long long number;
	size_t parts = 0;
	bool right = value_type(v) == VALUE_STRING;
	for (; str_next(&rest, '.', &part); parts++)
		right = right && str_number(part, 999, &number) && (parts || number == 3);
	if (right && parts >= 2 && parts <= 3)
		r->c->python = (struct poetry_choice){ text, v };
	else
		choice_wrong(r, v, "a version of Python in quotes, such as \"3.11\"");
}

static void choice_user(struct choice_reader *r, const struct value *v)
{
	struct str rest = value_text(v), part;
	unsigned long long number;
	size_t parts = 0;
	bool right = value_type(v) == VALUE_STRING || value_type(v) == VALUE_INTEGER;
	for (; str_next(&rest, ':', &part); parts++)
		right = right && str_number(part, 4294967294ull, &number) && (parts || number);
	if (right && parts <= 2)
		r->c->user = (struct poetry_choice){ value_text(v), v };
	else
		choice_wrong(r, v, "numbers of a user that is not root, such as \"10001:10001\"");
}

static bool choice_are_strings(const struct value *v)
{
	const struct value *item = value_child(v);
	while (item && value_type(item) == VALUE_STRING && value_text(item).n)
		item = value_next(item);
	return value_type(v) == VALUE_ARRAY && !item;
}

static void choice_command(struct choice_reader *r, const struct value *v)
{
	bool one = value_type(v) == VALUE_STRING && value_text(v).n;
	if (!one && (!choice_are_strings(v) || !value_child(v))) {
		choice_wrong(r, v, "a script's name or a list of words, such as "
		             "[\"serve\", \"--port=80\"]");
		return;
	}
	struct str *words = arena_array(r->arena, one ? 1 : value_count(v), sizeof *words);
	if (one)
		words[r->c->ncommand++] = value_text(v);
	for (const struct value *item = value_child(v); item; item = value_next(item))
		words[r->c->ncommand++] = value_text(item);
	r->c->command = words;
	r->c->command_cause = v;
}

static void choice_extras(struct choice_reader *r, const struct value *v)
{
	if (choice_are_strings(v))
		r->extras = v;
	else
		choice_wrong(r, v, "a list of names of extras");
}

static void choice_groups(struct choice_reader *r, const struct value *v)
{
	if (choice_are_strings(v))
		r->groups = v;
	else
		choice_wrong(r, v, "a list of names of groups");
}

static void choice_cache_mounts(struct choice_reader *r, const struct value *v)
{
	if (value_type(v) != VALUE_BOOL) {
		choice_wrong(r, v, "true or false");
		return;
	}
	r->c->no_cache_mounts = !value_is_true(v);
	r->c->cache_mounts_cause = v;
}

static const struct {
	const char *name;
	void (*read)(struct choice_reader *, const struct value *);
} choice_keys[] = {
	{ "poetry", choice_poetry }, { "builder", choice_builder }, { "runtime", choice_runtime },
	{ "python", choice_python }, { "user", choice_user }, { "command", choice_command },
	{ "extras", choice_extras }, { "groups", choice_groups },
	{ "cache-mounts", choice_cache_mounts },
};
enum { CHOICE_KEYS = sizeof choice_keys / sizeof *choice_keys };

static void choice_unknown(struct choice_reader *r, const struct value *v)
{
	struct similar similar = { .typed = value_key(v) };
	owned_buf struct buf known = { 0 };
	for (size_t i = 0; i < CHOICE_KEYS; i++)
		similar_try(&similar, choice_keys[i].name);
	for (size_t i = 0; !similar.best && i < CHOICE_KEYS; i++)
		buf_printf(&known, "%s%s", known.n ? ", " : "", choice_keys[i].name);
	problems_add(r->problems, SEVERITY_ERROR, "poetry-settings", value_key_span(v),
	             "[poetry] has no %.*s: %s %s", STR_ARG(value_key(v)),
	             similar.best ? "is it" : "known are",
	             similar.best ? similar.best : buf_text(&known));
}

static void choice_table(struct choice_reader *r, const struct value *table)
{
	if (value_type(table) != VALUE_OBJECT) {
		choice_wrong(r, table, "a table");
		return;
	}
	for (const struct value *v = value_child(table); v; v = value_next(v)) {
		size_t i = 0;
		while (i < CHOICE_KEYS && !str_eq(value_key(v), str_of(choice_keys[i].name)))
			i++;
		if (i < CHOICE_KEYS)
			choice_keys[i].read(r, v);
		else
			choice_unknown(r, v);
	}
}

/* ---- what nobody said ---- */

/* The version that wrote the lock, as a value that stands in the lock's first line; of a lock
 * that says none the last release that wrote such ones. */
static struct poetry_choice choice_poetry_of(struct choice_reader *r)
{
	static const char *const last[] = {
		[POETRY_RULES_1_1] = "1.1.15", [POETRY_RULES_1_2] = "1.3.2",
		[POETRY_RULES_2_0] = "2.2.1", [POETRY_RULES_2_3] = "2.4.1",
	};
	const struct poetry_lock *lock = r->lock;
	struct poetry_version version;
	if (!lock)
		return (struct poetry_choice){ str_of(last[POETRY_RULES_2_0]), NULL };
	struct str said = lock->generator, text = lock->source ? lock->source->text : said;
	if (!said.n || !poetry_version_parse(said, &version))
		return (struct poetry_choice){ str_of(last[poetry_lock_rules(lock)]),
		                               lock->lock_version_at };
	bool inside = said.p >= text.p && said.p < text.p + text.n;
	struct span at = { lock->source, inside ? (uint32_t)(said.p - text.p) : 0,
	                   inside ? (uint32_t)said.n : 0 };
	return (struct poetry_choice){ said, value_new(r->arena, VALUE_STRING, said, at) };
}

static void choice_python_of(struct choice_reader *r)
{
	const struct value *asked = r->project->requires_python;
	struct poetry_version poetry = { 0 };
	bool said = asked && value_type(asked) == VALUE_STRING;
	struct str constraint = said ? value_text(asked) : (struct str){ 0 };
	unsigned minor;
	poetry_version_parse(r->c->poetry.text, &poetry);
	if (poetry_python_newest(constraint, &poetry, &minor))
		r->c->python = (struct poetry_choice){
			str_of(arena_printf(r->arena, "3.%u", minor)), asked };
	else
		problems_add(r->problems, SEVERITY_ERROR, "poetry-python",
		             asked ? value_span(asked) : (struct span){ 0 },
		             "no Python that Poetry %.*s runs on is known to be '%.*s': choose one "
		             "in .mortar.toml, [poetry] python = \"3.12\", or base images of your own",
		             STR_ARG(r->c->poetry.text), STR_ARG(constraint));
}

static void choice_images_of(struct choice_reader *r)
{
	struct poetry_choices *c = r->c;
	if (c->poetry_in_image && !c->builder.text.n)
		problems_add(r->problems, SEVERITY_ERROR, "poetry-settings",
		             value_span(r->poetry_at),
		             "[poetry] poetry = \"image\" needs builder = \"…\", an image that has Poetry");
	if (c->builder.text.n || c->runtime.text.n) {
		c->builder = c->builder.text.n ? c->builder : c->runtime;
		c->runtime = c->runtime.text.n ? c->runtime : c->builder;
		return;
	}
	if (!c->python.text.n)
		choice_python_of(r);
	c->builder = (struct poetry_choice){
		str_of(arena_printf(r->arena, "python:%.*s-slim", STR_ARG(c->python.text))),
		c->python.cause };
	c->runtime = c->builder;
}

/* The script of the project's own name, else the first. */
static void choice_command_of(struct choice_reader *r)
{
	const struct poetry_project *p = r->project;
	const struct value *script = p->nscripts ? p->scripts[0] : NULL;
	struct str name = p->name ? value_text(p->name) : (struct str){ 0 };
	for (size_t i = 0; i < p->nscripts; i++)
		if (poetry_name_eq(value_key(p->scripts[i]), name)) {
			script = p->scripts[i];
			break;
		}
	if (!script || !p->package_mode || !value_key(script).n)
		return;
	struct str *words = arena_array(r->arena, 1, sizeof *words);
	words[0] = value_key(script);
	r->c->command = words;
	r->c->ncommand = 1;
	r->c->command_cause = script;
}

void poetry_choices_read(struct arena *arena, const struct poetry_project *project,
                         const struct poetry_lock *lock, const struct value *table,
                         const struct selection *selection, struct problems *problems,
                         struct poetry_choices *ret_choices)
{
	struct choice_reader r = { .arena = arena, .project = project, .lock = lock,
	                           .problems = problems, .c = ret_choices };
	*ret_choices = (struct poetry_choices){ .user = { CHOICE_USER, NULL } };
	if (table)
		choice_table(&r, table);
	if (!ret_choices->poetry.text.n)
		ret_choices->poetry = choice_poetry_of(&r);
	choice_images_of(&r);
	if (!ret_choices->ncommand)
		choice_command_of(&r);
	choice_pick_all(&r, selection);
}
