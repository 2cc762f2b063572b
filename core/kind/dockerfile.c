#include "core/kind/dockerfile.h"

#include <ctype.h>
#include <string.h>

#include "core/config/cascade.h"
#include "core/config/toml.h"
#include "core/kind/image_causes.h"
#include "core/kind/image_file.h"
#include "core/kind/image_level.h"
#include "core/kind/image_names.h"
#include "core/kind/image_options.h"
#include "core/kind/image_settings.h"
#include "core/kind/place.h"
#include "core/recipe/quote.h"

static const struct level dockerfile_levels[] = {
	{ "all", NULL, "only what has changed and what follows it runs" },
	{ "none", NULL, "every step runs" },
	{ NULL, NULL, NULL },
};

static const char *const dockerfile_options[] = {
	"tag", "push", "network", "build-arg", "label", "pull", "proxy", "target-platform", "target",
	"builder", "file", IMAGE_OPTIONS, NULL,
};

/* The kind's own part of the settings. */
struct dockerfile_data {
	struct image_file file;         /* file NULL: none could be taken */
	struct image_settings image;
	const char *context;            /* as to be opened */
};

/* ---- recognition ---- */

static const char *dockerfile_name(struct arena *arena, const char *root)
{
	struct str path = str_of(root);
	return arena_text(arena, str_slice(path, str_find_last(path, '/') + 1, STR_NONE));
}

/* Whether the folder's .mortar.toml says where the Dockerfile is. */
static bool dockerfile_is_told(struct files *files, struct arena *arena, const char *dir)
{
	owned(problems) struct problems *ignored = problems_new();
	const char *path = files_join(arena, dir, IMAGE_SETTINGS_FILE);
	const struct value *all, *file;
	struct error err;
	struct str text;
	if (!files_has(files, path) || files_read(files, path, arena, &text, &err) != FILES_OK ||
	    !toml_read(arena, source_new(arena, str_of(path), NULL, text), ignored, &all))
		return false;
	file = value_at(all, STR("/image/dockerfile"));
	return file && value_type(file) == VALUE_STRING;
}

/* In the folder that is meant any name will do, above it only a plain one. */
static bool dockerfile_is_root(struct files *files, struct arena *arena, const char *dir,
                               unsigned distance)
{
	const char *const *names;
	return files_has(files, files_join(arena, dir, "Dockerfile")) ||
	       files_has(files, files_join(arena, dir, "Containerfile")) ||
	       dockerfile_is_told(files, arena, dir) ||
	       (distance == 0 && image_files(files, arena, dir, &names) > 0);
}

static enum kind_match dockerfile_recognise(struct files *files, const char *argument,
                                            struct arena *arena, struct target *ret_target,
                                            struct error *err)
{
	struct place place;
	(void)err;
	if (!place_of(files, argument, arena, &place))
		return KIND_NO;
	if (image_file_is_name(place.base)) {
		*ret_target = (struct target){ .root = place.dir, .file = arena_text(arena, place.base),
		                               .name = dockerfile_name(arena, place.dir) };
		return KIND_FILE;
	}
	unsigned distance = 0;
	for (const char *dir = place.dir; dir; dir = place_above(arena, dir), distance++)
		if (dockerfile_is_root(files, arena, dir, distance + (place.base.n > 0))) {
			*ret_target = (struct target){ .root = dir, .name = dockerfile_name(arena, dir),
			                               .distance = distance };
			return KIND_FOLDER;
		}
	return KIND_NO;
}

/* ---- settings ---- */

static const char *dockerfile_folder(struct arena *arena, const char *file)
{
	size_t slash = str_find_last(str_of(file), '/');
	return slash == STR_NONE ? "." : arena_text(arena, str_slice(str_of(file), 0, slash));
}

/* What --file names, in the project. */
static const char *dockerfile_given(struct arena *arena, struct str file,
                                    struct problems *problems)
{
	const char *path = files_clean(arena, arena_text(arena, file));
	if (path[0] != '/' && strcmp(path, ".") != 0 && strcmp(path, "..") != 0 &&
	    strncmp(path, "../", 3) != 0)
		return path;
	problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 },
	             "--file is a file of the project, named from its folder on, not '%.*s'",
	             STR_ARG(file));
	return NULL;
}

static void dockerfile_none(const struct settings *s, struct files *files,
                            struct problems *problems)
{
	owned_buf struct buf known = { 0 };
	const char *const *names;
	size_t n = image_files(files, s->arena, s->root, &names);
	for (size_t i = 0; i < n; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
	if (n)
		problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 },
		             "there are several Dockerfiles here, one of which has to be chosen with "
		             "--file or as dockerfile of [image] in %s: %s", IMAGE_SETTINGS_FILE,
		             buf_text(&known));
	else
		problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 },
		             "there is no Dockerfile in '%s'", s->root);
}

/* NULL: an error has been told. */
static const char *dockerfile_choose(const struct settings *s, const struct target *target,
                                     const struct selection *selection, struct files *files,
                                     struct problems *problems)
{
	const struct dockerfile_data *d = s->kind_data;
	struct str given = selection_option(selection, "file");
	if (given.p)
		return dockerfile_given(s->arena, given, problems);
	if (target->file)
		return target->file;
	if (d->image.dockerfile)
		return d->image.dockerfile;
	const char *usual = image_file_usual(files, s->arena, s->root);
	if (!usual)
		dockerfile_none(s, files, problems);
	return usual;
}

static struct settings *dockerfile_settings(const struct target *target,
                                            const struct selection *selection,
                                            struct files *files, struct problems *problems)
{
	struct arena *arena = arena_new();
	struct settings *s = arena_alloc(arena, sizeof *s);
	struct dockerfile_data *d = arena_alloc(arena, sizeof *d);
	s->arena = arena;
	s->root = arena_text(arena, str_of(target->root));
	s->name = arena_text(arena, str_of(target->name));
	s->kind_data = d;
	image_settings_read(files, arena, s->root, selection, problems, &d->image);
	s->documents = d->image.documents;
	s->ndocuments = d->image.ndocuments;
	s->profiles = d->image.profiles;
	s->nprofiles = d->image.nprofiles;
	cascade_check_profiles(selection, s->profiles, s->nprofiles, problems);
	const char *file = dockerfile_choose(s, target, selection, files, problems);
	if (file)
		image_file_read(files, arena, s->root, file, problems, &d->file);
	d->context = files_join(arena, s->root, d->image.context ? d->image.context :
	                                        dockerfile_folder(arena, file ? file : "."));
	d->context = files_clean(arena, d->context);
	return s;
}

/* ---- plan ---- */

/* The folder's name as an image may be called, and the profiles: "My App" becomes my-app:latest,
 * with two of them my-app:p1-p2. */
static const char *dockerfile_image(struct arena *arena, const char *folder,
                                    const struct selection *s)
{
	owned_buf struct buf name = { 0 }, tag = { 0 };
	struct error ignored;
	for (size_t i = 0; i < s->nprofiles; i++)
		buf_printf(&tag, "%s%s", i ? "-" : "", s->profiles[i]);
	bool gap = false;
	for (const char *c = folder; *c; c++) {
		bool fits = isalnum((unsigned char)*c);
		if (fits && gap && name.n)
			buf_append_char(&name, '-');
		if (fits)
			buf_append_char(&name, (char)tolower((unsigned char)*c));
		gap = !fits;
	}
	return arena_printf(arena, "%s:%s",
	                    quote_check_repository(buf_str(&name), &ignored) ? buf_text(&name)
	                                                                     : "image",
	                    quote_check_tag(buf_str(&tag), &ignored) ? buf_text(&tag) : "latest");
}

static struct plan *dockerfile_plan(const struct settings *settings,
                                    const struct selection *selection, struct files *files,
                                    struct problems *problems)
{
	const struct dockerfile_data *d = settings->kind_data;
	owned(plan) struct plan *plan = plan_new();
	struct image_task image = { 0 };
	struct selection under = image_settings_under(&d->image, plan->arena, selection);
	if (d->file.source)
		plan->recipe = recipe_parse(d->file.source, selection_option(&under, "target"), problems);
	const struct ignore *ignore = NULL;
	if (d->file.file)
		ignore = plan_keep_ignore(plan, image_file_ignore(files, settings->arena, settings->root,
		                                                  d->file.file, d->context, problems));
	if (!plan->recipe)
		return NULL;
	image_causes(plan->recipe, &d->image, selection, &under);
	if (!image_level(plan, dockerfile_levels, &under, problems, &image.level) ||
	    problems_errors(problems))
		return NULL;
	plan->kind = kind_dockerfile.name;
	plan->project = arena_text(plan->arena, str_of(settings->name));
	plan->root = arena_text(plan->arena, str_of(settings->root));
	image.recipe = plan->recipe;
	image.tags = image_tags(plan, selection,
	                        dockerfile_image(plan->arena, settings->name, selection));
	image.context = context_new();
	image.ignore = ignore;
	context_add_tree(image.context, arena_text(plan->arena, str_of(d->context)), "", ignore);
	image_options(plan, &under, NULL, 0, files, problems, &image);
	image_add(plan, selection, &(struct task){ .kind = TASK_IMAGE, .image = image }, problems);
	image_settings_check_secrets(&d->image, selection, problems);
	return problems_errors(problems) ? NULL : take(plan);
}

/* The longest profile that the tag begins with, ended by a - or the tag's end. */
static const char *dockerfile_profile(const struct settings *settings, struct str tag)
{
	const char *best = NULL;
	for (size_t i = 0; i < settings->nprofiles; i++) {
		struct str profile = str_of(settings->profiles[i]);
		if (str_has_prefix(tag, profile) && (tag.n == profile.n || tag.p[profile.n] == '-') &&
		    (!best || profile.n > strlen(best)))
			best = settings->profiles[i];
	}
	return best;
}

/* A tag that is made of profiles says those, another one a version. */
static struct variant dockerfile_variant(const struct settings *settings, struct arena *arena,
                                         struct str tag)
{
	const char **profiles = arena_array(arena, tag.n + 1, sizeof *profiles);
	struct str rest = tag;
	size_t n = 0;
	while (rest.n) {
		const char *profile = dockerfile_profile(settings, rest);
		if (!profile)
			return (struct variant){ .version = arena_str(arena, tag) };
		profiles[n++] = arena_text(arena, str_of(profile));
		rest = str_slice(rest, strlen(profile) + 1, rest.n);
	}
	return (struct variant){ .version = STR("latest"), .profiles = profiles, .nprofiles = n };
}

/* Those of the project's folder, and the one that is taken wherever it lies. */
static void dockerfile_choices(const struct settings *settings, struct files *files,
                               struct arena *arena, struct choices *ret_choices)
{
	const struct dockerfile_data *d = settings->kind_data;
	const char *const *names;
	size_t n = image_files(files, arena, settings->root, &names), i = 0;
	const char *chosen = d->file.file, **all = arena_array(arena, n + 2, sizeof *all);
	while (chosen && i < n && strcmp(names[i], chosen) != 0)
		i++;
	size_t first = chosen && i == n;
	if (first)
		all[0] = chosen;
	for (i = 0; i < n; i++)
		all[first + i] = names[i];
	*ret_choices = (struct choices){ all, n + first, chosen };
}

const struct kind kind_dockerfile = {
	.name = "dockerfile", .levels = dockerfile_levels, .options = dockerfile_options,
	.any_level = true, .recognise = dockerfile_recognise,
	.settings = dockerfile_settings, .plan = dockerfile_plan, .variant = dockerfile_variant,
	.choices = dockerfile_choices,
};
