#include "core/history/trend.h"

#include "core/history/filter.h"
#include "core/journal/build.h"

enum { TREND_LOOK = 400 };

static bool trend_is_like(const struct history_item *a, const struct history_item *b)
{
	if (strcmp(a->project, b->project) != 0 || strcmp(a->root, b->root) != 0 ||
	    strcmp(a->engine, b->engine) != 0 || a->nprofiles != b->nprofiles || b->nbuilds)
		return false;
	for (size_t i = 0; i < a->nprofiles; i++)
		if (strcmp(a->profiles[i], b->profiles[i]) != 0)
			return false;
	return true;
}

static bool trend_read_builds(struct arena *arena, struct trend *t, struct error *err)
{
	struct history_list all;
	owned(history_filter) struct history_filter *filter = history_filter_new(STR(""), 0, err);
	if (!filter)
		return false;
	history_filter_add(filter, FIELD_PROJECT, str_of(t->like.project));
	if (!history_select(arena, filter, TREND_LOOK, &all, err))
		return false;
	struct history_item *builds = arena_array(arena, TREND_BUILDS, sizeof *builds);
	size_t at = TREND_BUILDS;
	for (size_t i = 0; i < all.n && at > 0; i++) {
		const struct history_item *item = &all.items[i];
		if (strcmp(item->id, t->like.id) <= 0 && item->state != HISTORY_CANCELLED &&
		    item->state != HISTORY_RUNNING && trend_is_like(&t->like, item))
			builds[--at] = *item;
	}
	t->builds = builds + at;
	t->nbuilds = TREND_BUILDS - at;
	return true;
}

struct trend_reader {
	struct arena *arena;
	struct trend *trend;
	const struct times *times;
	size_t *known, *cached;
	struct times_point points[TREND_LOOK];
};

static void trend_read_step(struct trend_reader *r, struct trend_step *step)
{
	const struct trend *t = r->trend;
	struct trend_point *points = arena_array(r->arena, t->nbuilds + 1, sizeof *points);
	size_t n = times_series(r->times, step->stage, step->name, r->points, TREND_LOOK);
	times_step(r->times, step->stage, step->name, &step->usual);
	for (size_t i = 0; i < t->nbuilds; i++) {
		points[i].seconds = -1;
		for (size_t k = 0; k < n; k++) {
			if (strcmp(r->points[k].build, t->builds[i].id) != 0)
				continue;
			points[i] = (struct trend_point){ r->points[k].seconds, r->points[k].cached,
			                                  r->points[k].failed };
			r->known[i]++;
			r->cached[i] += r->points[k].cached;
		}
	}
	step->points = points;
}

/* The steps that the build itself has. */
static bool trend_read_steps(struct trend_reader *r, const char *dir, struct error *err)
{
	owned(build) struct build *build = build_read(dir, err);
	if (!build)
		return false;
	struct trend_step *steps = arena_array(r->arena, build->nsteps + 1, sizeof *steps);
	size_t n = 0;
	for (size_t i = 0; i < build->nsteps; i++) {
		const struct step *s = &build->steps[i];
		if (s->meta || s->internal)
			continue;
		steps[n].name = arena_str(r->arena, s->name);
		steps[n].stage = arena_str(r->arena, s->stage);
		trend_read_step(r, &steps[n++]);
	}
	r->trend->steps = steps;
	r->trend->nsteps = n;
	return true;
}

bool trend_read(struct arena *arena, const char *dir, struct trend *ret_trend, struct error *err)
{
	struct trend t = { 0 };
	if (!history_read_one(arena, dir, &t.like))
		return error_set(err, ERROR_MISSING, "there is no build in '%s'", dir);
	if (!trend_read_builds(arena, &t, err))
		return false;
	owned(times) struct times *times = times_read(t.like.root, t.like.project, t.like.engine,
	                                              t.like.address, TREND_LOOK, err);
	if (!times)
		return false;
	struct trend_reader *r = arena_alloc(arena, sizeof *r);
	*r = (struct trend_reader){ .arena = arena, .trend = &t, .times = times };
	r->known = arena_array(arena, t.nbuilds + 1, sizeof *r->known);
	r->cached = arena_array(arena, t.nbuilds + 1, sizeof *r->cached);
	t.known = r->known;
	t.cached = r->cached;
	if (!trend_read_steps(r, dir, err))
		return false;
	*ret_trend = t;
	return true;
}

/* ---- JSON ---- */

static struct value *trend_seconds(struct arena *a, double seconds)
{
	if (!(seconds >= 0))
		return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
	return value_new(a, VALUE_FLOAT, str_of(arena_printf(a, "%.3f", seconds)),
	                 (struct span){ 0 });
}

static struct value *trend_describe_step(struct arena *a, const struct trend *t,
                                         const struct trend_step *step)
{
	struct value *o = value_new_object(a), *points = value_new_array(a);
	bool runs = step->usual.n > 0;
	value_set(a, o, "name", value_new_string(a, step->name));
	value_set(a, o, "stage", value_new_string(a, step->stage));
	value_set(a, o, "runs", value_new_integer(a, (long long)step->usual.n));
	value_set(a, o, "p25", trend_seconds(a, runs ? step->usual.p25 : -1));
	value_set(a, o, "p50", trend_seconds(a, runs ? step->usual.p50 : -1));
	value_set(a, o, "p90", trend_seconds(a, runs ? step->usual.p90 : -1));
	for (size_t i = 0; i < t->nbuilds; i++) {
		struct value *point = value_new_object(a);
		value_set(a, point, "seconds", trend_seconds(a, step->points[i].seconds));
		value_set(a, point, "cached", value_new_bool(a, step->points[i].cached));
		value_set(a, point, "failed", value_new_bool(a, step->points[i].failed));
		value_append(points, (struct str){ 0 }, (struct span){ 0 }, point);
	}
	value_set(a, o, "points", points);
	return o;
}

struct value *trend_describe(struct arena *a, const struct trend *t)
{
	struct value *o = value_new_object(a);
	struct value *builds = value_new_array(a), *steps = value_new_array(a);
	for (size_t i = 0; i < t->nbuilds; i++) {
		struct value *row = history_describe(a, &t->builds[i]);
		value_set(a, row, "steps", value_new_integer(a, (long long)t->known[i]));
		value_set(a, row, "cached", value_new_integer(a, (long long)t->cached[i]));
		value_append(builds, (struct str){ 0 }, (struct span){ 0 }, row);
	}
	for (size_t i = 0; i < t->nsteps; i++)
		value_append(steps, (struct str){ 0 }, (struct span){ 0 },
		             trend_describe_step(a, t, &t->steps[i]));
	value_set(a, o, "project", value_new_string(a, str_of(t->like.project)));
	value_set(a, o, "like", value_new_string(a, str_of(t->like.id)));
	value_set(a, o, "builds", builds);
	value_set(a, o, "steps", steps);
	return o;
}
