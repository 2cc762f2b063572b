/* Two builds in a row, step by step of the recipe that is asked about. */
#include "core/base/map.h"
#include "core/history/advice_inside.h"
#include "core/history/context_diff.h"

static struct str pair_key(struct arena *a, struct str stage, struct str name)
{
	return str_of(arena_printf(a, "%.*s\n%.*s", STR_ARG(stage), STR_ARG(name)));
}

static struct str pair_stage(struct arena *a, const struct recipe *r, int stage)
{
	struct buf name owned_buf = { 0 };
	if (stage < 0 || (r->nstages == 1 && !r->stages[0].name.n))
		return STR("");
	recipe_stage_name(r, stage, &name);
	return arena_str(a, buf_str(&name));
}

/* The build's step of each instruction (stage and name; the n-th such for the n-th), or NULL. */
static const struct step **pair_steps(struct arena *a, const struct advice_subject *s,
                                      const struct build *b)
{
	const struct step **found = arena_array(a, s->recipe->ninstructions + 1, sizeof(void *));
	size_t *next = arena_array(a, b->nsteps + 1, sizeof *next);
	owned_map struct map heads = { 0 };
	for (size_t i = b->nsteps; i-- > 0;) {
		if (b->steps[i].internal || b->steps[i].task.n)
			continue;
		struct str key = pair_key(a, b->steps[i].stage, b->steps[i].name);
		next[i] = (size_t)(uintptr_t)map_get(&heads, key);
		map_set(&heads, key, (void *)(uintptr_t)(i + 1));
	}
	for (size_t i = 0; i < s->recipe->ninstructions; i++) {
		struct str stage = pair_stage(a, s->recipe, s->recipe->instructions[i].stage);
		struct str key = pair_key(a, stage, s->names[i]);
		size_t at = (size_t)(uintptr_t)map_get(&heads, key);
		if (at) {
			found[i] = &b->steps[at - 1];
			map_set(&heads, key, (void *)(uintptr_t)next[at - 1]);
		}
	}
	return found;
}

static const struct pair *pair_arg(const struct fingerprint_step *f, struct str name)
{
	for (size_t i = 0; i < f->nargs; i++)
		if (str_eq(f->args[i].name, name))
			return &f->args[i];
	return NULL;
}

/* How many differ; ret_name: one of them. */
static size_t pair_args_differ(const struct fingerprint_step *then,
                               const struct fingerprint_step *now, struct str *ret_name)
{
	size_t n = 0;
	for (size_t i = 0; i < now->nargs + then->nargs; i++) {
		const struct pair *arg = i < now->nargs ? &now->args[i] : &then->args[i - now->nargs];
		const struct pair *other = pair_arg(i < now->nargs ? then : now, arg->name);
		if (other && (i >= now->nargs || str_eq(arg->value, other->value)))
			continue;
		*ret_name = arg->name;
		n++;
	}
	return n;
}

static bool pair_sources_differ(const struct fingerprint_step *then,
                                const struct fingerprint_step *now)
{
	if (then->nsources != now->nsources)
		return true;
	for (size_t i = 0; i < now->nsources; i++)
		if (!str_eq(then->sources[i].name, now->sources[i].name) ||
		    !str_eq(then->sources[i].value, now->sources[i].value))
			return true;
	return false;
}

static enum advice_change pair_change(struct arena *a, const struct advice_pair *p,
                                      struct advice_step *s)
{
	struct context_diff files;
	size_t args = pair_args_differ(s->then, s->now, &s->arg);
	context_diff_make(a, p->then->prints, s->then, p->now->prints, s->now, &files);
	bool other = pair_sources_differ(s->then, s->now);
	/* The text of a step that an ARG is put into changes with it. */
	if (other || (args == 0 && !str_eq(s->then->text, s->now->text)) || (args > 0 && files.n))
		return ADVICE_OTHER;
	if (args)
		return args == 1 ? ADVICE_ARG : ADVICE_OTHER;
	return files.n ? ADVICE_FILES : ADVICE_SAME;
}

static bool pair_ended_well(const struct step *s)
{
	return s->state == STEP_DONE || s->state == STEP_CACHED;
}

static void pair_step(struct arena *a, const struct advice_pair *p, struct advice_step *s,
                      const struct step *then, const struct step *now)
{
	*s = (struct advice_step){ .change = ADVICE_OTHER };
	if (!then || !now)
		return;
	s->then = fingerprints_find(p->then->prints, (int)(then - p->then->build->steps));
	s->now = fingerprints_find(p->now->prints, (int)(now - p->now->build->steps));
	if (!s->then != !s->now)
		return;
	s->same_above = s->now && str_eq(s->then->parent, s->now->parent);
	s->change = s->now ? pair_change(a, p, s) : ADVICE_SAME;
	s->ran = !now->meta && now->state == STEP_DONE && now->seconds > 0 && pair_ended_well(then);
	s->seconds = now->seconds;
}

bool advice_pair_make(struct arena *a, const struct advice_subject *s, size_t now,
                      struct advice_pair *p)
{
	*p = (struct advice_pair){ .now = &s->builds[now], .then = &s->builds[now + 1] };
	struct str level = p->now->build->level;
	if (level.n && !str_eq(level, STR("all")))
		return false;
	const struct step **here = pair_steps(a, s, p->now->build);
	const struct step **before = pair_steps(a, s, p->then->build);
	p->steps = arena_array(a, s->recipe->ninstructions + 1, sizeof *p->steps);
	for (size_t i = 0; i < s->recipe->ninstructions; i++)
		pair_step(a, p, &p->steps[i], before[i], here[i]);
	return true;
}
