/* What a batch tells of itself: build.start with a step for each of its builds, and
 * build.done. */
#include <stdio.h>
#include <unistd.h>

#include "core/job/batch_inside.h"
#include "core/os/clock.h"

static void batch_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	value_set(a, o, key, text ? value_new_string(a, str_of(text))
	                          : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
}

static struct value *batch_names(struct arena *a, const char *const *names, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(names[i])));
	return list;
}

static struct value *batch_steps(const struct batch *b, struct arena *a)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < b->n; i++) {
		struct value *o = value_new_object(a);
		const struct combo *combo = &b->request->combos[i];
		value_set(a, o, "index", value_new_integer(a, (long long)i));
		batch_set(a, o, "name", b->matrix->rows[i].name);
		value_set(a, o, "profiles", batch_names(a, combo->profiles, combo->n));
		batch_set(a, o, "stage", NULL);
		batch_set(a, o, "line", NULL);
		batch_set(a, o, "group", NULL);
		batch_set(a, o, "origin", NULL);
		batch_set(a, o, "forecast", "unknown");
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

void batch_announce_start(struct batch *b)
{
	struct arena *a = record_arena(b->record);
	struct value *o = value_new_object(a);
	const struct request *r = b->request;
	b->started = clock_now();
	value_set(a, o, "format", value_new_integer(a, 1));
	batch_set(a, o, "id", r->id);
	batch_set(a, o, "project", b->matrix->project ? b->matrix->project : b->target.name);
	batch_set(a, o, "kind", b->kind->name);
	value_set(a, o, "profiles", value_new_array(a));
	value_set(a, o, "builds", value_new_integer(a, (long long)b->n));
	value_set(a, o, "jobs", value_new_integer(a, (long long)r->jobs));
	batch_set(a, o, "level", r->selection.level);
	batch_set(a, o, "engine", r->engine);
	batch_set(a, o, "image", NULL);
	batch_set(a, o, "root", b->target.root);
	batch_set(a, o, "argument", r->argument);
	batch_set(a, o, "merge", r->selection.rule == CASCADE_DEEP ? "deep" : "root");
	if (r->retry_of)
		batch_set(a, o, "retry_of", r->retry_of);
	value_set(a, o, "pid", value_new_integer(a, getpid()));
	value_set(a, o, "steps", batch_steps(b, a));
	record_event(b->record, EVENT_BUILD_START, -1, o);
}

/* "2 of 5 builds did not end well: p1; p2", and the exit code they agree on. */
static void batch_sum(const struct batch *b, struct buf *error, int *ret_code)
{
	size_t bad = 0;
	owned_buf struct buf names = { 0 };
	*ret_code = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_build *build = &b->builds[i];
		if (build->state != BATCH_ENDED || build->ok)
			continue;
		*ret_code = bad == 0 || *ret_code == build->code ? build->code : 1;
		buf_printf(&names, "%s%s", bad++ ? "; " : "", b->matrix->rows[i].name);
	}
	if (bad)
		buf_printf(error, "%zu of %zu builds did not end well: %s", bad, b->n, buf_text(&names));
}

void batch_announce_end(struct batch *b, const struct error *fault)
{
	struct arena *a = record_arena(b->record);
	struct value *o = value_new_object(a);
	char seconds[32];
	owned_buf struct buf error = { 0 };
	batch_sum(b, &error, &b->exit);
	fault = record_error(b->record) ? record_error(b->record) : fault;
	if (fault) {
		buf_clear(&error);
		error_print(&error, fault);
		b->exit = error_exit_code(fault->code);
	} else if (b->cancelled) {
		buf_clear(&error);
		buf_append(&error, STR("cancelled"));
		b->exit = error_exit_code(ERROR_CANCELLED);
	}
	snprintf(seconds, sizeof seconds, "%.3f", clock_now() - b->started);
	value_set(a, o, "ok", value_new_bool(a, b->exit == 0));
	batch_set(a, o, "image", NULL);
	batch_set(a, o, "image_id", NULL);
	value_set(a, o, "seconds", value_new(a, VALUE_FLOAT, str_of(seconds), (struct span){ 0 }));
	batch_set(a, o, "error", error.n ? buf_text(&error) : NULL);
	value_set(a, o, "exit", value_new_integer(a, b->exit));
	value_set(a, o, "cancelled", value_new_bool(a, b->cancelled));
	record_last(b->record, o);
}
