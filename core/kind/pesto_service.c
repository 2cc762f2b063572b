/* service.json and version.json: what PESTO generates from the configuration. */
#include "core/base/check.h"
#include "core/config/cascade.h"
#include "core/kind/pesto.h"
#include "core/value/json.h"

/* PESTO's own definitions (pesto 1.7.2); a user definition never replaces one. */
static const char pesto_natives[] =
	"{\"Image\": {\"$schema\": \"http://json-schema.org/draft-06/schema#\","
	" \"description\": \"Image: an url (file://, gs://, http(s)://) or the image in base64\","
	" \"type\": \"string\"},"
	" \"Images\": {\"$schema\": \"http://json-schema.org/draft-06/schema#\","
	" \"type\": \"array\", \"items\": {\"$ref\": \"#/definitions/Image\"}},"
	" \"Polygon\": {\"$schema\": \"http://json-schema.org/draft-06/schema#\","
	" \"title\": \"GeoJSON Polygon\", \"type\": \"object\","
	" \"required\": [\"type\", \"coordinates\"], \"properties\": {"
	"\"type\": {\"type\": \"string\", \"enum\": [\"Polygon\"]},"
	" \"coordinates\": {\"type\": \"array\", \"items\": {\"type\": \"array\", \"minItems\": 4,"
	" \"items\": {\"type\": \"array\", \"minItems\": 2, \"items\": {\"type\": \"number\"}}}},"
	" \"bbox\": {\"type\": \"array\", \"minItems\": 4, \"items\": {\"type\": \"number\"}}}},"
	" \"Polygons\": {\"$schema\": \"http://json-schema.org/draft-06/schema#\","
	" \"type\": \"array\", \"items\": {\"$ref\": \"#/definitions/Polygon\"}},"
	" \"Metadata\": {\"$schema\": \"http://json-schema.org/draft-06/schema#\","
	" \"type\": \"object\"},"
	" \"Metadatas\": {\"$schema\": \"http://json-schema.org/draft-06/schema#\","
	" \"type\": \"array\", \"items\": {\"$ref\": \"#/definitions/Metadata\"}}}";

static const struct value *pesto_native_definitions(struct arena *arena)
{
	struct error err;
	const struct value *natives = NULL;
	struct str text = { pesto_natives, sizeof pesto_natives - 1 };
	CHECK(value_parse_json(arena, text, &natives, &err));
	return natives;
}

static void pesto_append_all(struct arena *arena, struct value *out, const struct value *from)
{
	for (const struct value *v = from ? value_child(from) : NULL; v; v = value_next(v))
		value_append(out, value_key(v), value_key_span(v), value_share(arena, v));
}

const struct value *pesto_definitions(struct arena *arena, const struct value *user,
                                      struct problems *problems)
{
	const struct value *natives = pesto_native_definitions(arena);
	struct value *out = value_new_object(arena);
	pesto_append_all(arena, out, natives);
	for (const struct value *v = user ? value_child(user) : NULL; v; v = value_next(v)) {
		if (value_get(natives, value_key(v)))
			problems_add(problems, SEVERITY_WARNING, "pesto-definition", value_key_span(v),
			             "'%.*s' is one of PESTO's own definitions, which wins: choose another "
			             "name", STR_ARG(value_key(v)));
		else
			value_append(out, value_key(v), value_key_span(v), value_share(arena, v));
	}
	return out;
}

struct value *pesto_schema(struct arena *arena, const struct value *schema,
                           const struct value *definitions)
{
	struct value *out = value_new(arena, VALUE_OBJECT, (struct str){ 0 }, value_span(schema));
	const struct value *own = value_get(schema, STR("definitions"));
	for (const struct value *v = value_child(schema); v; v = value_next(v))
		if (v != own)
			value_append(out, value_key(v), value_key_span(v), value_share(arena, v));
	if (own && value_type(own) == VALUE_OBJECT)
		definitions = cascade_merge(arena, CASCADE_ROOT, own, definitions);
	value_append(out, STR("definitions"), (struct span){ 0 }, value_share(arena, definitions));
	return out;
}

const struct value *pesto_service(struct arena *arena, const struct document *documents,
                                  const struct value *definitions)
{
	const struct value *description = documents[PESTO_DESCRIPTION].value;
	const struct value *config = documents[PESTO_CONFIG_SCHEMA].value;
	const struct value *input = documents[PESTO_INPUT_SCHEMA].value;
	const struct value *output = documents[PESTO_OUTPUT_SCHEMA].value;
	if (!description || !config || !input || !output)
		return NULL;
	struct value *added = value_new_object(arena);
	value_append(added, STR("config"), (struct span){ 0 }, value_share(arena, config));
	value_append(added, STR("input"), (struct span){ 0 }, pesto_schema(arena, input, definitions));
	value_append(added, STR("output"), (struct span){ 0 },
	             pesto_schema(arena, output, definitions));
	return cascade_merge(arena, CASCADE_ROOT, description, added);
}

const struct value *pesto_version(struct arena *arena, const struct document *documents,
                                  const struct pesto_factory *factory)
{
	const struct value *description = documents[PESTO_DESCRIPTION].value;
	const struct value *own = documents[PESTO_VERSION].value;
	if (!description || !own)
		return NULL;
	/* What is made here stands where the file stands. */
	struct value *base = value_new(arena, VALUE_OBJECT, STR(""), value_span(own));
	struct value *stamp = value_new_object(arena);
	const struct value *version = value_get(description, STR("version"));
	if (version)
		value_append(base, STR("version"), value_key_span(version), value_share(arena, version));
	const char *packaging = factory->version
		? arena_printf(arena, "packaged with PESTO v%s", factory->version)
		: "packaged with mortar v" MORTAR_VERSION;
	value_append(stamp, STR("__packaging"), (struct span){ 0 },
	             value_new(arena, VALUE_STRING, str_of(packaging),
	                       pesto_made_up(arena, factory->version ? "(pesto)" : "(mortar)")));
	return cascade_merge(arena, CASCADE_ROOT, cascade_merge(arena, CASCADE_ROOT, base, own), stamp);
}
