#include "core/plan/spec.h"

#include <ctype.h>

#include "core/base/csv.h"

struct str spec_find(const struct pair *attrs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(attrs[i].name, str_of(name)))
			return attrs[i].value;
	return (struct str){ 0 };
}

static struct str spec_lower(struct arena *arena, struct str text)
{
	char *lower = arena_text(arena, text);
	for (size_t i = 0; i < text.n; i++)
		lower[i] = (char)tolower((unsigned char)lower[i]);
	return (struct str){ lower, text.n };
}

/* Fields KEY=VALUE; the type apart.  A key that comes again counts as the last. */
static bool spec_read(struct arena *arena, struct str text, struct str *ret_type,
                      struct pair **ret_attrs, size_t *ret_n, struct error *err)
{
	struct str *fields, type = { 0 };
	size_t nfields, n = 0;
	if (!csv_split(arena, text, &fields, &nfields, err))
		return false;
	struct pair *attrs = arena_array(arena, nfields + 1, sizeof *attrs);
	for (size_t i = 0; i < nfields; i++) {
		size_t equals = str_find(fields[i], '='), k = 0;
		if (equals == STR_NONE || !equals)
			return error_set(err, ERROR_USAGE, "'%.*s' is not KEY=VALUE", STR_ARG(fields[i]));
		struct str key = spec_lower(arena, str_trim(str_slice(fields[i], 0, equals)));
		struct str value = str_slice(fields[i], equals + 1, fields[i].n);
		if (str_eq(key, STR("type"))) {
			type = value;
			continue;
		}
		while (k < n && !str_eq(attrs[k].name, key))
			k++;
		attrs[k] = (struct pair){ key, value };
		n += k == n;
	}
	*ret_type = type;
	*ret_attrs = attrs;
	*ret_n = n;
	return true;
}

/* Takes the attribute out of the list. */
static struct str spec_take(struct pair *attrs, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++) {
		struct str value = attrs[i].value;
		if (!str_eq(attrs[i].name, str_of(name)))
			continue;
		for ((*n)--; i < *n; i++)
			attrs[i] = attrs[i + 1];
		return value;
	}
	return (struct str){ 0 };
}

static bool spec_is_true(struct str value)
{
	return str_eq(value, STR("true")) || str_eq(value, STR("1"));
}

/* ---- outputs ---- */

static const char *const output_names[] = { "image", "local", "tar", "oci", "docker",
                                            "cacheonly" };

const char *output_name(enum output_type type)
{
	return output_names[type];
}

static bool output_type_read(struct str type, struct output *o, struct error *err)
{
	if (str_eq(type, STR("registry"))) {
		o->type = OUTPUT_IMAGE;
		o->push = true;
		return true;
	}
	for (size_t i = 0; i < sizeof output_names / sizeof *output_names; i++)
		if (str_eq(type, str_of(output_names[i]))) {
			o->type = (enum output_type)i;
			return true;
		}
	if (!type.n)
		return error_set(err, ERROR_USAGE, "it needs a type, as in type=local,dest=DIR");
	return error_set(err, ERROR_USAGE, "there is no type '%.*s': image, registry, local, tar, "
	                 "oci, docker or cacheonly", STR_ARG(type));
}

static bool output_check(const struct output *o, struct error *err)
{
	bool wants = o->type != OUTPUT_IMAGE && o->type != OUTPUT_NONE;
	if (wants && (!o->dest || !o->dest[0]))
		return error_set(err, ERROR_USAGE, "type=%s needs dest=, the %s to write",
		                 output_name(o->type), o->type == OUTPUT_LOCAL ? "folder" : "file");
	if (!wants && o->dest)
		return error_set(err, ERROR_USAGE, "type=%s has no dest=: type=local, tar, oci and "
		                 "docker write here", output_name(o->type));
	if (o->dest && str_eq(str_of(o->dest), STR("-")))
		return error_set(err, ERROR_USAGE, "a build is a process of its own and has no stdout: "
		                 "dest= needs a file");
	if (spec_find(o->attrs, o->nattrs, "name").p)
		return error_set(err, ERROR_USAGE, "the image is named by --tag, not by name=");
	if (str_eq(spec_find(o->attrs, o->nattrs, "tar"), STR("false")))
		return error_set(err, ERROR_USAGE, "type=%s is written as an archive alone: tar=false "
		                 "is not known here", output_name(o->type));
	return true;
}

bool output_read(struct arena *arena, struct str text, struct output *ret_output,
                 struct error *err)
{
	struct output o = { 0 };
	struct str type;
	struct pair *attrs;
	size_t n;
	if (str_find(text, '=') == STR_NONE && str_find(text, ',') == STR_NONE) {
		o = (struct output){ .type = OUTPUT_LOCAL, .dest = arena_text(arena, text) };
	} else {
		if (!spec_read(arena, text, &type, &attrs, &n, err) || !output_type_read(type, &o, err))
			return false;
		struct str dest = spec_take(attrs, &n, "dest"), push = spec_take(attrs, &n, "push");
		o.dest = dest.p ? arena_text(arena, dest) : NULL;
		o.push = o.push || (o.type == OUTPUT_IMAGE && spec_is_true(push));
		o.attrs = attrs;
		o.nattrs = n;
	}
	if (!output_check(&o, err))
		return false;
	*ret_output = o;
	return true;
}

static void spec_append(struct buf *line, const char *name, struct str value)
{
	owned_buf struct buf field = { 0 };
	buf_printf(&field, "%s=", name);
	buf_append(&field, value);
	csv_append(line, buf_str(&field));
}

void output_append(struct buf *out, const struct output *o)
{
	owned_buf struct buf line = { 0 };
	spec_append(&line, "type", str_of(output_name(o->type)));
	if (o->dest)
		spec_append(&line, "dest", str_of(o->dest));
	if (o->push)
		spec_append(&line, "push", STR("true"));
	for (size_t i = 0; i < o->nattrs; i++) {
		owned_buf struct buf name = { 0 };
		buf_append(&name, o->attrs[i].name);
		spec_append(&line, buf_text(&name), o->attrs[i].value);
	}
	buf_append(out, buf_str(&line));
}

/* ---- caches ---- */

static bool cache_check(const struct cache_spec *c, enum cache_way way, struct error *err)
{
	const char *folder = way == CACHE_TO ? "dest" : "src";
	if (str_eq(c->type, STR("registry")) && !spec_find(c->attrs, c->nattrs, "ref").n)
		return error_set(err, ERROR_USAGE, "type=registry needs ref=, the image that holds the "
		                 "cache");
	if (str_eq(c->type, STR("local")) && !spec_find(c->attrs, c->nattrs, folder).n)
		return error_set(err, ERROR_USAGE, "type=local needs %s=, a folder", folder);
	if (str_eq(c->type, STR("inline")) && way == CACHE_FROM)
		return error_set(err, ERROR_USAGE, "an inline cache is read from the image that has it: "
		                 "type=registry,ref=IMAGE");
	if (str_eq(c->type, STR("registry")) || str_eq(c->type, STR("local")) ||
	    str_eq(c->type, STR("inline")))
		return true;
	return error_set(err, ERROR_USAGE, "there is no type '%.*s': registry, %slocal",
	                 STR_ARG(c->type), way == CACHE_TO ? "inline or " : "or ");
}

bool cache_read(struct arena *arena, struct str text, enum cache_way way,
                struct cache_spec *ret_cache, struct error *err)
{
	struct cache_spec c = { 0 };
	struct pair *attrs;
	if (str_find(text, '=') == STR_NONE && str_find(text, ',') == STR_NONE && text.n) {
		attrs = arena_array(arena, 1, sizeof *attrs);
		attrs[0] = (struct pair){ STR("ref"), text };
		c = (struct cache_spec){ STR("registry"), attrs, 1 };
	} else {
		if (!spec_read(arena, text, &c.type, &attrs, &c.nattrs, err))
			return false;
		c.attrs = attrs;
	}
	if (!c.type.n)
		return error_set(err, ERROR_USAGE, "it needs a type, as in type=registry,ref=IMAGE");
	if (!cache_check(&c, way, err))
		return false;
	*ret_cache = c;
	return true;
}

/* ---- secrets, agents, attestations ---- */

bool secret_read(struct arena *arena, struct str text, bool (*variable)(const char *name),
                 struct secret *ret_secret, struct error *err)
{
	struct str type, id, file, env, source;
	struct pair *attrs;
	size_t n;
	if (!spec_read(arena, text, &type, &attrs, &n, err))
		return false;
	id = spec_take(attrs, &n, "id");
	source = spec_take(attrs, &n, "source");
	file = spec_take(attrs, &n, "src");
	file = file.p ? file : source;
	env = spec_take(attrs, &n, "env");
	if (n)
		return error_set(err, ERROR_USAGE, "there is no '%.*s': id=ID, with src=FILE or "
		                 "env=NAME", STR_ARG(attrs[0].name));
	if (type.n && !str_eq(type, STR("env")) && !str_eq(type, STR("file")))
		return error_set(err, ERROR_USAGE, "there is no type '%.*s': file or env",
		                 STR_ARG(type));
	if (str_eq(type, STR("env")) && !env.n) {
		env = file;
		file = (struct str){ 0 };
	}
	if (!id.n)
		return error_set(err, ERROR_USAGE, "it needs id=, as RUN --mount=type=secret names it");
	if (file.n && env.n)
		return error_set(err, ERROR_USAGE, "a secret is a file or a variable: src= or env=");
	const char *name = arena_text(arena, id);
	if (!file.n && !env.n) {
		bool is_variable = variable && !str_eq(type, STR("file")) && variable(name);
		*(is_variable ? &env : &file) = id;
	}
	*ret_secret = (struct secret){ .id = name,
	                               .file = file.n ? arena_text(arena, file) : NULL,
	                               .env = env.n ? arena_text(arena, env) : NULL };
	return true;
}

bool ssh_read(struct str text, struct pair *ret_ssh, struct error *err)
{
	size_t equals = str_find(text, '=');
	struct str id = str_slice(text, 0, equals == STR_NONE ? text.n : equals);
	struct str path = equals == STR_NONE ? (struct str){ 0 } : str_slice(text, equals + 1, text.n);
	if (!id.n || (equals != STR_NONE && !path.n))
		return error_set(err, ERROR_USAGE, "it needs ID, or ID=SOCKET, not '%.*s'; the usual ID "
		                 "is default", STR_ARG(text));
	if (str_find(path, ',') != STR_NONE)
		return error_set(err, ERROR_USAGE, "one socket of an agent for an ID, not several: "
		                 "'%.*s'", STR_ARG(path));
	*ret_ssh = (struct pair){ id, path };
	return true;
}

bool attest_read(struct arena *arena, struct str text, struct str *ret_attrs, struct error *err)
{
	struct pair *attrs;
	struct str type;
	size_t n;
	*ret_attrs = STR("");
	if (!text.n || str_eq(text, STR("true")) || str_eq(text, STR("1")))
		return true;
	if (str_eq(text, STR("false")) || str_eq(text, STR("0"))) {
		*ret_attrs = (struct str){ 0 };
		return true;
	}
	if (!spec_read(arena, text, &type, &attrs, &n, err))
		return error_prefix(err, "it needs true, false or attributes such as mode=max");
	*ret_attrs = text;
	return true;
}
