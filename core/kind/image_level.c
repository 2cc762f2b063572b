#include "core/kind/image_level.h"

#include <limits.h>
#include <strings.h>

#include "core/recipe/insert.h"

/* ---- what is behind a boundary ---- */

static bool level_is_built(const struct recipe *r, const struct instruction *in)
{
	return in->stage >= 0 && r->stages[in->stage].reachable;
}

/* What a cache can serve: a base image is there or is fetched. */
static bool level_is_step(const struct instruction *in)
{
	return in->kind != INSTRUCTION_FROM && instruction_makes_layer(in->kind);
}

/* Whether the stage has a step up to and including this instruction; stage -1: any. */
static bool level_has_step(const struct recipe *r, int stage, int last)
{
	for (int i = 0; i <= last; i++) {
		const struct instruction *in = &r->instructions[i];
		if (level_is_built(r, in) && level_is_step(in) && (stage < 0 || in->stage == stage))
			return true;
	}
	return false;
}

/* The first RUN behind the boundary of each stage that is built. */
static size_t level_runs(const struct recipe *r, int last, unsigned *runs)
{
	size_t n = 0;
	int stage = -1;
	for (size_t i = (size_t)(last + 1); i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if (in->kind != INSTRUCTION_RUN || !level_is_built(r, in) || in->stage == stage)
			continue;
		runs[n++] = (unsigned)i;
		stage = in->stage;
	}
	return n;
}

/* Those of which no step is before the boundary.  BuildKit takes no name for one that has
 * none. */
static void level_stages(struct plan *plan, int last, struct level_effect *effect)
{
	const struct recipe *r = plan->recipe;
	const char **names = arena_array(plan->arena, r->nstages + 1, sizeof *names);
	size_t n = 0;
	for (size_t i = 0; i < r->nstages; i++) {
		owned_buf struct buf name = { 0 };
		const struct stage *s = &r->stages[i];
		bool behind = s->first + s->count > (unsigned)(last + 1);
		if (!s->name.n || !s->reachable || !behind || level_has_step(r, (int)i, last))
			continue;
		recipe_stage_name(r, (int)i, &name);
		names[n++] = arena_text(plan->arena, buf_str(&name));
	}
	if (n)
		effect->no_cache_stages = names;
}

static int level_first_step(const struct recipe *r, int last)
{
	for (size_t i = (size_t)(last + 1); i < r->ninstructions; i++)
		if (level_is_built(r, &r->instructions[i]) && level_is_step(&r->instructions[i]))
			return (int)i;
	return -1;
}

struct level_effect image_level_after(struct plan *plan, const char *name, int last)
{
	const struct recipe *r = plan->recipe;
	struct level_effect effect = { .name = arena_text(plan->arena, str_of(name)),
	                               .first_forced = -1 };
	if (!level_has_step(r, -1, last)) {
		effect.no_cache = true;
		effect.first_forced = level_first_step(r, last);
		return effect;
	}
	unsigned *runs = arena_array(plan->arena, r->nstages + 1, sizeof *runs);
	size_t n = level_runs(r, last, runs);
	level_stages(plan, last, &effect);
	struct recipe *sent = n ? recipe_insert_args(r, runs, n) : NULL;
	if (!sent)
		return effect;
	struct pair *arg = arena_alloc(plan->arena, sizeof *arg);
	arena_keep(plan->arena, sent->arena);
	arg->name = STR(RECIPE_LEVEL_ARG);
	effect.recipe = sent;
	effect.args = arg;
	effect.nargs = 1;
	effect.first_forced = (int)runs[0] + 1;
	return effect;
}

/* ---- what is asked for ---- */

static void level_append_line(struct buf *out, const char *before, const struct instruction *in)
{
	const char *keyword = instruction_keyword(in->kind);
	buf_printf(out, "%s%u (%s)", before, in->first_line, keyword ? keyword : "?");
}

static bool level_no_line(const struct recipe *r, unsigned long long line, int before, int behind,
                          struct problems *problems)
{
	owned_buf struct buf text = { 0 };
	struct span nowhere = { 0 };
	const struct instruction *last = &r->instructions[r->ninstructions - 1];
	if (line > last->last_line)
		return problems_add(problems, SEVERITY_ERROR, "level", nowhere,
		                    "there is no instruction on line %llu: the last one stands on line "
		                    "%u", line, last->first_line);
	if (before >= 0)
		level_append_line(&text, "line ", &r->instructions[before]);
	if (behind >= 0)
		level_append_line(&text, before >= 0 ? " or " : "line ", &r->instructions[behind]);
	return problems_add(problems, SEVERITY_ERROR, "level", nowhere,
	                    "there is no instruction on line %llu: a level ends with one, such as %s",
	                    line, buf_text(&text));
}

static bool level_is_outside(const struct recipe *r, const struct instruction *in,
                             struct problems *problems)
{
	owned_buf struct buf stage = { 0 };
	struct span nowhere = { 0 };
	if (in->stage < 0)
		return problems_add(problems, SEVERITY_ERROR, "level", nowhere,
		                    "line %u stands before the first FROM: a level ends with an "
		                    "instruction of a stage, from line %u on", in->first_line,
		                    r->nstages ? r->instructions[r->stages[0].first].first_line : 0);
	recipe_stage_name(r, in->stage, &stage);
	return problems_add(problems, SEVERITY_ERROR, "level", nowhere,
	                    "line %u is of the stage %s, which this target does not need",
	                    in->first_line, buf_text(&stage));
}

static bool level_at_line(struct plan *plan, const char *asked, unsigned long long line,
                          struct problems *problems, struct level_effect *ret_effect)
{
	const struct recipe *r = plan->recipe;
	int before = -1, behind = -1;
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if (in->first_line > line) {
			behind = (int)i;
			break;
		}
		before = (int)i;
		if (line > in->last_line)
			continue;
		if (!level_is_built(r, in))
			return level_is_outside(r, in, problems);
		*ret_effect = image_level_after(plan, asked, (int)i);
		return true;
	}
	return level_no_line(r, line, before, behind, problems);
}

static int level_find_stage(const struct recipe *r, const char *asked)
{
	for (size_t i = r->nstages; i-- > 0;) {
		owned_buf struct buf name = { 0 };
		recipe_stage_name(r, (int)i, &name);
		if (strcasecmp(buf_text(&name), asked) == 0)
			return (int)i;
	}
	return -1;
}

static bool level_unknown(const struct recipe *r, const struct level *levels, const char *asked,
                          struct problems *problems)
{
	owned_buf struct buf known = { 0 };
	for (const struct level *l = levels; l->name; l++)
		buf_printf(&known, "%s, ", l->name);
	buf_append_text(&known, "a line of the Dockerfile");
	for (size_t i = 0; i < r->nstages; i++) {
		buf_append_text(&known, i ? ", " : ", or a stage: ");
		recipe_stage_name(r, (int)i, &known);
	}
	return problems_add(problems, SEVERITY_ERROR, "level", (struct span){ 0 },
	                    "there is no cache level '%s': there are %s", asked, buf_text(&known));
}

static bool level_at_stage(struct plan *plan, const struct level *levels, const char *asked,
                           struct problems *problems, struct level_effect *ret_effect)
{
	const struct recipe *r = plan->recipe;
	int stage = level_find_stage(r, asked);
	if (stage < 0)
		return level_unknown(r, levels, asked, problems);
	const struct stage *s = &r->stages[stage];
	if (!s->reachable)
		return problems_add(problems, SEVERITY_ERROR, "level", (struct span){ 0 },
		                    "the stage %s is not needed by this target", asked);
	*ret_effect = image_level_after(plan, asked, (int)(s->first + s->count) - 1);
	return true;
}

bool image_level(struct plan *plan, const struct level *levels, const struct selection *selection,
                 struct problems *problems, struct level_effect *ret_effect)
{
	const char *asked = selection->level ? selection->level : levels[0].name;
	const struct level *level = level_find(levels, asked);
	unsigned long long line;
	if (level) {
		bool none = strcmp(level->name, "none") == 0;
		*ret_effect = (struct level_effect){ .name = level->name, .no_cache = none,
		                                     .first_forced = none ? 0 : -1 };
		return true;
	}
	if (str_number(str_of(asked), UINT_MAX, &line))
		return level_at_line(plan, asked, line, problems, ret_effect);
	return level_at_stage(plan, levels, asked, problems, ret_effect);
}
