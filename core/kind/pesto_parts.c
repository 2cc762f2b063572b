/* requirements.json understood: base image, environments, requirements. */
#include <ctype.h>

#include "core/base/map.h"
#include "core/base/utf8.h"
#include "core/kind/pesto.h"
#include "core/recipe/quote.h"

static bool parts_error(struct problems *problems, const struct value *at, const char *text)
{
	return problems_add(problems, SEVERITY_ERROR, "pesto-requirements", value_span(at), "%s", text);
}

static const struct value *parts_member(const struct value *object, const char *key,
                                        enum value_type type, struct problems *problems)
{
	const struct value *v = value_get(object, str_of(key));
	if (v && value_type(v) == type)
		return v;
	problems_add(problems, SEVERITY_ERROR, "pesto-requirements", value_span(v ? v : object),
	             "'%s' must be %s%s", key, v ? "" : "given: ",
	             type == VALUE_STRING ? "a string" : "an object");
	return NULL;
}

/* The last part of the URL's path. */
static struct str parts_base(struct str url)
{
	size_t end = str_find(url, '?');
	if (end != STR_NONE)
		url.n = end;
	size_t slash = str_find_last(url, '/');
	return slash == STR_NONE ? url : str_slice(url, slash + 1, url.n);
}

/* A project comes with a clone, and what it names would go into the image: whoever builds
 * it may want to know that a file of this machine is among that. */
static void parts_note_outside(const struct pesto *p, struct arena *arena,
                               const struct value *from, const char *url, struct problems *problems)
{
	struct str root = str_of(files_absolute(arena, p->root));
	if (!str_has_prefix(str_of(url), STR("file://")))
		return;
	const char *path = files_clean(arena, url + 7);
	if (!str_has_prefix(str_of(path), root) || (root.n > 1 && path[root.n] != '/'))
		problems_add(problems, SEVERITY_NOTE, "pesto-requirements", value_span(from),
		             "%s lies outside the project, and goes into the image", path);
}

static bool parts_url(const struct pesto *p, struct arena *arena, const struct value *from,
                      struct problems *problems, struct pesto_requirement *r)
{
	static const char *const schemes[] = { "file://", "http://", "https://", "ftp://", "gs://" };
	struct str url = value_text(from), base;
	bool known = false;
	/* A folder may be written as one. */
	while (str_has_prefix(url, STR("file://")) && url.n > 8 && url.p[url.n - 1] == '/')
		url.n--;
	base = parts_base(url);
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		known |= str_has_prefix(url, str_of(schemes[i]));
	if (!known)
		return parts_error(problems, from,
		                   "this must be a file://, http://, https://, ftp:// or gs:// address");
	if (base.n == 0 || str_eq(base, STR("..")) || str_eq(base, STR(".")) ||
	    utf8_invalid(base) != STR_NONE || str_find(base, '\0') != STR_NONE)
		return parts_error(problems, from, "this address must end in the name of a file");
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < 0x20 || url.p[i] == 0x7f)
			return parts_error(problems, from, "this address has a control character in it: "
			                   "write it as %0A or the like");
	if (str_eq(base, STR("ssl")))
		return parts_error(problems, from, "a file named 'ssl' cannot lie in requirements/, where "
		                   "the certificate has that name: rename it");
	r->url = arena_text(arena, url);
	/* A relative file:// is ours: it counts from the project's folder. */
	if (str_has_prefix(url, STR("file://")) && url.n > 7 && url.p[7] != '/') {
		const char *path = arena_text(arena, str_slice(url, 7, url.n));
		path = files_absolute(arena, files_join(arena, p->root, path));
		r->url = arena_printf(arena, "file://%s", path);
	}
	parts_note_outside(p, arena, from, r->url, problems);
	r->base = arena_text(arena, base);
	return true;
}

static bool parts_type(const struct value *v, struct problems *problems,
                       struct pesto_requirement *r)
{
	const struct value *type = value_get(v, STR("type"));
	if (!type)
		r->type = PESTO_PLACED;
	else if (value_type(type) == VALUE_STRING && str_eq(value_text(type), STR("python")))
		r->type = PESTO_PYTHON;
	else if (value_type(type) == VALUE_STRING && str_eq(value_text(type), STR("pip")))
		r->type = PESTO_PIP;
	else
		return parts_error(problems, type, "the type must be \"python\" or \"pip\", or left out");
	return true;
}

/* The name becomes a folder of the context beside the project's own. */
static bool parts_name(const struct pesto *p, const struct value *v, struct problems *problems)
{
	static const char *const taken[] = { "pesto", "dist", "requirements", "Dockerfile", "pip.conf",
	                                     ".", ".." };
	struct str name = value_key(v);
	bool bad = name.n == 0 || str_find(name, '/') != STR_NONE || str_find(name, '\0') != STR_NONE;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		bad |= str_eq(name, str_of(taken[i]));
	if (bad || (p->name && str_eq(name, value_text(p->name))))
		return problems_add(problems, SEVERITY_ERROR, "pesto-requirements", value_key_span(v),
		                    "this name cannot be a folder of the build context: choose one "
		                    "without '/' that is not the project's own, pesto, dist, "
		                    "requirements, Dockerfile or pip.conf");
	return true;
}

/* Files lie side by side in requirements/; an archive that was unpacked is not looked
 * at any more. */
static bool parts_file(struct map *files, const struct pesto_requirement *r,
                       const struct value *from, struct problems *problems)
{
	const struct pesto_requirement *other = map_get(files, str_of(r->base));
	if (!other) {
		map_set(files, str_of(r->base), (void *)(uintptr_t)r);
		return true;
	}
	if (str_eq(str_of(other->url), str_of(r->url)) ||
	    ((r->unpacked || r->folder) && (other->unpacked || other->folder) &&
	     r->type != PESTO_PIP && other->type != PESTO_PIP))
		return true;
	return problems_add(problems, SEVERITY_ERROR, "pesto-requirements", value_span(from),
	                    "the requirement '%.*s' brings a file named '%s' too: rename one",
	                    STR_ARG(other->name), r->base);
}

/* What a placed archive ends in; it is unpacked. */
static bool parts_is_archive(const char *base)
{
	static const char *const ends[] = { ".tar.gz", ".tgz", ".tar", ".tar.xz", ".tar.bz2", ".zip" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_has_suffix(str_of(base), str_of(ends[i])))
			return true;
	return false;
}

/* A folder is no file to be fetched: the context takes it as it is. */
static void parts_folder(struct pesto_parts *parts, struct files *disk,
                         struct pesto_requirement *r)
{
	struct files_list list;
	struct error ignored;
	if (str_has_prefix(str_of(r->url), STR("file://")) &&
	    files_list(disk, r->url + 7, parts->arena, &list, &ignored) == FILES_OK)
		r->folder = r->url + 7;
}

static bool parts_sha256(struct pesto_parts *parts, struct problems *problems,
                         struct pesto_requirement *r)
{
	const struct value *v = value_get(r->value, STR("sha256"));
	owned_buf struct buf hex = { 0 };
	if (!v)
		return true;
	struct str text = value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
	for (size_t i = 0; i < text.n && isxdigit((unsigned char)text.p[i]); i++)
		buf_append_char(&hex, (char)tolower((unsigned char)text.p[i]));
	if (text.n != 64 || hex.n != text.n)
		return parts_error(problems, v, "'sha256' must be a string of 64 hexadecimal digits: what "
		                   "sha256sum says of the file");
	if (r->folder)
		return parts_error(problems, v, "'sha256' is of a file, and 'from' names a folder: leave "
		                   "it out");
	r->sha256 = arena_text(parts->arena, buf_str(&hex));
	return true;
}

static bool parts_requirement(struct pesto_parts *parts, struct map *files, struct files *disk,
                              const struct value *v, struct problems *problems)
{
	struct pesto_requirement r = { .value = v, .name = value_key(v) };
	if (value_type(v) != VALUE_OBJECT)
		return parts_error(problems, v, "a requirement must be an object {\"from\", \"to\"}");
	const struct value *from = parts_member(v, "from", VALUE_STRING, problems);
	r.to_value = parts_member(v, "to", VALUE_STRING, problems);
	if (!from || !r.to_value || !parts_name(parts->pesto, v, problems) ||
	    !parts_type(v, problems, &r) ||
	    !parts_url(parts->pesto, parts->arena, from, problems, &r))
		return false;
	r.from_value = from;
	r.to = value_text(r.to_value);
	parts_folder(parts, disk, &r);
	r.unpacked = r.type != PESTO_PIP && !r.folder && parts_is_archive(r.base);
	if (!parts_sha256(parts, problems, &r))
		return false;
	if (r.to.n == 0 || str_find(r.to, '\0') != STR_NONE)
		return parts_error(problems, r.to_value, "'to' must be a path in the image");
	parts->requirements[parts->nrequirements] = r;
	if (!parts_file(files, &parts->requirements[parts->nrequirements], from, problems))
		return false;
	parts->nrequirements++;
	return true;
}

static void parts_requirements(struct pesto_parts *parts, struct files *disk,
                               const struct value *list, struct problems *problems)
{
	struct map files = { 0 };
	parts->requirements = arena_array(parts->arena, value_count(list),
	                                  sizeof *parts->requirements);
	for (const struct value *v = value_child(list); v; v = value_next(v))
		parts_requirement(parts, &files, disk, v, problems);
	map_finish(&files);
}

/* What `pesto build` copies from ~/.pesto/dist: a processing_factory of one's own. */
static void parts_dist(struct pesto_parts *parts, struct files *files)
{
	struct files_list list;
	struct error ignored;
	const char *home = getenv("HOME");
	if (!home || !home[0])
		return;
	const char *dist = files_join(parts->arena, home, ".pesto/dist");
	if (files_list(files, dist, parts->arena, &list, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct str name = str_of(list.entries[i].name);
		if (list.entries[i].is_dir || str_find(name, '.') == STR_NONE)
			continue;
		parts->dist = dist;
		if (str_has_prefix(name, STR("processing_factory-")) &&
		    str_has_suffix(name, STR(".whl")))
			parts->wheel = list.entries[i].name;
	}
}

/* What the recipe cannot do without, where there is an error instead. */
static const struct pesto *parts_pesto(const struct pesto *p, struct arena *arena)
{
	if (p->name)
		return p;
	struct pesto *whole = arena_alloc(arena, sizeof *whole);
	*whole = *p;
	whole->name = value_new_string(arena, STR("name"));
	return whole;
}

/* A member of requirements.json; its schema tells what else is wrong with it. */
static const struct value *parts_root(const struct value *requirements, const char *key,
                                      enum value_type type)
{
	const struct value *v = requirements ? value_get(requirements, str_of(key)) : NULL;
	return v && value_type(v) == type ? v : NULL;
}

void pesto_parts_read(const struct settings *settings, const struct selection *selection,
                      struct files *files, struct arena *arena, struct problems *problems,
                      struct pesto_parts *ret_parts)
{
	const struct pesto *p = parts_pesto(settings->kind_data, arena);
	const struct value *requirements = p->documents[PESTO_REQUIREMENTS].value;
	struct pesto_parts parts = { .pesto = p, .selection = selection, .arena = arena };
	parts.base = parts_root(requirements, "dockerBaseImage", VALUE_STRING);
	parts.environments = parts_root(requirements, "environments", VALUE_OBJECT);
	const struct value *list = parts_root(requirements, "requirements", VALUE_OBJECT);
	struct error err;
	if (parts.base && !quote_check_image(value_text(parts.base), &err))
		problems_add(problems, SEVERITY_ERROR, "pesto-base-image", value_span(parts.base), "%s",
		             err.text);
	if (!parts.base)
		parts.base = value_new_string(arena, STR("scratch"));
	if (!parts.environments)
		parts.environments = value_new_object(arena);
	if (list)
		parts_requirements(&parts, files, list, problems);
	parts_dist(&parts, files);
	pesto_secrets_read(&parts, files, problems);
	*ret_parts = parts;
}
