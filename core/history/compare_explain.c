/* One line that explains the difference in time: steps in groups that have one reason. */
#include <math.h>
#include <stdlib.h>

#include "core/history/compare_inside.h"
#include "core/os/clock.h"

/* Of a difference under 2 % or a tenth of a second nothing is told; groups are named until
 * four fifths are explained, three at most. */
#define EXPLAIN_SHARE 0.02
#define EXPLAIN_SECONDS 0.1
#define EXPLAIN_ENOUGH 0.8
enum { EXPLAIN_GROUPS = 3 };

enum explain_kind { EXPLAIN_RERAN, EXPLAIN_SERVED, EXPLAIN_PACE, EXPLAIN_NEW, EXPLAIN_GONE };

struct explain_group {
	enum explain_kind kind;
	const struct compare_step *root, *top;  /* the reason; the step that took most of it */
	size_t n, roots;                        /* steps; of them such with a reason of their own */
	double sum, most;
};

struct explaining {
	struct compare *compare;
	struct explain_group *groups;
	size_t ngroups;
	double sign;
};

static enum explain_kind explain_kind(const struct compare_step *s)
{
	bool ran_a = s->a && compare_ran(s->a), ran_b = s->b && compare_ran(s->b);
	if (!s->a)
		return s->root >= 0 ? EXPLAIN_RERAN : EXPLAIN_NEW;
	if (!s->b)
		return EXPLAIN_GONE;
	if (!ran_a && ran_b)
		return EXPLAIN_RERAN;
	return ran_a && !ran_b ? EXPLAIN_SERVED : EXPLAIN_PACE;
}

static struct explain_group *explain_find(struct explaining *e, enum explain_kind kind,
                                          const struct compare_step *root)
{
	for (size_t i = 0; i < e->ngroups; i++) {
		const struct explain_group *g = &e->groups[i];
		if (g->kind == kind && (g->root == root || kind == EXPLAIN_SERVED ||
		                        (kind == EXPLAIN_RERAN && root->why.n &&
		                         str_eq(g->root->why, root->why))))
			return &e->groups[i];
	}
	e->groups[e->ngroups] = (struct explain_group){ .kind = kind, .root = root };
	return &e->groups[e->ngroups++];
}

static void explain_gather(struct explaining *e)
{
	const struct compare *c = e->compare;
	for (size_t i = 0; i < c->nsteps; i++) {
		const struct compare_step *s = &c->steps[i], *root = s;
		enum explain_kind kind = explain_kind(s);
		double delta = s->seconds_b - s->seconds_a;
		if ((s->b ? s->b : s->a)->meta && fabs(delta) < EXPLAIN_SECONDS / 2)
			continue;
		if (kind == EXPLAIN_RERAN && s->root >= 0)
			root = &c->steps[s->root];
		struct explain_group *g = explain_find(e, kind, root);
		g->n++;
		g->roots += root == s;
		g->sum += delta;
		if (!g->top || delta * e->sign > g->most) {
			g->top = s;
			g->most = delta * e->sign;
		}
	}
}

static int explain_order(const void *a, const void *b)
{
	double left = fabs(((const struct explain_group *)a)->sum);
	double right = fabs(((const struct explain_group *)b)->sum);
	return left < right ? 1 : left > right ? -1 : 0;
}

static void explain_append_label(const struct explaining *e, struct buf *out,
                                 const struct compare_step *s)
{
	const struct compare *c = e->compare;
	buf_append(out, s->b ? why_label(c->arena, c->b.build, s->index_b)
	                     : why_label(c->arena, c->a.build, s->index_a));
}

/* One reason, met by several steps for themselves. */
static void explain_append_many(const struct explaining *e, struct buf *out,
                                const struct explain_group *g)
{
	buf_printf(out, "%zu steps ", g->n);
	if (g->kind == EXPLAIN_SERVED)
		buf_append_text(out, "came from the cache");
	else
		buf_printf(out, "re-ran (%.*s)", STR_ARG(g->root->why));
	buf_append_text(out, ", above all ");
	explain_append_label(e, out, g->top);
}

static void explain_append_reran(const struct explaining *e, struct buf *out,
                                 const struct explain_group *g)
{
	size_t named = g->top == g->root ? 1 : 2;
	explain_append_label(e, out, g->root);
	if (g->root->why.n)
		buf_printf(out, " (%.*s)", STR_ARG(g->root->why));
	if (named == 2) {
		buf_append_text(out, " -> ");
		explain_append_label(e, out, g->top);
	}
	buf_append_text(out, named == 1 && !g->root->a ? " is new" : " re-ran");
	if (g->n > named)
		buf_printf(out, ", %zu more", g->n - named);
}

static void explain_append_group(const struct explaining *e, struct buf *out,
                                 const struct explain_group *g)
{
	if (g->roots > 1 && (g->kind == EXPLAIN_SERVED || g->kind == EXPLAIN_RERAN)) {
		explain_append_many(e, out, g);
		return;
	}
	if (g->kind == EXPLAIN_RERAN) {
		explain_append_reran(e, out, g);
		return;
	}
	explain_append_label(e, out, g->top);
	if (g->kind == EXPLAIN_PACE) {
		buf_append_text(out, " took ");
		clock_append_seconds(out, g->top->seconds_b);
		buf_append_text(out, ", not ");
		clock_append_seconds(out, g->top->seconds_a);
	} else {
		buf_append_text(out, g->kind == EXPLAIN_SERVED ? " came from the cache"
		                     : g->kind == EXPLAIN_NEW ? " is new" : " is gone");
	}
}

static void explain_append_delta(struct buf *out, double seconds)
{
	buf_append_char(out, seconds < 0 ? '-' : '+');
	clock_append_seconds(out, fabs(seconds));
}

/* The groups that go the way of the whole, the largest first. */
static void explain_append(struct explaining *e, struct buf *out, double total)
{
	owned_buf struct buf text = { 0 };
	double explained = 0;
	qsort(e->groups, e->ngroups, sizeof *e->groups, explain_order);
	for (size_t i = 0, told = 0; i < e->ngroups && told < EXPLAIN_GROUPS; i++) {
		const struct explain_group *g = &e->groups[i];
		if (g->sum * e->sign < EXPLAIN_SECONDS / 2 || explained >= EXPLAIN_ENOUGH * fabs(total))
			continue;
		explained += g->sum * e->sign;
		buf_append_text(&text, told++ ? "; " : ": ");
		explain_append_group(e, &text, g);
	}
	/* Steps run side by side: together they may take more than the build. */
	if (explained > fabs(total))
		explained = fabs(total);
	explain_append_delta(out, explained * e->sign);
	buf_append_text(out, " of ");
	explain_append_delta(out, total);
	if (text.n)
		buf_append(out, buf_str(&text));
	else
		buf_append_text(out, ": no step took that time");
}

void compare_explain(struct compare_making *m)
{
	struct compare *c = &m->compare;
	owned_buf struct buf out = { 0 };
	double total = c->b.seconds - c->a.seconds;
	struct explaining e = { .compare = c, .sign = total < 0 ? -1 : 1,
		.groups = arena_array(c->arena, c->nsteps + 1, sizeof *e.groups) };
	if (!c->a.build->done || !c->b.build->done) {
		buf_printf(&out, "%s has not ended", c->b.build->done ? c->a.id : c->b.id);
	} else if (fabs(total) < EXPLAIN_SECONDS ||
	           fabs(total) < EXPLAIN_SHARE * fmax(c->a.seconds, c->b.seconds)) {
		buf_append_text(&out, "no difference to explain: ");
		clock_append_seconds(&out, c->a.seconds);
		buf_append_text(&out, " and ");
		clock_append_seconds(&out, c->b.seconds);
	} else {
		explain_gather(&e);
		explain_append(&e, &out, total);
	}
	c->explanation = arena_str(c->arena, buf_str(&out));
}
