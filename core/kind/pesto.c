/* Recognition of PESTO projects and their settings. */
#include "core/kind/pesto.h"

#include "core/base/intern.h"
#include "core/config/cascade.h"
#include "core/kind/image_options.h"
#include "core/kind/place.h"
#include "core/recipe/quote.h"

static const struct level pesto_levels[] = {
	{ "none", NULL, "every step runs" },
	{ "C1", "CACHE_UP_TO_PESTO", "pip and PESTO from the cache, everything later runs" },
	{ "C2", "CACHE_UP_TO_PIP_REQ", "requirements from the cache too, everything later runs" },
	{ "C3", "CACHE_UP_TO_ALGO", "the algorithm from the cache too, only the service runs" },
	{ "all", NULL, "only what has changed and what follows it runs" },
	{ NULL, NULL, NULL },
};

static const char *const pesto_options[] = {
	"tag", "push", "network", "build-arg", "label", "pull", "proxy", "target-platform", "builder",
	"allow-secret-in-layer", "pesto-profile", "keep-caches", IMAGE_OPTIONS, NULL,
};

static const char *const pesto_paths[PESTO_NDOCUMENTS] = {
	[PESTO_BUILD] = "pesto/build/build.json",
	[PESTO_REQUIREMENTS] = "pesto/build/requirements.json",
	[PESTO_DESCRIPTION] = "pesto/api/description.json",
	[PESTO_INPUT_SCHEMA] = "pesto/api/input_schema.json",
	[PESTO_OUTPUT_SCHEMA] = "pesto/api/output_schema.json",
	[PESTO_CONFIG_SCHEMA] = "pesto/api/config_schema.json",
	[PESTO_CONFIG] = "pesto/api/config.json",
	[PESTO_VERSION] = "pesto/api/version.json",
	[PESTO_USER_DEFINITIONS] = "pesto/api/user_definitions.json",
	[PESTO_SERVICE] = "pesto/api/service.json",
};

struct span pesto_made_up(struct arena *arena, const char *name)
{
	return (struct span){ source_new(arena, str_of(name), NULL, (struct str){ 0 }), 0, 0 };
}

/* ---- recognition ---- */

static bool pesto_is_build_file(struct str base)
{
	return str_eq(base, STR("build.json")) ||
	       (str_has_prefix(base, STR("build.")) && str_has_suffix(base, STR(".json")) &&
	        base.n > sizeof "build..json" - 1);
}

static bool pesto_is_root(struct files *files, struct arena *arena, const char *dir)
{
	struct files_list list;
	struct error ignored;
	if (files_has(files, files_join(arena, dir, "pesto/api/description.json")) ||
	    files_has(files, files_join(arena, dir, pesto_paths[PESTO_BUILD])))
		return true;
	const char *builds = files_join(arena, dir, "pesto/build");
	if (files_list(files, builds, arena, &list, &ignored) != FILES_OK)
		return false;
	for (size_t i = 0; i < list.n; i++)
		if (pesto_is_build_file(str_of(list.entries[i].name)))
			return true;
	return false;
}

/* $PESTO_WORKSPACE/name/version/name, where PESTO keeps what it has made. */
static enum kind_match pesto_workspace(struct files *files, struct str argument,
                                       struct arena *arena, struct target *ret_target,
                                       struct error *err)
{
	size_t colon = str_find(argument, ':');
	if (colon == STR_NONE || colon == 0 || colon + 1 == argument.n ||
	    str_find(argument, '/') != STR_NONE)
		return KIND_NO;
	const char *workspace = pesto_workspace_root(arena);
	const char *name = arena_text(arena, str_slice(argument, 0, colon));
	const char *version = arena_text(arena, str_slice(argument, colon + 1, argument.n));
	const char *root = arena_printf(arena, "%s/%s/%s/%s", workspace, name, version, name);
	if (!pesto_is_root(files, arena, root)) {
		error_set(err, ERROR_PROJECT,
		          "there is no workspace of '%s': '%s' holds no PESTO project (pesto build "
		          "makes it; PESTO_WORKSPACE says where workspaces are)",
		          arena_text(arena, argument), root);
		return KIND_BROKEN;
	}
	*ret_target = (struct target){ .root = root, .name = name };
	return KIND_FOLDER;
}

static enum kind_match pesto_recognise(struct files *files, const char *argument,
                                       struct arena *arena, struct target *ret_target,
                                       struct error *err)
{
	struct place place;
	if (!place_of(files, argument, arena, &place))
		return pesto_workspace(files, str_of(argument), arena, ret_target, err);
	if (pesto_is_build_file(place.base) && str_has_suffix(str_of(place.dir), STR("/pesto/build"))) {
		ret_target->root = files_clean(arena, files_join(arena, place.dir, "../.."));
		ret_target->file = arena_printf(arena, "pesto/build/%.*s", STR_ARG(place.base));
		ret_target->name = ret_target->root;
		return KIND_FILE;
	}
	unsigned distance = 0;
	for (const char *dir = place.dir; dir; dir = place_above(arena, dir), distance++)
		if (pesto_is_root(files, arena, dir)) {
			*ret_target = (struct target){ .root = dir, .name = dir, .distance = distance };
			return KIND_FOLDER;
		}
	return KIND_NO;
}

/* ---- settings ---- */

static const struct value *pesto_string(const struct value *object, const char *key)
{
	const struct value *v = object ? value_get(object, str_of(key)) : NULL;
	return v && value_type(v) == VALUE_STRING ? v : NULL;
}

/* A name, or a version, that docker will take; told where it is written. */
static bool pesto_need(const struct document *build, const char *key,
                       bool (*check)(struct str, struct error *), struct problems *problems,
                       const struct value **ret_value)
{
	struct error err;
	const struct value *v = value_get(build->value, str_of(key));
	*ret_value = pesto_string(build->value, key);
	if (!*ret_value)
		return problems_add(problems, SEVERITY_ERROR, "pesto-build",
		                    value_span(v ? v : build->value), "'%s' must be %s", key,
		                    v ? "a string" : "given: a string");
	if (!check(value_text(*ret_value), &err))
		return problems_add(problems, SEVERITY_ERROR, "pesto-image-name",
		                    value_span(*ret_value), "%s", err.text);
	return true;
}

bool pesto_name_is_taken(struct str name)
{
	static const char *const taken[] = { "pesto", "dist", "requirements", "Dockerfile" };
	struct str first = str_slice(name, 0, str_find(name, '/'));
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (str_eq(first, str_of(taken[i])))
			return true;
	return false;
}

static void pesto_names(struct pesto *p, const struct selection *selection,
                        struct problems *problems)
{
	struct document *build = &p->documents[PESTO_BUILD];
	owned_buf struct buf profile = { 0 };
	for (size_t i = 0; i < selection->nprofiles; i++)
		buf_printf(&profile, "%s%s", i ? "-" : "", selection->profiles[i]);
	p->profile = arena_text(p->arena, buf_str(&profile));
	if (!build->value || value_type(build->value) != VALUE_OBJECT)
		return;
	bool named = pesto_need(build, "name", quote_check_repository, problems, &p->name);
	if (named && pesto_name_is_taken(value_text(p->name)))
		named = problems_add(problems, SEVERITY_ERROR, "pesto-image-name", value_span(p->name),
		                     "this name is that of a folder which PESTO makes in the build "
		                     "context: choose another than pesto, dist, requirements and "
		                     "Dockerfile");
	if (!pesto_need(build, "version", quote_check_tag, problems, &p->version) || !named) {
		p->name = p->version = NULL;
		return;
	}
	struct error err;
	struct str version = value_text(p->version);
	p->full_version = arena_printf(p->arena, "%.*s%s%s", STR_ARG(version), profile.n ? "-" : "",
	                               p->profile);
	if (!quote_check_tag(str_of(p->full_version), &err)) {
		problems_add(problems, SEVERITY_ERROR, "pesto-image-name", value_span(p->version),
		             "with the profiles: %s", err.text);
		p->full_version = NULL;
		return;
	}
	if (str_eq(selection_option(selection, "pesto-profile"), STR("version")))
		p->profile = p->full_version;
}

/* build.json as it goes into the image: PESTO's four keys, in the file's order. */
static void pesto_build_document(struct pesto *p)
{
	static const char *const keys[] = { "name", "version", "workspace", "algorithm_path" };
	struct document *d = &p->documents[PESTO_BUILD];
	if (!p->full_version)
		return;
	struct value *out = value_new_object(p->arena);
	for (const struct value *v = value_child(d->value); v; v = value_next(v)) {
		struct value *copy = NULL;
		if (v == p->version)
			copy = value_new(p->arena, VALUE_STRING, str_of(p->full_version), value_span(v));
		for (size_t i = 0; !copy && i < sizeof keys / sizeof *keys; i++)
			if (str_eq(value_key(v), str_of(keys[i])))
				copy = value_over(p->arena, v, NULL);
		if (copy)
			value_append(out, value_key(v), value_key_span(v), copy);
	}
	for (size_t i = 2; i < sizeof keys / sizeof *keys; i++)
		if (!value_get(out, str_of(keys[i])))
			value_append(out, str_of(keys[i]), (struct span){ 0 },
			             value_new(p->arena, VALUE_NULL, STR("null"),
			                       pesto_made_up(p->arena, "(pesto)")));
	d->value = out;
}

/* A clone may name any folder of this machine, which then goes into the image: said. */
static void pesto_check_outside(const struct pesto *p, const struct value *given,
                                struct problems *problems)
{
	struct str path = str_of(files_absolute(p->arena, p->algorithm_path));
	struct str root = str_of(files_absolute(p->arena, p->root));
	if (str_eq(path, root) || (str_has_prefix(path, root) && path.p[root.n] == '/') || root.n == 1)
		return;
	problems_add(problems, SEVERITY_WARNING, "pesto-outside", value_span(given),
	             "all of %s goes into the build context, which lies outside of the project",
	             path.p);
}

static void pesto_algorithm_path(struct pesto *p, struct problems *problems)
{
	const struct value *build = p->documents[PESTO_BUILD].value;
	const struct value *given = build ? value_get(build, STR("algorithm_path")) : NULL;
	struct str text = given ? value_text(given) : (struct str){ 0 };
	p->algorithm_path = p->root;
	if (!given || value_type(given) == VALUE_NULL)
		return;
	if (value_type(given) != VALUE_STRING || str_find(text, '\0') != STR_NONE) {
		problems_add(problems, SEVERITY_ERROR, "pesto-build", value_span(given),
		             "'algorithm_path' must be the path of a folder, or null");
		return;
	}
	if (text.n == 0)
		return;
	p->algorithm_path = files_clean(p->arena, files_join(p->arena, p->root,
	                                                     arena_text(p->arena, text)));
	pesto_check_outside(p, given, problems);
}

static void pesto_read_documents(struct pesto *p, const struct selection *selection,
                                 struct files *files, struct problems *problems)
{
	static const struct selection alone = { 0 };
	struct cascade cascade = { .arena = p->arena, .files = files, .root = p->root,
		.problems = problems };
	for (size_t i = 0; i < PESTO_SERVICE; i++) {
		const char *path = i == PESTO_BUILD ? p->build_file : pesto_paths[i];
		/* The build file is chosen, never cascaded. */
		const struct selection *with = i == PESTO_BUILD ? &alone : selection;
		cascade_read_document(&cascade, with, path, i != PESTO_USER_DEFINITIONS,
		                      &p->documents[i]);
		if (p->documents[i].value && value_type(p->documents[i].value) != VALUE_OBJECT) {
			problems_add(problems, SEVERITY_ERROR, "pesto-object",
			             value_span(p->documents[i].value), "this file must hold an object: {…}");
			p->documents[i].value = NULL;
		}
	}
	p->documents[PESTO_BUILD].path = pesto_paths[PESTO_BUILD];
	/* Other build files look like overlays of this one, but are choices. */
	p->documents[PESTO_BUILD].nlayers = 1;
	p->documents[PESTO_BUILD].chosen = true;
}

static struct settings *pesto_settings(const struct target *target,
                                       const struct selection *selection, struct files *files,
                                       struct problems *problems)
{
	struct arena *arena = arena_new();
	struct settings *s = arena_alloc(arena, sizeof *s);
	struct pesto *p = arena_alloc(arena, sizeof *p);
	p->arena = s->arena = arena;
	p->root = s->root = arena_text(arena, str_of(target->root));
	p->build_file = target->file ? arena_text(arena, str_of(target->file)) : pesto_paths[0];
	pesto_read_documents(p, selection, files, problems);
	cascade_profiles(arena, p->documents, PESTO_SERVICE, &s->profiles, &s->nprofiles);
	cascade_check_profiles(selection, s->profiles, s->nprofiles, problems);
	for (size_t i = 0; i < PESTO_SERVICE; i++)
		cascade_note_difference(arena, &p->documents[i], problems);
	p->factory = pesto_factory_find(files, arena);
	pesto_names(p, selection, problems);
	pesto_algorithm_path(p, problems);
	pesto_build_document(p);
	p->documents[PESTO_VERSION].value = pesto_version(arena, p->documents, &p->factory);
	p->definitions = pesto_definitions(arena, p->documents[PESTO_USER_DEFINITIONS].value, problems);
	p->documents[PESTO_SERVICE] = (struct document){
		.path = pesto_paths[PESTO_SERVICE], .generated = true,
		.value = pesto_service(arena, p->documents, p->definitions),
	};
	s->name = p->name ? arena_text(arena, value_text(p->name)) : target->name;
	s->name = arena_text(arena, str_of(s->name));
	s->documents = p->documents;
	s->ndocuments = PESTO_NDOCUMENTS;
	s->kind_data = p;
	return s;
}

static void pesto_choices(const struct settings *settings, struct files *files,
                          struct arena *arena, struct choices *ret_choices)
{
	const struct pesto *p = settings->kind_data;
	struct files_list list = { 0 };
	struct error ignored;
	if (files_list(files, files_join(arena, p->root, "pesto/build"), arena, &list, &ignored) !=
	    FILES_OK)
		list.n = 0;
	const char **all = arena_array(arena, list.n + 1, sizeof *all);
	*ret_choices = (struct choices){ .files = all, .chosen = p->build_file };
	for (size_t i = 0; i < list.n; i++)
		if (!list.entries[i].is_dir && pesto_is_build_file(str_of(list.entries[i].name)))
			all[ret_choices->n++] = arena_printf(arena, "pesto/build/%s", list.entries[i].name);
}

const struct kind kind_pesto = {
	.name = "pesto", .levels = pesto_levels, .options = pesto_options,
	.rules = pesto_rules,
	.variables = pesto_variables,
	.recognise = pesto_recognise, .settings = pesto_settings, .plan = pesto_plan,
	.variant = pesto_variant, .workspaces = pesto_workspaces, .choices = pesto_choices,
};
