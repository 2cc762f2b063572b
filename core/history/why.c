#include "core/history/why.h"

#include "core/history/compare.h"
#include "core/history/list.h"
#include "core/history/why_inside.h"
#include "core/os/save.h"

enum { WHY_LABEL = 32 };

const char *why_source_name(enum why_source source)
{
	static const char *const names[] = { "forecast", "fingerprints", "texts", "transfer" };
	return names[source];
}

/* FROM is looked up in every build; engines differ in whether they call that work. */
static bool why_is_about(const struct step *s)
{
	return !s->meta && !s->internal && !s->task.n && compare_ran(s) &&
	       !str_has_prefix(s->name, STR("FROM "));
}

const struct why_step *why_find(const struct why *w, int step)
{
	for (size_t i = 0; i < w->nsteps; i++)
		if (w->steps[i].forecast.step == step)
			return &w->steps[i];
	return NULL;
}

struct str why_label(struct arena *a, const struct build *b, int step)
{
	struct str name = b->steps[step].name;
	size_t n = name.n;
	if (n > WHY_LABEL)
		for (n = WHY_LABEL - 1; n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80;)
			n--;
	return str_of(arena_printf(a, "%d %.*s%s", step, (int)n, name.p ? name.p : "",
	                           n < name.n ? "…" : ""));
}

int why_parent(const struct why_asking *q, int step)
{
	const struct step *s = &q->build->steps[step];
	for (size_t i = q->why->nsteps; i-- > 0;) {
		int at = q->why->steps[i].forecast.step;
		if (str_eq(q->build->steps[at].stage, s->stage))
			return at;
	}
	return -1;
}

static bool why_is_same(const struct step *a, const struct step *b)
{
	return str_eq(a->stage, b->stage) && str_eq(a->name, b->name) && !b->internal && !b->task.n;
}

int why_same(const struct why_asking *q, int step)
{
	const struct step *s = &q->build->steps[step];
	size_t nth = 0;
	for (int i = 0; i < step; i++)
		nth += why_is_same(s, &q->build->steps[i]);
	for (size_t i = 0; q->before && i < q->before->nsteps; i++)
		if (why_is_same(s, &q->before->steps[i]) && nth-- == 0)
			return (int)i;
	return -1;
}

/* ---- the forecast, and what happened ---- */

/* It said that the cache would serve the step. */
static enum why_source why_not_served(const struct why_asking *q, struct forecast_step *f)
{
	int parent = why_parent(q, f->step);
	f->verdict = VERDICT_MISS;
	if (parent >= 0) {
		struct str label = why_label(q->arena, q->build, parent);
		f->why = MISS_PARENT;
		f->parent = parent;
		f->sentence = str_of(arena_printf(q->arena, "follows from %.*s, which ran",
		                                  STR_ARG(label)));
		return WHY_FORECAST;
	}
	if (why_by_transfer(q, f->step, f))
		return WHY_TRANSFER;
	f->why = MISS_PRUNED;
	f->sentence = STR("the forecast said hit: the engine no longer had it");
	return WHY_FORECAST;
}

static bool why_by_forecast(const struct why_asking *q, int step, struct forecast_step *ret,
                            enum why_source *ret_source)
{
	const struct forecast_step *f = q->has_forecast ? forecast_find(&q->forecast, step) : NULL;
	if (!f || f->verdict == VERDICT_UNKNOWN)
		return false;
	*ret = *f;
	*ret_source = f->verdict == VERDICT_HIT ? why_not_served(q, ret) : WHY_FORECAST;
	return true;
}

/* ---- all steps ---- */

static int why_root(const struct why_asking *q, const struct forecast_step *f)
{
	if (f->parent < 0 || (f->why != MISS_PARENT && f->why != MISS_FROM))
		return f->step;
	const struct why_step *parent = why_find(q->why, f->parent);
	return parent ? parent->root : f->step;
}

static enum why_source why_without_forecast(const struct why_asking *q, int step,
                                            struct forecast_step *ret)
{
	struct forecast_step asked = *ret;
	if (why_by_fingerprints(q, step, ret))
		return WHY_FINGERPRINTS;
	why_by_texts(q, step, ret);
	/* Texts alone may say that something was copied, not what. */
	if ((ret->why != MISS_CONTEXT && ret->verdict != VERDICT_UNKNOWN) ||
	    !why_by_transfer(q, step, &asked))
		return WHY_TEXTS;
	*ret = asked;
	return WHY_TRANSFER;
}

static void why_note(struct why_asking *q, size_t by_texts)
{
	if (by_texts && !q->before)
		q->why->note = STR("no earlier build on that engine is kept to compare with");
	else if (by_texts)
		q->why->note = STR("what steps were made from was not recorded: told from Dockerfile, "
		                   "level and the steps above alone");
}

static void why_fill(struct why_asking *q, struct why_step *steps)
{
	size_t by_texts = 0;
	for (size_t i = 0; i < q->build->nsteps; i++) {
		struct why_step *w = &steps[q->why->nsteps];
		if (!why_is_about(&q->build->steps[i]))
			continue;
		w->forecast = (struct forecast_step){ .step = (int)i, .verdict = VERDICT_MISS,
		                                      .parent = -1, .p25 = -1, .p50 = -1, .p90 = -1 };
		if (!why_by_forecast(q, (int)i, &w->forecast, &w->source))
			w->source = why_without_forecast(q, (int)i, &w->forecast);
		by_texts += w->source == WHY_TEXTS;
		w->root = why_root(q, &w->forecast);
		q->why->nsteps++;
	}
	why_note(q, by_texts);
}

void why_make(struct arena *a, const char *dir, const struct build *build, const char *before_dir,
              const struct build *before, struct why *ret_why)
{
	struct why_asking q = { .arena = a, .build = build, .before = before, .why = ret_why };
	struct error ignored;
	struct why_step *steps = arena_array(a, build->nsteps + 1, sizeof *steps);
	*ret_why = (struct why){ .steps = steps };
	q.has_forecast = forecast_read_file(a, dir, &q.forecast, &ignored);
	q.has_now = fingerprints_read(a, dir, &q.now, &ignored);
	q.has_then = before_dir && fingerprints_read(a, before_dir, &q.then, &ignored);
	if (q.has_forecast && q.forecast.against.n)
		ret_why->against = q.forecast.against;
	else if (before)
		ret_why->against = before->id;
	why_fill(&q, steps);
}

/* ---- the build before ---- */

static bool why_has_profiles(const struct history_item *a, const struct history_item *b)
{
	if (a->nprofiles != b->nprofiles)
		return false;
	for (size_t i = 0; i < a->nprofiles; i++)
		if (!str_eq(str_of(a->profiles[i]), str_of(b->profiles[i])))
			return false;
	return true;
}

static bool why_is_candidate(const struct history_item *here, const struct history_item *other,
                             bool any_engine)
{
	if (other->nbuilds || other->state == HISTORY_RUNNING || other->started >= here->started ||
	    !str_eq(str_of(here->project), str_of(other->project)) ||
	    !str_eq(str_of(here->kind), str_of(other->kind)))
		return false;
	return any_engine || (str_eq(str_of(here->engine), str_of(other->engine)) &&
	                      str_eq(str_of(here->address), str_of(other->address)));
}

const char *why_before(struct arena *a, const char *dir, bool any_engine)
{
	struct history_list list;
	struct history_item here;
	struct error ignored;
	const char *found = NULL;
	if (!history_read_one(a, dir, &here) || !history_read(a, (size_t)-1, &list, &ignored))
		return NULL;
	for (size_t i = 0; i < list.n; i++) {
		if (!why_is_candidate(&here, &list.items[i], any_engine))
			continue;
		if (why_has_profiles(&here, &list.items[i]))
			return list.items[i].dir;
		if (!found)
			found = list.items[i].dir;
	}
	return found;
}

/* ---- as JSON ---- */

static struct value *why_step_value(struct arena *a, const struct build *b,
                                    const struct why_step *w)
{
	struct forecast one = { .steps = &w->forecast, .nsteps = 1 };
	const struct value *told = value_child(value_get(forecast_value(a, &one), STR("steps")));
	struct value *o = value_new_object(a);
	const struct step *s = &b->steps[w->forecast.step];
	static const char *const kept[] = { "why", "sentence", "files", "files_count", "cause",
	                                    "parent" };
	value_set(a, o, "step", value_new_integer(a, w->forecast.step));
	value_set(a, o, "name", value_new_string(a, s->name));
	value_set(a, o, "stage", value_new_string(a, s->stage));
	value_set(a, o, "seconds", value_new(a, VALUE_FLOAT,
	          str_of(arena_printf(a, "%.3f", s->seconds)), (struct span){ 0 }));
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		value_set(a, o, kept[i], value_share(a, value_get(told, str_of(kept[i]))));
	value_set(a, o, "root", value_new_integer(a, w->root));
	value_set(a, o, "source", value_new_string(a, str_of(why_source_name(w->source))));
	return o;
}

struct value *why_value(struct arena *a, const struct build *b, const struct why *w, int step)
{
	struct value *o = value_new_object(a), *steps = value_new_array(a);
	value_set(a, o, "build", value_new_string(a, b->id));
	value_set(a, o, "against", value_new_string(a, w->against));
	value_set(a, o, "note", value_new_string(a, w->note));
	for (size_t i = 0; i < w->nsteps; i++)
		if (step < 0 || w->steps[i].forecast.step == step)
			value_append(steps, (struct str){ 0 }, (struct span){ 0 },
			             why_step_value(a, b, &w->steps[i]));
	value_set(a, o, "steps", steps);
	return o;
}
