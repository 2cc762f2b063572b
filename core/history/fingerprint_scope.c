#include "core/history/fingerprint_scope.h"

#include "core/recipe/shell.h"

const struct scope_variable *scope_find(const struct scope *s, struct str name)
{
	for (size_t i = s->n; i-- > 0;)
		if (str_eq(s->variables[i].name, name))
			return &s->variables[i];
	return NULL;
}

static enum shell_variable scope_lookup(void *data, struct str name, struct str *ret_value)
{
	const struct scope *s = data;
	const struct scope_variable *v = scope_find(s, name);
	if (v && v->is_set)
		*ret_value = v->value;
	else if (s->global)
		*ret_value = str_of(arena_printf(s->arena, "${%.*s}", STR_ARG(name)));
	return (v && v->is_set) || s->global ? SHELL_SET : SHELL_UNSET;
}

struct str scope_expand(const struct scope *s, struct str word)
{
	struct str text;
	struct error ignored;
	return shell_expand(s->arena, word, s->escape, scope_lookup, (void *)s, &text, &ignored) ==
	       SHELL_DONE ? text : word;
}

static void scope_remove(struct scope *s, struct str name)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (!str_eq(s->variables[i].name, name))
			s->variables[n++] = s->variables[i];
	s->n = n;
}

/* The last one set stands last, as in what the builders pass to a command. */
static void scope_set(struct scope *s, struct scope_variable v)
{
	scope_remove(s, v.name);
	if (s->n == s->cap) {
		struct scope_variable *old = s->variables;
		s->cap = s->cap ? 2 * s->cap : 16;
		s->variables = arena_array(s->arena, s->cap, sizeof *s->variables);
		if (s->n)
			memcpy(s->variables, old, s->n * sizeof *old);
	}
	s->variables[s->n++] = v;
}

static const struct fingerprint_arg *scope_given(const struct scope *s, struct str name)
{
	const struct fingerprint_arg *found = NULL;
	for (size_t i = 0; i < s->nargs; i++)
		if (str_eq(s->args[i].name, name))
			found = &s->args[i];
	return found;
}

static void scope_declare(struct scope *s, struct str word)
{
	size_t n = str_find(word, '=');
	struct scope_variable v = { .name = str_slice(word, 0, n), .is_arg = true };
	const struct fingerprint_arg *given = scope_given(s, v.name);
	const struct scope_variable *outer = s->global ? scope_find(s->global, v.name) : NULL;
	if (given) {
		v.value = given->value;
		v.is_fresh = given->is_fresh;
		v.is_set = true;
	} else if (n != STR_NONE) {
		v.value = scope_expand(s, str_slice(word, n + 1, STR_NONE));
		v.is_set = true;
	} else if (outer && outer->is_set) {
		v = *outer;
	}
	scope_set(s, v);
}

/* "NAME=value", or in the old form a name and then the rest. */
static void scope_env(struct scope *s, const struct instruction_parts *p)
{
	if (p->nargs == 2 && str_find(p->args[0], '=') == STR_NONE) {
		scope_set(s, (struct scope_variable){ .name = p->args[0], .is_set = true,
		                                      .value = scope_expand(s, p->args[1]) });
		return;
	}
	for (size_t i = 0; i < p->nargs; i++) {
		size_t n = str_find(p->args[i], '=');
		struct str value = n == STR_NONE ? (struct str){ 0 }
		                                 : str_slice(p->args[i], n + 1, STR_NONE);
		scope_set(s, (struct scope_variable){ .name = str_slice(p->args[i], 0, n),
		                                      .value = scope_expand(s, value),
		                                      .is_set = true });
	}
}

static void scope_workdir(struct scope *s, struct str path)
{
	struct str to = scope_expand(s, path);
	while (to.n > 1 && to.p[to.n - 1] == '/')
		to.n--;
	bool absolute = to.n && (to.p[0] == '/' || to.p[0] == '$');
	s->workdir = absolute ? to : str_of(arena_printf(s->arena, "%.*s/%.*s", STR_ARG(s->workdir),
	                                                 STR_ARG(to)));
}

void scope_take(struct scope *s, const struct instruction *in)
{
	const struct instruction_parts *p = in->parts;
	switch (in->kind) {
	case INSTRUCTION_ARG:
		for (size_t i = 0; i < p->nargs; i++)
			scope_declare(s, p->args[i]);
		break;
	case INSTRUCTION_ENV:
		scope_env(s, p);
		break;
	case INSTRUCTION_WORKDIR:
		if (p->nargs)
			scope_workdir(s, p->args[0]);
		break;
	case INSTRUCTION_USER:
		if (p->nargs)
			s->user = scope_expand(s, p->args[0]);
		break;
	case INSTRUCTION_SHELL:
		s->shell = in->text;
		break;
	default:
		break;
	}
}

struct scope scope_inherit(const struct scope *from, bool with_args)
{
	struct scope s = *from;
	s.variables = NULL;
	s.n = s.cap = 0;
	for (size_t i = 0; i < from->n; i++)
		if (with_args || !from->variables[i].is_arg)
			scope_set(&s, from->variables[i]);
	return s;
}
