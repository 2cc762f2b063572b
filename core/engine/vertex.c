#include "core/engine/vertex.h"

#include "core/base/check.h"
#include "core/engine/announced.h"
#include "core/engine/match.h"

void vertexes_init(struct vertexes *t, const struct recipe *r)
{
	*t = (struct vertexes){ .arena = arena_new(), .recipe = r };
	if (r)
		t->claimed = xcalloc(r->ninstructions + 1, sizeof *t->claimed);
}

void vertexes_finish(struct vertexes *t)
{
	for (size_t i = 0; i < t->by_digest.n; i++) {
		struct vertex *v = t->by_digest.items[i].value;
		free(v->intervals);
		buf_finish(&v->clips[0].last);
		buf_finish(&v->clips[1].last);
	}
	map_finish(&t->by_digest);
	map_finish(&t->by_group);
	free(t->rows);
	free(t->claimed);
	arena_free(t->arena);
}

struct vertex *vertexes_find(const struct vertexes *t, struct str digest)
{
	return map_get(&t->by_digest, digest);
}

/* A base image's ONBUILD triggers are counted too and stand right after FROM; then
 * what follows is found from the end. */
static int vertex_shifted(const struct recipe *r, struct str stage, unsigned ordinal,
                          unsigned total, struct str text)
{
	unsigned own_ordinal, own_total;
	int first = recipe_find(r, NUMBERING_BUILDKIT, stage, 1);
	if (first < 0 || !recipe_number(r, NUMBERING_BUILDKIT, first, &own_ordinal, &own_total) ||
	    own_total >= total || ordinal <= total - own_total)
		return -1;
	int found = recipe_find(r, NUMBERING_BUILDKIT, stage, ordinal - (total - own_total));
	return found >= 0 && match_keyword(r, found, text) ? found : -1;
}

/* "linux/amd64 stage" without the platform. */
static struct str vertex_stage(struct str words)
{
	size_t blank = str_find_last(words, ' ');
	if (blank != STR_NONE)
		words = str_slice(words, blank + 1, words.n);
	return str_find(words, '/') == STR_NONE ? words : (struct str){ 0 };
}

static int vertex_instruction(const struct recipe *r, struct str name)
{
	struct announced a = announced_parse(name);
	unsigned own_ordinal, own_total;
	if (!r || !a.total)
		return -1;
	struct str stage = vertex_stage(a.stage);
	int found = recipe_find(r, NUMBERING_BUILDKIT, stage, a.ordinal);
	if (found >= 0 && match_keyword(r, found, a.text) &&
	    recipe_number(r, NUMBERING_BUILDKIT, found, &own_ordinal, &own_total) &&
	    own_total == a.total)
		return found;
	return vertex_shifted(r, stage, a.ordinal, a.total, a.text);
}

static struct row *vertexes_add_row(struct vertexes *t, struct str name)
{
	struct row *row = arena_alloc(t->arena, sizeof *row);
	if (t->nrows == t->cap)
		t->rows = xrealloc(t->rows, t->cap = t->cap ? t->cap * 2 : 32, sizeof *t->rows);
	t->rows[t->nrows++] = row;
	row->key = t->nrows;
	row->name = name;
	row->instruction = vertex_instruction(t->recipe, name);
	if (row->instruction >= 0 && t->claimed[row->instruction] == 0)
		t->claimed[row->instruction] = (int)t->nrows;
	return row;
}

static struct row *vertexes_row(struct vertexes *t, const struct pb_vertex *p, struct str name)
{
	struct row *row;
	if (!p->group.n)
		return vertexes_add_row(t, name);
	row = map_get(&t->by_group, p->group);
	if (row && row->nmembers == VERTEX_GROUP)
		return vertexes_add_row(t, name);
	if (!row) {
		row = vertexes_add_row(t, arena_str(t->arena, p->group_name));
		map_set(&t->by_group, arena_str(t->arena, p->group), row);
	}
	return row;
}

/* Keyed by its start: the same start told again replaces the end. */
static void vertex_interval(struct vertex *v, int64_t from, int64_t to)
{
	size_t at = v->nintervals;
	if (!from)
		return;
	while (at > 0 && v->intervals[at - 1].from > from)
		at--;
	if (at > 0 && v->intervals[at - 1].from == from) {
		v->intervals[at - 1].to = to;
		return;
	}
	if (v->nintervals == VERTEX_INTERVALS)
		return;
	if (v->nintervals == v->cap)
		v->intervals = xrealloc(v->intervals, v->cap = v->cap ? v->cap * 2 : 2,
		                        sizeof *v->intervals);
	for (size_t i = v->nintervals++; i > at; i--)
		v->intervals[i] = v->intervals[i - 1];
	v->intervals[at] = (struct interval){ from, to };
}

bool vertexes_update(struct vertexes *t, const struct pb_vertex *p, struct error *err)
{
	struct vertex *v = vertexes_find(t, p->digest);
	if (!v) {
		if (t->by_digest.n == VERTEX_MAX)
			return error_set(err, ERROR_LIMIT, "the engine announced more than %d "
			                 "pieces of work", VERTEX_MAX);
		v = arena_alloc(t->arena, sizeof *v);
		v->digest = arena_str(t->arena, p->digest);
		v->name = arena_str(t->arena, p->name);
		v->row = vertexes_row(t, p, v->name);
		v->next = v->row->first;
		v->row->nmembers++;
		v->row->first = v;
		map_set(&t->by_digest, v->digest, v);
	}
	v->cached = p->cached;
	v->weak = p->group_weak;
	if (!v->error.n)
		v->error = arena_str(t->arena, p->error);
	vertex_interval(v, p->started, p->completed);
	v->row->dirty = true;
	return true;
}

/* BuildKit tells a build that joins another's work while that runs what the other one's
 * took, and calls none of it cached. */
static bool vertex_is_anothers(const struct vertexes *t, const struct vertex *v)
{
	return v->nintervals && v->intervals[v->nintervals - 1].to &&
	       v->intervals[v->nintervals - 1].to < t->began;
}

static bool vertex_is_running(const struct vertex *v)
{
	return v->nintervals && !v->intervals[v->nintervals - 1].to;
}

static int interval_order(const void *a, const void *b)
{
	int64_t x = ((const struct interval *)a)->from, y = ((const struct interval *)b)->from;
	return x < y ? -1 : x > y;
}

/* Seconds of all members' intervals together, counting what overlaps once. */
static double row_seconds(const struct row *row)
{
	size_t n = 0, k = 0;
	int64_t sum = 0, end = 0;
	for (const struct vertex *v = row->first; v; v = v->next)
		n += v->nintervals;
	owned_memory struct interval *all = xcalloc(n + 1, sizeof *all);
	for (const struct vertex *v = row->first; v; v = v->next)
		for (size_t i = 0; i < v->nintervals; i++)
			all[k++] = v->intervals[i];
	qsort(all, n, sizeof *all, interval_order);
	for (size_t i = 0; i < n; i++) {
		int64_t from = all[i].from > end ? all[i].from : end;
		if (all[i].to <= from)
			continue;
		sum += all[i].to - from;
		end = all[i].to;
	}
	return (double)sum / 1e9;
}

/* A base image that is here already costs nothing, whatever the solver says of it:
 * its flag depends on the order in which BuildKit looked. */
static bool row_is_cached(const struct vertexes *t, const struct row *row)
{
	bool is_from = row->instruction >= 0 &&
	               t->recipe->instructions[row->instruction].kind == INSTRUCTION_FROM;
	bool cached = true, fetched = false;
	for (const struct vertex *v = row->first; v; v = v->next) {
		cached = cached && (v->cached || v->weak || vertex_is_anothers(t, v));
		fetched = fetched || v->fetched;
	}
	return is_from ? !fetched : cached;
}

struct step_report vertexes_report(const struct vertexes *t, const struct row *row)
{
	struct step_report s = { .key = row->key, .instruction = row->instruction,
	                         .name = row->name, .ended = true };
	for (const struct vertex *v = row->first; v; v = v->next) {
		bool began = v->nintervals || v->cached;
		if (began && !v->weak)
			s.started = true;
		if (vertex_is_running(v) || (!began && !v->weak))
			s.ended = false;
		if (v->error.n && !s.error.n)
			s.error = v->error;
	}
	s.ended = s.ended && s.started;
	s.cached = s.ended && !s.error.n && row_is_cached(t, row);
	s.seconds = row_seconds(row);
	return s;
}
