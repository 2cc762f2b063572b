#include "core/job/replan.h"

#include <stdlib.h>

void replan_finish(struct replan *r)
{
	plan_free(r->plan);
	settings_free(r->settings);
	problems_free(r->problems);
	files_free(r->files);
	files_free(r->disk);
	arena_free(r->arena);
	*r = (struct replan){ 0 };
}

static bool replan_refuse(struct replan *r, struct error *err)
{
	size_t errors = problems_errors(r->problems);
	for (size_t i = 0; i < problems_count(r->problems); i++) {
		const struct problem *p = problems_get(r->problems, i);
		owned_buf struct buf more = { 0 };
		if (p->severity != SEVERITY_ERROR)
			continue;
		if (errors > 1)
			buf_printf(&more, " (and %zu more)", errors - 1);
		error_set_at(err, span_origin(p->at), "%.*s%s", STR_ARG(p->text), buf_text(&more));
		err->code = ERROR_PROJECT;
		return false;
	}
	return error_set(err, ERROR_PROJECT, "'%s' cannot be built", r->target.root);
}

static bool replan_recognise(struct replan *r, const struct request *request, struct error *err)
{
	r->kind = kind_find(request->kind);
	if (!r->kind)
		return error_set(err, ERROR_USAGE, "there is no kind '%s'", request->kind);
	const struct kind *found;
	return kind_recognise(r->files, request->argument, request->kind, r->arena, &found,
	                      &r->target, r->problems, err);
}

/* Where a level makes a build run anew, the builds of a batch do so together: the first
 * of them leaves to the others what they share. */
static void replan_mark(struct plan *plan, const char *batch)
{
	for (size_t i = 0; i < plan->ntasks; i++) {
		struct level_effect *level = &plan->tasks[i].image.level;
		if (plan->tasks[i].kind != TASK_IMAGE || !level->nargs)
			continue;
		struct pair *args = arena_array(plan->arena, level->nargs, sizeof *args);
		for (size_t k = 0; k < level->nargs; k++) {
			args[k] = level->args[k];
			if (!args[k].value.p)
				args[k].value = arena_str(plan->arena, str_of(batch));
		}
		level->args = args;
	}
}

bool replan_make(struct replan *r, const struct request *request, struct error *err)
{
	/* What --proxy had was put there by the front end; a retry is another's. */
	struct str proxy = selection_option(&request->selection, "proxy");
	if (proxy.p && !proxy.n && !getenv("MORTAR_PROXY"))
		return error_set(err, ERROR_USAGE, "this build was asked for with a proxy whose address "
		                 "has credentials, so it is kept nowhere: set MORTAR_PROXY to it");
	r->arena = arena_new();
	r->disk = files_disk("/");
	r->files = files_memory(r->disk);
	r->problems = problems_new();
	for (size_t i = 0; i < request->ntexts; i++)
		files_memory_put(r->files, arena_text(r->arena, request->texts[i].name),
		                 request->texts[i].value);
	if (!replan_recognise(r, request, err))
		return false;
	r->settings = r->kind->settings(&r->target, &request->selection, r->files, r->problems);
	if (!r->settings)
		return replan_refuse(r, err);
	r->plan = r->kind->plan(r->settings, &request->selection, r->files, r->problems);
	if (!r->plan || problems_errors(r->problems))
		return replan_refuse(r, err);
	if (request->batch)
		replan_mark(r->plan, request->batch);
	return true;
}

struct value *replan_settings(const struct replan *r, struct arena *arena)
{
	struct value *all = value_new_object(arena);
	for (size_t i = 0; i < r->settings->ndocuments; i++) {
		const struct document *d = &r->settings->documents[i];
		if (d->value)
			value_set(arena, all, d->path, (struct value *)d->value);
	}
	return all;
}
