/* Recognition of Poetry projects and their settings. */
#include "core/kind/poetry_inside.h"

#include <stdlib.h>

#include "core/config/toml.h"
#include "core/kind/image_options.h"
#include "core/kind/poetry_action.h"
#include "core/kind/place.h"

static const struct level poetry_levels[] = {
	{ "all", NULL, "only what has changed and what follows it runs" },
	{ "poetry", NULL, "Poetry from the cache, everything later runs" },
	{ "deps", NULL, "dependencies from the cache too, everything later runs" },
	{ "project", NULL, "the project from the cache too, only the runtime stage runs" },
	{ "none", NULL, "every step runs" },
	{ NULL, NULL, NULL },
};

static const char *const poetry_options[] = {
	"tag", "push", "network", "build-arg", "label", "pull", "proxy", "target-platform", "target",
	"builder", "file", "derive", IMAGE_OPTIONS, NULL,
};

/* ---- recognition ---- */

/* One that cannot be read is Poetry's when it looks so: that is told when it is opened. */
static bool poetry_is_ours(struct str text, struct arena *arena, const char *path)
{
	owned(problems) struct problems *ignored = problems_new();
	const struct value *root;
	struct source *source = source_new(arena, str_of(path), NULL, text);
	if (!toml_read(arena, source, ignored, &root))
		return str_find_str(text, STR("tool.poetry")) != STR_NONE ||
		       str_find_str(text, STR("poetry.core")) != STR_NONE;
	const struct value *backend = value_at(root, STR("/build-system/build-backend"));
	return value_at(root, STR("/tool/poetry")) ||
	       (backend && str_has_prefix(value_text(backend), STR("poetry.")));
}

static bool poetry_is_root(struct files *files, struct arena *arena, const char *dir)
{
	const char *path = files_join(arena, dir, POETRY_FILE);
	struct str text;
	struct error ignored;
	return files_has(files, path) &&
	       (files_has(files, files_join(arena, dir, POETRY_LOCK)) ||
	        (files_read(files, path, arena, &text, &ignored) == FILES_OK &&
	         poetry_is_ours(text, arena, path)));
}

static enum kind_match poetry_recognise(struct files *files, const char *argument,
                                        struct arena *arena, struct target *ret_target,
                                        struct error *err)
{
	struct place place;
	(void)err;
	if (!place_of(files, argument, arena, &place))
		return KIND_NO;
	bool is_file = str_eq(place.base, STR(POETRY_FILE)) || str_eq(place.base, STR(POETRY_LOCK));
	unsigned distance = 0;
	for (const char *dir = place.dir; dir; dir = place_above(arena, dir), distance++) {
		if (!poetry_is_root(files, arena, dir)) {
			if (is_file)
				return KIND_NO;
			continue;
		}
		struct str path = str_of(dir);
		*ret_target = (struct target){
			.root = dir, .distance = distance,
			.name = arena_text(arena, str_slice(path, str_find_last(path, '/') + 1, STR_NONE)) };
		return is_file ? KIND_FILE : KIND_FOLDER;
	}
	return KIND_NO;
}

/* ---- settings ---- */

/* NULL: it is not there, or (an error in problems) it cannot be read. */
static const struct source *poetry_source(const struct poetry *p, struct files *files,
                                          const char *name, struct problems *problems)
{
	const char *path = files_join(p->arena, p->root, name);
	struct str text;
	struct error err;
	enum files_result result = files_read(files, path, p->arena, &text, &err);
	if (result == FILES_FAILED)
		problems_add(problems, SEVERITY_ERROR, "poetry", (struct span){ 0 }, "%s", err.text);
	if (result != FILES_OK)
		return NULL;
	struct source *source = source_new(p->arena, str_of(path), NULL, text);
	source->name = arena_text(p->arena, str_of(name));
	return source;
}

static void poetry_read_project(struct poetry *p, struct files *files, struct problems *problems)
{
	const struct value *root;
	size_t conflicts;
	p->source = poetry_source(p, files, POETRY_FILE, problems);
	if (!p->source)
		problems_add(problems, SEVERITY_ERROR, "poetry", (struct span){ 0 },
		             "there is no " POETRY_FILE " that can be read in '%s'", p->root);
	else if (poetry_toml_read(p->arena, p->source, problems, &root, &conflicts))
		p->project = poetry_project_read(p->arena, root, problems);
}

/* All that is wrong with it is one rule's; no error for those who are to make it anew. */
static void poetry_read_lock(struct poetry *p, const struct selection *selection,
                             struct files *files, struct problems *problems)
{
	bool mild = poetry_action_is_asked(selection);
	owned(problems) struct problems *found = problems_new();
	const struct source *source = poetry_source(p, files, POETRY_LOCK, problems);
	if (!source)
		return;
	p->lock = poetry_lock_read(p->arena, source, found);
	for (size_t i = 0; i < problems_count(found); i++) {
		struct problem one = *problems_get(found, i);
		one.rule = "lock-broken";
		one.severity = mild ? SEVERITY_WARNING : one.severity;
		problems_add_problem(problems, &one);
	}
}

/* The table [poetry] of .mortar.toml; what is wrong with the file is told by who reads it for
 * the image. */
static const struct value *poetry_table(struct poetry *p, struct files *files)
{
	owned(problems) struct problems *told = problems_new();
	const struct source *source = poetry_source(p, files, IMAGE_SETTINGS_FILE, told);
	const struct value *root;
	if (!source || !toml_read(p->arena, source, told, &root))
		return NULL;
	p->own_settings = root;
	return value_get(root, STR("poetry"));
}

static void poetry_check_profile(const struct poetry *p, const struct settings *s,
                                 const char *profile, struct problems *problems)
{
	owned_buf struct buf known = { 0 };
	for (size_t i = 0; i < s->nprofiles; i++) {
		if (str_eq(str_of(s->profiles[i]), str_of(profile)))
			return;
		buf_printf(&known, "%s%s", i ? ", " : "", s->profiles[i]);
	}
	bool both = poetry_project_extra(p->project, str_of(profile)) &&
	            poetry_project_group(p->project, str_of(profile));
	struct poetry_picked ignored;
	if (poetry_profile_find(p->project, str_of(profile), &ignored))
		return;
	if (both)
		problems_add(problems, SEVERITY_ERROR, "profile", (struct span){ 0 },
		             "'%s' is an extra and a group: extra:%s or group:%s", profile, profile,
		             profile);
	else
		problems_add(problems, SEVERITY_ERROR, "profile", (struct span){ 0 },
		             "there is no profile '%s': profiles are extras and groups, %s", profile,
		             known.n ? buf_text(&known) : "of which this project has none");
}

static int poetry_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Extras and groups, and what [image.profiles] has beside them. */
static void poetry_list_profiles(const struct poetry *p, struct settings *s)
{
	const char *const *names;
	size_t n = p->project ? poetry_profiles(s->arena, p->project, &names) : 0;
	const char **all = arena_array(s->arena, n + p->image.nprofiles + 1, sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[s->nprofiles++] = names[i];
	for (size_t i = 0; i < p->image.nprofiles; i++) {
		size_t k = 0;
		while (k < n && !str_eq(str_of(names[k]), str_of(p->image.profiles[i])))
			k++;
		if (k == n)
			all[s->nprofiles++] = p->image.profiles[i];
	}
	qsort(all, s->nprofiles, sizeof *all, poetry_order);
	s->profiles = all;
}

static struct document poetry_document(struct arena *arena, const char *path,
                                       const struct value *value)
{
	struct layer *layer = arena_alloc(arena, sizeof *layer);
	*layer = (struct layer){ .path = path, .value = value, .present = true, .active = true };
	return (struct document){ .path = path, .value = value, .layers = layer, .nlayers = 1 };
}

/* With a Dockerfile of its own .mortar.toml means what it means to that. */
static void poetry_documents(const struct poetry *p, struct settings *s)
{
	enum { OWN = 4 };
	struct document *all = arena_array(s->arena, OWN + p->image.ndocuments, sizeof *all);
	s->documents = all;
	all[s->ndocuments++] = poetry_document(s->arena, POETRY_FILE,
	                                       p->project ? p->project->root : NULL);
	if (p->lock)
		all[s->ndocuments++] = poetry_document(s->arena, POETRY_LOCK, p->lock->root);
	for (size_t i = 0; i < p->image.ndocuments; i++) {
		bool is_settings = str_eq(str_of(p->image.documents[i].path), STR(IMAGE_SETTINGS_FILE));
		if (is_settings && p->is_derived && p->own_settings)
			all[s->ndocuments++] = poetry_document(s->arena, IMAGE_SETTINGS_FILE, p->own_settings);
		else if (!is_settings || !p->is_derived)
			all[s->ndocuments++] = p->image.documents[i];
	}
	const struct value *overview = poetry_overview(p);
	if (overview)
		all[s->ndocuments++] = (struct document){ .path = POETRY_OVERVIEW, .value = overview,
		                                          .generated = true };
}

static void poetry_understand(struct poetry *p, const struct settings *s,
                              const struct selection *selection, struct files *files,
                              struct problems *problems)
{
	struct error err;
	const struct value *table = poetry_table(p, files);
	if (!p->project)
		return;
	owned(problems) struct problems *told = problems_new();
	poetry_choices_read(p->arena, p->project, p->lock, table, selection,
	                    p->is_derived ? problems : told, &p->choices);
	for (size_t i = 0; i < selection->nprofiles; i++)
		poetry_check_profile(p, s, selection->profiles[i], problems);
	poetry_code_find(p->arena, files, p->root, p->project, p->lock,
	                 p->is_derived ? problems : told, &p->code);
	if (!poetry_check_lock(p->arena, p->project, p->lock, p->choices.poetry.text, &p->freshness,
	                       &err))
		p->no_freshness = arena_text(p->arena, str_of(err.text));
}

/* The Dockerfile that is the project's own; NULL: there is none, or (an error in problems) it
 * cannot be. */
static const char *poetry_own(const struct poetry *p, const struct selection *selection,
                              struct files *files, struct problems *problems)
{
	struct str given = selection_option(selection, "file");
	if (!given.p)
		return p->image.dockerfile ? p->image.dockerfile
		                           : image_file_usual(files, p->arena, p->root);
	const char *file = files_clean(p->arena, arena_text(p->arena, given));
	if (file[0] != '/' && !str_eq(str_of(file), STR("..")) &&
	    !str_has_prefix(str_of(file), STR("../")))
		return file;
	problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 },
	             "--file names a Dockerfile of the project, not '%.*s'", STR_ARG(given));
	return NULL;
}

static struct settings *poetry_settings(const struct target *target,
                                        const struct selection *selection, struct files *files,
                                        struct problems *problems)
{
	struct arena *arena = arena_new();
	struct settings *s = arena_alloc(arena, sizeof *s);
	struct poetry *p = arena_alloc(arena, sizeof *p);
	p->arena = s->arena = arena;
	p->root = s->root = arena_text(arena, str_of(target->root));
	s->kind_data = p;
	poetry_read_project(p, files, problems);
	poetry_read_lock(p, selection, files, problems);
	image_settings_read(files, arena, s->root, selection, problems, &p->image);
	p->dockerfile = poetry_own(p, selection, files, problems);
	p->is_derived = !p->dockerfile || str_eq(selection_option(selection, "derive"), STR("true"));
	p->has_config = files_has(files, files_join(arena, s->root, "poetry.toml"));
	poetry_list_profiles(p, s);
	poetry_understand(p, s, selection, files, problems);
	poetry_documents(p, s);
	const struct value *name = p->project ? p->project->name : NULL;
	s->name = name ? arena_text(arena, value_text(name)) : arena_text(arena, str_of(target->name));
	return s;
}

/* VERSION[-PROFILE]…, as poetry_plan makes it. */
static struct variant poetry_variant(const struct settings *s, struct arena *arena,
                                     struct str tag)
{
	struct variant v = { .version = tag };
	const char **last = arena_array(arena, s->nprofiles + tag.n + 1, sizeof *last);
	bool found = true;
	while (found) {
		found = false;
		for (size_t i = 0; i < s->nprofiles && !found; i++) {
			struct str name = str_of(poetry_tag_part(arena, str_of(s->profiles[i])));
			size_t cut = v.version.n - name.n - 1;
			if (v.version.n > name.n + 1 && str_has_suffix(v.version, name) &&
			    v.version.p[cut] == '-') {
				last[v.nprofiles++] = s->profiles[i];
				v.version.n = cut;
				found = true;
			}
		}
	}
	const char **profiles = arena_array(arena, v.nprofiles + 1, sizeof *profiles);
	for (size_t i = 0; i < v.nprofiles; i++)
		profiles[i] = last[v.nprofiles - 1 - i];
	v.profiles = profiles;
	return v;
}

static void poetry_choices_of(const struct settings *settings, struct files *files,
                              struct arena *arena, struct choices *ret_choices)
{
	const struct poetry *p = settings->kind_data;
	*ret_choices = (struct choices){ .chosen = p->is_derived ? NULL : p->dockerfile };
	ret_choices->n = image_files(files, arena, settings->root, &ret_choices->files);
}

const struct kind kind_poetry = {
	.name = "poetry", .levels = poetry_levels, .any_level = true, .options = poetry_options,
	.rules = poetry_rules, .actions = poetry_actions,
	.recognise = poetry_recognise, .settings = poetry_settings, .plan = poetry_plan,
	.variant = poetry_variant, .choices = poetry_choices_of,
};
