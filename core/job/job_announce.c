#include "core/job/job_announce.h"

#include <stdio.h>
#include <unistd.h>

#include "core/os/clock.h"
#include "core/os/save.h"
#include "core/value/json.h"

static void announce_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	value_set(a, o, key, text ? value_new_string(a, str_of(text))
	                          : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
}

static struct value *announce_texts(struct arena *a, const char *const *texts, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(texts[i])));
	return list;
}

/* A command may print a line of a key alone.  Shorter ones say too little; more lines are
 * no secret but a file. */
enum { ANNOUNCE_LINE_MIN = 8, ANNOUNCE_LINES_MAX = 1000 };

static void announce_secret_text(struct mask *m, struct str text)
{
	struct str line, rest = text;
	mask_add_urls(m, text);
	mask_add(m, str_trim(text));
	for (int i = 0; i < ANNOUNCE_LINES_MAX && str_next(&rest, '\n', &line); i++)
		if (str_trim(line).n >= ANNOUNCE_LINE_MIN)
			mask_add(m, str_trim(line));
}

void job_announce_environment(struct mask *m)
{
	static const char *const urls[] = { "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "MORTAR_PROXY" };
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		if (getenv(urls[i]))
			mask_add_urls(m, str_of(getenv(urls[i])));
}

void job_announce_secrets(const struct job_facts *f, struct mask *m)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk("/");
	const struct plan *plan = f->replan.plan;
	job_announce_environment(m);
	for (size_t i = 0; i < f->request->selection.noptions; i++)
		if (str_has_prefix(f->request->selection.options[i].name, STR("build-arg:")) ||
		    str_eq(f->request->selection.options[i].name, STR("action-word")))
			mask_add_urls(m, f->request->selection.options[i].value);
	for (size_t t = 0; t < plan->ntasks; t++) {
		const struct image_task *image = &plan->tasks[t].image;
		if (plan->tasks[t].kind != TASK_IMAGE)
			continue;
		/* Of .mortar.toml and .env too. */
		for (size_t i = 0; i < image->noptions; i++)
			if (str_has_prefix(image->options[i].name, STR("build-arg:")))
				mask_add_urls(m, image->options[i].value);
		for (size_t i = 0; i < image->nsecrets; i++) {
			const struct secret *s = &image->secrets[i];
			struct str text = { 0 };
			struct error unreadable;
			if (s->file)
				files_read(disk, s->file, a, &text, &unreadable);
			else if (s->env && getenv(s->env))
				text = str_of(getenv(s->env));
			announce_secret_text(m, text);
		}
	}
}

static bool announce_file(const struct job_facts *f, const struct mask *m, const char *name,
                          struct str text, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	return save_derived(arena_printf(a, "%s/%s", f->dir, name), mask_text(m, a, text), 0600, err);
}

bool job_announce_files(const struct job_facts *f, const struct mask *m, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf settings = { 0 };
	const struct image_task *image = plan_image(f->replan.plan);
	value_write_json(&settings, mask_value(m, a, replan_settings(&f->replan, a)), JSON_FILE);
	buf_append_char(&settings, '\n');
	return announce_file(f, m, "settings.json", buf_str(&settings), err) &&
	       (!image || announce_file(f, m, "Dockerfile", steps_recipe(image)->text, err));
}

static void announce_engine(struct arena *a, struct value *o, const struct job_facts *f,
                            const char *address)
{
	const struct engine_facts *e = f->engine;
	const struct request *r = f->request;
	announce_set(a, o, "engine", e ? e->name : r->engine);
	if (e && e->product)
		announce_set(a, o, "engine_version", arena_printf(a, "%s%s%s", e->product,
		             e->version ? " " : "", e->version ? e->version : ""));
	if (e)
		announce_set(a, o, address, e->address);
	if (e && e->spec && strcmp(e->spec, e->address) != 0)
		announce_set(a, o, "engine_spec", e->spec);
	if (r->pool.n)
		announce_set(a, o, "pool", r->engine);
	if (f->member)
		announce_set(a, o, "member", f->member);
	if (f->picked.n)
		value_set(a, o, "picked", value_new_string(a, f->picked));
}

/* "add requests": as it would be typed. */
static void announce_action(struct arena *a, struct value *o, const struct selection *s)
{
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < s->noptions; i++)
		if (str_eq(s->options[i].name, STR("action")) ||
		    str_eq(s->options[i].name, STR("action-word")))
			buf_printf(&text, "%s%.*s", text.n ? " " : "", STR_ARG(s->options[i].value));
	if (text.n)
		value_set(a, o, "action", value_new_string(a, arena_str(a, buf_str(&text))));
}

/* steps come last: who lists builds reads no further. */
void job_announce_start(struct job_facts *f, struct record *record)
{
	struct arena *a = record_arena(record);
	struct value *o = value_new_object(a);
	const struct request *r = f->request;
	const struct plan *plan = f->replan.plan;
	const struct image_task *image = plan_image(plan);
	f->started = clock_now();
	value_set(a, o, "format", value_new_integer(a, 1));
	announce_set(a, o, "id", r->id);
	announce_set(a, o, "project", plan->project);
	announce_set(a, o, "kind", plan->kind);
	value_set(a, o, "profiles", announce_texts(a, r->selection.profiles, r->selection.nprofiles));
	announce_set(a, o, "level", image && image->level.name ? image->level.name
	                                                       : r->selection.level);
	announce_engine(a, o, f, "engine_address");
	announce_set(a, o, "image", plan->image);
	announce_set(a, o, "root", plan->root);
	announce_set(a, o, "argument", r->argument);
	announce_action(a, o, &r->selection);
	announce_set(a, o, "merge", r->selection.rule == CASCADE_DEEP ? "deep" : "root");
	if (r->retry_of)
		announce_set(a, o, "retry_of", r->retry_of);
	if (r->batch)
		announce_set(a, o, "batch", r->batch);
	value_set(a, o, "pid", value_new_integer(a, getpid()));
	if (image)
		value_set(a, o, "groups", announce_texts(a, steps_recipe(image)->groups,
		                                         steps_recipe(image)->ngroups));
	struct value *steps = steps_describe(f->steps, a);
	if (f->forecast)
		steps_foretell(a, steps, f->forecast);
	value_set(a, o, "steps", steps);
	record_event(record, EVENT_BUILD_START, -1, o);
	for (size_t i = 0; i < problems_count(f->replan.problems); i++) {
		const struct problem *p = problems_get(f->replan.problems, i);
		owned_buf struct buf text = { 0 };
		problem_print(&text, p);
		if (p->severity == SEVERITY_WARNING)
			record_warning(record, -1, buf_str(&text));
	}
}

static struct value *announce_forecasts(struct arena *a, const struct forecast *f)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; f && i < f->nsteps; i++) {
		struct value *o = value_new_object(a);
		value_set(a, o, "index", value_new_integer(a, f->steps[i].step));
		announce_set(a, o, "forecast", forecast_verdict_name(f->steps[i].verdict));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

void job_announce_engine(const struct job_facts *f, struct record *record, struct str reason)
{
	struct arena *a = record_arena(record);
	struct value *o = value_new_object(a);
	announce_engine(a, o, f, "address");
	value_set(a, o, "reason", value_new_string(a, reason));
	value_set(a, o, "forecasts", announce_forecasts(a, f->forecast));
	record_event(record, EVENT_ENGINE, -1, o);
}

int job_announce_end(const struct job_facts *f, struct record *record,
                     const struct runner_result *result)
{
	struct arena *a = record_arena(record);
	struct value *o = value_new_object(a);
	char seconds[32];
	const struct image_task *image = plan_image(f->replan.plan);
	double now = clock_now();
	int code = result->ok ? 0 : result->cancelled ? error_exit_code(ERROR_CANCELLED)
	                                              : error_exit_code(result->error.code);
	snprintf(seconds, sizeof seconds, "%.3f", now - f->started);
	value_set(a, o, "ok", value_new_bool(a, result->ok));
	announce_set(a, o, "image", result->image.n ? result->image.p : f->replan.plan->image);
	if (result->digest.n)
		value_set(a, o, "digest", value_new_string(a, result->digest));
	if (f->member)
		announce_engine(a, o, f, "engine_address");
	value_set(a, o, "image_id", result->image_id.n ? value_new_string(a, result->image_id)
	          : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
	value_set(a, o, "seconds", value_new(a, VALUE_FLOAT, str_of(seconds), (struct span){ 0 }));
	owned_buf struct buf error = { 0 };
	if (!result->ok)
		error_print(&error, &result->error);
	announce_set(a, o, "error", result->ok ? NULL : buf_text(&error));
	value_set(a, o, "exit", value_new_integer(a, code ? code : result->ok ? 0 : 1));
	value_set(a, o, "cancelled", value_new_bool(a, result->cancelled));
	/* Before those who wait for build.done look for it. */
	tally_write(record_tally(record), f->dir, image ? steps_recipe(image) : NULL, now, o);
	record_last(record, o);
	return code;
}
