/* Steps of two builds in pairs. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/history/compare_inside.h"

struct pairing {
	const struct build *a, *b;
	int *of_b;                      /* of each step of B: A's, or -1 */
	bool *taken;                    /* A's that have one */
	uint32_t *keys_a, *keys_b;
	struct arena *scratch;
};

/* Engines put digests into names of their own work ("exporting … sha256:…"); the text
 * before is what such a step is called. */
static struct str pairing_name(const struct step *s)
{
	size_t digest = s->internal ? str_find_str(s->name, STR("sha256:")) : STR_NONE;
	return str_slice(s->name, 0, digest == STR_NONE ? s->name.n : digest);
}

static uint32_t pairing_key(struct pairing *p, struct map *keys, const struct step *s)
{
	struct str name = pairing_name(s);
	struct str key = str_of(arena_printf(p->scratch, "%.*s%c%.*s%c%.*s", STR_ARG(s->stage), 1,
	                                     STR_ARG(s->task), 1, STR_ARG(name)));
	if (!map_has(keys, key))
		map_set(keys, key, keys);
	return (uint32_t)map_index(keys, key);
}

static void pairing_set(struct pairing *p, size_t a, size_t b)
{
	if (p->of_b[b] >= 0 || p->taken[a])
		return;
	p->of_b[b] = (int)a;
	p->taken[a] = true;
}

static struct str pairing_keyword(const struct step *s)
{
	return str_slice(s->name, 0, str_find(s->name, ' '));
}

/* In a place where all has changed: instructions of one keyword and stage, in order. */
static void pairing_alike(struct pairing *p, const struct sequence_change *c)
{
	size_t from = c->a;
	for (size_t j = c->b; j < c->b + c->nb; j++) {
		const struct step *b = &p->b->steps[j];
		for (size_t i = from; i < c->a + c->na && !b->internal; i++) {
			const struct step *a = &p->a->steps[i];
			if (a->internal || p->taken[i] || !str_eq(a->stage, b->stage) ||
			    !str_eq(pairing_keyword(a), pairing_keyword(b)))
				continue;
			pairing_set(p, i, j);
			from = i + 1;
			break;
		}
	}
}

/* What has moved past other steps keeps its text: n of a kind are taken in order. */
static void pairing_moved(struct pairing *p)
{
	size_t n = p->a->nsteps + p->b->nsteps;
	size_t *next = arena_array(p->scratch, n + 1, sizeof *next);
	for (size_t j = 0; j < p->b->nsteps; j++) {
		size_t *at = &next[p->keys_b[j]];
		if (p->of_b[j] >= 0)
			continue;
		while (*at < p->a->nsteps && (p->taken[*at] || p->keys_a[*at] != p->keys_b[j]))
			++*at;
		if (*at < p->a->nsteps)
			pairing_set(p, *at, j);
	}
}

static void pairing_make(struct pairing *p)
{
	owned_map struct map keys = { 0 };
	const struct sequence_change *changes;
	size_t na = p->a->nsteps, nb = p->b->nsteps, i = 0, j = 0;
	for (size_t k = 0; k < na; k++)
		p->keys_a[k] = pairing_key(p, &keys, &p->a->steps[k]);
	for (size_t k = 0; k < nb; k++)
		p->keys_b[k] = pairing_key(p, &keys, &p->b->steps[k]);
	size_t n = sequence_compare(p->scratch, p->keys_a, na, p->keys_b, nb, &changes);
	for (size_t k = 0; k <= n; k++) {
		for (size_t end = k < n ? changes[k].b : nb; j < end; i++, j++)
			pairing_set(p, i, j);
		if (k == n)
			break;
		i = changes[k].a + changes[k].na;
		j = changes[k].b + changes[k].nb;
	}
	pairing_moved(p);
	for (size_t k = 0; k < n; k++)
		pairing_alike(p, &changes[k]);
}

static struct compare_step pairing_step(const struct pairing *p, int a, int b)
{
	const struct step *x = a >= 0 ? &p->a->steps[a] : NULL, *y = b >= 0 ? &p->b->steps[b] : NULL;
	return (struct compare_step){
		.a = x, .b = y, .index_a = a, .index_b = b, .root = -1,
		.text_differs = x && y && !str_eq(x->name, y->name) && !y->internal,
		.seconds_a = x ? x->seconds : 0, .seconds_b = y ? y->seconds : 0,
	};
}

/* What stands in B, and before each of these what only A has there. */
static void pairing_list(const struct pairing *p, struct compare *c)
{
	struct compare_step *steps = arena_array(c->arena, p->a->nsteps + p->b->nsteps + 1,
	                                         sizeof *steps);
	size_t told = 0;
	for (size_t j = 0; j <= p->b->nsteps; j++) {
		size_t to = j == p->b->nsteps ? p->a->nsteps : p->of_b[j] >= 0 ? (size_t)p->of_b[j] : told;
		for (; told < to; told++)
			if (!p->taken[told])
				steps[c->nsteps++] = pairing_step(p, (int)told, -1);
		if (j < p->b->nsteps)
			steps[c->nsteps++] = pairing_step(p, p->of_b[j], (int)j);
	}
	c->steps = steps;
}

static void pairing_why(struct compare_making *m)
{
	struct compare *c = &m->compare;
	struct compare_step *steps = (struct compare_step *)c->steps;
	int *row = arena_array(c->arena, m->b->nsteps + 1, sizeof *row);
	for (size_t i = 0; i < c->nsteps; i++)
		if (steps[i].index_b >= 0)
			row[steps[i].index_b] = (int)i;
	for (size_t i = 0; i < m->why.nsteps; i++) {
		const struct why_step *w = &m->why.steps[i];
		struct compare_step *s = &steps[row[w->forecast.step]];
		s->why = w->forecast.sentence;
		s->root = row[w->root];
	}
}

void compare_pair_steps(struct compare_making *m)
{
	struct compare *c = &m->compare;
	owned(arena) struct arena *scratch = arena_new();
	size_t na = m->a->nsteps, nb = m->b->nsteps;
	struct pairing p = {
		.a = m->a, .b = m->b, .scratch = scratch,
		.of_b = arena_array(scratch, nb + 1, sizeof *p.of_b),
		.taken = arena_array(scratch, na + 1, sizeof *p.taken),
		.keys_a = arena_array(scratch, na + 1, sizeof *p.keys_a),
		.keys_b = arena_array(scratch, nb + 1, sizeof *p.keys_b),
	};
	for (size_t j = 0; j < nb; j++)
		p.of_b[j] = -1;
	pairing_make(&p);
	pairing_list(&p, c);
	pairing_why(m);
}
