#include "core/history/critical.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/files.h"
#include "core/recipe/insert.h"
#include "core/recipe/mount.h"

struct critical_edge {
	unsigned step, before;
};

struct critical {
	struct arena *arena;
	struct critical_step *steps;
	size_t n;
	struct critical_edge *edges;    /* by step, once all are there */
	size_t nedges, cap;
	unsigned *first;                /* of a step's edges; n + 1 of them */
	unsigned *order;                /* the steps, each after those before it */
};

/* ---- which comes after which ---- */

static void critical_add(struct critical *c, int step, int before)
{
	if (step < 0 || before < 0 || step == before)
		return;
	if (c->nedges == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 64;
		c->edges = xrealloc(c->edges, c->cap, sizeof *c->edges);
	}
	c->edges[c->nedges++] = (struct critical_edge){ (unsigned)step, (unsigned)before };
}

static int critical_edge_order(const void *a, const void *b)
{
	const struct critical_edge *x = a, *y = b;
	return x->step != y->step ? (x->step > y->step) - (x->step < y->step)
	                          : (x->before > y->before) - (x->before < y->before);
}

/* Each step once all before it have come.  What goes round in circles is left out. */
static void critical_sort(struct critical *c)
{
	unsigned *open = arena_array(c->arena, c->n + 1, sizeof *open);
	unsigned *after_first = arena_array(c->arena, c->n + 2, sizeof *after_first);
	unsigned *after = arena_array(c->arena, c->nedges + 1, sizeof *after);
	size_t n = 0;
	c->first = arena_array(c->arena, c->n + 1, sizeof *c->first);
	c->order = arena_array(c->arena, c->n + 1, sizeof *c->order);
	if (c->nedges)
		qsort(c->edges, c->nedges, sizeof *c->edges, critical_edge_order);
	for (size_t i = 0; i < c->nedges; i++) {
		c->first[c->edges[i].step + 1]++;
		after_first[c->edges[i].before + 2]++;
		open[c->edges[i].step]++;
	}
	for (size_t i = 0; i < c->n; i++) {
		c->first[i + 1] += c->first[i];
		after_first[i + 2] += after_first[i + 1];
	}
	for (size_t i = 0; i < c->nedges; i++)
		after[after_first[c->edges[i].before + 1]++] = c->edges[i].step;
	for (size_t i = 0; i < c->n; i++)
		if (!open[i])
			c->order[n++] = (unsigned)i;
	for (size_t at = 0; at < n; at++)
		for (unsigned k = after_first[c->order[at]]; k < after_first[c->order[at] + 1]; k++)
			if (--open[after[k]] == 0)
				c->order[n++] = after[k];
	c->n = n == c->n ? n : 0;
}

/* The steps of a recipe's instructions, -1: none.  Both stand in the order of lines. */
static int *critical_steps_of(struct critical *c, const struct recipe *r)
{
	int *step_of = arena_array(c->arena, r->ninstructions + 1, sizeof *step_of);
	size_t step = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		while (step < c->n && c->steps[step].line < r->instructions[i].first_line)
			step++;
		bool is_it = step < c->n && c->steps[step].line == r->instructions[i].first_line;
		step_of[i] = is_it ? (int)step : -1;
	}
	return step_of;
}

struct critical_stages {
	struct critical *critical;
	const struct recipe *recipe;
	const int *step_of;
	bool *told;                     /* of the stage's needs: an instruction names it */
};

/* The last step of a stage, which all that need the stage wait for. */
static int critical_end(const struct critical_stages *s, int stage)
{
	const struct stage *t = &s->recipe->stages[stage];
	for (unsigned i = t->count; i > 0; i--)
		if (s->step_of[t->first + i - 1] >= 0)
			return s->step_of[t->first + i - 1];
	return -1;
}

static bool critical_is_named(const struct recipe *r, unsigned stage, struct str from)
{
	owned_buf struct buf name = { 0 };
	unsigned long long number;
	if (str_number(from, r->nstages, &number))
		return number == stage;
	recipe_stage_name(r, (int)stage, &name);
	bool same = name.n == from.n;
	for (size_t i = 0; same && i < from.n; i++)
		same = tolower((unsigned char)from.p[i]) == tolower((unsigned char)name.p[i]);
	return same;
}

/* The instruction's step waits for the stages that it names. */
static void critical_flags(struct critical_stages *s, const struct stage *stage, unsigned at)
{
	const struct instruction_parts *p = s->recipe->instructions[at].parts;
	owned(arena) struct arena *scratch = arena_new();
	for (size_t i = 0; p && i < p->nflags; i++) {
		bool is_mount = str_eq(p->flags[i].name, STR("mount"));
		if (!is_mount && !str_eq(p->flags[i].name, STR("from")))
			continue;
		struct str from = is_mount ? mount_get(scratch, p->flags[i].value, "from")
		                           : p->flags[i].value;
		for (size_t k = 0; k < stage->nneeds; k++)
			if (critical_is_named(s->recipe, stage->needs[k], from)) {
				s->told[k] = true;
				critical_add(s->critical, s->step_of[at],
				             critical_end(s, (int)stage->needs[k]));
			}
	}
}

/* last_task: what all stages wait for, or -1. */
static void critical_stage(struct critical_stages *s, const struct stage *stage, int last_task)
{
	struct critical *c = s->critical;
	int first = -1, before = last_task;
	memset(s->told, 0, s->recipe->nstages * sizeof *s->told);
	for (unsigned i = stage->first; i < stage->first + stage->count; i++) {
		if (s->step_of[i] < 0)
			continue;
		first = first < 0 ? s->step_of[i] : first;
		critical_add(c, s->step_of[i], before);
		before = s->step_of[i];
		critical_flags(s, stage, i);
	}
	/* Named by FROM, or by what only the build knows: the whole stage waits. */
	for (size_t k = 0; k < stage->nneeds; k++)
		if (!s->told[k] || (int)stage->needs[k] == stage->from)
			critical_add(c, first, critical_end(s, (int)stage->needs[k]));
}

static void critical_link(struct critical *c, const struct recipe *r, const char *engine)
{
	bool side_by_side = r && str_has_prefix(str_of(engine), STR("buildkit"));
	int before = -1;
	for (size_t i = 0; i < c->n; i++) {
		if (side_by_side && !c->steps[i].is_task)
			continue;
		critical_add(c, (int)i, before);
		before = (int)i;
	}
	if (!side_by_side)
		return;
	struct critical_stages s = {
		.critical = c, .recipe = r, .step_of = critical_steps_of(c, r),
		.told = arena_array(c->arena, r->nstages + 1, sizeof *s.told),
	};
	for (size_t i = 0; i < r->nstages; i++)
		critical_stage(&s, &r->stages[i], before);
}

struct critical *critical_new(const struct critical_step *steps, size_t n,
                              const struct recipe *recipe, const char *engine)
{
	struct critical *c = xcalloc(1, sizeof *c);
	c->arena = arena_new();
	c->steps = arena_array(c->arena, n + 1, sizeof *c->steps);
	c->n = n;
	for (size_t i = 0; i < n; i++) {
		c->steps[i] = steps[i];
		c->steps[i].stage = arena_str(c->arena, steps[i].stage);
		c->steps[i].name = arena_str(c->arena, steps[i].name);
	}
	critical_link(c, recipe, engine);
	critical_sort(c);
	return c;
}

void critical_free(struct critical *c)
{
	if (!c)
		return;
	free(c->edges);
	arena_free(c->arena);
	free(c);
}

/* ---- of what is kept ---- */

static struct str critical_text(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) != VALUE_NULL ? value_text(v) : (struct str){ 0 };
}

struct critical *critical_of_steps(const struct value *steps, const struct recipe *recipe,
                                   const char *engine)
{
	owned(arena) struct arena *a = arena_new();
	struct critical_step *list = arena_array(a, value_count(steps) + 1, sizeof *list);
	size_t n = 0;
	for (const struct value *v = value_child(steps); v; v = value_next(v)) {
		unsigned long long line = 0;
		const struct value *meta = value_get(v, STR("meta"));
		str_number(critical_text(v, "line"), RECIPE_SIZE_MAX, &line);
		list[n++] = (struct critical_step){
			.stage = critical_text(v, "stage"), .name = critical_text(v, "name"),
			.line = (unsigned)line, .is_task = critical_text(v, "task").n,
			.is_meta = meta && value_is_true(meta),
		};
	}
	return critical_new(list, n, recipe, engine);
}

/* Up to the first step that the engine has added. */
struct critical *critical_of_build(const struct build *b, const struct recipe *recipe)
{
	owned(arena) struct arena *a = arena_new();
	struct critical_step *list = arena_array(a, b->nsteps + 1, sizeof *list);
	size_t n = 0;
	for (; n < b->nsteps; n++) {
		const struct step *s = &b->steps[n];
		if (s->internal && !s->task.n)
			break;
		list[n] = (struct critical_step){ .stage = s->stage, .name = s->name, .line = s->line,
		                                  .is_task = s->task.n, .is_meta = s->meta };
	}
	return critical_new(list, n, recipe, arena_text(a, b->engine));
}

struct critical *critical_of_folder(const struct build *b, const char *dir)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk("/");
	owned(problems) struct problems *problems = problems_new();
	struct str text;
	struct error none;
	owned(recipe) struct recipe *r = NULL;
	if (files_read(disk, files_join(a, dir, "Dockerfile"), a, &text, &none) == FILES_OK)
		r = recipe_parse(source_new(a, STR("Dockerfile"), NULL, text), (struct str){ 0 },
		                 problems);
	if (r)
		recipe_hide_args(r);
	return critical_of_build(b, r);
}

size_t critical_count(const struct critical *c)
{
	return c->n;
}

const struct critical_step *critical_step(const struct critical *c, size_t step)
{
	CHECK(step < c->n);
	return &c->steps[step];
}

/* ---- the longest way ---- */

/* Fills ends[] (when each step is done) and returns the last. */
static double critical_walk(const struct critical *c, const double *seconds, double *ends,
                            int *from, int *ret_last)
{
	double longest = 0;
	*ret_last = -1;
	for (size_t i = 0; i < c->n; i++) {
		unsigned step = c->order[i];
		double start = 0;
		from[step] = -1;
		for (unsigned e = c->first[step]; e < c->first[step + 1]; e++) {
			unsigned before = c->edges[e].before;
			if (from[step] >= 0 && ends[before] <= start)
				continue;
			start = ends[before];
			from[step] = (int)before;
		}
		ends[step] = start + (seconds[step] > 0 ? seconds[step] : 0);
		if (*ret_last >= 0 && ends[step] <= longest)
			continue;
		longest = ends[step];
		*ret_last = (int)step;
	}
	return longest;
}

double critical_path(const struct critical *c, const double *seconds, int *ret_path,
                     size_t *ret_npath)
{
	owned_memory double *ends = xcalloc(c->n + 1, sizeof *ends);
	owned_memory int *from = xcalloc(c->n + 1, sizeof *from);
	int last;
	double longest = critical_walk(c, seconds, ends, from, &last);
	if (!ret_path)
		return longest;
	size_t n = 0;
	for (int step = last; step >= 0; step = from[step])
		if (seconds[step] > 0)
			ret_path[n++] = step;
	for (size_t i = 0; i < n / 2; i++) {
		int other = ret_path[i];
		ret_path[i] = ret_path[n - 1 - i];
		ret_path[n - 1 - i] = other;
	}
	*ret_npath = n;
	return longest;
}

/* ---- imagined builds ---- */

/* What is drawn from for a step. */
struct critical_source {
	const struct times_run *runs;   /* newest first; n 0: it takes no time */
	size_t n;
	double elapsed;                 /* it has run for so long: longer runs alone count */
};

struct critical_imagining {
	const struct critical *critical;
	const struct times *times;
	struct critical_source *sources;
	double elapsed_beside;          /* of the overhead; it has passed */
	uint64_t chance;
	double *seconds, *ends;
	int *from;
};

/* xorshift64: below n, near enough evenly. */
static size_t critical_draw(uint64_t *chance, size_t n)
{
	*chance ^= *chance << 13;
	*chance ^= *chance >> 7;
	*chance ^= *chance << 17;
	return (size_t)((*chance >> 11) % n);
}

static double critical_draw_step(struct critical_imagining *m, const struct critical_source *s,
                                 size_t build)
{
	size_t longer = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->runs[i].seconds <= s->elapsed && s->elapsed > 0)
			continue;
		if (s->runs[i].build == build)
			return s->runs[i].seconds - s->elapsed;
		longer++;
	}
	size_t left = longer ? critical_draw(&m->chance, longer) : 0;
	for (size_t i = 0; longer && i < s->n; i++)
		if ((s->runs[i].seconds > s->elapsed || s->elapsed <= 0) && left-- == 0)
			return s->runs[i].seconds - s->elapsed;
	return 0;
}

static double critical_draw_beside(struct critical_imagining *m, size_t build)
{
	size_t n = times_builds(m->times), known = 0;
	double beside = times_overhead(m->times, build);
	for (size_t i = 0; beside < 0 && i < n; i++)
		known += times_overhead(m->times, i) >= 0;
	size_t left = known ? critical_draw(&m->chance, known) : 0;
	for (size_t i = 0; known && i < n && beside < 0; i++)
		if (times_overhead(m->times, i) >= 0 && left-- == 0)
			beside = times_overhead(m->times, i);
	beside -= m->elapsed_beside;
	return beside > 0 ? beside : 0;
}

static struct critical_range critical_imagine(struct critical_imagining *m)
{
	const struct critical *c = m->critical;
	double draws[CRITICAL_DRAWS];
	struct times_range range;
	size_t builds = times_builds(m->times);
	int last;
	m->chance = 0x9e3779b97f4a7c15u;
	m->seconds = xcalloc(c->n + 1, sizeof *m->seconds);
	m->ends = xcalloc(c->n + 1, sizeof *m->ends);
	m->from = xcalloc(c->n + 1, sizeof *m->from);
	for (size_t d = 0; d < CRITICAL_DRAWS; d++) {
		size_t build = critical_draw(&m->chance, builds);
		for (size_t i = 0; i < c->n; i++)
			m->seconds[i] = m->sources[i].n ? critical_draw_step(m, &m->sources[i], build) : 0;
		draws[d] = critical_walk(c, m->seconds, m->ends, m->from, &last) +
		           critical_draw_beside(m, build);
	}
	free(m->seconds);
	free(m->ends);
	free(m->from);
	times_percentiles(draws, CRITICAL_DRAWS, &range);
	return (struct critical_range){ range.p25, range.p50, range.p90, 0 };
}

static void critical_source(const struct critical *c, const struct times *t, size_t step,
                            struct critical_source *s, size_t *unknown)
{
	const struct critical_step *what = &c->steps[step];
	if (what->is_meta)
		return;
	s->runs = times_runs(t, what->stage, what->name, &s->n);
	*unknown += s->n == 0;
}

struct critical_range critical_expect(const struct critical *c, const struct times *t,
                                      const enum critical_will *will)
{
	owned_memory struct critical_source *sources = xcalloc(c->n + 1, sizeof *sources);
	struct critical_imagining m = { .critical = c, .times = t, .sources = sources };
	struct critical_range range = { 0 };
	size_t unknown = 0;
	for (size_t i = 0; i < c->n; i++)
		if (will[i] == CRITICAL_RUNS)
			critical_source(c, t, i, &sources[i], &unknown);
	if (times_builds(t))
		range = critical_imagine(&m);
	range.unknown = unknown;
	return range;
}

/* What of a running build's time so far went by beside its steps. */
static double eta_beside(const struct build *b, const struct critical *c, double now)
{
	owned_memory double *seconds = xcalloc(c->n + 1, sizeof *seconds);
	for (size_t i = 0; i < c->n; i++)
		seconds[i] = step_seconds(&b->steps[i], now);
	double beside = now - b->started - critical_path(c, seconds, NULL, NULL);
	return beside > 0 ? beside : 0;
}

bool eta_range(const struct build *b, const struct critical *c, const struct times *t, double now,
               struct eta *ret_eta)
{
	owned_memory struct critical_source *sources = xcalloc(c->n + 1, sizeof *sources);
	struct critical_imagining m = { .critical = c, .times = t, .sources = sources };
	size_t unknown = 0;
	bool is_late = false;
	if (!times_builds(t) || b->nsteps < c->n || b->done)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		const struct step *s = &b->steps[i];
		bool waits = s->state == STEP_WAITING && !str_eq(s->forecast, STR("hit"));
		if (!waits && s->state != STEP_RUNNING)
			continue;
		critical_source(c, t, i, &sources[i], &unknown);
		sources[i].elapsed = step_seconds(s, now);
		bool is_longest = sources[i].n && s->state == STEP_RUNNING;
		for (size_t k = 0; k < sources[i].n; k++)
			is_longest = is_longest && sources[i].runs[k].seconds <= sources[i].elapsed;
		is_late = is_late || is_longest;
	}
	m.elapsed_beside = eta_beside(b, c, now);
	*ret_eta = (struct eta){ critical_imagine(&m), is_late };
	ret_eta->left.unknown = unknown;
	return true;
}
