/* What the steps of two builds were made from: contexts and base images. */
#include "core/history/compare_inside.h"
#include "core/history/fingerprint.h"

static const struct fingerprint_base *context_base(const struct fingerprints *f, struct str name)
{
	for (size_t i = 0; i < f->nbases; i++)
		if (str_eq(f->bases[i].name, name))
			return &f->bases[i];
	return NULL;
}

static void context_add_base(struct compare *c, struct compare_base *bases,
                             const struct fingerprint_base *a, const struct fingerprint_base *b)
{
	static const struct str none = { 0 }, unknown = { "", 0 };
	bases[c->nbases++] = (struct compare_base){
		.name = arena_text(c->arena, b ? b->name : a->name),
		.a = !a ? none : a->id.n ? a->id : unknown, .b = !b ? none : b->id.n ? b->id : unknown,
		.differs = !a || !b || (a->id.n && b->id.n && !str_eq(a->id, b->id)),
	};
}

static void context_bases(struct compare *c, const struct fingerprints *a,
                          const struct fingerprints *b)
{
	struct compare_base *bases = arena_array(c->arena, a->nbases + b->nbases + 1, sizeof *bases);
	for (size_t i = 0; i < b->nbases; i++)
		context_add_base(c, bases, context_base(a, b->bases[i].name), &b->bases[i]);
	for (size_t i = 0; i < a->nbases; i++)
		if (!context_base(b, a->bases[i].name))
			context_add_base(c, bases, &a->bases[i], NULL);
	c->bases = bases;
}

void compare_context(struct compare_making *m)
{
	struct compare *c = &m->compare;
	struct fingerprints a, b;
	struct error ignored;
	c->has_context = fingerprints_read(c->arena, c->a.dir, &a, &ignored) &&
	                 fingerprints_read(c->arena, c->b.dir, &b, &ignored);
	if (!c->has_context)
		return;
	context_diff_make(c->arena, &a, NULL, &b, NULL, &c->context);
	context_bases(c, &a, &b);
}
