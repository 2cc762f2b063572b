/* Configuration against schemas, as PESTO validates it before a build. */
#include "core/base/check.h"
#include "core/config/cascade.h"
#include "core/config/schema.h"
#include "core/kind/pesto.h"
#include "core/value/json.h"

#define DRAFT "\"$schema\": \"http://json-schema.org/draft-06/schema#\", "

/* What pesto 1.7.2 asks of two files, in our words. */
static const char validate_requirements[] =
	"{" DRAFT "\"type\": \"object\", \"additionalProperties\": false,"
	" \"required\": [\"dockerBaseImage\", \"environments\", \"requirements\"],"
	" \"properties\": {\"dockerBaseImage\": {\"type\": \"string\"},"
	" \"environments\": {\"type\": \"object\"}, \"requirements\": {\"type\": \"object\"}}}";

static const char validate_service[] =
	"{" DRAFT "\"type\": \"object\","
	" \"required\": [\"name\", \"version\", \"config\", \"input\", \"output\", \"resources\"],"
	" \"properties\": {\"title\": {\"type\": \"string\"}, \"name\": {\"type\": \"string\"},"
	" \"family\": {\"type\": \"string\"}, \"version\": {\"type\": \"string\"},"
	" \"description\": {\"type\": \"string\"}, \"organization\": {\"type\": \"string\"},"
	" \"email\": {\"type\": \"string\"}, \"licence\": {\"type\": \"string\"},"
	" \"template\": {\"type\": \"string\"},"
	" \"keywords\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}},"
	" \"asynchronous\": {\"type\": \"boolean\"}, \"batched\": {\"type\": \"boolean\"},"
	" \"config\": {\"type\": \"object\"}, \"input\": {\"type\": \"object\"},"
	" \"output\": {\"type\": \"object\"},"
	" \"resources\": {\"type\": \"object\", \"properties\": {"
	"\"static_memory\": {\"type\": \"string\"}, \"dynamic_memory\": {\"type\": \"string\"},"
	" \"max_batch_size\": {\"type\": \"integer\"}}}}}";

static const struct value *validate_constant(struct arena *arena, struct str text)
{
	struct error err;
	const struct value *v = NULL;
	CHECK(value_parse_json(arena, text, &v, &err));
	return v;
}

const struct value *pesto_service_schema(struct arena *arena)
{
	return validate_constant(arena, (struct str){ validate_service, sizeof validate_service - 1 });
}

/* ---- inputs and outputs ---- */

/* Keywords that may hold an object.  PESTO's inputs stand beside the keywords, by name: an
 * object under any other name, "title" or "format" among them, is an input's schema. */
static bool validate_is_keyword(struct str key)
{
	static const char *const names[] = {
		"properties", "definitions", "items", "additionalItems", "contains", "not", "const",
		"patternProperties", "additionalProperties", "propertyNames", "dependencies", "default",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(key, str_of(names[i])))
			return true;
	return false;
}

static bool validate_is_parameter(const struct value *v)
{
	return value_type(v) == VALUE_OBJECT && !validate_is_keyword(value_key(v));
}

/* The schema that PESTO's short form means: what stands beside the keywords is a property. */
static const struct value *validate_long_form(struct arena *arena, const struct value *schema)
{
	struct value *out = value_new(arena, VALUE_OBJECT, (struct str){ 0 }, value_span(schema));
	struct value *properties = value_new_object(arena);
	for (const struct value *v = value_child(schema); v; v = value_next(v))
		value_append(validate_is_parameter(v) ? properties : out, value_key(v), value_key_span(v),
		             value_share(arena, v));
	if (!value_child(properties))
		return schema;
	const struct value *own = value_get(out, STR("properties"));
	if (own && value_type(own) == VALUE_OBJECT)
		properties = (struct value *)cascade_merge(arena, CASCADE_ROOT, own, properties);
	value_append(out, STR("properties"), (struct span){ 0 }, properties);
	return out;
}

/* ---- problems as the user's files have them ---- */

/* Takes "/properties" off where the file has none, "/definitions" off what stands in
 * user_definitions.json. */
static struct str validate_pointer(const struct value *root, const struct problem *p,
                                   const struct document *user)
{
	static const struct str fronts[] = { STR("/properties"), STR("/definitions") };
	const struct source *source = p->at.source;
	bool is_user = user->value && source && source == value_span(user->value).source;
	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
		struct str rest = str_slice(p->pointer, fronts[i].n, STR_NONE);
		if (str_has_prefix(p->pointer, fronts[i]) && (!rest.n || rest.p[0] == '/') &&
		    (i == 1 ? is_user : !value_at(root, p->pointer) && value_at(root, rest)))
			return rest;
	}
	return p->pointer;
}

static void validate_tell(const struct value *root, const struct document *user,
                          const struct problems *found, struct problems *problems)
{
	for (size_t i = 0; i < problems_count(found); i++) {
		struct problem p = *problems_get(found, i);
		p.pointer = validate_pointer(root, &p, user);
		problems_add_problem(problems, &p);
	}
}

/* ---- the checks ---- */

struct validation {
	const struct pesto *pesto;
	struct arena *arena;
	struct problems *problems;
	bool formats;
};

/* The schema made ready with PESTO's definitions; NULL after problems. */
static struct schema *validate_schema(const struct validation *v, enum pesto_document document,
                                      bool short_form)
{
	const struct document *d = &v->pesto->documents[document];
	const struct schema_options options = { .formats = v->formats, .name = d->path };
	owned(problems) struct problems *found = problems_new();
	if (!d->value)
		return NULL;
	const struct value *whole = short_form ? validate_long_form(v->arena, d->value) : d->value;
	whole = pesto_schema(v->arena, whole, v->pesto->definitions);
	struct schema *schema = schema_new(whole, &options, found);
	validate_tell(d->value, &v->pesto->documents[PESTO_USER_DEFINITIONS], found, v->problems);
	return schema;
}

static void validate_by(const struct validation *v, const struct value *schema_tree,
                        const char *name, const struct value *value)
{
	const struct schema_options options = { .formats = v->formats, .name = name };
	owned(schema) struct schema *schema = schema_new(schema_tree, &options, v->problems);
	CHECK(schema);
	schema_check(schema, value, SEVERITY_ERROR, v->problems);
}

/* service.json, or what of it description.json says where a schema is broken. */
static const struct value *validate_service_value(const struct validation *v)
{
	static const char *const made[] = { "config", "input", "output" };
	const struct value *service = v->pesto->documents[PESTO_SERVICE].value;
	const struct value *description = v->pesto->documents[PESTO_DESCRIPTION].value;
	if (service || !description)
		return service;
	struct value *rest = value_new_object(v->arena);
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		value_set(v->arena, rest, made[i], value_new_object(v->arena));
	return cascade_merge(v->arena, CASCADE_ROOT, description, rest);
}

void pesto_validate(const struct settings *settings, const struct selection *selection,
                    struct arena *arena, struct problems *problems)
{
	const struct pesto *p = settings->kind_data;
	const struct validation v = { p, arena, problems,
		str_eq(selection_option(selection, "strict"), STR("true")) };
	const struct value *requirements = p->documents[PESTO_REQUIREMENTS].value;
	const struct value *service = validate_service_value(&v);
	if (requirements)
		validate_by(&v, validate_constant(arena, (struct str){ validate_requirements,
		            sizeof validate_requirements - 1 }), "pesto:requirements", requirements);
	if (service)
		validate_by(&v, pesto_service_schema(arena), "pesto:service", service);
	schema_free(validate_schema(&v, PESTO_INPUT_SCHEMA, true));
	schema_free(validate_schema(&v, PESTO_OUTPUT_SCHEMA, true));
	owned(schema) struct schema *config = validate_schema(&v, PESTO_CONFIG_SCHEMA, false);
	if (config && p->documents[PESTO_CONFIG].value)
		schema_check(config, p->documents[PESTO_CONFIG].value, SEVERITY_ERROR, problems);
}
