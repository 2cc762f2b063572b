#include "core/recipe/stage_graph.h"

#include "core/base/map.h"
#include "core/base/utf8.h"
#include "core/recipe/mount.h"

/* Lines side by side; stages beyond are told by their rows alone. */
enum { GRAPH_LANES = 12 };

enum graph_sign { SIGN_TARGET, SIGN_NEEDED, SIGN_NOT_NEEDED, SIGN_DOWN, SIGN_ACROSS,
                  SIGN_CROSS, SIGN_LEFT, SIGN_LEFT_END, SIGN_RIGHT, SIGN_RIGHT_END, SIGN_MIDDLE_END, SIGN_NONE };

static const char *const graph_signs[2][SIGN_NONE + 1] = {
	{ "\xe2\x97\x8e", "\xe2\x97\x8f", "\xe2\x97\x8b", "\xe2\x94\x82", "\xe2\x94\x80",
	  "\xe2\x94\xbc", "\xe2\x94\x9c", "\xe2\x95\xb0", "\xe2\x94\xa4", "\xe2\x95\xaf",
	  "\xe2\x94\xb4", " " },
	{ "@", "*", "o", "|", "-", "+", "+", "`", "+", "'", "'", " " },
};

struct graph {
	struct arena *arena;
	const struct recipe *recipe;
	const char *const *signs;
	struct map names;               /* as BuildKit calls stages, to the stage + 1 */
	int *last_user;                 /* of each stage; -1: nobody needs it */
	int lanes[GRAPH_LANES];         /* whose line runs there; -1: nobody's */
	struct stage_row *rows;
	size_t n, cap;
};

static void graph_row(struct graph *g, int stage, const struct buf *text)
{
	if (g->n == g->cap) {
		struct stage_row *old = g->rows;
		g->cap = g->cap ? 2 * g->cap : 16;
		g->rows = arena_array(g->arena, g->cap, sizeof *g->rows);
		if (g->n)
			memcpy(g->rows, old, g->n * sizeof *old);
	}
	g->rows[g->n++] = (struct stage_row){ stage, arena_str(g->arena, buf_str(text)) };
}

static bool graph_needs(const struct stage *s, int stage)
{
	for (size_t i = 0; i < s->nneeds && stage >= 0; i++)
		if ((int)s->needs[i] == stage)
			return true;
	return false;
}

/* Where the stage itself stands: on a line that ends with it, else on a free one. */
static int graph_lane(const struct graph *g, int stage)
{
	const struct stage *s = &g->recipe->stages[stage];
	int free_lane = -1;
	for (int c = 0; c < GRAPH_LANES; c++) {
		if (graph_needs(s, g->lanes[c]) && g->last_user[g->lanes[c]] == stage)
			return c;
		if (g->lanes[c] < 0 && free_lane < 0)
			free_lane = c;
	}
	return free_lane;
}

/* What stands in a lane of the stage's row; lines to it run from low to high. */
static enum graph_sign graph_sign(const struct graph *g, int stage, int c, int own, int low,
                                  int high)
{
	const struct stage *s = &g->recipe->stages[stage];
	if (c == own)
		return stage == g->recipe->target ? SIGN_TARGET
		       : s->reachable ? SIGN_NEEDED : SIGN_NOT_NEEDED;
	bool inside = c > low && c < high;
	if (g->lanes[c] < 0)
		return inside ? SIGN_ACROSS : SIGN_NONE;
	if (!graph_needs(s, g->lanes[c]))
		return inside ? SIGN_CROSS : SIGN_DOWN;
	bool ends = g->last_user[g->lanes[c]] == stage;
	if (inside)
		return ends ? SIGN_MIDDLE_END : SIGN_CROSS;
	if (c < own)
		return ends ? SIGN_LEFT_END : SIGN_LEFT;
	return ends ? SIGN_RIGHT_END : SIGN_RIGHT;
}

static void graph_stage_gutter(const struct graph *g, struct buf *out, int stage, int own)
{
	const struct stage *s = &g->recipe->stages[stage];
	int low = own, high = own, last = own;
	for (int c = 0; c < GRAPH_LANES; c++) {
		if (g->lanes[c] >= 0 && c > last)
			last = c;
		if (!graph_needs(s, g->lanes[c]))
			continue;
		low = c < low ? c : low;
		high = c > high ? c : high;
	}
	for (int c = 0; c <= last; c++) {
		buf_append_text(out, g->signs[graph_sign(g, stage, c, own, low, high)]);
		buf_append_text(out, g->signs[c >= low && c < high ? SIGN_ACROSS : SIGN_NONE]);
	}
}

static void graph_lines_gutter(const struct graph *g, struct buf *out)
{
	int last = -1;
	for (int c = 0; c < GRAPH_LANES; c++)
		last = g->lanes[c] >= 0 ? c : last;
	for (int c = 0; c <= last; c++) {
		buf_append_text(out, g->signs[g->lanes[c] >= 0 ? SIGN_DOWN : SIGN_NONE]);
		buf_append_char(out, ' ');
	}
	buf_append_text(out, "  ");
}

static void graph_append_name(const struct graph *g, struct buf *out, int stage)
{
	struct buf name owned_buf = { 0 };
	recipe_stage_name(g->recipe, stage, &name);
	utf8_append_visible(out, buf_str(&name));
}

static void graph_stage(struct graph *g, int stage)
{
	const struct stage *s = &g->recipe->stages[stage];
	struct buf row owned_buf = { 0 };
	int own = graph_lane(g, stage);
	if (own >= 0)
		graph_stage_gutter(g, &row, stage, own);
	else
		graph_lines_gutter(g, &row);
	graph_append_name(g, &row, stage);
	buf_append_text(&row, "  from ");
	if (s->from >= 0)
		graph_append_name(g, &row, s->from);
	else
		utf8_append_visible(&row, s->base);
	if (stage == g->recipe->target)
		buf_append_text(&row, "  (target)");
	else if (!s->reachable)
		buf_append_text(&row, "  (not needed)");
	graph_row(g, stage, &row);
	for (int c = 0; c < GRAPH_LANES; c++)
		if (g->lanes[c] >= 0 && g->last_user[g->lanes[c]] <= stage)
			g->lanes[c] = -1;
	if (own >= 0)
		g->lanes[own] = g->last_user[stage] > stage ? stage : -1;
}

static void graph_source(struct graph *g, const struct instruction *in, const char *verb,
                         struct str from)
{
	struct buf row owned_buf = { 0 };
	struct buf name owned_buf = { 0 };
	unsigned long long number;
	for (size_t i = 0; i < from.n; i++)
		buf_append_char(&name, from.p[i] >= 'A' && from.p[i] <= 'Z' ? (char)(from.p[i] | ' ')
		                                                            : from.p[i]);
	int stage = (int)(intptr_t)map_get(&g->names, buf_str(&name)) - 1;
	if (stage < 0 && str_number(from, g->recipe->nstages - 1, &number))
		stage = (int)number;
	graph_lines_gutter(g, &row);
	buf_printf(&row, "%s from ", verb);
	if (stage >= 0)
		graph_append_name(g, &row, stage);
	else
		utf8_append_visible(&row, from);
	buf_printf(&row, "  (line %u)", in->first_line);
	graph_row(g, -1, &row);
}

static void graph_sources(struct graph *g, const struct stage *s)
{
	for (unsigned i = s->first; i < s->first + s->count; i++) {
		const struct instruction *in = &g->recipe->instructions[i];
		for (size_t k = 0; k < in->parts->nflags; k++) {
			struct pair flag = in->parts->flags[k];
			if (in->kind == INSTRUCTION_COPY && str_eq(flag.name, STR("from")) && flag.value.n)
				graph_source(g, in, "copies", flag.value);
			if (in->kind != INSTRUCTION_RUN || !str_eq(flag.name, STR("mount")))
				continue;
			struct str from = mount_get(g->arena, flag.value, "from");
			if (from.n)
				graph_source(g, in, "mounts", from);
		}
	}
}

size_t stage_graph(struct arena *arena, const struct recipe *r, bool ascii,
                   const struct stage_row **ret_rows)
{
	struct graph g = { .arena = arena, .recipe = r, .signs = graph_signs[ascii],
	                   .last_user = arena_array(arena, r->nstages, sizeof *g.last_user) };
	for (int c = 0; c < GRAPH_LANES; c++)
		g.lanes[c] = -1;
	for (size_t i = 0; i < r->nstages; i++) {
		struct buf name owned_buf = { 0 };
		recipe_stage_name(r, (int)i, &name);
		if (r->stages[i].name.n)
			map_set(&g.names, arena_str(arena, buf_str(&name)), (void *)(intptr_t)(i + 1));
		g.last_user[i] = -1;
	}
	for (size_t i = 0; i < r->nstages; i++)
		for (size_t k = 0; k < r->stages[i].nneeds; k++)
			g.last_user[r->stages[i].needs[k]] = (int)i;
	for (size_t i = 0; i < r->nstages; i++) {
		graph_stage(&g, (int)i);
		graph_sources(&g, &r->stages[i]);
	}
	map_finish(&g.names);
	*ret_rows = g.rows;
	return g.n;
}
