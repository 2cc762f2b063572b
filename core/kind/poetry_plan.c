/* What a Poetry build does: one image, of the folder's own Dockerfile or of ours. */
#include <ctype.h>

#include "core/kind/image_level.h"
#include "core/kind/image_names.h"
#include "core/kind/image_options.h"
#include "core/kind/poetry_action.h"
#include "core/kind/poetry_inside.h"
#include "core/kind/poetry_recipe.h"
#include "core/recipe/quote.h"

const char *poetry_tag_part(struct arena *arena, struct str text)
{
	owned_buf struct buf part = { 0 };
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool fits = isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
		buf_append_char(&part, fits ? c : '-');
	}
	return arena_text(arena, buf_str(&part));
}

/* NAME:VERSION[-PROFILE]…, as far as an image may be called so. */
static const char *plan_name(struct arena *arena, const struct poetry *p,
                             const struct selection *selection)
{
	owned_buf struct buf name = { 0 }, tag = { 0 };
	struct error ignored;
	if (p->project->name)
		poetry_name_append(&name, value_text(p->project->name));
	if (!name.n || !quote_check_repository(buf_str(&name), &ignored)) {
		buf_clear(&name);
		buf_append_text(&name, "image");
	}
	const struct value *version = p->project->version;
	buf_append_text(&tag, version ? poetry_tag_part(arena, value_text(version)) : "latest");
	for (size_t i = 0; i < selection->nprofiles; i++)
		buf_printf(&tag, "-%s", poetry_tag_part(arena, str_of(selection->profiles[i])));
	return arena_printf(arena, "%s:%s", buf_text(&name),
	                    quote_check_tag(buf_str(&tag), &ignored) ? buf_text(&tag) : "latest");
}

/* What a folder without a .dockerignore leaves out. */
static struct ignore *plan_ignore_ours(const struct poetry *p, struct files *files,
                                       struct problems *problems)
{
	static const char ours[] = ".git\n.venv\n**/__pycache__\n**/*.pyc\n";
	const char *path = files_join(p->arena, p->root, ".dockerignore");
	struct str text;
	struct error err;
	switch (files_read(files, path, p->arena, &text, &err)) {
	case FILES_FAILED:
		problems_add(problems, SEVERITY_ERROR, "ignore", (struct span){ 0 }, "%s", err.text);
		return NULL;
	case FILES_ABSENT:
		text = (struct str){ ours, sizeof ours - 1 };
		break;
	case FILES_OK:
		break;
	}
	return ignore_parse(source_new(p->arena, str_of(path), NULL, text), problems);
}

static struct recipe *plan_own_recipe(const struct poetry *p, const struct selection *selection,
                                      struct files *files, struct problems *problems)
{
	struct image_file file;
	if (!image_file_read(files, p->arena, p->root, p->dockerfile, problems, &file))
		return NULL;
	return recipe_parse(file.source, selection_option(selection, "target"), problems);
}

static struct recipe *plan_our_recipe(const struct poetry *p, const struct selection *selection,
                                      struct problems *problems)
{
	bool classic = str_eq(selection_option(selection, "builder"), STR("classic"));
	if (!p->lock && p->project && !poetry_action_is_asked(selection))
		problems_add(problems, SEVERITY_ERROR, "lock-missing",
		             p->source ? (struct span){ p->source, 0, 0 } : (struct span){ 0 },
		             "there is no " POETRY_LOCK " beside it, so nothing says what is to be "
		             "installed: poetry lock makes one");
	return poetry_derive(p->arena, p, !classic, selection_option(selection, "target"), problems);
}

/* The folder past what is ignored; of ours never the environment of the machine it lies on. */
static void plan_context(struct plan *plan, const struct poetry *p, struct files *files,
                         struct problems *problems, struct image_task *image)
{
	struct context *context = image->context = context_new();
	const char *dir = p->image.context && !p->is_derived
		? files_join(plan->arena, plan->root, p->image.context) : plan->root;
	struct ignore *ignore = p->is_derived
		? plan_ignore_ours(p, files, problems)
		: image_file_ignore(files, p->arena, p->root, p->dockerfile, dir, problems);
	image->ignore = plan_keep_ignore(plan, ignore);
	context_add_tree(context, dir, "", image->ignore);
	if (p->is_derived)
		context_drop(context, ".venv");
}

/* What Poetry needs beside the manifests before it does anything. */
static const char *const *plan_beside(struct plan *plan, const struct poetry *p)
{
	const char **paths = arena_array(plan->arena, p->code.nfolders + 1, sizeof *paths);
	for (size_t i = 0; i < p->code.nfolders; i++)
		paths[i] = p->code.folders[i].path;
	return paths;
}

static bool plan_level(struct plan *plan, const struct poetry *p,
                       const struct selection *selection, struct problems *problems,
                       struct level_effect *ret_effect)
{
	static const struct { const char *name; enum poetry_group_index group; } marks[] = {
		{ "poetry", POETRY_STEP_POETRY }, { "deps", POETRY_STEP_DEPS },
		{ "project", POETRY_STEP_PROJECT },
	};
	if (!image_level(plan, kind_poetry.levels, selection, problems, ret_effect))
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (!str_eq(str_of(ret_effect->name), str_of(marks[i].name)))
			continue;
		if (!p->is_derived)
			return problems_add(problems, SEVERITY_ERROR, "level", (struct span){ 0 },
			                    "'%s' is a level of the Dockerfile that --derive makes: for %s "
			                    "there are all, none, a line and a stage", ret_effect->name,
			                    p->dockerfile);
		*ret_effect = image_level_after(plan, marks[i].name,
		                                poetry_mark(plan->recipe, marks[i].group));
	}
	return true;
}

struct plan *poetry_plan(const struct settings *settings, const struct selection *given,
                         struct files *files, struct problems *problems)
{
	const struct poetry *p = settings->kind_data;
	owned(plan) struct plan *plan = plan_new();
	struct image_task image = { 0 };
	struct selection selection = image_settings_under(&p->image, plan->arena, given);
	plan->recipe = p->is_derived ? plan_our_recipe(p, &selection, problems)
	                             : plan_own_recipe(p, &selection, files, problems);
	if (problems_errors(problems) || !plan->recipe)
		return NULL;
	plan->kind = kind_poetry.name;
	plan->project = arena_text(plan->arena, str_of(settings->name));
	plan->root = arena_text(plan->arena, str_of(settings->root));
	if (!plan_level(plan, p, &selection, problems, &image.level))
		return NULL;
	image.recipe = plan->recipe;
	image.tags = image_tags(plan, &selection, plan_name(plan->arena, p, &selection));
	plan_context(plan, p, files, problems, &image);
	image_settings_check_secrets(&p->image, &selection, problems);
	image_options(plan, &selection, NULL, 0, files, problems, &image);
	if (poetry_action_is_asked(given))
		return poetry_action_add(plan, given, &image, plan_beside(plan, p), problems) &&
		       !problems_errors(problems) ? take(plan) : NULL;
	image_add(plan, &selection, &(struct task){ .kind = TASK_IMAGE, .image = image }, problems);
	return problems_errors(problems) ? NULL : take(plan);
}
