#include "core/recipe/values.h"

#include "core/recipe/parts.h"
#include "core/recipe/text.h"
#include "core/recipe/values_inside.h"

/* ---- what a name is bound to, from where on ---- */

static const struct binding *timeline_at(const struct timeline *t, unsigned at)
{
	size_t low = 0, high = t ? t->n : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->list[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? t->list[low - 1].binding : NULL;
}

static void timeline_add(struct arena *a, struct timeline *t, unsigned at, const struct binding *b)
{
	if (t->n == t->cap) {
		struct binding_from *old = t->list;
		t->cap = t->cap ? 2 * t->cap : 2;
		t->list = arena_array(a, t->cap, sizeof *t->list);
		if (t->n)
			memcpy(t->list, old, t->n * sizeof *old);
	}
	t->list[t->n++] = (struct binding_from){ at, b };
}

static const struct binding *timeline_last(const struct timeline *t)
{
	return t && t->n ? t->list[t->n - 1].binding : NULL;
}

/* ---- the walk ---- */

/* What a stage has bound first, and what stood there before. */
struct undo {
	struct undo *next;
	struct timeline *timeline;
	const struct binding *before;
};

struct walk {
	struct values *v;
	unsigned counter;               /* the next place */
	int stage;                      /* -1: before the first FROM */
	int instruction;
	struct undo **undos;            /* of each stage */
	int *first_child, *next_brother;
	bool *posix;                    /* of each stage: at its end */
};

static void walk_bind(struct walk *w, struct variable variable, unsigned at)
{
	struct values *v = w->v;
	struct map *names = w->stage < 0 ? &v->globals : &v->locals;
	struct timeline *t = map_get(names, variable.name);
	struct binding *b = arena_alloc(v->arena, sizeof *b);
	const struct binding *before = timeline_last(t);
	if (!t) {
		t = arena_alloc(v->arena, sizeof *t);
		map_set(names, variable.name, t);
	}
	*b = (struct binding){ .variable = variable, .stage = w->stage };
	b->env = variable.is_arg ? before ? before->env : NULL : b;
	if (w->stage >= 0 && (!before || before->stage != w->stage)) {
		struct undo *undo = arena_alloc(v->arena, sizeof *undo);
		*undo = (struct undo){ w->undos[w->stage], t, before };
		w->undos[w->stage] = undo;
	}
	timeline_add(v->arena, t, at, b);
}

/* The place an instruction's own bindings count from. */
static unsigned walk_behind(const struct walk *w)
{
	return w->stage < 0 ? (unsigned)w->instruction + 1 : w->v->at[w->instruction] + 1;
}

static bool walk_expand(const struct walk *w, struct str word, struct str *ret_text)
{
	struct values_asking asking = { w->v, w->instruction, true };
	struct error ignored;
	return shell_expand(w->v->arena, word, w->v->recipe->escape, values_lookup, &asking, ret_text,
	                    &ignored) == SHELL_DONE;
}

/* What the build is given, or the ARG's own default. */
static struct variable walk_declared(const struct walk *w, struct str word)
{
	size_t n = str_find(word, '=');
	struct variable var = { .name = str_slice(word, 0, n), .from = VARIABLE_UNKNOWN,
	                        .is_arg = true, .instruction = w->instruction };
	const struct pair *given = map_get(&w->v->given, var.name);
	if (given) {
		var.value = given->value;
		var.is_set = given->value.p != NULL;
		var.from = var.is_set ? VARIABLE_GIVEN : VARIABLE_UNKNOWN;
	} else if (n != STR_NONE && walk_expand(w, str_slice(word, n + 1, STR_NONE), &var.value)) {
		var.is_set = true;
		var.from = VARIABLE_DEFAULT;
	}
	return var;
}

/* An ARG without a value takes up what stands before the first FROM, or leaves the name with
 * what it has. */
static void walk_arg(struct walk *w, struct str word)
{
	struct values *v = w->v;
	struct variable var = walk_declared(w, word);
	const struct binding *outer = timeline_last(map_get(&v->globals, var.name));
	const struct binding *before = timeline_last(map_get(w->stage < 0 ? &v->globals : &v->locals,
	                                                     var.name));
	bool is_bare = str_find(word, '=') == STR_NONE && !map_has(&v->given, var.name);
	if (is_bare && w->stage >= 0 && outer) {
		var.value = outer->variable.value;
		var.is_set = outer->variable.is_set;
		var.from = outer->variable.from;
	}
	if (is_bare && !var.is_set && before && before->variable.is_set)
		return;
	walk_bind(w, var, walk_behind(w));
}

/* "name=value", or in the old form a name and then the rest; all values are those that stood
 * before the instruction. */
static void walk_env(struct walk *w, const struct instruction_parts *p)
{
	bool is_old = p->nargs == 2 && str_find(p->args[0], '=') == STR_NONE;
	size_t n = is_old ? 1 : p->nargs;
	struct variable *vars = arena_array(w->v->arena, n, sizeof *vars);
	for (size_t i = 0; i < n; i++) {
		size_t at = str_find(p->args[i], '=');
		struct str name = str_slice(p->args[i], 0, at);
		struct str value = is_old ? p->args[1] : str_slice(p->args[i], at + 1, STR_NONE);
		vars[i] = (struct variable){ .name = name, .instruction = w->instruction };
		walk_expand(w, name, &vars[i].name);
		vars[i].is_set = walk_expand(w, value, &vars[i].value);
		vars[i].from = vars[i].is_set ? VARIABLE_ENV : VARIABLE_UNKNOWN;
	}
	for (size_t i = 0; i < n; i++)
		walk_bind(w, vars[i], walk_behind(w));
}

static bool walk_is_posix(const struct instruction_parts *p)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh" };
	struct str name = p->nargs ? p->args[0] : STR("");
	size_t slash = str_find_last(name, '/');
	name = str_slice(name, slash == STR_NONE ? 0 : slash + 1, STR_NONE);
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (str_eq(name, str_of(shells[i])))
			return true;
	return false;
}

static void walk_stage(struct walk *w, int stage)
{
	struct values *v = w->v;
	const struct stage *s = &v->recipe->stages[stage];
	bool posix = v->bases[stage] < 0 || w->posix[v->bases[stage]];
	w->stage = stage;
	for (unsigned i = s->first; i < s->first + s->count; i++) {
		const struct instruction *in = &v->recipe->instructions[i];
		w->instruction = (int)i;
		v->at[i] = w->counter++;
		v->is_posix[i] = posix;
		for (size_t k = 0; in->kind == INSTRUCTION_ARG && k < in->parts->nargs; k++)
			walk_arg(w, in->parts->args[k]);
		if (in->kind == INSTRUCTION_ENV)
			walk_env(w, in->parts);
		else if (in->kind == INSTRUCTION_SHELL)
			posix = walk_is_posix(in->parts);
	}
	w->posix[stage] = posix;
	v->end[stage] = w->counter++;
}

static void walk_leave(struct walk *w, int stage)
{
	for (const struct undo *u = w->undos[stage]; u; u = u->next)
		timeline_add(w->v->arena, u->timeline, w->counter, u->before);
}

/* A stage, then all that stand on it, without going down the process's stack. */
static void walk_tree(struct walk *w, int root)
{
	int stage = root;
	walk_stage(w, stage);
	for (;;) {
		int next = w->first_child[stage];
		while (next < 0) {
			walk_leave(w, stage);
			if (stage == root)
				return;
			next = w->next_brother[stage];
			if (next < 0)
				stage = w->v->bases[stage];
		}
		stage = next;
		walk_stage(w, stage);
	}
}

/* ---- before the first FROM, and what stages stand on ---- */

static void values_set_globals(struct walk *w, const char *platform)
{
	struct values *v = w->v;
	struct pair known;
	w->stage = -1;
	for (size_t i = 0; values_platform(v->arena, v->recipe, platform, i, &known); i++) {
		const struct pair *given = map_get(&v->given, known.name);
		struct str value = given ? given->value : known.value;
		enum variable_from from = !value.p ? VARIABLE_UNKNOWN
		                                   : given ? VARIABLE_GIVEN : VARIABLE_PLATFORM;
		walk_bind(w, (struct variable){ .name = known.name, .value = value, .from = from,
		                                .is_set = value.p != NULL, .is_arg = true,
		                                .instruction = -1 }, 0);
	}
	for (size_t i = 0; i < v->recipe->ninstructions; i++) {
		const struct instruction *in = &v->recipe->instructions[i];
		w->instruction = (int)i;
		for (size_t k = 0; in->stage < 0 && in->kind == INSTRUCTION_ARG && k < in->parts->nargs;
		     k++)
			walk_arg(w, in->parts->args[k]);
	}
}

static struct str values_lower(struct arena *a, struct str name)
{
	char *lower = arena_text(a, name);
	for (size_t i = 0; i < name.n; i++)
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] = (char)(lower[i] - 'A' + 'a');
	return (struct str){ lower, name.n };
}

static void values_set_bases(struct walk *w)
{
	struct values *v = w->v;
	owned_map struct map names = { 0 };
	for (size_t i = 0; i < v->recipe->nstages; i++) {
		const struct stage *s = &v->recipe->stages[i];
		const struct instruction_parts *p = v->recipe->instructions[s->first].parts;
		struct str base = p->nargs ? p->args[0] : STR(""), text;
		w->instruction = (int)s->first;
		if (walk_expand(w, base, &text))
			base = text;
		v->images[i] = base;
		int from = (int)(intptr_t)map_get(&names, values_lower(v->arena, base)) - 1;
		v->bases[i] = from;
		v->is_scratch[i] = from < 0 ? str_eq(base, STR("scratch")) : v->is_scratch[from];
		if (s->name.n)
			map_set(&names, values_lower(v->arena, s->name), (void *)(intptr_t)(i + 1));
	}
}

static void values_walk(struct walk *w)
{
	struct values *v = w->v;
	size_t n = v->recipe->nstages;
	for (size_t i = 0; i < n; i++)
		w->first_child[i] = w->next_brother[i] = -1;
	for (size_t i = n; i-- > 0;) {
		int base = v->bases[i];
		if (base < 0)
			continue;
		w->next_brother[i] = w->first_child[base];
		w->first_child[base] = (int)i;
	}
	for (size_t i = 0; i < n; i++)
		if (v->bases[i] < 0)
			walk_tree(w, (int)i);
}

/* ---- build-args that nobody takes ---- */

static void unused_reach(const struct values *v, bool *reached, int target)
{
	size_t n = v->recipe->nstages, top = 0;
	int *open = arena_array(v->arena, n + 1, sizeof *open);
	reached[target] = true;
	open[top++] = target;
	while (top) {
		int at = open[--top];
		const struct stage *s = &v->recipe->stages[at];
		for (size_t k = 0; k <= s->nneeds; k++) {
			int needed = k < s->nneeds ? (int)s->needs[k] : v->bases[at];
			if (needed < 0 || reached[needed])
				continue;
			reached[needed] = true;
			open[top++] = needed;
		}
	}
}

static void values_set_unused(struct values *v)
{
	const struct recipe *r = v->recipe;
	owned_map struct map taken = { 0 };
	bool *reached = arena_array(v->arena, r->nstages + 1, sizeof *reached);
	if (r->target >= 0)
		unused_reach(v, reached, r->target);
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if (in->kind != INSTRUCTION_ARG || (in->stage >= 0 && !reached[in->stage]))
			continue;
		for (size_t k = 0; k < in->parts->nargs; k++) {
			struct str name = in->parts->args[k];
			map_set(&taken, str_slice(name, 0, str_find(name, '=')), v);
		}
	}
	v->unused = arena_array(v->arena, v->given.n, sizeof *v->unused);
	for (size_t i = 0; i < v->given.n; i++)
		if (!map_has(&taken, v->given.items[i].key) && !values_is_builders(v->given.items[i].key))
			v->unused[v->nunused++] = v->given.items[i].value;
}

/* ---- the whole ---- */

static void values_add_predefined(struct values *v, const struct pair *given)
{
	struct variable *var = arena_alloc(v->arena, sizeof *var);
	*var = (struct variable){ .name = given->name, .value = given->value, .is_arg = true,
	                          .from = VARIABLE_PREDEFINED, .is_set = given->value.p != NULL,
	                          .instruction = -1 };
	map_set(&v->predefined, var->name, var);
}

static void values_set_given(struct values *v, const struct values_given *given)
{
	struct pair *args = arena_array(v->arena, given->nargs, sizeof *args);
	for (size_t i = 0; i < given->nargs; i++) {
		struct str value = given->args[i].value;
		args[i] = (struct pair){ arena_str(v->arena, given->args[i].name),
		                         value.p ? arena_str(v->arena, value) : value };
		map_set(&v->given, args[i].name, &args[i]);
		if (values_is_proxy(args[i].name))
			values_add_predefined(v, &args[i]);
	}
	v->args = args;
	v->nargs = given->nargs;
	v->ends_args = given->ends_args;
}

struct values *values_new(const struct recipe *r, const struct values_given *given)
{
	struct arena *a = arena_new();
	struct values *v = arena_alloc(a, sizeof *v);
	size_t n = r->nstages + 1;
	*v = (struct values){
		.arena = a, .recipe = r, .at = arena_array(a, r->ninstructions + 1, sizeof *v->at),
		.is_posix = arena_array(a, r->ninstructions + 1, sizeof *v->is_posix),
		.end = arena_array(a, n, sizeof *v->end), .bases = arena_array(a, n, sizeof *v->bases),
		.images = arena_array(a, n, sizeof *v->images),
		.is_scratch = arena_array(a, n, sizeof *v->is_scratch),
	};
	struct walk w = { .v = v, .undos = arena_array(a, n, sizeof *w.undos),
	                  .first_child = arena_array(a, n, sizeof *w.first_child),
	                  .next_brother = arena_array(a, n, sizeof *w.next_brother),
	                  .posix = arena_array(a, n, sizeof *w.posix) };
	values_set_given(v, given);
	values_set_globals(&w, given->platform);
	values_set_bases(&w);
	values_walk(&w);
	values_set_unused(v);
	return v;
}

void values_free(struct values *v)
{
	if (!v)
		return;
	map_finish(&v->given);
	map_finish(&v->globals);
	map_finish(&v->locals);
	map_finish(&v->predefined);
	arena_free(v->arena);
}

/* ---- questions ---- */

/* What an ARG or ENV says where the builder looks only at some. */
static const struct variable *values_seen(const struct values *v, const struct binding *b,
                                          int stage, bool env_only)
{
	bool is_other = b && b->stage != stage;
	if (b && b->variable.is_arg &&
	    (env_only || (b->env ? v->ends_args || is_other : v->ends_args && is_other)))
		b = b->env;
	return b ? &b->variable : NULL;
}

static const struct variable *values_at(const struct values *v, int instruction, struct str name,
                                        unsigned behind)
{
	const struct instruction *in = &v->recipe->instructions[instruction];
	if (in->stage < 0 || in->kind == INSTRUCTION_FROM) {
		const struct binding *b = timeline_at(map_get(&v->globals, name),
		                                      (unsigned)instruction + behind);
		return b ? &b->variable : NULL;
	}
	const struct timeline *t = map_get(&v->locals, name);
	switch (in->kind) {
	case INSTRUCTION_CMD:
	case INSTRUCTION_ENTRYPOINT:
	case INSTRUCTION_HEALTHCHECK:
		return values_seen(v, timeline_at(t, v->end[in->stage]), in->stage, true);
	default:
		break;
	}
	const struct variable *var = values_seen(v, timeline_at(t, v->at[instruction] + behind),
	                                         in->stage, false);
	return !var && in->kind == INSTRUCTION_RUN ? map_get(&v->predefined, name) : var;
}

const struct variable *values_find(const struct values *v, int instruction, struct str name)
{
	return values_at(v, instruction, name, 0);
}

const struct variable *values_find_behind(const struct values *v, int instruction, struct str name)
{
	return values_at(v, instruction, name, 1);
}

/* Nothing but what is declared is there: before the stages, and on scratch but for PATH. */
static bool values_is_all(const struct values *v, const struct instruction *in, struct str name)
{
	return in->stage < 0 || in->kind == INSTRUCTION_FROM || !text_is_name(name.p[0], 0) ||
	       (v->is_scratch[in->stage] && !str_eq(name, STR("PATH")));
}

enum shell_variable values_lookup(void *data, struct str name, struct str *ret_value)
{
	const struct values_asking *asking = data;
	const struct values *v = asking->values;
	const struct variable *var = values_at(v, asking->instruction, name, asking->behind);
	if (!var)
		return values_is_all(v, &v->recipe->instructions[asking->instruction], name)
			? SHELL_UNSET : SHELL_UNKNOWN;
	*ret_value = var->value;
	return var->is_set ? SHELL_SET : SHELL_UNKNOWN;
}

bool values_expand(const struct values *v, int instruction, struct arena *arena, struct str word,
                   struct str *ret_text)
{
	struct values_asking asking = { v, instruction, false };
	struct error ignored;
	return shell_expand(arena, word, v->recipe->escape, values_lookup, &asking, ret_text,
	                    &ignored) == SHELL_DONE;
}

int values_base(const struct values *v, int stage, struct str *ret_base)
{
	*ret_base = v->images[stage];
	return v->bases[stage];
}

size_t values_unused(const struct values *v, const struct pair *const **ret_args)
{
	*ret_args = (const struct pair *const *)v->unused;
	return v->nunused;
}
