/* What `mortar lint` tells of a PESTO project beyond errors. */
#include "core/base/map.h"
#include "core/base/similar.h"
#include "core/kind/pesto.h"
#include "core/lint/overlays.h"
#include "core/recipe/quote.h"

/* ---- overlays ---- */

static const struct value *rules_document(const struct subject *s, enum pesto_document document)
{
	const struct pesto *p = s->settings->kind_data;
	return p->documents[document].value;
}

/* What a schema says of the object at the pointer, along "properties"; NULL: nothing. */
static const struct value *rules_schema_at(const struct value *schema, struct str pointer)
{
	owned_buf struct buf path = { 0 };
	struct str part;
	if (pointer.n)
		pointer = str_slice(pointer, 1, pointer.n);
	else
		return schema;
	while (str_next(&pointer, '/', &part))
		buf_printf(&path, "/properties/%.*s", STR_ARG(part));
	return value_at(schema, buf_str(&path));
}

/* By the schema that config.json or description.json is checked with. */
static enum overlay_place rules_by_schema(const struct value *schema, struct str pointer,
                                          struct str key, bool open_inside)
{
	const struct value *at = schema ? rules_schema_at(schema, pointer) : NULL;
	const struct value *properties = at ? value_get(at, STR("properties")) : NULL;
	const struct value *more = at ? value_get(at, STR("additionalProperties")) : NULL;
	bool names_more = at && value_get(at, STR("patternProperties"));
	if (properties && value_get(properties, key))
		return OVERLAY_DECLARED;
	if (pointer.n && (open_inside || (at && !properties)))
		return OVERLAY_OPEN;
	if (names_more || (more && value_type(more) == VALUE_OBJECT))
		return OVERLAY_OPEN;
	return OVERLAY_CLOSED;
}

static enum overlay_place rules_place(const struct subject *s, const struct document *d,
                                      struct str pointer, struct str key)
{
	const struct pesto *p = s->settings->kind_data;
	owned(arena) struct arena *arena = NULL;
	switch ((enum pesto_document)(d - p->documents)) {
	case PESTO_CONFIG:
		return rules_by_schema(rules_document(s, PESTO_CONFIG_SCHEMA), pointer, key, false);
	case PESTO_DESCRIPTION:
		arena = arena_new();
		return rules_by_schema(pesto_service_schema(arena), pointer, key, true);
	case PESTO_REQUIREMENTS:
		/* Its own schema refuses what it does not know at the root. */
		return pointer.n ? OVERLAY_OPEN : OVERLAY_DECLARED;
	case PESTO_VERSION:
		return OVERLAY_OPEN;
	default:
		/* Schemas and definitions: every profile may have names of its own. */
		return OVERLAY_DECLARED;
	}
}

static void rules_overlay_key(const struct rule *rule, const struct subject *subject,
                              struct problems *problems)
{
	lint_overlay_keys(rule, subject, rules_place, problems);
}

/* ---- keys that a schema does not name ---- */

/* Shorter names resemble one another without being mistyped. */
enum { RULES_NAME_LEAST = 5 };

/* A declared name that the object lacks and that this key is close to, or NULL. */
static const char *rules_meant(struct arena *arena, const struct value *object, struct str key,
                               const struct value *properties)
{
	struct similar similar = { .typed = key };
	for (const struct value *p = value_child(properties); p; p = value_next(p))
		if (!value_get(object, value_key(p)))
			similar_try(&similar, arena_text(arena, value_key(p)));
	bool near = key.n >= RULES_NAME_LEAST && similar.distance * 4 <= key.n;
	return near ? similar.best : NULL;
}

/* Along "properties".  A schema that allows no other key has told it as an error; an
 * overlay's key is lint_overlay_keys' to tell. */
static void rules_mistyped_in(const struct rule *rule, struct problems *problems,
                              const struct value *object, const struct value *schema,
                              struct arena *arena)
{
	const struct value *properties = value_get(schema, STR("properties"));
	const struct value *more = value_get(schema, STR("additionalProperties"));
	bool closed = more && value_type(more) == VALUE_BOOL && !value_is_true(more);
	if (!properties || value_type(object) != VALUE_OBJECT)
		return;
	for (const struct value *v = value_child(object); v; v = value_next(v)) {
		const struct value *declared = value_get(properties, value_key(v));
		const struct source *source = value_key_span(v).source;
		if (declared)
			rules_mistyped_in(rule, problems, v, declared, arena);
		if (declared || closed || !source || source->profile)
			continue;
		const char *meant = rules_meant(arena, object, value_key(v), properties);
		if (meant)
			lint_report(rule, true, problems, value_key_span(v),
			            "no schema knows '%.*s': did you mean '%s'?", STR_ARG(value_key(v)), meant);
	}
}

static void rules_mistyped(const struct rule *rule, const struct subject *subject,
                           struct problems *problems)
{
	owned(arena) struct arena *arena = arena_new();
	const struct value *config = rules_document(subject, PESTO_CONFIG);
	const struct value *schema = rules_document(subject, PESTO_CONFIG_SCHEMA);
	const struct value *description = rules_document(subject, PESTO_DESCRIPTION);
	if (config && schema)
		rules_mistyped_in(rule, problems, config, schema, arena);
	if (description)
		rules_mistyped_in(rule, problems, description, pesto_service_schema(arena), arena);
}

/* ---- requirements.json ---- */

static const struct value *rules_member(const struct value *object, const char *key,
                                        enum value_type type)
{
	const struct value *v = object ? value_get(object, str_of(key)) : NULL;
	return v && value_type(v) == type ? v : NULL;
}

static bool rules_is_pip(const struct value *requirement)
{
	const struct value *type = rules_member(requirement, "type", VALUE_STRING);
	return type && str_eq(value_text(type), STR("pip"));
}

/* Where a requirement is placed in the image; NULL for pip's and for what has an error. */
static const struct value *rules_to(const struct value *requirement)
{
	const struct value *to = rules_member(requirement, "to", VALUE_STRING);
	return to && value_text(to).n && !rules_is_pip(requirement) ? to : NULL;
}

static const struct value *rules_requirements(const struct subject *s)
{
	const struct value *list = rules_member(rules_document(s, PESTO_REQUIREMENTS), "requirements",
	                                        VALUE_OBJECT);
	return list ? value_child(list) : NULL;
}

static void rules_relative(const struct rule *rule, const struct subject *subject,
                           struct problems *problems)
{
	for (const struct value *v = rules_requirements(subject); v; v = value_next(v)) {
		const struct value *to = rules_to(v);
		if (to && value_text(to).p[0] != '/')
			lint_report(rule, true, problems, value_span(to),
			            "'to' is not absolute, so it counts from the base image's working "
			            "directory: write /%.*s or the like", STR_ARG(value_text(to)));
	}
}

static bool rules_is_archive(struct str file)
{
	static const char *const ends[] = { ".tar.gz", ".tgz", ".tar", ".tar.xz", ".zip" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_has_suffix(file, str_of(ends[i])))
			return true;
	return false;
}

/* The path in the image: what ends in '/' is a folder that a plain file goes into. */
static const char *rules_target(struct arena *arena, const struct value *requirement)
{
	const struct value *from = rules_member(requirement, "from", VALUE_STRING);
	const char *to = arena_text(arena, value_text(rules_to(requirement)));
	struct str url = from ? value_text(from) : (struct str){ 0 };
	url = str_slice(url, 0, str_find(url, '?'));
	size_t slash = str_find_last(url, '/');
	struct str file = slash == STR_NONE ? url : str_slice(url, slash + 1, url.n);
	if (str_has_suffix(str_of(to), STR("/")) && !rules_is_archive(file))
		to = files_join(arena, to, arena_text(arena, file));
	return files_clean(arena, files_join(arena, "/", to));
}

static void rules_same_target(const struct rule *rule, const struct subject *subject,
                              struct problems *problems)
{
	owned(arena) struct arena *arena = arena_new();
	owned_map struct map targets = { 0 };
	for (const struct value *v = rules_requirements(subject); v; v = value_next(v)) {
		if (!rules_to(v))
			continue;
		struct str target = str_of(rules_target(arena, v));
		const struct value *other = map_get(&targets, target);
		if (other)
			lint_report(rule, true, problems, value_span(rules_to(v)),
			            "the requirement '%.*s' goes to %s as well: give each a place of its own",
			            STR_ARG(value_key(other)), target.p);
		else
			map_set(&targets, target, (void *)(uintptr_t)v);
	}
}

static void rules_base_image(const struct rule *rule, const struct subject *subject,
                             struct problems *problems)
{
	const struct value *base = rules_member(rules_document(subject, PESTO_REQUIREMENTS),
	                                        "dockerBaseImage", VALUE_STRING);
	struct str image = base ? value_text(base) : (struct str){ 0 };
	size_t slash = str_find_last(image, '/');
	struct str name = slash == STR_NONE ? image : str_slice(image, slash + 1, image.n);
	size_t colon = str_find(name, ':');
	struct error ignored;
	if (str_find(image, '@') != STR_NONE || !quote_check_image(image, &ignored))
		return;
	if (str_eq(image, STR("scratch")))
		lint_report(rule, true, problems, value_span(base),
		            "scratch is empty, and every step needs python3 and pip: name an image that "
		            "has them");
	else if (colon == STR_NONE)
		lint_report(rule, true, problems, value_span(base),
		            "the base image has no tag, which means latest: name the version, as "
		            "in %.*s:1.0, or a digest", STR_ARG(image));
	else if (str_eq(str_slice(name, colon + 1, name.n), STR("latest")))
		lint_report(rule, true, problems, value_span(base),
		            "latest is another image tomorrow: name the version, or a digest");
}

/* ---- the table ---- */

const struct rule pesto_rules[] = {
	{ "overlay-idle", "A file that changes nothing looks as if its profile did something.",
	  SEVERITY_WARNING, lint_overlay_idle,
	  .sentence = "An overlay changes something." },
	{ "overlay-unknown-key", "An overlay's mistyped key is added beside the one that was meant, "
	  "which keeps the base's value.", SEVERITY_WARNING, rules_overlay_key,
	  .sentence = "An overlay's keys are those of what it lies on." },
	{ "pesto-mistyped-key", "Nothing reads it under this name, and what was meant has its "
	  "default.", SEVERITY_WARNING, rules_mistyped,
	  .sentence = "A key has the name that PESTO reads." },
	{ "pesto-relative-target", "The working directory is the base image's business: with another "
	  "base the files are elsewhere.", SEVERITY_WARNING, rules_relative,
	  .sentence = "What is copied goes to an absolute path." },
	{ "pesto-same-target", "The later COPY writes over the earlier one's files.",
	  SEVERITY_WARNING, rules_same_target,
	  .sentence = "Every copy has a target of its own." },
	{ "pesto-base-tag", "The same sources give another image when the tag has moved.",
	  SEVERITY_WARNING, rules_base_image,
	  .sentence = "The base image is named with its version or digest." },
	{ .id = NULL },
};
