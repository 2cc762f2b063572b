/* Reading [image] and .env: layers, what they come to be, the options that follow. */
#include "core/kind/image_settings.h"

#include <stdlib.h>

#include "core/base/buf.h"
#include "core/config/cascade.h"
#include "core/config/dotenv.h"
#include "core/config/toml.h"
#include "core/kind/image_fields.h"

struct image_reader {
	struct arena *arena;
	struct files *files;
	const char *root;
	const struct selection *selection;
	struct problems *problems;
	struct image_settings *out;
	const char *path;               /* of .mortar.toml, as shown */
	struct str text;                /* of it; p NULL: there is none */
	const struct value *env;        /* .env, or NULL */
};

/* ---- layers ---- */

/* As the cascade shows paths. */
static const char *image_shown(const struct image_reader *r, const char *name)
{
	return !r->root[0] || strcmp(r->root, ".") == 0 ? name : files_join(r->arena, r->root, name);
}

static struct source *image_source(const struct image_reader *r, const char *name,
                                   const char *profile, struct str text)
{
	struct source *s = source_new(r->arena, str_of(image_shown(r, name)), profile, text);
	s->name = name;
	return s;
}

/* The file as one of its layers has it: with the profile in each origin. */
static const struct value *image_parse(const struct image_reader *r, const char *profile,
                                       struct problems *problems)
{
	const struct value *all = NULL;
	const struct source *source = image_source(r, IMAGE_SETTINGS_FILE, profile, r->text);
	return toml_read(r->arena, source, problems, &all) ? all : NULL;
}

/* [image] without its profiles; an empty one where the file has none. */
static const struct value *image_base(const struct image_reader *r, const struct value *file)
{
	const struct value *image = value_get(file, STR("image"));
	struct span at = { value_span(file).source, 0, 0 };
	if (image && value_type(image) != VALUE_OBJECT) {
		problems_add(r->problems, SEVERITY_ERROR, "image-type", value_span(image),
		             "image must be a table: [image]");
		return NULL;
	}
	struct value *out = value_new(r->arena, VALUE_OBJECT, (struct str){ 0 },
	                              image ? value_span(image) : at);
	for (const struct value *v = image ? value_child(image) : NULL; v; v = value_next(v))
		if (!str_eq(value_key(v), STR("profiles")))
			value_append(out, value_key(v), value_key_span(v), value_share(r->arena, v));
	return out;
}

static bool image_is_selected(const struct image_reader *r, const char *profile)
{
	for (size_t i = 0; i < r->selection->nprofiles; i++)
		if (strcmp(r->selection->profiles[i], profile) == 0)
			return true;
	return false;
}

/* false: something is wrong; in a profile that takes no part that is worth a warning only. */
static bool image_check_layer(const struct image_reader *r, const struct layer *l)
{
	owned(problems) struct problems *found = problems_new();
	bool ok = image_fields_check(l->value, found);
	for (size_t i = 0; i < problems_count(found); i++) {
		const struct problem *p = problems_get(found, i);
		if (l->active)
			problems_add_problem(r->problems, p);
		else
			problems_add(r->problems, SEVERITY_WARNING, p->rule, p->at, "%.*s (profile %s is not "
			             "selected)", STR_ARG(p->text), l->profile);
	}
	return ok;
}

static int image_profile_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names under [image.profiles], by bytes. */
static void image_profiles(struct image_reader *r, const struct value *file)
{
	const struct value *image = value_get(file, STR("image"));
	const struct value *all = image && value_type(image) == VALUE_OBJECT
		? value_get(image, STR("profiles")) : NULL;
	const char **names = arena_array(r->arena, all ? value_count(all) + 1 : 1, sizeof *names);
	if (all && !image_fields_check_profiles(all, r->problems))
		all = NULL;
	for (const struct value *v = all ? value_child(all) : NULL; v; v = value_next(v))
		names[r->out->nprofiles++] = arena_text(r->arena, value_key(v));
	if (r->out->nprofiles)
		qsort(names, r->out->nprofiles, sizeof *names, image_profile_order);
	r->out->profiles = names;
}

static struct layer image_layer(const struct image_reader *r, const char *profile)
{
	owned(problems) struct problems *told = problems_new();
	const struct value *file = image_parse(r, profile, told);
	const char *at = arena_printf(r->arena, "/image/profiles/%s", profile);
	return (struct layer){
		.path = IMAGE_SETTINGS_FILE, .profile = profile, .present = true, .table = at,
		.value = file ? value_at(file, str_of(at)) : NULL, .active = image_is_selected(r, profile),
	};
}

/* The base, the selected ones in order, the rest by name. */
static void image_layers(struct image_reader *r, struct layer *layers, size_t *n)
{
	for (size_t i = 0; i < r->selection->nprofiles; i++)
		for (size_t k = 0; k < r->out->nprofiles; k++)
			if (strcmp(r->selection->profiles[i], r->out->profiles[k]) == 0)
				layers[(*n)++] = image_layer(r, r->out->profiles[k]);
	for (size_t k = 0; k < r->out->nprofiles; k++)
		if (!image_is_selected(r, r->out->profiles[k]))
			layers[(*n)++] = image_layer(r, r->out->profiles[k]);
}

static const struct value *image_merge(const struct image_reader *r, const struct layer *layers,
                                       size_t n)
{
	const struct value *value = NULL;
	bool ok = true;
	for (size_t i = 0; i < n; i++) {
		if (layers[i].value && !image_check_layer(r, &layers[i]) && layers[i].active)
			ok = false;
		if (layers[i].active)
			value = cascade_merge(r->arena, r->selection->rule, value, layers[i].value);
	}
	return ok ? value : NULL;
}

static void image_document(struct image_reader *r, struct document *ret_document)
{
	const struct value *file = r->text.p ? image_parse(r, NULL, r->problems) : NULL;
	if (file)
		image_profiles(r, file);
	struct layer *layers = arena_array(r->arena, 1 + r->out->nprofiles + r->selection->nprofiles,
	                                   sizeof *layers);
	size_t n = 1;
	layers[0] = (struct layer){ .path = IMAGE_SETTINGS_FILE, .active = true, .table = "/image",
	                            .present = r->text.p, .value = file ? image_base(r, file) : NULL };
	if (layers[0].value)
		image_layers(r, layers, &n);
	*ret_document = (struct document){ .path = IMAGE_SETTINGS_FILE, .layers = layers,
	                                   .nlayers = n, .format = DOCUMENT_TOML };
	if (!r->text.p)
		ret_document->value = value_new_object(r->arena);
	else if (layers[0].value)
		ret_document->value = image_merge(r, layers, n);
}

/* ---- files ---- */

/* A link may lead out of the project: its values would go into a build. */
static bool image_is_link(const struct image_reader *r, const char *name)
{
	struct files_list list;
	struct error ignored;
	if (files_list(r->files, r->root, r->arena, &list, &ignored) != FILES_OK)
		return false;
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.entries[i].name, name) == 0)
			return list.entries[i].is_link;
	return false;
}

/* p NULL: there is none, or none that can be read. */
static void image_file_text(const struct image_reader *r, const char *name, struct str *ret_text)
{
	struct error err;
	struct span at = { image_source(r, name, NULL, (struct str){ 0 }), 0, 0 };
	*ret_text = (struct str){ 0 };
	switch (files_read(r->files, files_join(r->arena, r->root, name), r->arena, ret_text, &err)) {
	case FILES_FAILED:
		problems_add(r->problems, SEVERITY_ERROR, "file-unreadable", at, "%s", err.text);
		return;
	case FILES_ABSENT:
		return;
	case FILES_OK:
		break;
	}
}

static void image_read_env(struct image_reader *r, struct document *documents, size_t *n)
{
	struct str text;
	struct layer *layer = arena_alloc(r->arena, sizeof *layer);
	image_file_text(r, IMAGE_SETTINGS_ENV, &text);
	if (!text.p)
		return;
	const struct source *source = image_source(r, IMAGE_SETTINGS_ENV, NULL, text);
	if (image_is_link(r, IMAGE_SETTINGS_ENV)) {
		problems_add(r->problems, SEVERITY_ERROR, "image-link", (struct span){ source, 0, 0 },
		             "this is a link, which may lead out of the project: a file is wanted here");
		return;
	}
	bool ok = dotenv_read(r->arena, source, r->problems, &r->env);
	*layer = (struct layer){ .path = IMAGE_SETTINGS_ENV, .value = r->env, .present = true,
	                         .active = true };
	documents[(*n)++] = (struct document){
		.path = IMAGE_SETTINGS_ENV, .value = ok ? r->env : NULL, .layers = layer, .nlayers = 1,
		.format = DOCUMENT_DOTENV, .chosen = true,
	};
}

bool image_settings_read(struct files *files, struct arena *arena, const char *root,
                         const struct selection *selection, struct problems *problems,
                         struct image_settings *ret_settings)
{
	struct image_reader r = { .arena = arena, .files = files, .root = root,
	                          .selection = selection, .problems = problems, .out = ret_settings };
	struct document *documents = arena_array(arena, 2, sizeof *documents);
	static const char *const none[] = { NULL };
	size_t n = 1, before = problems_errors(problems);
	*ret_settings = (struct image_settings){ .documents = documents, .secrets = none,
	                                         .profiles = none };
	image_file_text(&r, IMAGE_SETTINGS_FILE, &r.text);
	image_document(&r, &documents[0]);
	image_read_env(&r, documents, &n);
	ret_settings->ndocuments = n;
	if (documents[0].value)
		image_fields_read(arena, files, root, documents[0].value, r.env, problems, ret_settings);
	cascade_note_difference(arena, &documents[0], problems);
	return problems_errors(problems) == before;
}

/* ---- under a selection ---- */

static bool image_is_given(const struct selection *s, struct str option)
{
	for (size_t i = 0; i < s->noptions; i++)
		if (str_eq(s->options[i].name, option))
			return true;
	return false;
}

struct selection image_settings_under(const struct image_settings *settings, struct arena *arena,
                                      const struct selection *s)
{
	struct selection out = *s;
	struct pair *all = arena_array(arena, settings->noptions + s->noptions + 1, sizeof *all);
	out.noptions = 0;
	for (size_t i = 0; i < settings->noptions; i++)
		if (!image_is_given(s, settings->options[i].name))
			all[out.noptions++] = settings->options[i];
	for (size_t i = 0; i < s->noptions; i++)
		all[out.noptions++] = s->options[i];
	out.options = all;
	return out;
}

const struct value *image_settings_cause(const struct image_settings *settings,
                                         const struct selection *s, const char *option)
{
	if (image_is_given(s, str_of(option)))
		return NULL;
	for (size_t i = 0; i < settings->noptions; i++)
		if (str_eq(settings->options[i].name, str_of(option)))
			return settings->causes[i];
	return NULL;
}

void image_settings_check_secrets(const struct image_settings *settings,
                                  const struct selection *s, struct problems *problems)
{
	const struct value *all = value_get(settings->documents[0].value, STR("secrets")), *v;
	for (v = all ? value_child(all) : NULL; v; v = value_next(v)) {
		struct str id = value_text(v);
		bool given = false;
		for (size_t i = 0; i < s->noptions && !given; i++)
			given = str_eq(s->options[i].name, STR("secret")) &&
			        image_fields_is_secret(s->options[i].value, id);
		if (!given)
			problems_add(problems, SEVERITY_WARNING, "image-secret", value_span(v),
			             "the build is to have the secret %.*s, which is yours to give: "
			             "--secret id=%.*s,src=FILE or id=%.*s,env=NAME", STR_ARG(id),
			             STR_ARG(id), STR_ARG(id));
	}
}
