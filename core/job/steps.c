#include "core/job/steps.h"

#include <stdlib.h>

#include "core/base/check.h"

/* A name longer than this is cut: the Dockerfile has it in full. */
enum { STEPS_NAME_MAX = 1000 };

struct steps_item {
	size_t task;
	int instruction;                /* -1: the task itself */
};

struct steps {
	const struct plan *plan;
	struct steps_item *items;
	size_t n, cap, foreseen;
};

const struct recipe *steps_recipe(const struct image_task *image)
{
	return image->level.recipe ? image->level.recipe : image->recipe;
}

static int steps_append(struct steps *s, size_t task, int instruction)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->items = xrealloc(s->items, s->cap, sizeof *s->items);
	}
	s->items[s->n] = (struct steps_item){ task, instruction };
	return (int)s->n++;
}

/* What stands before the first FROM belongs to all stages. */
static bool steps_is_reachable(const struct recipe *r, int stage)
{
	return stage < 0 || r->stages[stage].reachable;
}

static void steps_append_image(struct steps *s, size_t task)
{
	const struct recipe *r = steps_recipe(&s->plan->tasks[task].image);
	for (size_t i = 0; i < r->ninstructions; i++)
		if (steps_is_reachable(r, r->instructions[i].stage))
			steps_append(s, task, (int)i);
}

/* What images are made from comes first, what becomes of their names last. */
enum { STEPS_BEFORE, STEPS_IN_ORDER, STEPS_AFTER };

static int steps_turn(const struct task *t)
{
	switch (t->kind) {
	case TASK_FETCH:
	case TASK_STAGE: return STEPS_BEFORE;
	case TASK_PUSH: return STEPS_AFTER;
	default: return STEPS_IN_ORDER;
	}
}

struct steps *steps_new(const struct plan *plan)
{
	struct steps *s = xcalloc(1, sizeof *s);
	s->plan = plan;
	for (int turn = STEPS_BEFORE; turn <= STEPS_AFTER; turn++)
		for (size_t i = 0; i < plan->ntasks; i++)
			if (steps_turn(&plan->tasks[i]) != turn)
				continue;
			else if (plan->tasks[i].kind == TASK_IMAGE)
				steps_append_image(s, i);
			else
				steps_append(s, i, -1);
	s->foreseen = s->n;
	return s;
}

void steps_free(struct steps *s)
{
	if (!s)
		return;
	free(s->items);
	free(s);
}

static int steps_find(const struct steps *s, size_t task, int instruction)
{
	for (size_t i = 0; i < s->foreseen; i++)
		if (s->items[i].task == task && s->items[i].instruction == instruction)
			return (int)i;
	return -1;
}

int steps_of_task(const struct steps *s, size_t task)
{
	return steps_find(s, task, -1);
}

int steps_of_instruction(const struct steps *s, size_t task, int instruction)
{
	return instruction < 0 ? -1 : steps_find(s, task, instruction);
}

int steps_add(struct steps *s)
{
	return steps_append(s, 0, -1);
}

struct str steps_name(struct arena *arena, struct str text)
{
	owned_buf struct buf name = { 0 };
	struct str line;
	while (str_next(&text, '\n', &line)) {
		struct str part = str_trim(line);
		bool goes_on = part.n && part.p[part.n - 1] == '\\';
		part = str_trim(str_slice(part, 0, part.n - goes_on));
		if (name.n && part.n)
			buf_append_char(&name, ' ');
		buf_append(&name, part);
		if (!goes_on || name.n > STEPS_NAME_MAX)
			break;
	}
	return arena_str(arena, str_slice(buf_str(&name), 0, STEPS_NAME_MAX));
}

static struct value *steps_null(struct arena *arena)
{
	return value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 });
}

static struct value *steps_origin(struct arena *arena, const struct value *const *causes, size_t n,
                                  struct span otherwise)
{
	struct origin at = span_origin(otherwise);
	for (size_t i = n; i > 0; i--)
		if (value_origin(causes[i - 1]).path)
			at = value_origin(causes[i - 1]);
	if (!at.path)
		return steps_null(arena);
	if (!at.line)
		return value_new_string(arena, str_of(at.path));
	return value_new_string(arena, str_of(arena_printf(arena, "%s:%u", at.path, at.line)));
}

static struct value *steps_stage(struct arena *arena, const struct recipe *r, int stage)
{
	owned_buf struct buf name = { 0 };
	if (stage < 0 || (r->nstages == 1 && !r->stages[0].name.n))
		return steps_null(arena);
	recipe_stage_name(r, stage, &name);
	return value_new_string(arena, arena_str(arena, buf_str(&name)));
}

static void steps_describe_task(const struct steps *s, struct arena *arena,
                                const struct steps_item *item, struct value *o)
{
	static const char *const names[] = {
		"fetch", "certificate", "image", "run", "stop", "copy", "copy", "gate", "push", "write",
		"hand over",
	};
	const struct task *t = &s->plan->tasks[item->task];
	const char *what = t->kind == TASK_PUSH && t->push.is_local ? "tag" : names[t->kind];
	const char *name = str_eq(str_of(t->name), str_of(what)) ? what
	                   : arena_printf(arena, "%s %s", what, t->name);
	value_set(arena, o, "name", value_new_string(arena, str_of(name)));
	value_set(arena, o, "task", value_new_string(arena, str_of(what)));
	value_set(arena, o, "stage", steps_null(arena));
	value_set(arena, o, "line", steps_null(arena));
	value_set(arena, o, "group", steps_null(arena));
	value_set(arena, o, "origin", steps_origin(arena, t->causes, t->ncauses, (struct span){ 0 }));
}

static void steps_describe_instruction(const struct steps *s, struct arena *arena,
                                       const struct steps_item *item, struct value *o)
{
	const struct recipe *r = steps_recipe(&s->plan->tasks[item->task].image);
	const struct instruction *i = &r->instructions[item->instruction];
	value_set(arena, o, "name", value_new_string(arena, steps_name(arena, i->text)));
	value_set(arena, o, "stage", steps_stage(arena, r, i->stage));
	value_set(arena, o, "line", i->first_line ? value_new_integer(arena, i->first_line)
	                                          : steps_null(arena));
	value_set(arena, o, "group", i->group < 0 ? steps_null(arena)
	                                          : value_new_integer(arena, i->group));
	value_set(arena, o, "origin", steps_origin(arena, i->causes, i->ncauses, i->at));
	if (!recipe_makes_step(r, (size_t)item->instruction))
		value_set(arena, o, "meta", value_new_bool(arena, true));
}

struct value *steps_describe(const struct steps *s, struct arena *arena)
{
	struct value *list = value_new_array(arena);
	for (size_t i = 0; i < s->foreseen; i++) {
		struct value *o = value_new_object(arena);
		value_set(arena, o, "index", value_new_integer(arena, (long long)i));
		if (s->items[i].instruction < 0)
			steps_describe_task(s, arena, &s->items[i], o);
		else
			steps_describe_instruction(s, arena, &s->items[i], o);
		value_set(arena, o, "forecast", value_new_string(arena, STR("unknown")));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

void steps_foretell(struct arena *arena, struct value *list, const struct forecast *f)
{
	int index = 0;
	for (const struct value *v = value_child(list); v; v = value_next(v), index++) {
		const struct forecast_step *s = forecast_find(f, index);
		if (s)
			value_set(arena, (struct value *)v, "forecast",
			          value_new_string(arena, str_of(forecast_verdict_name(s->verdict))));
	}
}
