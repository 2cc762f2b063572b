#include "core/history/forecast.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/os/files.h"
#include "core/value/json.h"

static const char *const forecast_verdicts[] = { "hit", "miss", "unknown" };
static const char *const forecast_misses[] = {
	"none", "text", "arg", "context", "from", "mount", "parent", "base", "level", "pruned", "never",
};
static const char *const forecast_changes[] = { "added", "removed", "changed", "mode" };

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *forecast_verdict_name(enum verdict v)
{
	return forecast_verdicts[v];
}

const char *forecast_miss_name(enum miss m)
{
	return forecast_misses[m];
}

const struct forecast_step *forecast_find(const struct forecast *f, int step)
{
	for (size_t i = 0; i < f->nsteps; i++)
		if (f->steps[i].step == step)
			return &f->steps[i];
	return NULL;
}

/* ---- writing ---- */

static void forecast_set_text(struct arena *a, struct value *o, const char *key, struct str text)
{
	value_set(a, o, key, text.n ? value_new_string(a, text)
	                            : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
}

static void forecast_set_time(struct arena *a, struct value *o, const char *key, double t)
{
	struct str text = str_of(arena_printf(a, "%.3f", t));
	value_set(a, o, key, t < 0 ? value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 })
	                           : value_new(a, VALUE_FLOAT, text, (struct span){ 0 }));
}

static void forecast_push(struct value *list, struct value *item)
{
	value_append(list, (struct str){ 0 }, (struct span){ 0 }, item);
}

static struct value *forecast_step_value(struct arena *a, const struct forecast_step *s)
{
	struct value *o = value_new_object(a), *files = value_new_array(a);
	value_set(a, o, "step", value_new_integer(a, s->step));
	value_set(a, o, "verdict", value_new_string(a, str_of(forecast_verdicts[s->verdict])));
	forecast_set_text(a, o, "why", s->why ? str_of(forecast_misses[s->why]) : (struct str){ 0 });
	forecast_set_text(a, o, "sentence", s->sentence);
	for (size_t i = 0; i < s->nfiles; i++) {
		struct value *file = value_new_object(a);
		value_set(a, file, "change",
		          value_new_string(a, str_of(forecast_changes[s->files[i].change])));
		value_set(a, file, "path", value_new_string(a, s->files[i].path));
		forecast_push(files, file);
	}
	value_set(a, o, "files", files);
	value_set(a, o, "files_count", value_new_integer(a, (long long)s->files_count));
	forecast_set_text(a, o, "cause", s->cause);
	value_set(a, o, "parent", s->parent >= 0 ? value_new_integer(a, s->parent)
	          : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
	forecast_set_time(a, o, "p25", s->p25);
	forecast_set_time(a, o, "p50", s->p50);
	forecast_set_time(a, o, "p90", s->p90);
	return o;
}

struct value *forecast_value(struct arena *a, const struct forecast *f)
{
	struct value *o = value_new_object(a), *steps = value_new_array(a), *path = value_new_array(a);
	forecast_set_text(a, o, "engine", f->engine);
	forecast_set_text(a, o, "against", f->against);
	forecast_set_text(a, o, "note", f->note);
	if (f->is_guess)
		value_set(a, o, "guess", value_new_bool(a, true));
	if (f->picked.n) {
		forecast_set_text(a, o, "picked", f->picked);
		forecast_set_text(a, o, "picked_why", f->picked_why);
	}
	value_set(a, o, "hits", value_new_integer(a, (long long)f->hits));
	value_set(a, o, "misses", value_new_integer(a, (long long)f->misses));
	value_set(a, o, "unknowns", value_new_integer(a, (long long)f->unknowns));
	forecast_set_time(a, o, "p25", f->p25);
	forecast_set_time(a, o, "p50", f->p50);
	forecast_set_time(a, o, "p90", f->p90);
	for (size_t i = 0; i < f->npath; i++)
		forecast_push(path, value_new_integer(a, f->path[i]));
	value_set(a, o, "path", path);
	for (size_t i = 0; i < f->nsteps; i++)
		forecast_push(steps, forecast_step_value(a, &f->steps[i]));
	value_set(a, o, "steps", steps);
	return o;
}

/* ---- reading ---- */

static struct str forecast_text(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
}

static double forecast_time(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	char text[40];
	if (!v || (value_type(v) != VALUE_FLOAT && value_type(v) != VALUE_INTEGER))
		return -1;
	snprintf(text, sizeof text, "%.*s", STR_ARG(str_slice(value_text(v), 0, 39)));
	double t = strtod(text, NULL);
	return t >= 0 && t < 1e12 ? t : -1;
}

/* -1: there is none. */
static long long forecast_number(const struct value *v)
{
	unsigned long long n;
	return v && value_type(v) == VALUE_INTEGER && str_number(value_text(v), INT32_MAX, &n)
	       ? (long long)n : -1;
}

/* The index of the word, or -1. */
static int forecast_word(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, str_of(words[i])))
			return (int)i;
	return -1;
}

static void forecast_read_files(struct arena *a, const struct value *list, struct forecast_step *s)
{
	struct forecast_file *files = arena_array(a, FORECAST_FILES_MAX, sizeof *files);
	const struct value *v = list ? value_child(list) : NULL;
	for (; v && s->nfiles < FORECAST_FILES_MAX; v = value_next(v)) {
		int change = forecast_word(forecast_text(v, "change"), forecast_changes,
		                           COUNT(forecast_changes));
		if (change >= 0)
			files[s->nfiles++] = (struct forecast_file){ (enum forecast_change)change,
			                                             forecast_text(v, "path") };
	}
	s->files = files;
}

static bool forecast_read_step(struct arena *a, const struct value *v, struct forecast_step *s)
{
	int verdict = forecast_word(forecast_text(v, "verdict"), forecast_verdicts,
	                            COUNT(forecast_verdicts));
	int why = forecast_word(forecast_text(v, "why"), forecast_misses, COUNT(forecast_misses));
	long long step = forecast_number(value_get(v, STR("step")));
	long long count = forecast_number(value_get(v, STR("files_count")));
	if (verdict < 0 || step < 0)
		return false;
	*s = (struct forecast_step){
		.step = (int)step, .verdict = (enum verdict)verdict,
		.why = why < 0 ? MISS_NONE : (enum miss)why, .sentence = forecast_text(v, "sentence"),
		.cause = forecast_text(v, "cause"),
		.parent = (int)forecast_number(value_get(v, STR("parent"))),
		.p25 = forecast_time(v, "p25"), .p50 = forecast_time(v, "p50"),
		.p90 = forecast_time(v, "p90"),
	};
	forecast_read_files(a, value_get(v, STR("files")), s);
	s->files_count = count > (long long)s->nfiles ? (size_t)count : s->nfiles;
	return true;
}

static void forecast_read_path(struct arena *a, const struct value *list, struct forecast *f)
{
	int *path = arena_array(a, list ? value_count(list) + 1 : 1, sizeof *path);
	for (const struct value *v = list ? value_child(list) : NULL; v; v = value_next(v))
		if (forecast_number(v) >= 0)
			path[f->npath++] = (int)forecast_number(v);
	f->path = path;
}

bool forecast_read(struct arena *a, const struct value *v, struct forecast *ret_forecast)
{
	const struct value *list = value_get(v, STR("steps"));
	if (!list || value_type(list) != VALUE_ARRAY)
		return false;
	struct forecast_step *steps = arena_array(a, value_count(list) + 1, sizeof *steps);
	struct forecast f = {
		.steps = steps, .against = forecast_text(v, "against"),
		.engine = forecast_text(v, "engine"), .note = forecast_text(v, "note"),
		.picked = forecast_text(v, "picked"), .picked_why = forecast_text(v, "picked_why"),
		.p25 = forecast_time(v, "p25"), .p50 = forecast_time(v, "p50"),
		.p90 = forecast_time(v, "p90"),
	};
	const struct value *guess = value_get(v, STR("guess"));
	f.is_guess = guess && value_is_true(guess);
	for (const struct value *s = value_child(list); s; s = value_next(s)) {
		if (!forecast_read_step(a, s, &steps[f.nsteps]))
			return false;
		switch (steps[f.nsteps++].verdict) {
		case VERDICT_HIT: f.hits++; break;
		case VERDICT_MISS: f.misses++; break;
		case VERDICT_UNKNOWN: f.unknowns++; break;
		}
	}
	forecast_read_path(a, value_get(v, STR("path")), &f);
	*ret_forecast = f;
	return true;
}

bool forecast_read_file(struct arena *a, const char *build_dir, struct forecast *ret_forecast,
                        struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	const char *path = arena_printf(a, "%s/forecast.json", build_dir);
	const struct value *v;
	struct str text;
	enum files_result result = files_read(disk, path, a, &text, err);
	if (result == FILES_ABSENT)
		return error_set(err, ERROR_MISSING, "there is no '%s'", path);
	if (result != FILES_OK || !value_parse_json(a, text, &v, err))
		return false;
	return forecast_read(a, v, ret_forecast) ||
	       error_set(err, ERROR_SYNTAX, "'%s' holds no forecast", path);
}
