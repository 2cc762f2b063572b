#include "core/kind/dockerfile.h"

#include <ctype.h>
#include <string.h>

#include "core/kind/image_names.h"
#include "core/kind/image_options.h"
#include "core/kind/place.h"
#include "core/recipe/quote.h"

static const struct level dockerfile_levels[] = {
	{ "all", NULL, "only what has changed and what follows it runs" },
	{ "none", NULL, "every step runs" },
	{ NULL, NULL, NULL },
};

static const char *const dockerfile_options[] = {
	"tag", "push", "network", "build-arg", "label", "pull", "proxy", "target-platform", "target",
	"builder", IMAGE_OPTIONS, NULL,
};

/* The kind's own part of the settings. */
struct dockerfile_data {
	const char *file;               /* relative to the root */
	const struct source *source;    /* NULL: it could not be read */
};

/* ---- recognition ---- */

static const char *const dockerfile_names[] = { "Dockerfile", "Containerfile" };
enum { DOCKERFILE_NAMES = sizeof dockerfile_names / sizeof *dockerfile_names };

static bool dockerfile_is_name(struct str base)
{
	for (size_t i = 0; i < DOCKERFILE_NAMES; i++) {
		struct str name = str_of(dockerfile_names[i]);
		struct str rest = str_slice(base, name.n, STR_NONE);
		struct str front = str_slice(base, 0, base.n > name.n ? base.n - name.n : 0);
		if (str_eq(base, name) ||
		    (str_has_prefix(base, name) && rest.n > 1 && rest.p[0] == '.' &&
		     !str_has_suffix(base, STR(".dockerignore"))) ||
		    (str_has_suffix(base, name) && front.n > 1 && front.p[front.n - 1] == '.'))
			return true;
	}
	return false;
}

static const char *dockerfile_name(struct arena *arena, const char *root)
{
	struct str path = str_of(root);
	return arena_text(arena, str_slice(path, str_find_last(path, '/') + 1, STR_NONE));
}

static enum kind_match dockerfile_recognise(struct files *files, const char *argument,
                                            struct arena *arena, struct target *ret_target,
                                            struct error *err)
{
	struct place place;
	(void)err;
	if (!place_of(files, argument, arena, &place))
		return KIND_NO;
	if (dockerfile_is_name(place.base)) {
		*ret_target = (struct target){ .root = place.dir, .file = arena_text(arena, place.base),
		                               .name = dockerfile_name(arena, place.dir) };
		return KIND_FILE;
	}
	unsigned distance = 0;
	for (const char *dir = place.dir; dir; dir = place_above(arena, dir), distance++)
		for (size_t i = 0; i < DOCKERFILE_NAMES; i++)
			if (files_has(files, files_join(arena, dir, dockerfile_names[i]))) {
				*ret_target = (struct target){
					.root = dir, .file = dockerfile_names[i],
					.name = dockerfile_name(arena, dir), .distance = distance };
				return KIND_FOLDER;
			}
	return KIND_NO;
}

/* ---- settings ---- */

static struct settings *dockerfile_settings(const struct target *target,
                                            const struct selection *selection,
                                            struct files *files, struct problems *problems)
{
	struct arena *arena = arena_new();
	struct settings *s = arena_alloc(arena, sizeof *s);
	struct dockerfile_data *d = arena_alloc(arena, sizeof *d);
	struct error err;
	struct str text;
	s->arena = arena;
	s->root = arena_text(arena, str_of(target->root));
	s->name = arena_text(arena, str_of(target->name));
	s->kind_data = d;
	d->file = arena_text(arena, str_of(target->file ? target->file : dockerfile_names[0]));
	const char *path = files_join(arena, s->root, d->file);
	if (files_read(files, path, arena, &text, &err) == FILES_OK)
		d->source = source_new(arena, str_of(path), NULL, text);
	else
		problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 }, "%s", err.text);
	for (size_t i = 0; i < selection->nprofiles; i++)
		problems_add(problems, SEVERITY_ERROR, "profile", (struct span){ 0 },
		             "there is no profile '%s': a Dockerfile has none",
		             selection->profiles[i]);
	return s;
}

/* ---- plan ---- */

/* A Dockerfile's own ignore file goes before the folder's. */
static struct ignore *dockerfile_ignore(const struct settings *s, const char *file,
                                        struct files *files, struct problems *problems)
{
	const char *const names[] = { arena_printf(s->arena, "%s.dockerignore", file),
	                              ".dockerignore" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str text;
		struct error err;
		const char *path = files_join(s->arena, s->root, names[i]);
		switch (files_read(files, path, s->arena, &text, &err)) {
		case FILES_OK:
			return ignore_parse(source_new(s->arena, str_of(path), NULL, text), problems);
		case FILES_FAILED:
			problems_add(problems, SEVERITY_ERROR, "ignore", (struct span){ 0 }, "%s",
			             err.text);
			return NULL;
		case FILES_ABSENT:
			break;
		}
	}
	return NULL;
}

/* The folder's name as an image may be called: "My App" becomes my-app:latest. */
static const char *dockerfile_image(struct arena *arena, const char *folder)
{
	owned_buf struct buf name = { 0 };
	struct error ignored;
	bool gap = false;
	for (const char *c = folder; *c; c++) {
		bool fits = isalnum((unsigned char)*c);
		if (fits && gap && name.n)
			buf_append_char(&name, '-');
		if (fits)
			buf_append_char(&name, (char)tolower((unsigned char)*c));
		gap = !fits;
	}
	return arena_printf(arena, "%s:latest",
	                    quote_check_repository(buf_str(&name), &ignored) ? buf_text(&name)
	                                                                     : "image");
}

static bool dockerfile_level(const struct selection *selection, struct problems *problems,
                             struct level_effect *ret_effect)
{
	const char *asked = selection->level ? selection->level : dockerfile_levels[0].name;
	const struct level *level = level_find(dockerfile_levels, asked);
	if (!level)
		return problems_add(problems, SEVERITY_ERROR, "level", (struct span){ 0 },
		                    "there is no cache level '%s': all or none", asked);
	bool none = strcmp(level->name, "none") == 0;
	*ret_effect = (struct level_effect){ .name = level->name, .no_cache = none,
	                                     .first_forced = none ? 0 : -1 };
	return true;
}

static struct plan *dockerfile_plan(const struct settings *settings,
                                    const struct selection *selection, struct files *files,
                                    struct problems *problems)
{
	const struct dockerfile_data *d = settings->kind_data;
	owned(plan) struct plan *plan = plan_new();
	struct image_task image = { 0 };
	if (d->source)
		plan->recipe = recipe_parse(d->source, selection_option(selection, "target"), problems);
	const struct ignore *ignore =
		plan_keep_ignore(plan, dockerfile_ignore(settings, d->file, files, problems));
	if (!dockerfile_level(selection, problems, &image.level) || problems_errors(problems) ||
	    !plan->recipe)
		return NULL;
	plan->kind = kind_dockerfile.name;
	plan->project = arena_text(plan->arena, str_of(settings->name));
	plan->root = arena_text(plan->arena, str_of(settings->root));
	image.recipe = plan->recipe;
	image.tags = image_tags(plan, selection, dockerfile_image(plan->arena, settings->name));
	image.context = context_new();
	image.ignore = ignore;
	context_add_tree(image.context, plan->root, "", ignore);
	image_options(plan, selection, NULL, 0, files, problems, &image);
	image_add(plan, selection, &(struct task){ .kind = TASK_IMAGE, .image = image }, problems);
	return problems_errors(problems) ? NULL : take(plan);
}

/* A tag says a version and nothing else. */
static struct variant dockerfile_variant(const struct settings *settings, struct arena *arena,
                                         struct str tag)
{
	(void)settings;
	return (struct variant){ .version = arena_str(arena, tag) };
}

const struct kind kind_dockerfile = {
	.name = "dockerfile", .levels = dockerfile_levels, .options = dockerfile_options,
	.recognise = dockerfile_recognise, .settings = dockerfile_settings,
	.plan = dockerfile_plan, .variant = dockerfile_variant,
};
