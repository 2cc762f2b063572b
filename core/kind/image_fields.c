#include "core/kind/image_fields.h"

#include "core/base/similar.h"
#include "core/config/profiles.h"
#include "core/plan/spec.h"

struct field_reader {
	struct arena *arena;
	struct files *files;
	const char *root;
	const struct value *env;
	struct problems *problems;
	struct image_settings *out;
	struct pair *options;
	const struct value **causes;
	size_t n, cap;
};

struct field {
	const char *name;
	bool (*check)(const struct value *, struct problems *);
	bool (*apply)(struct field_reader *, const struct value *);
};

static bool field_wrong(struct problems *problems, const struct value *v, const char *right)
{
	return problems_add(problems, SEVERITY_ERROR, "image-type", value_span(v), "%.*s must be %s",
	                    STR_ARG(value_key(v)), right);
}

/* At least one character, none of them a control character. */
static bool field_is_plain(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
			return false;
	return text.n > 0;
}

static bool field_is_text(const struct value *v)
{
	return value_type(v) == VALUE_STRING && field_is_plain(value_text(v));
}

static bool field_is_scalar(const struct value *v)
{
	return !value_is_container(v) && str_find(value_text(v), '\0') == STR_NONE;
}

/* ---- what each key may be ---- */

static bool field_check_text(const struct value *v, struct problems *problems)
{
	return field_is_text(v) || field_wrong(problems, v, "a string of at least one character");
}

static bool field_check_path(const struct value *v, struct problems *problems)
{
	owned(arena) struct arena *a = arena_new();
	if (!field_check_text(v, problems))
		return false;
	struct str path = str_of(files_clean(a, arena_text(a, value_text(v))));
	bool out = path.p[0] == '/' || str_eq(path, STR("..")) || str_has_prefix(path, STR("../"));
	return !out || field_wrong(problems, v, "a path from the project's folder that does not leave "
	                           "it: nothing outside of the project is read for a build");
}

static bool field_check_platform(const struct value *v, struct problems *problems)
{
	struct error err;
	if (!field_check_text(v, problems))
		return false;
	return platform_check(value_text(v), &err) ||
	       problems_add(problems, SEVERITY_ERROR, "image-type", value_span(v), "platform %s",
	                    err.text);
}

static bool field_is_name(struct str name)
{
	return field_is_plain(name) && str_find(name, '=') == STR_NONE;
}

/* A table of scalars; of build arguments also NAME and NAME=VALUE in an array. */
static bool field_check_pairs(const struct value *v, bool list, struct problems *problems)
{
	bool is_list = list && value_type(v) == VALUE_ARRAY, ok = true;
	if (!is_list && value_type(v) != VALUE_OBJECT)
		return field_wrong(problems, v, list ? "a table { NAME = \"VALUE\" }, or an array of "
		                   "\"NAME=VALUE\" and \"NAME\" (whose value is that of .env)"
		                   : "a table { NAME = \"VALUE\" }");
	for (const struct value *c = value_child(v); c; c = value_next(c)) {
		struct str name = is_list ? value_text(c) : value_key(c);
		name = is_list ? str_slice(name, 0, str_find(name, '=')) : name;
		if (!field_is_name(name) || (is_list && value_type(c) != VALUE_STRING))
			ok = problems_add(problems, SEVERITY_ERROR, "image-type", value_span(c),
			                  "%.*s has names without = and control characters",
			                  STR_ARG(value_key(v)));
		else if (!field_is_scalar(c))
			ok = problems_add(problems, SEVERITY_ERROR, "image-type", value_span(c),
			                  "the value of %.*s must be a string, a number or true or false",
			                  STR_ARG(name));
	}
	return ok;
}

static bool field_check_args(const struct value *v, struct problems *problems)
{
	return field_check_pairs(v, true, problems);
}

static bool field_check_labels(const struct value *v, struct problems *problems)
{
	return field_check_pairs(v, false, problems);
}

static bool field_check_secrets(const struct value *v, struct problems *problems)
{
	const char *right = "an array of ids alone, [\"token\"]: where a secret comes from is said by "
	                    "--secret, never by a project";
	if (value_type(v) != VALUE_ARRAY)
		return field_wrong(problems, v, right);
	for (const struct value *c = value_child(v); c; c = value_next(c)) {
		struct str id = value_text(c);
		if (!field_is_text(c) || str_find(id, ',') != STR_NONE || str_find(id, '=') != STR_NONE)
			return problems_add(problems, SEVERITY_ERROR, "image-type", value_span(c),
			                    "secrets must be %s", right);
	}
	return true;
}

/* ---- what follows from it ---- */

static void field_add(struct field_reader *r, const char *front, struct str name,
                      struct str value, const struct value *cause)
{
	r->options[r->n] = (struct pair){
		str_of(arena_printf(r->arena, "%s%.*s", front, STR_ARG(name))), value };
	r->causes[r->n++] = cause;
}

static bool field_take_text(struct field_reader *r, const struct value *v)
{
	field_add(r, "", value_key(v), value_text(v), v);
	return true;
}

/* A link on the way may lead out of the project. */
static bool field_is_link(const struct field_reader *r, const char *path)
{
	struct str rest = str_of(path), part;
	const char *dir = r->root;
	while (str_next(&rest, '/', &part)) {
		struct files_list list;
		struct error ignored;
		if (files_list(r->files, dir, r->arena, &list, &ignored) != FILES_OK)
			return false;
		for (size_t i = 0; i < list.n; i++)
			if (str_eq(str_of(list.entries[i].name), part) && list.entries[i].is_link)
				return true;
		dir = files_join(r->arena, dir, arena_text(r->arena, part));
	}
	return false;
}

static bool field_take_path(struct field_reader *r, const struct value *v, const char **ret_path,
                            const struct value **ret_at)
{
	const char *path = files_clean(r->arena, arena_text(r->arena, value_text(v)));
	if (strcmp(path, ".") != 0 && field_is_link(r, path))
		return problems_add(r->problems, SEVERITY_ERROR, "image-link", value_span(v),
		                    "a link is on the way to '%s', and may lead out of the project: name "
		                    "the place itself", path);
	*ret_path = path;
	*ret_at = v;
	return true;
}

static bool field_take_file(struct field_reader *r, const struct value *v)
{
	return field_take_path(r, v, &r->out->dockerfile, &r->out->dockerfile_at);
}

static bool field_take_context(struct field_reader *r, const struct value *v)
{
	struct files_list list;
	struct error ignored;
	if (!field_take_path(r, v, &r->out->context, &r->out->context_at))
		return false;
	const char *dir = files_join(r->arena, r->root, r->out->context);
	return files_list(r->files, dir, r->arena, &list, &ignored) == FILES_OK ||
	       problems_add(r->problems, SEVERITY_ERROR, "image-context", value_span(v),
	                    "there is no folder '%s' that can be read, for the build context", dir);
}

/* NAME alone takes what .env has. */
static void field_take_listed(struct field_reader *r, const struct value *item)
{
	struct str text = value_text(item);
	size_t equals = str_find(text, '=');
	struct str name = str_slice(text, 0, equals);
	const struct value *env = r->env ? value_get(r->env, name) : NULL;
	if (equals != STR_NONE)
		field_add(r, "build-arg:", name, str_slice(text, equals + 1, text.n), item);
	else if (env)
		field_add(r, "build-arg:", name, value_text(env), env);
	else
		problems_add(r->problems, SEVERITY_WARNING, "image-arg", value_span(item),
		             "the build argument %.*s has no value: %s has none of that name",
		             STR_ARG(name), IMAGE_SETTINGS_ENV);
}

static bool field_take_args(struct field_reader *r, const struct value *v)
{
	for (const struct value *c = value_child(v); c; c = value_next(c))
		if (value_type(v) == VALUE_ARRAY)
			field_take_listed(r, c);
		else
			field_add(r, "build-arg:", value_key(c), value_text(c), c);
	return true;
}

static bool field_take_labels(struct field_reader *r, const struct value *v)
{
	for (const struct value *c = value_child(v); c; c = value_next(c))
		field_add(r, "label:", value_key(c), value_text(c), c);
	return true;
}

static bool field_take_secrets(struct field_reader *r, const struct value *v)
{
	const char **ids = arena_array(r->arena, value_count(v) + 1, sizeof *ids);
	size_t n = 0;
	for (const struct value *c = value_child(v); c; c = value_next(c))
		ids[n++] = arena_text(r->arena, value_text(c));
	r->out->secrets = ids;
	return true;
}

static const struct field fields[] = {
	{ "dockerfile", field_check_path, field_take_file },
	{ "context", field_check_path, field_take_context },
	{ "target", field_check_text, field_take_text },
	{ "platform", field_check_platform, field_take_text },
	{ "build-args", field_check_args, field_take_args },
	{ "labels", field_check_labels, field_take_labels },
	{ "secrets", field_check_secrets, field_take_secrets },
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* ---- all of them ---- */

static const struct field *field_find(struct str name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (str_eq(name, str_of(fields[i].name)))
			return &fields[i];
	return NULL;
}

static bool field_unknown(const struct value *v, struct problems *problems)
{
	struct similar similar = { .typed = value_key(v) };
	owned_buf struct buf known = { 0 };
	for (size_t i = 0; i < FIELDS; i++) {
		similar_try(&similar, fields[i].name);
		buf_printf(&known, "%s%s", i ? ", " : "", fields[i].name);
	}
	return problems_add(problems, SEVERITY_ERROR, "image-unknown", value_key_span(v),
	                    "an image has no setting %.*s: %s %s", STR_ARG(value_key(v)),
	                    similar.best ? "is it" : "there are",
	                    similar.best ? similar.best : buf_text(&known));
}

bool image_fields_check(const struct value *layer, struct problems *problems)
{
	bool ok = true;
	if (value_type(layer) != VALUE_OBJECT)
		return field_wrong(problems, layer, "a table: [image.profiles.NAME]");
	for (const struct value *v = value_child(layer); v; v = value_next(v)) {
		const struct field *field = field_find(value_key(v));
		bool right = field ? field->check(v, problems) : field_unknown(v, problems);
		ok = ok && right;
	}
	return ok;
}

bool image_fields_check_profiles(const struct value *profiles, struct problems *problems)
{
	if (value_type(profiles) != VALUE_OBJECT)
		return field_wrong(problems, profiles, "tables: [image.profiles.NAME]");
	bool ok = true;
	for (const struct value *v = value_child(profiles); v; v = value_next(v))
		if (!profile_is_name(value_key(v)))
			ok = problems_add(problems, SEVERITY_ERROR, "image-profile", value_key_span(v),
			                  "'%.*s' cannot be a profile: names are letters, digits, _ and -",
			                  STR_ARG(value_key(v)));
	return ok;
}

/* How many options the settings can become. */
static size_t field_count(const struct value *image)
{
	size_t n = 0;
	for (const struct value *v = value_child(image); v; v = value_next(v))
		n += 1 + value_count(v);
	return n;
}

bool image_fields_read(struct arena *arena, struct files *files, const char *root,
                       const struct value *image, const struct value *env,
                       struct problems *problems, struct image_settings *out)
{
	struct field_reader r = { .arena = arena, .files = files, .root = root, .env = env,
	                          .problems = problems, .out = out, .cap = field_count(image) };
	bool ok = true;
	r.options = arena_array(arena, r.cap + 1, sizeof *r.options);
	r.causes = arena_array(arena, r.cap + 1, sizeof *r.causes);
	for (const struct value *v = value_child(image); v; v = value_next(v)) {
		const struct field *field = field_find(value_key(v));
		ok = (!field || field->apply(&r, v)) && ok;
	}
	out->options = r.options;
	out->noptions = r.n;
	out->causes = r.causes;
	return ok;
}

bool image_fields_is_secret(struct str option, struct str id)
{
	owned(arena) struct arena *a = arena_new();
	struct secret s;
	struct error ignored;
	return secret_read(a, option, NULL, &s, &ignored) && str_eq(str_of(s.id), id);
}
