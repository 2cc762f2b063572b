/* Why: a link against the former builds' steps, the nearest reason first. */
#include "core/base/utf8.h"
#include "core/history/forecast_make.h"

static void explain_say(struct forecast_step *f, enum miss why, const char *sentence)
{
	f->why = why;
	f->sentence = str_of(sentence);
}

/* In one line and short: what quotes a text. */
static const char *explain_short(struct arena *a, struct str text, size_t most)
{
	owned_buf struct buf out = { 0 };
	struct str cut = str_slice(text, 0, most);
	utf8_append_visible(&out, cut);
	if (cut.n < text.n)
		buf_append_text(&out, "…");
	return arena_text(a, buf_str(&out));
}

/* ---- files ---- */

/* As context_order, '/' lowest. */
static int explain_order(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	while (i < n && a.p[i] == b.p[i])
		i++;
	int x = i < a.n ? (a.p[i] == '/' ? 1 : (unsigned char)a.p[i] + 2) : 0;
	int y = i < b.n ? (b.p[i] == '/' ? 1 : (unsigned char)b.p[i] + 2) : 0;
	return x - y;
}

struct explain_files {
	struct forecast_file *list;
	size_t n, count;
	const struct fingerprint_file *added, *removed; /* the first of each */
	size_t nadded, nremoved;
};

static void explain_add_file(struct explain_files *e, enum forecast_change change,
                             const struct fingerprint_file *file)
{
	if (change == FILE_ADDED && !e->nadded++)
		e->added = file;
	if (change == FILE_REMOVED && !e->nremoved++)
		e->removed = file;
	if (e->n < FORECAST_FILES_MAX)
		e->list[e->n++] = (struct forecast_file){ change, file->path };
	e->count++;
}

static void explain_compare_files(const struct fingerprint_chain *c,
                                  const struct fingerprint_step *now,
                                  const struct fingerprints *then_all,
                                  const struct fingerprint_step *then, struct explain_files *e)
{
	size_t i = 0, k = 0;
	while (i < now->nfiles || k < then->nfiles) {
		const struct fingerprint_file *x = i < now->nfiles ? &c->files[now->files[i]] : NULL;
		const struct fingerprint_file *y = k < then->nfiles ? &then_all->files[then->files[k]]
		                                                    : NULL;
		int order = !x ? 1 : !y ? -1 : explain_order(x->path, y->path);
		if (order < 0)
			explain_add_file(e, FILE_ADDED, x);
		else if (order > 0)
			explain_add_file(e, FILE_REMOVED, y);
		else if (!str_eq(x->digest, y->digest))
			explain_add_file(e, FILE_CHANGED, x);
		else if (x->mode != y->mode)
			explain_add_file(e, FILE_MODE, x);
		i += order <= 0;
		k += order >= 0;
	}
}

static void explain_say_files(const struct forecast_maker *m, struct forecast_step *f,
                              const struct explain_files *e)
{
	static const char *const verbs[] = { "added", "removed", "changed", "another mode" };
	struct arena *a = m->arena;
	const char *path = explain_short(a, e->list[0].path, 200), *more = "";
	if (e->count == 2 && e->nadded == 1 && e->nremoved == 1 &&
	    str_eq(e->added->digest, e->removed->digest)) {
		explain_say(f, f->why, arena_printf(a, "%s moved to %s",
		            explain_short(a, e->removed->path, 200),
		            explain_short(a, e->added->path, 200)));
		return;
	}
	if (e->count > 1)
		more = arena_printf(a, ", %zu more", e->count - 1);
	explain_say(f, f->why, arena_printf(a, "%s %s%s", path, verbs[e->list[0].change],
	                                       more));
}

/* ---- one step against the former one ---- */

static const struct pair *explain_pair(const struct pair *pairs, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(pairs[i].name, name))
			return &pairs[i];
	return NULL;
}

static const char *explain_value(struct arena *a, const struct pair *p)
{
	return p ? explain_short(a, p->value, 80) : "unset";
}

/* False: they are the same. */
static bool explain_args(const struct forecast_maker *m, struct forecast_step *f,
                         const struct fingerprint_step *now, const struct fingerprint_step *then)
{
	for (size_t i = 0; i < now->nargs + then->nargs; i++) {
		struct str name = i < now->nargs ? now->args[i].name : then->args[i - now->nargs].name;
		const struct pair *x = explain_pair(now->args, now->nargs, name);
		const struct pair *y = explain_pair(then->args, then->nargs, name);
		if (x && y && str_eq(x->value, y->value))
			continue;
		explain_say(f, MISS_ARG, arena_printf(m->arena, "arg %s: %s -> %s",
		            explain_short(m->arena, name, 80), explain_value(m->arena, y),
		            explain_value(m->arena, x)));
		return true;
	}
	return false;
}

static bool explain_sources(const struct forecast_maker *m, struct forecast_step *f,
                            const struct fingerprint_link *l, const struct fingerprint_step *then)
{
	for (size_t i = 0; i < l->nsources; i++) {
		const struct pair *x = &l->step.sources[i];
		const struct pair *y = explain_pair(then->sources, then->nsources, x->name);
		if (y && str_eq(x->value, y->value))
			continue;
		explain_say(f, l->sources[i].is_mount ? MISS_MOUNT : MISS_FROM,
		            arena_printf(m->arena, "%s: what it takes is another one",
		                         explain_short(m->arena, x->name, 200)));
		return true;
	}
	return false;
}

static void explain_against(const struct forecast_maker *m, struct forecast_step *f,
                            const struct fingerprint_link *l, const struct forecast_former *former,
                            const struct fingerprint_step *then)
{
	struct explain_files e = { .list = arena_array(m->arena, FORECAST_FILES_MAX, sizeof *e.list) };
	f->cause = forecast_cause(m, l->instruction);
	if (!str_eq(then->text, l->step.text)) {
		explain_say(f, MISS_TEXT, arena_printf(m->arena, "text: it was %s",
		            explain_short(m->arena, then->text, 120)));
		return;
	}
	explain_compare_files(m->s->chain, &l->step, &former->prints, then, &e);
	if (e.count) {
		f->why = MISS_CONTEXT;
		f->files = e.list;
		f->nfiles = e.n;
		f->files_count = e.count;
		explain_say_files(m, f, &e);
		return;
	}
	if (!explain_args(m, f, &l->step, then) && !explain_sources(m, f, l, then))
		explain_say(f, MISS_TEXT, "what stands above it says another WORKDIR, USER or SHELL");
}

static bool explain_is_like(const struct fingerprint_step *s, const struct fingerprint_link *l)
{
	size_t n = str_find(l->step.text, ' ');
	return str_has_prefix(s->text, str_slice(l->step.text, 0, n));
}

/* A former step on the same ground: of the same text, or else of the same kind. */
static const struct fingerprint_step *explain_find(const struct forecast_former *former,
                                                   const struct fingerprint_link *l)
{
	const struct fingerprint_step *like = NULL;
	for (size_t i = 0; i < former->prints.nsteps; i++) {
		const struct fingerprint_step *s = &former->prints.steps[i];
		if (!str_eq(s->parent, l->step.parent) || str_eq(s->key, s->parent))
			continue;
		if (str_eq(s->text, l->step.text))
			return s;
		if (!like && explain_is_like(s, l))
			like = s;
	}
	return like;
}

static bool explain_by_formers(const struct forecast_maker *m, struct forecast_step *f,
                               const struct fingerprint_link *l)
{
	const struct fingerprint_step *then = m->against ? explain_find(m->against, l) : NULL;
	if (then) {
		explain_against(m, f, l, m->against, then);
		return true;
	}
	for (size_t i = 0; i < m->s->nformers; i++) {
		then = explain_find(&m->s->formers[i], l);
		if (!then || !str_eq(then->text, l->step.text))
			continue;
		explain_against(m, f, l, &m->s->formers[i], then);
		return true;
	}
	return false;
}

/* ---- what stands above ---- */

/* The image below the stage is not the one of the former build. */
static bool explain_base(const struct forecast_maker *m, struct forecast_step *f,
                         const struct fingerprint_link *l)
{
	const struct fingerprint_chain *c = m->s->chain;
	int at = l->parent;
	while (at >= 0 && c->links[at].is_through)
		at = c->links[at].parent;
	if (at < 0 || c->links[at].base < 0 || !m->against)
		return false;
	const struct fingerprint_base *base = &c->bases[c->links[at].base];
	for (size_t i = 0; i < m->against->prints.nbases; i++) {
		const struct fingerprint_base *then = &m->against->prints.bases[i];
		if (!str_eq(then->name, base->name) || str_eq(then->id, base->id))
			continue;
		explain_say(f, MISS_BASE, arena_printf(m->arena, "base image %s is another one than "
		            "before", explain_short(m->arena, base->name, 120)));
		return true;
	}
	return false;
}

/* The nearest layer above that is run anew, or an instruction without a layer that is
 * another one. */
static bool explain_parent(const struct forecast_maker *m, struct forecast_step *f,
                           const struct fingerprint_link *l)
{
	const struct fingerprint_chain *c = m->s->chain;
	int at = l->parent;
	while (at >= 0 && (c->links[at].is_through ||
	                   (c->links[at].is_meta && m->of[at].why == MISS_PARENT)))
		at = c->links[at].parent;
	if (at < 0 || m->of[at].verdict != VERDICT_MISS || c->links[at].base >= 0)
		return false;
	const struct fingerprint_link *p = &c->links[at];
	f->parent = m->of[at].step;
	if (p->is_meta) {
		f->cause = m->of[at].cause;
		explain_say(f, m->of[at].why, arena_printf(m->arena, "%s above it: %s",
		            instruction_keyword(p->instruction->kind), arena_text(m->arena,
		            m->of[at].sentence)));
		return true;
	}
	/* The first one of that chain is the reason, the nearest one what it stands on. */
	explain_say(f, MISS_PARENT, arena_printf(m->arena, "stands on step %d, which is run anew",
	                                            m->of[at].step));
	return true;
}

static bool explain_from(const struct forecast_maker *m, struct forecast_step *f,
                         const struct fingerprint_link *l)
{
	const struct fingerprint_chain *c = m->s->chain;
	for (size_t i = 0; i < l->nsources; i++) {
		int at = l->sources[i].content.n || l->sources[i].is_same ? -1 : l->sources[i].link;
		int first = -1;
		for (; at >= 0 && m->of[at].verdict == VERDICT_MISS; at = c->links[at].parent)
			if (!c->links[at].is_meta)
				first = m->of[at].step;
		if (first < 0)
			continue;
		f->parent = first;
		explain_say(f, l->sources[i].is_mount ? MISS_MOUNT : MISS_FROM,
		            arena_printf(m->arena, "takes from step %d, which is run anew: served all the "
		                         "same should that give what it gave before", first));
		return true;
	}
	return false;
}

/* It is served as far as experience goes. */
static void explain_same(const struct forecast_maker *m, struct forecast_step *f,
                         const struct fingerprint_link *l)
{
	for (size_t i = 0; i < l->nsources; i++) {
		const struct fingerprint_source *s = &l->sources[i];
		if (s->is_same && m->of[s->link].verdict == VERDICT_MISS)
			f->sentence = str_of(arena_printf(
				m->arena, "served if step %d, which is run anew, gives what it always gave",
				m->of[s->link].step));
	}
}

void forecast_explain(const struct forecast_maker *m, size_t link)
{
	const struct fingerprint_link *l = &m->s->chain->links[link];
	struct forecast_step *f = &m->of[link];
	if (f->verdict == VERDICT_HIT)
		explain_same(m, f, l);
	if (f->verdict != VERDICT_MISS)
		return;
	if (f->why == MISS_LEVEL) {
		explain_say(f, MISS_LEVEL, arena_printf(m->arena, "cache level %s runs it anew",
		            m->s->level->name ? m->s->level->name : "none"));
	} else if (f->why == MISS_PRUNED) {
		explain_say(f, MISS_PRUNED, "the engine has forgotten it since");
	} else if (f->why == MISS_BASE) {
		explain_say(f, MISS_BASE, "the image is not there and is fetched");
	} else if (!explain_parent(m, f, l) && !explain_from(m, f, l) &&
	           !explain_by_formers(m, f, l) && !explain_base(m, f, l)) {
		explain_say(f, MISS_NEVER, "this engine has never built it");
	}
}
