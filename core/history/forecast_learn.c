/* What a build teaches: which steps its engine now has, and what stages gave. */
#include "core/history/forecast_make.h"

struct learner {
	struct arena *arena;
	struct fingerprint_chain *chain;
	const struct forecast_store *store;
	const struct forecast_end *ends;
};

/* Whether it was served or not says what its sources held: the engine looked for it, on
 * ground where it had found or made one before. */
static bool learn_shows(const struct learner *l, size_t i)
{
	const struct fingerprint_chain *c = l->chain;
	int at = c->links[i].parent;
	while (at >= 0 && c->links[at].is_through)
		at = c->links[at].parent;
	return l->ends[i].ended_well && !c->links[i].is_forced && !c->links[i].is_fresh &&
	       (at < 0 || c->links[at].base >= 0 || l->ends[at].cached) &&
	       forecast_store_like(l->store, c->links[i].shape);
}

static const struct forecast_known *learn_find(const struct learner *l, size_t i)
{
	fingerprint_chain_key(l->arena, l->chain, i);
	return forecast_store_find(l->store, l->chain->links[i].step.key);
}

/* What the source is called if the engine knows the step by that name. */
static const struct forecast_known *learn_try(const struct learner *l, size_t i,
                                              struct fingerprint_source *s, struct str name)
{
	struct str given = s->given;
	s->given = name;
	const struct forecast_known *known = learn_find(l, i);
	if (!known)
		s->given = given;
	return known;
}

/* It was served by a name that is not this one. */
static const struct forecast_known *learn_alike(const struct learner *l, size_t i)
{
	struct fingerprint_link *link = &l->chain->links[i];
	const struct results *results = forecast_store_results(l->store);
	for (size_t k = 0; k < link->nsources; k++) {
		struct str name;
		size_t at = 0;
		while (link->sources[k].work.n && results_other(results, &link->sources[k], &at, &name)) {
			const struct forecast_known *known = learn_try(l, i, &link->sources[k], name);
			if (known)
				return known;
		}
	}
	return NULL;
}

/* It ran: the source is none of those that the engine knows there. */
static void learn_other(const struct learner *l, size_t i, struct fingerprint_source *s)
{
	struct results *results = forecast_store_results(l->store);
	owned_map struct map known = { 0 };
	struct str given = s->given, name;
	size_t at = 0;
	if (learn_try(l, i, s, given))
		map_set(&known, given, s);
	while (results_other(results, s, &at, &name)) {
		if (!map_has(&known, name) && learn_try(l, i, s, name))
			map_set(&known, name, s);
		s->given = given;
	}
	results_deny(results, l->chain, s, &known);
}

/* What makes the source ran anew, and it was seen why: an engine that has lost its cache
 * teaches nothing. */
static bool learn_reran(const struct learner *l, const struct fingerprint_source *s)
{
	return !l->ends[s->link].cached && !l->chain->links[s->link].is_hit;
}

/* Names its sources by what the engine did; the step it was served by, or NULL. */
static const struct forecast_known *learn_sources(const struct learner *l, size_t i)
{
	struct fingerprint_link *link = &l->chain->links[i];
	struct results *results = forecast_store_results(l->store);
	const struct forecast_known *known;
	size_t made = 0;
	for (size_t k = 0; k < link->nsources; k++) {
		struct fingerprint_source *s = &link->sources[k];
		made += s->work.n > 0;
		if (s->work.n)
			results_guess(results, l->chain, s, !l->ends[s->link].cached);
	}
	known = learn_find(l, i);
	bool shows = made && learn_shows(l, i);
	if (shows && l->ends[i].cached && !known)
		known = learn_alike(l, i);
	for (size_t k = 0; k < link->nsources; k++) {
		struct fingerprint_source *s = &link->sources[k];
		if (!s->work.n || !l->ends[s->link].ended_well)
			continue;
		if (shows && l->ends[i].cached && known)
			results_confirm(results, l->chain, s, !l->ends[s->link].cached);
		else if (shows && !l->ends[i].cached && made == 1 && learn_reran(l, s))
			learn_other(l, i, s);
		else
			results_keep(results, l->chain, s);
	}
	return learn_find(l, i);
}

struct forecast_known *forecast_learn(struct arena *a, struct fingerprint_chain *c,
                                      const struct forecast_store *store,
                                      const struct forecast_end *ends, size_t *ret_n)
{
	struct learner learner = { a, c, store, ends };
	struct forecast_known *list = arena_array(a, c->n + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct fingerprint_link *l = &c->links[i];
		const struct forecast_known *known = learn_sources(&learner, i), *like;
		if (l->is_through)
			continue;
		if (known)
			l->stands = arena_str(a, known->stands);
		else if (ends[i].cached && l->nsources && (like = forecast_store_like(store, l->shape)))
			/* So what it copied was the same as before. */
			l->stands = arena_str(a, like->stands);
		if (ends[i].layer.n && c->model->tells_layers)
			l->stands = ends[i].layer;
		if (ends[i].ended_well)
			list[n++] = (struct forecast_known){ .key = l->step.key, .shape = l->shape,
			                                     .stands = l->stands, .ran = ends[i].ran };
	}
	*ret_n = n;
	return list;
}
