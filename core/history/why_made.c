/* Why a step ran: what its fingerprint and that of the build before say, or only the texts. */
#include "core/history/context_diff.h"
#include "core/history/why_inside.h"

static struct str why_text(const struct why_asking *q, const char *before, struct str of,
                           const char *after)
{
	return str_of(arena_printf(q->arena, "%s%.*s%s", before, STR_ARG(of), after));
}

static void why_from_parent(const struct why_asking *q, struct forecast_step *ret, int parent)
{
	ret->why = MISS_PARENT;
	ret->parent = parent;
	ret->sentence = why_text(q, "follows from ", why_label(q->arena, q->build, parent),
	                         ", which ran");
}

/* ---- fingerprints ---- */

static struct str why_pair(const struct pair *pairs, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(pairs[i].name, name))
			return pairs[i].value.p ? pairs[i].value : STR("");
	return (struct str){ 0 };
}

/* The first that differs: "arg MODE: dev -> prod"; false: none. */
static bool why_args(const struct why_asking *q, const struct fingerprint_step *was,
                     const struct fingerprint_step *is, struct forecast_step *ret)
{
	for (size_t i = 0; i < is->nargs + was->nargs; i++) {
		struct str name = i < is->nargs ? is->args[i].name : was->args[i - is->nargs].name;
		struct str old = why_pair(was->args, was->nargs, name);
		struct str new = why_pair(is->args, is->nargs, name);
		if (old.p && new.p && str_eq(old, new))
			continue;
		ret->why = MISS_ARG;
		ret->sentence = str_of(arena_printf(q->arena, "arg %.*s: %.*s -> %.*s", STR_ARG(name),
		                       STR_ARG(old.p ? old : STR("(none)")),
		                       STR_ARG(new.p ? new : STR("(none)"))));
		return true;
	}
	return false;
}

static bool why_files(const struct why_asking *q, const struct fingerprint_step *was,
                      const struct fingerprint_step *is, struct forecast_step *ret)
{
	struct context_diff d;
	context_diff_make(q->arena, &q->then, was, &q->now, is, &d);
	if (!d.n)
		return false;
	struct forecast_file *files = arena_array(q->arena, FORECAST_FILES_MAX, sizeof *files);
	for (; ret->nfiles < d.n && ret->nfiles < FORECAST_FILES_MAX; ret->nfiles++)
		files[ret->nfiles] = (struct forecast_file){ d.files[ret->nfiles].change,
		                                             d.files[ret->nfiles].path };
	ret->files = files;
	ret->files_count = d.n;
	ret->why = MISS_CONTEXT;
	ret->sentence = str_of(arena_printf(q->arena, "context: %.*s %s", STR_ARG(files[0].path),
	                       context_diff_verb(files[0].change)));
	if (d.n > 1)
		ret->sentence = str_of(arena_printf(q->arena, "%.*s, %zu more", STR_ARG(ret->sentence),
		                       d.n - 1));
	return true;
}

static bool why_sources(const struct fingerprint_step *was, const struct fingerprint_step *is)
{
	if (was->nsources != is->nsources)
		return true;
	for (size_t i = 0; i < is->nsources; i++)
		if (!str_eq(is->sources[i].name, was->sources[i].name) ||
		    !str_eq(is->sources[i].value, was->sources[i].value))
			return true;
	return false;
}

static bool why_has_key(const struct fingerprints *f, struct str key)
{
	for (size_t i = 0; i < f->nsteps; i++)
		if (str_eq(f->steps[i].key, key))
			return true;
	return false;
}

bool why_by_fingerprints(const struct why_asking *q, int step, struct forecast_step *ret)
{
	const struct fingerprint_step *is = q->has_now ? fingerprints_find(&q->now, step) : NULL;
	int parent = why_parent(q, step), same = why_same(q, step);
	const struct fingerprint_step *was = q->has_then && same >= 0
		? fingerprints_find(&q->then, same) : NULL;
	if (!is || !q->has_then)
		return false;
	if (was && (why_args(q, was, is, ret) || why_files(q, was, is, ret)))
		return true;
	if (was && why_sources(was, is)) {
		ret->why = MISS_FROM;
		ret->sentence = STR("what it copies from another stage or image is another");
		return true;
	}
	if (parent >= 0) {
		why_from_parent(q, ret, parent);
		return true;
	}
	if (!was && !why_has_key(&q->then, is->key))
		return false;
	ret->why = was && !str_eq(was->parent, is->parent) ? MISS_BASE : MISS_PRUNED;
	ret->sentence = ret->why == MISS_BASE ? STR("the base image is another one")
	                                      : STR("made from the same as before: the engine no "
	                                            "longer had it, or was told not to look");
	return true;
}

/* ---- texts ---- */

static bool why_copies(struct str name)
{
	return str_has_prefix(name, STR("COPY ")) || str_has_prefix(name, STR("ADD "));
}

void why_by_texts(const struct why_asking *q, int step, struct forecast_step *ret)
{
	const struct step *s = &q->build->steps[step];
	int parent = why_parent(q, step);
	if (str_eq(q->build->level, STR("none"))) {
		ret->why = MISS_LEVEL;
		ret->sentence = STR("cache level none: nothing is taken from the cache");
	} else if (parent >= 0) {
		why_from_parent(q, ret, parent);
	} else if (!q->before) {
		ret->why = MISS_NEVER;
		ret->sentence = STR("no earlier build on that engine is known");
	} else if (why_same(q, step) < 0) {
		ret->why = MISS_TEXT;
		ret->sentence = why_text(q, "build ", q->before->id, " has no such instruction");
	} else if (!str_eq(q->build->level, STR("all")) && q->build->level.n) {
		ret->why = MISS_LEVEL;
		ret->sentence = why_text(q, "cache level ", q->build->level,
		                         ", or what it is made from");
	} else if (why_copies(s->name)) {
		ret->why = MISS_CONTEXT;
		ret->sentence = STR("context: what it copies is another (files were not recorded)");
	} else {
		ret->verdict = VERDICT_UNKNOWN;
		ret->sentence = STR("its text is as before: an ARG, the base image, or the engine no "
		                    "longer had it");
	}
}
