#include "core/history/times.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/journal/line.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/value/json.h"

/* A longer file is none that a job has written. */
enum { TIMES_SIZE_MAX = 64 << 20, TIMES_STEPS_MAX = 100000 };

struct times_build {
	const char *id;
	struct str level;
	double started, seconds, path;
	bool ok;
};

/* A step of all builds, newest first. */
struct times_entry {
	struct times_point *points;
	struct times_run *runs;
	size_t npoints, nruns, cap;
};

struct times {
	struct arena *arena;
	struct times_build *builds;
	size_t nbuilds;
	struct map steps;               /* "stage\0name" → struct times_entry */
};

/* ---- writing ---- */

static struct value *times_seconds(struct arena *a, double seconds)
{
	return value_new(a, VALUE_FLOAT, str_of(arena_printf(a, "%.3f", seconds)),
	                 (struct span){ 0 });
}

static void times_set(struct arena *a, struct value *o, const char *key, struct str text)
{
	value_set(a, o, key, value_new_string(a, text));
}

static struct value *times_describe_step(struct arena *a, const struct build *b, size_t i,
                                         size_t lines)
{
	const struct step *s = &b->steps[i];
	struct value *o = value_new_object(a);
	bool ok = s->state == STEP_DONE || s->state == STEP_CACHED;
	value_set(a, o, "step", value_new_integer(a, (long long)i));
	times_set(a, o, "stage", s->stage);
	times_set(a, o, "name", s->name);
	value_set(a, o, "cached", value_new_bool(a, s->state == STEP_CACHED));
	value_set(a, o, "ok", value_new_bool(a, ok));
	value_set(a, o, "seconds", times_seconds(a, s->seconds));
	value_set(a, o, "lines", value_new_integer(a, (long long)lines));
	return o;
}

/* steps come last: who looks for a project's builds reads no further. */
struct value *times_describe(struct arena *a, const struct build *b, struct str address,
                             const size_t *lines, double path)
{
	struct value *o = value_new_object(a), *steps = value_new_array(a);
	value_set(a, o, "format", value_new_integer(a, 1));
	times_set(a, o, "root", b->root);
	times_set(a, o, "project", b->project);
	times_set(a, o, "engine", b->engine);
	times_set(a, o, "engine_address", address);
	times_set(a, o, "level", b->level);
	value_set(a, o, "ok", value_new_bool(a, b->ok));
	value_set(a, o, "started", times_seconds(a, b->started));
	value_set(a, o, "seconds", times_seconds(a, b->ended - b->since));
	value_set(a, o, "path", times_seconds(a, path));
	for (size_t i = 0; i < b->nsteps; i++)
		if (b->steps[i].state != STEP_SKIPPED && !b->steps[i].meta)
			value_append(steps, (struct str){ 0 }, (struct span){ 0 },
			             times_describe_step(a, b, i, lines[i]));
	value_set(a, o, "steps", steps);
	return o;
}

/* ---- reading ---- */

struct times_reading {
	struct times *times;
	struct arena *scratch;          /* of one file */
	const char *root, *project;
	struct str engine, address;     /* p NULL: not known yet */
	struct times_build build;
	struct str found_engine, found_address;
};

static const struct value *times_parse(struct times_reading *r, struct str raw)
{
	const struct value *v;
	struct error broken;
	return value_parse_json(r->scratch, raw, &v, &broken) ? v : NULL;
}

static struct str times_text(struct times_reading *r, struct str raw)
{
	const struct value *v = raw.n && raw.p[0] == '"' ? times_parse(r, raw) : NULL;
	return v ? value_text(v) : (struct str){ 0 };
}

/* Seconds; what is none, or longer than a person lives, is 0. */
static double times_number(struct times_reading *r, struct str raw)
{
	double number = raw.n < 64 ? strtod(arena_text(r->scratch, raw), NULL) : 0;
	return isfinite(number) && number > 0 && number < 1e10 ? number : 0;
}

/* Takes a member of the head; false: not of the builds that are looked for. */
static bool times_member(struct times_reading *r, const struct line_member *m)
{
	struct times_build *b = &r->build;
	if (str_eq(m->key, STR("root")))
		return str_eq(times_text(r, m->value), str_of(r->root));
	if (str_eq(m->key, STR("project")))
		return str_eq(times_text(r, m->value), str_of(r->project));
	if (str_eq(m->key, STR("engine")))
		r->found_engine = times_text(r, m->value);
	if (str_eq(m->key, STR("engine_address")))
		r->found_address = times_text(r, m->value);
	if (str_eq(m->key, STR("level")))
		b->level = times_text(r, m->value);
	if (str_eq(m->key, STR("ok")))
		b->ok = str_eq(m->value, STR("true"));
	if (str_eq(m->key, STR("started")))
		b->started = times_number(r, m->value);
	if (str_eq(m->key, STR("seconds")))
		b->seconds = times_number(r, m->value);
	if (str_eq(m->key, STR("path")))
		b->path = times_number(r, m->value);
	return true;
}

static bool times_is_asked_for(struct times_reading *r)
{
	struct arena *a = r->times->arena;
	if (!r->found_engine.n || str_eq(r->found_engine, STR("watch")))
		return false;
	if (!r->engine.p)
		r->engine = arena_str(a, r->found_engine);
	if (!r->address.p && str_eq(r->found_engine, r->engine))
		r->address = arena_str(a, r->found_address);
	return str_eq(r->found_engine, r->engine) && r->address.p &&
	       str_eq(r->found_address, r->address);
}

static struct times_entry *times_entry(struct times *t, struct str stage, struct str name)
{
	owned_buf struct buf key = { 0 };
	buf_append(&key, stage);
	buf_append_char(&key, '\0');
	buf_append(&key, name);
	struct times_entry *e = map_get(&t->steps, buf_str(&key));
	if (!e) {
		e = xcalloc(1, sizeof *e);
		map_set(&t->steps, arena_str(t->arena, buf_str(&key)), e);
	}
	return e;
}

static struct str times_member_text(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) != VALUE_NULL ? value_text(v) : (struct str){ 0 };
}

static bool times_flag(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_is_true(v);
}

static void times_step_found(struct times_reading *r, const struct value *step)
{
	struct times *t = r->times;
	unsigned long long lines = 0;
	if (value_type(step) != VALUE_OBJECT)
		return;
	struct times_entry *e = times_entry(t, times_member_text(step, "stage"),
	                                    times_member_text(step, "name"));
	bool ok = times_flag(step, "ok"), cached = times_flag(step, "cached");
	double seconds = times_number(r, times_member_text(step, "seconds"));
	/* Of several of one name in a build the first stands for all. */
	if (e->npoints && e->points[e->npoints - 1].build == r->build.id)
		return;
	str_number(times_member_text(step, "lines"), SIZE_MAX, &lines);
	if (e->npoints == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 8;
		e->points = xrealloc(e->points, e->cap, sizeof *e->points);
		e->runs = xrealloc(e->runs, e->cap, sizeof *e->runs);
	}
	e->points[e->npoints++] = (struct times_point){
		.build = r->build.id, .started = r->build.started, .seconds = seconds,
		.lines = (size_t)lines, .cached = cached, .failed = !ok,
	};
	if (ok && !cached)
		e->runs[e->nruns++] = (struct times_run){ t->nbuilds, seconds };
}

/* A file of ours: the head first, and only if it is asked for the steps. */
static void times_file(struct times_reading *r, const char *id, struct str text)
{
	struct times *t = r->times;
	struct line_member m;
	size_t at = 0, left = TIMES_STEPS_MAX;
	r->build = (struct times_build){ 0 };
	r->found_engine = r->found_address = (struct str){ 0 };
	bool has_steps = false;
	while (!has_steps && line_next(text, &at, &m)) {
		has_steps = str_eq(m.key, STR("steps"));
		if (!has_steps && !times_member(r, &m))
			return;
	}
	const struct value *steps = has_steps && times_is_asked_for(r) ? times_parse(r, m.value) : NULL;
	if (!steps || value_type(steps) != VALUE_ARRAY)
		return;
	r->build.id = arena_text(t->arena, str_of(id));
	r->build.level = arena_str(t->arena, r->build.level);
	for (const struct value *v = value_child(steps); v && left; v = value_next(v), left--)
		times_step_found(r, v);
	t->builds = xrealloc(t->builds, t->nbuilds + 1, sizeof *t->builds);
	t->builds[t->nbuilds++] = r->build;
}

static void times_folder(struct times_reading *r, struct files *disk, const char *dir,
                         const char *id)
{
	owned(arena) struct arena *scratch = arena_new();
	struct str text;
	struct error none;
	r->scratch = scratch;
	if (files_read(disk, files_join(scratch, dir, "times.json"), scratch, &text, &none) ==
	        FILES_OK && text.n <= TIMES_SIZE_MAX &&
	    access(files_join(scratch, dir, "imported"), F_OK) < 0)
		times_file(r, id, text);
}

struct times *times_read(const char *root, const char *project, const char *engine,
                         const char *address, size_t most, struct error *err)
{
	const char *builds = save_state_path("builds");
	owned(arena) struct arena *a = arena_new();
	owned(times) struct times *t = xcalloc(1, sizeof *t);
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	t->arena = arena_new();
	struct times_reading r = {
		.times = t, .root = root, .project = project,
		.engine = str_of(engine), .address = str_of(engine ? address : NULL),
	};
	if (builds && files_list(disk, builds, a, &list, err) == FILES_FAILED)
		return NULL;
	for (size_t i = list.n, looked = 0; i > 0 && looked < TIMES_LOOK_MAX && t->nbuilds < most;
	     i--, looked++) {
		const char *id = list.entries[i - 1].name;
		times_folder(&r, disk, files_join(a, builds, id), id);
	}
	return take(t);
}

void times_free(struct times *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->steps.n; i++) {
		struct times_entry *e = t->steps.items[i].value;
		free(e->points);
		free(e->runs);
		free(e);
	}
	map_finish(&t->steps);
	free(t->builds);
	arena_free(t->arena);
	free(t);
}

/* ---- asking ---- */

size_t times_builds(const struct times *t)
{
	return t->nbuilds;
}

static const struct times_entry *times_find(const struct times *t, struct str stage,
                                            struct str name)
{
	owned_buf struct buf key = { 0 };
	buf_append(&key, stage);
	buf_append_char(&key, '\0');
	buf_append(&key, name);
	return map_get(&t->steps, buf_str(&key));
}

static int times_order(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void times_percentiles(double *seconds, size_t n, struct times_range *ret_range)
{
	*ret_range = (struct times_range){ .n = n };
	if (!n)
		return;
	ret_range->last = seconds[0];
	qsort(seconds, n, sizeof *seconds, times_order);
	/* ⌈p·n⌉ in whole numbers. */
	ret_range->p25 = seconds[(25 * n + 99) / 100 - 1];
	ret_range->p50 = seconds[(50 * n + 99) / 100 - 1];
	ret_range->p90 = seconds[(90 * n + 99) / 100 - 1];
}

bool times_step(const struct times *t, struct str stage, struct str name,
                struct times_range *ret_range)
{
	const struct times_entry *e = times_find(t, stage, name);
	size_t n = e ? e->nruns : 0;
	owned_memory double *seconds = xcalloc(n + 1, sizeof *seconds);
	for (size_t i = 0; i < n; i++)
		seconds[i] = e->runs[i].seconds;
	times_percentiles(seconds, n, ret_range);
	return n;
}

bool times_build(const struct times *t, struct str level, struct times_range *ret_range)
{
	owned_memory double *seconds = xcalloc(t->nbuilds + 1, sizeof *seconds);
	size_t n = 0;
	for (size_t i = 0; i < t->nbuilds; i++)
		if (t->builds[i].ok && str_eq(t->builds[i].level, level))
			seconds[n++] = t->builds[i].seconds;
	times_percentiles(seconds, n, ret_range);
	return n;
}

size_t times_series(const struct times *t, struct str stage, struct str name,
                    struct times_point *ret, size_t max)
{
	const struct times_entry *e = times_find(t, stage, name);
	size_t n = !e ? 0 : e->npoints < max ? e->npoints : max;
	for (size_t i = 0; i < n; i++)
		ret[i] = e->points[n - 1 - i];
	return n;
}

const struct times_run *times_runs(const struct times *t, struct str stage, struct str name,
                                   size_t *ret_n)
{
	const struct times_entry *e = times_find(t, stage, name);
	*ret_n = e ? e->nruns : 0;
	return e ? e->runs : NULL;
}

double times_overhead(const struct times *t, size_t build)
{
	const struct times_build *b = &t->builds[build];
	double rest = b->seconds - b->path;
	return !b->ok ? -1 : rest > 0 ? rest : 0;
}
