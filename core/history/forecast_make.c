#include "core/history/forecast_make.h"

#include <strings.h>

/* BuildKit serves a WORKDIR without cache too, as long as nothing below it was run anew. */
static bool make_is_folder(const struct forecast_maker *m, const struct fingerprint_link *l)
{
	return l->instruction->kind == INSTRUCTION_WORKDIR && !m->s->chain->model->chains_all &&
	       l->parent >= 0 && m->of[l->parent].verdict == VERDICT_HIT;
}

static bool make_is_forced(const struct forecast_maker *m, const struct fingerprint_link *l)
{
	const struct forecast_subject *s = m->s;
	const struct level_effect *level = s->level;
	owned_buf struct buf name = { 0 };
	if (make_is_folder(m, l))
		return false;
	if (level->no_cache)
		return true;
	if (!s->chain->model->forces_stages)
		return false;
	recipe_stage_name(s->chain->recipe, l->stage, &name);
	for (const char *const *p = level->no_cache_stages; p && *p; p++)
		if (strcasecmp(*p, buf_text(&name)) == 0)
			return true;
	return false;
}

static void make_miss(struct forecast_step *f, enum miss why)
{
	f->verdict = VERDICT_MISS;
	f->why = why;
}

/* The base image itself: it is there, or is fetched. */
static void make_from(const struct forecast_subject *s, const struct fingerprint_link *l,
                      const struct forecast_known *known, struct forecast_step *f)
{
	const struct fingerprint_base *base = l->base >= 0 ? &s->chain->bases[l->base] : NULL;
	if (!base || base->id.n || known)
		f->verdict = VERDICT_HIT;
	else if (s->asked_bases)
		make_miss(f, MISS_BASE);
}

/* Classic looks no further in a stage once it has not found something. */
static bool make_gave_up(const struct forecast_maker *m, const struct fingerprint_link *l)
{
	const struct fingerprint_chain *c = m->s->chain;
	if (!c->model->tells_layers || l->parent < 0)
		return false;
	return c->links[l->parent].stage == l->stage && m->of[l->parent].verdict == VERDICT_MISS &&
	       c->links[l->parent].base < 0;
}

static void make_verdict(const struct forecast_maker *m, size_t i,
                         const struct forecast_known *known)
{
	const struct forecast_subject *s = m->s;
	const struct fingerprint_link *l = &s->chain->links[i];
	struct forecast_step *f = &m->of[i];
	if (l->is_through || l->base >= 0)
		make_from(s, l, known, f);
	else if (l->is_forced || l->is_fresh)
		make_miss(f, MISS_LEVEL);
	else if (known && make_gave_up(m, l))
		make_miss(f, MISS_PARENT);
	else if (known && s->gone && map_has(s->gone, known->stands))
		make_miss(f, MISS_PRUNED);
	else if (known)
		f->verdict = VERDICT_HIT;
	else if (forecast_store_find_gone(s->store, l->step.key))
		make_miss(f, MISS_PRUNED);
	else if (!forecast_store_is_empty(s->store))
		make_miss(f, MISS_NEVER);
}

/* The former build that has the most of these keys; of several the newest. */
static const struct forecast_former *make_against(const struct forecast_maker *m)
{
	const struct fingerprint_chain *c = m->s->chain;
	const struct forecast_former *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < m->s->nformers; i++) {
		owned_map struct map keys = { 0 };
		const struct fingerprints *prints = &m->s->formers[i].prints;
		size_t n = 1;
		for (size_t k = 0; k < prints->nsteps; k++)
			map_set(&keys, prints->steps[k].key, (void *)prints);
		for (size_t k = 0; k < c->n; k++)
			n += !c->links[k].is_through && map_has(&keys, c->links[k].step.key);
		if (n > most) {
			most = n;
			best = &m->s->formers[i];
		}
	}
	return best;
}

static void make_list(const struct forecast_maker *m, struct forecast *f)
{
	const struct fingerprint_chain *c = m->s->chain;
	struct forecast_step *steps = arena_array(m->arena, c->n + 1, sizeof *steps);
	for (size_t i = 0; i < c->n; i++) {
		if (c->links[i].is_meta || c->links[i].step.step < 0)
			continue;
		steps[f->nsteps++] = m->of[i];
		switch (m->of[i].verdict) {
		case VERDICT_HIT: f->hits++; break;
		case VERDICT_MISS: f->misses++; break;
		case VERDICT_UNKNOWN: f->unknowns++; break;
		}
	}
	f->steps = steps;
}

static void make_sources(const struct forecast_maker *m, struct fingerprint_link *l)
{
	for (size_t i = 0; i < l->nsources; i++) {
		struct fingerprint_source *s = &l->sources[i];
		if (s->work.n)
			results_guess(forecast_store_results(m->s->store), m->s->chain, s,
			              m->of[s->link].verdict == VERDICT_MISS);
	}
}

void forecast_make(struct arena *a, const struct forecast_subject *s, struct forecast *ret_forecast)
{
	struct fingerprint_chain *c = s->chain;
	struct forecast_maker m = { .arena = a, .s = s, .of = arena_array(a, c->n + 1, sizeof *m.of) };
	struct forecast f = { .engine = str_of(c->model->engine), .p25 = -1, .p50 = -1, .p90 = -1 };
	for (size_t i = 0; i < c->n; i++) {
		struct fingerprint_link *l = &c->links[i];
		make_sources(&m, l);
		fingerprint_chain_key(a, c, i);
		const struct forecast_known *known = forecast_store_find(s->store, l->step.key);
		const struct forecast_known *was = known ? known
		                                         : forecast_store_find_gone(s->store, l->step.key);
		if (was && !l->is_through)
			l->stands = arena_str(a, was->stands);
		m.of[i] = (struct forecast_step){ .step = l->step.step, .verdict = VERDICT_UNKNOWN,
		                                  .parent = -1, .p25 = -1, .p50 = -1, .p90 = -1 };
		l->is_forced = make_is_forced(&m, l);
		make_verdict(&m, i, known);
		l->is_hit = m.of[i].verdict == VERDICT_HIT;
	}
	m.against = make_against(&m);
	for (size_t i = 0; i < c->n; i++)
		forecast_explain(&m, i);
	f.against = m.against ? m.against->id : (struct str){ 0 };
	make_list(&m, &f);
	*ret_forecast = f;
}
