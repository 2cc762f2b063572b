#include "core/history/advice.h"

#include <stdlib.h>

#include "core/history/advice_inside.h"
#include "core/os/clock.h"

/* Less is nobody's time; one build may have been an exception. */
enum { ADVICE_SECONDS_MIN = 1, ADVICE_BUILDS_MIN = 2, ADVICE_LABEL = 40 };

/* What an instruction in another place would have saved. */
struct saving {
	double seconds;
	size_t builds;
	int below;                      /* the last step that it stands before for nothing */
	int install;                    /* the first that installs; -1: none does */
	struct str manifests;
};

struct advising {
	struct arena *arena;
	const struct advice_subject *subject;
	const struct recipe *recipe;
	struct saving *savings;         /* of each instruction */
};

static const struct stage *advising_stage(const struct advising *v, int instruction)
{
	int stage = v->recipe->instructions[instruction].stage;
	return stage < 0 ? NULL : &v->recipe->stages[stage];
}

static bool advising_copies(const struct instruction *in)
{
	if (in->kind != INSTRUCTION_COPY && in->kind != INSTRUCTION_ADD)
		return false;
	for (size_t i = 0; i < in->parts->nflags; i++)
		if (str_eq(in->parts->flags[i].name, STR("from")))
			return false;
	return true;
}

static void saving_add(struct saving *sum, double seconds, int below)
{
	if (seconds <= 0)
		return;
	sum->seconds += seconds;
	sum->builds++;
	sum->below = sum->below > below ? sum->below : below;
}

/* What ran again below a COPY because its files had changed, and need not have: steps that do
 * not need them, up to the first that does; then installing ones, which need the manifests
 * alone. */
static void advising_copy(struct advising *v, const struct advice_pair *p, int copy)
{
	const struct advice_step *c = &p->steps[copy];
	const struct stage *stage = advising_stage(v, copy);
	struct saving *sum = &v->savings[copy];
	double seconds = 0;
	int below = -1;
	bool needed = false;
	if (c->change != ADVICE_FILES || !c->same_above)
		return;
	for (int j = copy + 1; j < (int)(stage->first + stage->count); j++) {
		const struct advice_step *s = &p->steps[j];
		bool changed;
		if (s->change != ADVICE_SAME)
			break;
		struct str manifests = advice_manifests(v->arena, &v->recipe->instructions[j], p, c,
		                                        &changed);
		bool installs = manifests.n && !changed;
		if (!installs) {
			needed |= advice_needs(v->arena, v->recipe, copy, j, p->now->prints, c->now);
			if (needed)
				break;
		}
		if (!s->ran)
			continue;
		if (installs && sum->install < 0) {
			sum->install = j;
			sum->manifests = manifests;
		}
		seconds += s->seconds;
		below = j;
	}
	saving_add(sum, seconds, below);
}

/* What ran again below an ARG because it had another value, and does not use it. */
static void advising_arg(struct advising *v, const struct advice_pair *p, int arg)
{
	const struct instruction *in = &v->recipe->instructions[arg];
	const struct stage *stage = advising_stage(v, arg);
	struct str name = in->parts->nargs == 1 ? in->parts->args[0] : STR("");
	double seconds = 0;
	int below = -1;
	bool began = false;
	name = str_slice(name, 0, str_find(name, '='));
	for (int j = arg + 1; name.n && j < (int)(stage->first + stage->count); j++) {
		const struct advice_step *s = &p->steps[j];
		bool is_arg = s->change == ADVICE_ARG && str_eq(s->arg, name);
		if ((s->change != ADVICE_SAME && !is_arg) || (is_arg && !began && !s->same_above) ||
		    advice_uses(v->recipe->instructions[j].text, name))
			break;
		began |= is_arg;
		if (!began || !s->ran)
			continue;
		seconds += s->seconds;
		below = j;
	}
	saving_add(&v->savings[arg], seconds, below);
}

/* ---- sentences ---- */

static void advice_append_step(const struct advising *v, struct buf *out, int instruction)
{
	struct str name = v->subject->names[instruction];
	size_t n = name.n;
	if (n > ADVICE_LABEL)
		for (n = ADVICE_LABEL - 1; n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80;)
			n--;
	buf_printf(out, "line %u (%.*s%s)", v->recipe->instructions[instruction].first_line, (int)n,
	           name.p, n < name.n ? "\xe2\x80\xa6" : "");
}

static struct str advice_text(const struct advising *v, int instruction)
{
	const struct saving *s = &v->savings[instruction];
	struct buf text owned_buf = { 0 };
	bool is_arg = v->recipe->instructions[instruction].kind == INSTRUCTION_ARG;
	if (s->install >= 0) {
		buf_printf(&text, "copy %.*s alone before ", STR_ARG(s->manifests));
		advice_append_step(v, &text, s->install);
		buf_append_text(&text, " and the rest behind it");
	} else {
		buf_append_text(&text, "move it below ");
		advice_append_step(v, &text, s->below);
	}
	buf_printf(&text, ": in %zu builds %s made steps run again that %s, ", s->builds,
	           is_arg ? "its new value" : s->install >= 0 ? "other files" : "its changed files",
	           is_arg ? "do not name it" : "do not need them");
	clock_append_seconds(&text, s->seconds);
	return arena_str(v->arena, buf_str(&text));
}

static int advice_order(const void *a, const void *b)
{
	const struct advice *x = a, *y = b;
	if (x->seconds != y->seconds)
		return x->seconds > y->seconds ? -1 : 1;
	return x->instruction - y->instruction;
}

static size_t advice_keep(const struct advising *v, const struct advice **ret_advice)
{
	struct advice *list = arena_array(v->arena, v->recipe->ninstructions, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < v->recipe->ninstructions; i++) {
		const struct saving *s = &v->savings[i];
		if (s->builds < ADVICE_BUILDS_MIN || s->seconds < ADVICE_SECONDS_MIN)
			continue;
		list[n++] = (struct advice){ (int)i, advice_text(v, (int)i), s->seconds, s->builds };
	}
	if (n)
		qsort(list, n, sizeof *list, advice_order);
	*ret_advice = list;
	return n;
}

size_t advice_make(struct arena *a, const struct advice_subject *s,
                   const struct advice **ret_advice)
{
	const struct recipe *r = s->recipe;
	struct advising v = { .arena = a, .subject = s, .recipe = r,
	                      .savings = arena_array(a, r->ninstructions, sizeof *v.savings) };
	for (size_t i = 0; i < r->ninstructions; i++)
		v.savings[i].below = v.savings[i].install = -1;
	for (size_t i = 0; i + 1 < s->nbuilds; i++) {
		struct advice_pair pair;
		if (!advice_pair_make(a, s, i, &pair))
			continue;
		for (size_t k = 0; k < r->ninstructions; k++) {
			const struct instruction *in = &r->instructions[k];
			if (in->stage < 0 || !r->stages[in->stage].reachable)
				continue;
			if (advising_copies(in))
				advising_copy(&v, &pair, (int)k);
			else if (in->kind == INSTRUCTION_ARG)
				advising_arg(&v, &pair, (int)k);
		}
	}
	return advice_keep(&v, ret_advice);
}

/* ---- told ---- */

void advice_report(const struct recipe *r, const struct advice *list, size_t n,
                   struct problems *problems)
{
	for (size_t i = 0; i < n; i++)
		problems_add(problems, SEVERITY_NOTE, "cache-order",
		             r->instructions[list[i].instruction].parts->keyword_at, "%.*s",
		             STR_ARG(list[i].text));
}

struct value *advice_value(struct arena *a, const struct recipe *r, const struct advice *list,
                           size_t n)
{
	struct value *all = value_new_array(a);
	for (size_t i = 0; i < n; i++) {
		struct value *o = value_new_object(a);
		value_set(a, o, "line", value_new_integer(a,
		          r->instructions[list[i].instruction].first_line));
		value_set(a, o, "instruction", value_new_integer(a, list[i].instruction));
		value_set(a, o, "text", value_new_string(a, list[i].text));
		value_set(a, o, "seconds", value_new(a, VALUE_FLOAT,
		          str_of(arena_printf(a, "%.3f", list[i].seconds)), (struct span){ 0 }));
		value_set(a, o, "builds", value_new_integer(a, (long long)list[i].builds));
		value_append(all, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return all;
}
