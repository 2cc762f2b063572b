/* Which state is meant, and what is known of the way to it. */
#include "core/job/retry.h"
#include "core/job/worker_shell.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/recipe/insert.h"

static bool find_journal(struct worker_shell *w, struct error *err)
{
	w->build = build_read(w->dir, err);
	if (!w->build || !retry_is_ours(w->dir, err))
		return false;
	if (w->build->nbuilds)
		return error_set(err, ERROR_USAGE, "%.*s is a batch of %zu builds: name one of them "
		                 "(mortar history)", STR_ARG(w->build->id), w->build->nbuilds);
	return true;
}

/* The texts of then: what was built is meant, not what it has become. */
static void find_plan(struct worker_shell *w)
{
	w->facts.request = retry_read(w->dir, &w->why_no_plan);
	if (!w->facts.request)
		return;
	if (!replan_make(&w->facts.replan, w->facts.request, &w->why_no_plan))
		return;
	if (plan_image(w->facts.replan.plan))
		job_announce_secrets(&w->facts, w->mask);
	else
		error_set(&w->why_no_plan, ERROR_PROJECT, "the project builds no image any more");
}

/* Its own Dockerfile was kept; the plan's says more where it is still the same. */
static bool find_recipe(struct worker_shell *w, struct error *err)
{
	struct arena *a = w->io->arena;
	owned(files) struct files *disk = files_disk("/");
	const char *path = arena_printf(a, "%s/Dockerfile", w->dir);
	struct str text;
	enum files_result result = files_read(disk, path, a, &text, err);
	if (result == FILES_FAILED)
		return false;
	if (result == FILES_ABSENT)
		return error_set(err, ERROR_MISSING, "the Dockerfile of this build is not kept (no %s)",
		                 path);
	if (!w->why_no_plan.code) {
		w->recipe = steps_recipe(plan_image(w->facts.replan.plan));
		if (str_eq(mask_text(w->mask, a, w->recipe->text), text))
			return true;
		worker_shell_say(w, "note: the project makes another Dockerfile now; the shell is of the "
		                 "one that was built");
	}
	w->source = source_new(a, STR("Dockerfile"), NULL, text);
	w->parsed = recipe_parse(w->source, (struct str){ 0 }, w->problems);
	if (w->parsed)
		recipe_hide_args(w->parsed);
	w->recipe = w->parsed;
	return w->recipe || error_set(err, ERROR_PROJECT, "the build's Dockerfile (%s) cannot be read",
	                              path);
}

static int find_instruction(const struct worker_shell *w)
{
	unsigned line = w->build->steps[w->step].line;
	for (size_t i = 0; i < w->recipe->ninstructions; i++)
		if (w->recipe->instructions[i].first_line == line)
			return (int)i;
	return -1;
}

struct find_args {
	struct arena *arena;
	struct pair *args;
	size_t n;
};

static void find_add_arg(struct find_args *f, struct str name, struct str value)
{
	f->args[f->n++] = (struct pair){ arena_str(f->arena, name), arena_str(f->arena, value) };
}

/* The build arguments; the level's had the build's id. */
static const struct pair *find_args(struct worker_shell *w, size_t *ret_n)
{
	struct find_args f = { .arena = w->io->arena };
	*ret_n = 0;
	if (w->why_no_plan.code)
		return NULL;
	const struct image_task *t = plan_image(w->facts.replan.plan);
	f.args = arena_array(f.arena, t->noptions + t->level.nargs + 1, sizeof *f.args);
	for (size_t i = 0; i < t->noptions; i++) {
		struct str name = t->options[i].name, prefix = STR("build-arg:");
		if (str_has_prefix(name, prefix))
			find_add_arg(&f, str_slice(name, prefix.n, name.n), t->options[i].value);
	}
	for (size_t i = 0; i < t->level.nargs; i++)
		find_add_arg(&f, t->level.args[i].name, t->level.args[i].value.p ? t->level.args[i].value
		             : str_of(w->facts.request->id));
	*ret_n = f.n;
	return f.args;
}

/* The image that the builder has kept of the instruction before, where it tells such. */
static struct str find_layer(const struct worker_shell *w)
{
	unsigned line = w->recipe->instructions[w->site.instruction - 1].first_line;
	if (worker_text(w->io, "engine"))
		return (struct str){ 0 };
	for (size_t i = 0; i < w->build->nsteps; i++)
		if (w->build->steps[i].line == line && w->build->steps[i].layer.n)
			return w->build->steps[i].layer;
	return (struct str){ 0 };
}

bool worker_shell_find(struct worker_shell *w, struct error *err)
{
	size_t nargs;
	if (!find_journal(w, err))
		return false;
	find_plan(w);
	if (!find_recipe(w, err) ||
	    !shell_site_find(w->build, w->recipe, worker_text(w->io, "step"), &w->step, err))
		return false;
	int instruction = find_instruction(w);
	if (instruction < 0)
		return error_set(err, ERROR_PROJECT, "step %d is not in the build's Dockerfile", w->step);
	const struct pair *args = find_args(w, &nargs);
	if (!shell_site_make(w->io->arena, w->recipe, instruction, args, nargs, &w->site, err))
		return false;
	w->image = find_layer(w);
	w->from_layer = w->image.n > 0;
	if (!w->from_layer && w->why_no_plan.code) {
		*err = w->why_no_plan;
		return error_prefix(err, "what this build was made from cannot be had");
	}
	return true;
}
