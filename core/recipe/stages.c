#include "core/recipe/stages.h"

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/recipe/mount.h"
#include "core/recipe/quote.h"
#include "core/recipe/shell.h"
#include "core/recipe/text.h"

struct stages {
	struct recipe *recipe;
	struct instruction *instructions;
	struct stage *list;
	struct map names;               /* lower-cased name to stage + 1 */
	struct map args;                /* ARG before FROM to its value, &unknown_value */
	struct problems *problems;
	bool failed;
};

/* Stands for what only the build knows. */
static const struct str unknown_value = { "", 0 };

static void stages_finish(struct stages *s)
{
	map_finish(&s->names);
	map_finish(&s->args);
}

#define stages_fail(s, at, ...) \
	((s)->failed = true, problems_add((s)->problems, SEVERITY_ERROR, "dockerfile-stage", (at), \
	                                  __VA_ARGS__))

static struct str stages_lower(const struct stages *s, struct str name)
{
	char *lower = arena_text(s->recipe->arena, name);
	for (size_t i = 0; i < name.n; i++)
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] = (char)(lower[i] - 'A' + 'a');
	return (struct str){ lower, name.n };
}

static int stages_get(const struct stages *s, struct str name)
{
	return (int)(intptr_t)map_get(&s->names, stages_lower(s, name)) - 1;
}

int stages_named(const struct recipe *r, struct str name)
{
	for (size_t i = r->nstages; i-- > 0;)
		if (r->stages[i].name.p && text_eq_fold(r->stages[i].name, name))
			return (int)i;
	return -1;
}

/* The arguments that BuildKit sets itself in the global scope. */
static bool stages_is_platform_arg(struct str name)
{
	static const char *const names[] = { "TARGETPLATFORM", "TARGETOS", "TARGETARCH",
		"TARGETVARIANT", "TARGETOSVERSION", "TARGETSTAGE", "BUILDPLATFORM", "BUILDOS",
		"BUILDARCH", "BUILDVARIANT", "BUILDOSVERSION" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static enum shell_variable stages_lookup(void *data, struct str name, struct str *ret_value)
{
	const struct stages *s = data;
	const struct str *value = map_get(&s->args, name);
	if (!value)
		return stages_is_platform_arg(name) ? SHELL_UNKNOWN : SHELL_UNSET;
	if (value == &unknown_value)
		return SHELL_UNKNOWN;
	*ret_value = *value;
	return SHELL_SET;
}

static enum shell_result stages_expand(struct stages *s, struct str word, struct span at,
                                       struct str *ret_text)
{
	struct error wrong = { 0 };
	enum shell_result result = shell_expand(s->recipe->arena, word, s->recipe->escape,
	                                        stages_lookup, s, ret_text, &wrong);
	if (result == SHELL_FAILED)
		stages_fail(s, at, "%s", wrong.text);
	return result;
}

/* ARG before the first FROM: its default, or what only the build knows. */
static void stages_add_arg(struct stages *s, const struct instruction_parts *p)
{
	for (size_t i = 0; i < p->nargs; i++) {
		size_t n = str_find(p->args[i], '=');
		struct str name = str_slice(p->args[i], 0, n), text;
		const struct str *value = &unknown_value;
		if (n != STR_NONE && stages_expand(s, str_slice(p->args[i], n + 1, STR_NONE),
		                                   p->args_at[i], &text) == SHELL_DONE) {
			struct str *kept = arena_alloc(s->recipe->arena, sizeof *kept);
			*kept = text;
			value = kept;
		}
		map_set(&s->args, name, (void *)value);
	}
}

static void stages_set_base(struct stages *s, struct stage *stage,
                            const struct instruction_parts *p)
{
	struct error wrong = { 0 };
	stage->base = p->args[0];
	stage->from = -1;
	if (stages_expand(s, p->args[0], p->args_at[0], &stage->base) != SHELL_DONE)
		return;
	if (stage->base.n == 0)
		stages_fail(s, p->args_at[0], "'%.*s' is empty: give its ARG before FROM a default",
		            STR_ARG(p->args[0]));
	stage->from = stages_get(s, stage->base);
	if (stage->base.n && stage->from < 0 && !quote_check_image(stage->base, &wrong))
		stages_fail(s, p->args_at[0], "%s", wrong.text);
}

static void stages_add(struct stages *s, size_t index, struct stage *stage)
{
	const struct instruction_parts *p = s->instructions[index].parts;
	stage->first = (unsigned)index;
	stage->from = -1;
	if (p->nargs > 0)
		stages_set_base(s, stage, p);
	if (p->nargs < 3)
		return;
	stage->name = p->args[2];
	uintptr_t number = (uintptr_t)(stage - s->list) + 1;
	map_set(&s->names, stages_lower(s, stage->name), (void *)number);
}

/* Where each instruction belongs; false: one stands before the first FROM. */
static void stages_divide(struct stages *s)
{
	struct recipe *r = s->recipe;
	struct stage *stage = NULL;
	for (size_t i = 0; i < r->ninstructions; i++) {
		struct instruction *in = &s->instructions[i];
		if (in->kind == INSTRUCTION_FROM) {
			stage = &s->list[r->nstages++];
			stages_add(s, i, stage);
		} else if (!stage && in->kind == INSTRUCTION_ARG) {
			stages_add_arg(s, in->parts);
		} else if (!stage && in->kind != INSTRUCTION_UNKNOWN) {
			stages_fail(s, in->parts->keyword_at, "%s stands before the first FROM: only ARG may",
			            instruction_keyword(in->kind));
		}
		in->stage = (int)r->nstages - 1;
		if (stage)
			stage->count++;
	}
}

/* The stage that COPY --from= names; -1: an image, or an error. */
static int stages_copied(struct stages *s, struct str from, struct span at)
{
	struct error wrong = { 0 };
	unsigned long long number;
	if (str_find(from, '$') != STR_NONE) {
		stages_fail(s, at, "--from takes no variable: give a stage of its own to it, FROM %.*s AS "
		            "name, and copy from that name", STR_ARG(from));
		return -1;
	}
	if (str_number(from, 0x7fffffff, &number)) {
		if (number < s->recipe->nstages)
			return (int)number;
		stages_fail(s, at, "there is no stage %llu: the file has %zu, counted from 0", number,
		            s->recipe->nstages);
		return -1;
	}
	int stage = stages_get(s, from);
	if (stage < 0 && !quote_check_image(from, &wrong))
		stages_fail(s, at, "%s", wrong.text);
	return stage;
}

struct needs {
	unsigned *p;
	size_t n, cap;
};

static void needs_finish(struct needs *n)
{
	free(n->p);
}

static void needs_add(struct needs *n, int stage)
{
	if (stage < 0)
		return;
	if (n->n == n->cap) {
		n->cap = n->cap ? n->cap * 2 : 4;
		n->p = xrealloc(n->p, n->cap, sizeof *n->p);
	}
	n->p[n->n++] = (unsigned)stage;
}

static int needs_order(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
	return (x > y) - (x < y);
}

static void needs_keep(struct needs *n, struct arena *arena, struct stage *stage)
{
	size_t kept = 0;
	if (n->n == 0)
		return;
	qsort(n->p, n->n, sizeof *n->p, needs_order);
	for (size_t i = 0; i < n->n; i++)
		if (kept == 0 || n->p[kept - 1] != n->p[i])
			n->p[kept++] = n->p[i];
	unsigned *list = arena_array(arena, kept, sizeof *list);
	memcpy(list, n->p, kept * sizeof *list);
	stage->needs = list;
	stage->nneeds = kept;
}

static void stages_flags_need(struct stages *s, const struct instruction *in, struct needs *needs)
{
	const struct instruction_parts *p = in->parts;
	for (size_t i = 0; i < p->nflags; i++) {
		struct str name = p->flags[i].name, value = p->flags[i].value;
		if (in->kind == INSTRUCTION_COPY && str_eq(name, STR("from")) && value.n) {
			needs_add(needs, stages_copied(s, value, p->flags_at[i]));
		} else if (in->kind == INSTRUCTION_RUN && str_eq(name, STR("mount"))) {
			struct str from = mount_get(s->recipe->arena, value, "from");
			needs_add(needs, from.n ? stages_get(s, from) : -1);
		}
	}
}

static void stages_link(struct stages *s)
{
	for (size_t i = 0; i < s->recipe->nstages; i++) {
		struct stage *stage = &s->list[i];
		__attribute__((cleanup(needs_finish))) struct needs needs = { 0 };
		needs_add(&needs, stage->from);
		for (unsigned k = 0; k < stage->count; k++)
			stages_flags_need(s, &s->instructions[stage->first + k], &needs);
		needs_keep(&needs, s->recipe->arena, stage);
	}
}

/* Who waits for whom: the stages that need stage i stand in users from
 * starts[i] to starts[i + 1]. */
struct waiting {
	unsigned *starts, *users, *open;
};

static struct waiting stages_waiting(struct stages *s)
{
	size_t n = s->recipe->nstages, total = 0;
	struct arena *arena = s->recipe->arena;
	struct waiting w = { .starts = arena_array(arena, n + 2, sizeof *w.starts),
	                     .open = arena_array(arena, n, sizeof *w.open) };
	for (size_t i = 0; i < n; i++) {
		w.open[i] = (unsigned)s->list[i].nneeds;
		total += s->list[i].nneeds;
		for (size_t k = 0; k < s->list[i].nneeds; k++)
			w.starts[s->list[i].needs[k] + 2]++;
	}
	for (size_t i = 2; i < n + 2; i++)
		w.starts[i] += w.starts[i - 1];
	w.users = arena_array(arena, total, sizeof *w.users);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s->list[i].nneeds; k++)
			w.users[w.starts[s->list[i].needs[k] + 1]++] = (unsigned)i;
	return w;
}

/* Stages without open needs are taken away until none is left; what remains
 * goes in a circle. */
static void stages_check_circle(struct stages *s)
{
	size_t n = s->recipe->nstages, top = 0, taken = 0, at = 0;
	struct waiting w = stages_waiting(s);
	unsigned *ready = arena_array(s->recipe->arena, n, sizeof *ready);
	for (size_t i = 0; i < n; i++)
		if (w.open[i] == 0)
			ready[top++] = (unsigned)i;
	for (; top; taken++) {
		unsigned i = ready[--top];
		for (unsigned k = w.starts[i]; k < w.starts[i + 1]; k++)
			if (--w.open[w.users[k]] == 0)
				ready[top++] = w.users[k];
	}
	while (at < n && w.open[at] == 0)
		at++;
	if (taken < n)
		stages_fail(s, s->instructions[s->list[at].first].parts->keyword_at, "the stage needs "
		            "itself, over COPY --from or RUN --mount: a stage can only use others that do "
		            "not need it");
}

static void stages_reach(struct stages *s)
{
	size_t n = s->recipe->nstages, top = 0;
	unsigned *open = arena_array(s->recipe->arena, n, sizeof *open);
	s->list[s->recipe->target].reachable = true;
	open[top++] = (unsigned)s->recipe->target;
	while (top) {
		const struct stage *stage = &s->list[open[--top]];
		for (size_t k = 0; k < stage->nneeds; k++) {
			struct stage *needed = &s->list[stage->needs[k]];
			if (!needed->reachable)
				open[top++] = stage->needs[k];
			needed->reachable = true;
		}
	}
}

static int stages_target(struct stages *s, struct str target)
{
	unsigned long long number;
	struct buf names owned_buf = { 0 };
	if (target.n == 0)
		return (int)s->recipe->nstages - 1;
	int stage = stages_get(s, target);
	if (stage >= 0)
		return stage;
	if (str_number(target, 0x7fffffff, &number) && number < s->recipe->nstages)
		return (int)number;
	for (size_t i = 0; i < s->names.n; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "; there is ", STR_ARG(s->names.items[i].key));
	stages_fail(s, ((struct span){ s->instructions[0].at.source, 0, 0 }), "there is no stage "
	            "'%.*s' to build%s", STR_ARG(target), names.n ? buf_text(&names) : "; no stage "
	            "has a name");
	return (int)s->recipe->nstages - 1;
}

bool stages_find(struct recipe *r, struct instruction *instructions, struct str target,
                 struct problems *problems)
{
	size_t n = 0;
	for (size_t i = 0; i < r->ninstructions; i++)
		n += instructions[i].kind == INSTRUCTION_FROM;
	__attribute__((cleanup(stages_finish))) struct stages s = {
		.recipe = r, .instructions = instructions, .problems = problems,
		.list = arena_array(r->arena, n, sizeof *s.list),
	};
	r->stages = s.list;
	r->nstages = 0;
	r->target = -1;
	stages_divide(&s);
	if (n == 0)
		return !s.failed;
	stages_link(&s);
	r->target = stages_target(&s, target);
	stages_check_circle(&s);
	stages_reach(&s);
	return !s.failed;
}
