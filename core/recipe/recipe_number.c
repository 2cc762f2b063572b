#include "core/recipe/recipe.h"
#include "core/recipe/stages.h"
#include "core/recipe/text.h"

/* How three builders count, seen on dockerd 20.10.24 (both builders) and buildah
 * 1.28.2; tests/core/recipe/recipe_number.c holds what they printed.
 *
 * BuildKit, "[stage k/n] TEXT": per stage RUN, COPY, ADD, WORKDIR, and FROM when
 * it names an image (not scratch, not a stage).  A WORKDIR that comes to "/"
 * counts in n but is neither shown nor does it take a k.  The same FROM in two
 * stages is shown once, under either.
 * Classic, "Step k/n : TEXT": every instruction from the top to the end of the
 * target's stage, ARG before FROM and unused stages too.
 * buildah, "[i/s] STEP k/n: TEXT": every instruction of a used stage, FROM too;
 * "[i/s] " only when there are several up to the target. */

static bool number_counts(const struct recipe *r, const struct instruction *in)
{
	if (in->stage < 0 || !instruction_makes_layer(in->kind))
		return false;
	const struct stage *stage = &r->stages[in->stage];
	return in->kind != INSTRUCTION_FROM ||
	       (stage->from < 0 && !str_eq(stage->base, STR("scratch")));
}

/* Where the stage's commands would run, as far as its text tells; empty: only
 * the base image knows. */
static void number_move(struct buf *directory, struct str path)
{
	if (path.n > 1 && (path.p[0] == '"' || path.p[0] == '\'') && path.p[path.n - 1] == path.p[0])
		path = str_slice(path, 1, path.n - 2);
	if (str_find(path, '$') != STR_NONE) {
		buf_clear(directory);
		return;
	}
	if (path.n && path.p[0] == '/') {
		buf_clear(directory);
		buf_append_char(directory, '/');
	}
	for (struct str part; directory->n && str_next(&path, '/', &part);) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (!str_eq(part, STR(".."))) {
			buf_printf(directory, "%s%.*s", directory->n > 1 ? "/" : "", STR_ARG(part));
			continue;
		}
		size_t slash = str_find_last(buf_str(directory), '/');
		directory->n = slash > 0 ? slash : 1;
	}
}

struct number_walk {
	const struct recipe *recipe;
	struct buf directory;
	unsigned shown, total;
};

/* True when BuildKit shows the instruction as the step `shown`. */
static bool number_next(struct number_walk *w, const struct instruction *in)
{
	const struct stage *stage = &w->recipe->stages[in->stage];
	if (in->kind == INSTRUCTION_FROM && stage->from < 0 && str_eq(stage->base, STR("scratch")))
		number_move(&w->directory, STR("/"));
	if (!number_counts(w->recipe, in))
		return false;
	w->total++;
	if (in->kind == INSTRUCTION_WORKDIR && in->parts->nargs) {
		number_move(&w->directory, in->parts->args[0]);
		if (str_eq(buf_str(&w->directory), STR("/")))
			return false;
	}
	w->shown++;
	return true;
}

/* Walks a stage; the instruction shown as `ordinal`, or -1.  `wanted`: whose
 * ordinal goes to *ret_ordinal (0: not shown); -1 none. */
static int number_walk_stage(const struct recipe *r, const struct stage *stage, unsigned ordinal,
                             int wanted, unsigned *ret_ordinal, unsigned *ret_total)
{
	struct number_walk w = { .recipe = r };
	int found = -1;
	*ret_ordinal = 0;
	for (unsigned i = stage->first; i < stage->first + stage->count; i++) {
		if (!number_next(&w, &r->instructions[i]))
			continue;
		if (w.shown == ordinal)
			found = (int)i;
		if ((int)i == wanted)
			*ret_ordinal = w.shown;
	}
	*ret_total = w.total;
	buf_finish(&w.directory);
	return found;
}

/* Instructions from the top to the end of the target's stage. */
static unsigned number_classic_total(const struct recipe *r)
{
	if (r->target < 0)
		return (unsigned)r->ninstructions;
	return r->stages[r->target].first + r->stages[r->target].count;
}

/* "stage-3" or a name; empty: the only stage there is, or that is used. */
static int number_buildkit_stage(const struct recipe *r, struct str name)
{
	unsigned long long number;
	int stage = stages_named(r, name), used = -1;
	if (stage >= 0 && name.n)
		return stage;
	if (str_has_prefix(name, STR("stage-")) &&
	    str_number(str_slice(name, 6, STR_NONE), 0x7fffffff, &number))
		return number < r->nstages ? (int)number : -1;
	for (size_t i = 0; name.n == 0 && i < r->nstages; i++) {
		if (r->stages[i].reachable && used >= 0)
			return -1;
		if (r->stages[i].reachable)
			used = (int)i;
	}
	return used;
}

static int number_buildah_stage(const struct recipe *r, struct str name)
{
	unsigned long long number;
	if (name.n == 0)
		return number_buildkit_stage(r, name);
	if (!str_number(name, r->nstages, &number) || number == 0)
		return -1;
	return (int)number - 1;
}

int recipe_find(const struct recipe *r, enum numbering numbering, struct str stage,
                unsigned ordinal)
{
	unsigned ignored, total;
	int at;
	if (ordinal == 0)
		return -1;
	switch (numbering) {
	case NUMBERING_CLASSIC:
		return ordinal <= number_classic_total(r) ? (int)ordinal - 1 : -1;
	case NUMBERING_BUILDKIT:
		at = number_buildkit_stage(r, stage);
		if (at < 0)
			return -1;
		return number_walk_stage(r, &r->stages[at], ordinal, -1, &ignored, &total);
	case NUMBERING_BUILDAH:
		at = number_buildah_stage(r, stage);
		if (at < 0 || ordinal > r->stages[at].count)
			return -1;
		return (int)(r->stages[at].first + ordinal - 1);
	}
	return -1;
}

bool recipe_number(const struct recipe *r, enum numbering numbering, int instruction,
                   unsigned *ret_ordinal, unsigned *ret_total)
{
	if (instruction < 0 || (size_t)instruction >= r->ninstructions)
		return false;
	unsigned ordinal = (unsigned)instruction + 1, total = number_classic_total(r);
	const struct instruction *in = &r->instructions[instruction];
	if (numbering != NUMBERING_CLASSIC) {
		if (in->stage < 0 || !r->stages[in->stage].reachable)
			return false;
		const struct stage *stage = &r->stages[in->stage];
		ordinal -= stage->first;
		total = stage->count;
		if (numbering == NUMBERING_BUILDKIT)
			number_walk_stage(r, stage, 0, instruction, &ordinal, &total);
	}
	if (ordinal == 0 || ordinal > total)
		return false;
	*ret_ordinal = ordinal;
	*ret_total = total;
	return true;
}

void recipe_stage_name(const struct recipe *r, int stage, struct buf *out)
{
	if (stage < 0 || (size_t)stage >= r->nstages)
		return;
	struct str name = r->stages[stage].name;
	if (!name.p) {
		buf_printf(out, "stage-%d", stage);
		return;
	}
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		buf_append_char(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
}

bool recipe_makes_step(const struct recipe *r, size_t instruction)
{
	const struct instruction *i = &r->instructions[instruction];
	if (i->kind != INSTRUCTION_FROM || i->stage < 0)
		return instruction_makes_layer(i->kind);
	const struct stage *stage = &r->stages[i->stage];
	return stage->from < 0 && !str_eq(stage->base, STR("scratch"));
}
