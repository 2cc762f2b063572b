#include "tests/core/config/schema_reading.h"

#include "core/config/cascade.h"
#include "core/config/toml.h"

static void test_schema__tells_all_that_is_wrong_with_a_schema(void **state)
{
	static const struct { const char *schema, *problems; } table[] = {
		{ "[]", "1:1: the schema must be a boolean or an object, not an empty array (schema "
		  "http://json-schema.org/draft-06/schema#/type)" },
		{ "{\"type\": \"strin\",\n\"minLength\": -1,\n\"required\": \"a\"}",
		  "1:10: 'type' must be \"array\", \"boolean\", \"integer\", \"null\", \"number\", "
		  "\"object\" or \"string\", not the string \"strin\"; did you mean 'string'? (schema "
		  "http://json-schema.org/draft-06/schema#/definitions/simpleTypes/enum)\n"
		  "2:14: 'minLength' must be at least 0, not -1 (schema "
		  "http://json-schema.org/draft-06/schema#/definitions/nonNegativeInteger/minimum)\n"
		  "3:13: 'required' must be an array, not the string \"a\" (schema "
		  "http://json-schema.org/draft-06/schema#/definitions/stringArray/type)" },
		{ "{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"exclusiveMinimum\": 1}",
		  "1:1: 'minimum' is missing: 'exclusiveMinimum' needs it (schema "
		  "http://json-schema.org/draft-04/schema#/dependencies)\n"
		  "1:76: 'exclusiveMinimum' must be a boolean, not the number 1 (schema "
		  "http://json-schema.org/draft-04/schema#/properties/exclusiveMinimum/type)" },
		{ "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}",
		  "1:13: mortar knows draft-04, draft-06 and draft-07 "
		  "(http://json-schema.org/draft-06/schema#), not the schema language "
		  "'https://json-schema.org/draft/2020-12/schema'" },
		{ "{\"items\": {\"pattern\": \"a(\"}, \"patternProperties\": {\"[\": {}}}",
		  "1:23: 'a(': the pattern is wrong at byte 3: ( has no ) behind it\n"
		  "1:57: '[': the pattern is wrong at byte 1: [ has no ] behind it" },
	};
	struct reading *r = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		reading_again(r);
		const struct value *root = schema_text(r, "d", str_of(table[i].schema));
		assert_null(schema_new(root, NULL, r->problems));
		assert_string_equal(schema_problems(r, "d"), table[i].problems);
		for (size_t k = 0; k < problems_count(r->problems); k++)
			assert_string_equal(problems_get(r->problems, k)->rule, "schema-invalid");
	}
}

static void test_schema__checks_a_schema_by_its_metaschema_alone(void **state)
{
	struct reading *r = *state;
	const struct value *loose = schema_text(r, "d", STR("{\"pattern\": \"(\", \"$ref\": \"#a\"}"));
	assert_true(schema_check_schema(loose, NULL, r->problems));
	assert_int_equal(problems_count(r->problems), 0);
	const struct value *bad = schema_text(r, "d", STR("{\"items\": 3}"));
	assert_false(schema_check_schema(bad, NULL, r->problems));
	assert_string_equal(problems_get(r->problems, 0)->rule, "schema-invalid");
}

static void test_schema__tells_place_pointer_location_and_severity(void **state)
{
	struct reading *r = *state;
	const struct value *root = schema_text(r, "api/s.json",
	                                       STR("{\"items\": {\"required\": [\"x\"]}}"));
	const struct value *v = schema_text(r, "d", STR("[{\"x\": 1},\n {}]"));
	owned(schema) struct schema *s = schema_new(root, NULL, r->problems);
	assert_false(schema_check(s, v, SEVERITY_WARNING, r->problems));
	assert_int_equal(problems_count(r->problems), 1);
	const struct problem *p = problems_get(r->problems, 0);
	assert_string_equal(p->rule, "schema");
	assert_int_equal(p->severity, SEVERITY_WARNING);
	assert_str(p->pointer, "/1");
	assert_str(p->schema, "api/s.json#/items/required");
	assert_int_equal(span_origin(p->at).line, 2);
	assert_int_equal(span_origin(p->at).column, 2);
}

/* Of merged layers the value's own file is told, and for what is missing the base. */
static void test_schema__tells_the_layer_that_set_a_value(void **state)
{
	struct reading *r = *state;
	const struct value *lower = schema_text(r, "base", STR("{\"a\": {\"b\": 1},\n\"c\": 2}"));
	const struct value *upper = schema_text(r, "over", STR("\n{\"a\":\n{\"d\": \"x\"}}"));
	const struct value *v = cascade_merge(r->arena, CASCADE_DEEP, lower, upper);
	const struct value *root = schema_text(r, "s",
		STR("{\"required\": [\"z\"], \"properties\": {\"a\": {\"required\": [\"y\"], "
		    "\"additionalProperties\": {\"type\": \"string\"}}, \"c\": {\"type\": \"null\"}}}"));
	owned(schema) struct schema *s = schema_new(root, NULL, r->problems);
	assert_false(schema_check(s, v, SEVERITY_ERROR, r->problems));
	assert_string_equal(schema_problems(r, "d"),
		"base:1:1: 'z' is missing (schema s#/required)\n"
		"base:1:7: 'y' is missing in 'a' (schema s#/properties/a/required)\n"
		"base:1:13: 'b' must be a string, not the number 1 (schema "
		"s#/properties/a/additionalProperties/type)\n"
		"base:2:6: 'c' must be null, not the number 2 (schema s#/properties/c/type)");
}

static void test_schema__checks_formats_when_asked(void **state)
{
	static const struct schema_case strict[] = {
		{ DRAFT_ALL, "{\"format\": \"ipv4\"}", "\"1.2.3\"",
		  "1:1: the document must be an IPv4 address, not \"1.2.3\" (schema s#/format)" },
		{ DRAFT_7, "{\"format\": \"date\"}", "\"2021-02-29\"",
		  "1:1: the document must be a date as 2020-01-31, not \"2021-02-29\" (schema "
		  "s#/format)" },
		{ DRAFT_46, "{\"format\": \"date\"}", "\"2021-02-29\"", "" },
		{ DRAFT_ALL, "{\"format\": \"ipv4\"}", "5", "" },
		{ DRAFT_ALL, "{\"format\": \"colour\"}", "\"x\"", "" },
	};
	static const struct schema_case lax[] = {
		{ DRAFT_ALL, "{\"format\": \"ipv4\"}", "\"x\"", "" },
	};
	schema_try(*state, strict, sizeof strict / sizeof *strict,
	           &(struct schema_options){ .formats = true });
	schema_try(*state, lax, 1, NULL);
}

/* TOML's dates, inf and nan are what they become in JSON: strings. */
static void test_schema__takes_tomls_values_as_json_has_them(void **state)
{
	struct reading *r = *state;
	const struct value *v;
	struct source *source = source_new(r->arena, STR("d"), NULL,
		STR("day = 2020-01-31\nfar = inf\nhex = 0x10\nbig = 1_000.0\n"));
	assert_true(toml_read(r->arena, source, r->problems, &v));
	const struct value *root = schema_text(r, "s",
		STR("{\"properties\": {\"day\": {\"type\": \"string\"}, \"far\": {\"type\": \"number\"}, "
		    "\"hex\": {\"const\": 16}, \"big\": {\"type\": \"integer\", \"maximum\": 999}}}"));
	owned(schema) struct schema *s = schema_new(root, NULL, r->problems);
	assert_false(schema_check(s, v, SEVERITY_ERROR, r->problems));
	assert_string_equal(schema_problems(r, "d"),
		"2:7: 'far' must be a number, not the string \"inf\" (schema s#/properties/far/type)\n"
		"4:7: 'big' must be at most 999, not 1000.0 (schema s#/properties/big/maximum)");
}

/* ---- what never ends elsewhere ---- */

static const struct value *nested(struct reading *r, unsigned depth)
{
	owned_buf struct buf text = { 0 };
	for (unsigned i = 0; i < depth; i++)
		buf_append_text(&text, "{\"a\":");
	buf_append_text(&text, "{}");
	buf_append_fill(&text, '}', depth);
	return schema_text(r, "d", arena_str(r->arena, buf_str(&text)));
}

static void test_schema__asks_each_schema_once_about_a_value(void **state)
{
	static const char *const schemas[] = {
		"{\"properties\": {\"a\": {\"anyOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}}, "
		"\"required\": [\"z\"]}",
		"{\"properties\": {\"a\": {\"allOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}}, "
		"\"required\": [\"z\"]}",
		"{\"properties\": {\"a\": {\"oneOf\": [{\"$ref\": \"#\"}, {\"not\": {\"$ref\": \"#\"}}]}}, "
		"\"required\": [\"z\"]}",
	};
	struct reading *r = *state;
	const struct value *v = nested(r, VALUE_DEPTH_MAX - 2);
	for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
		const struct value *root = schema_text(r, "s", str_of(schemas[i]));
		owned(schema) struct schema *s = schema_new(root, NULL, r->problems);
		assert_false(schema_check(s, v, SEVERITY_ERROR, r->problems));
	}
}

/* A schema of so many schemas in each other that a deep document goes past the limit. */
static void test_schema__gives_up_at_its_limits(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, "{\"definitions\": {");
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&text, "\"a%u\": {\"allOf\": [{\"$ref\": \"#/definitions/a%u\"}]}, ", i, i + 1);
	buf_append_text(&text, "\"a100\": {\"properties\": {\"a\": {\"$ref\": "
	                "\"#/definitions/a0\"}}}}, \"$ref\": \"#/definitions/a0\"}");
	const struct value *root = schema_text(r, "s", buf_str(&text));
	owned(schema) struct schema *s = schema_new(root, NULL, r->problems);
	assert_true(schema_check(s, nested(r, 30), SEVERITY_ERROR, r->problems));
	assert_false(schema_check(s, nested(r, 60), SEVERITY_ERROR, r->problems));
	assert_string_equal(schema_problems(r, "d"), "1:1: the check was given up: its schemas are "
	                    "too many inside each other (schema s#)");
}

static void test_schema__refuses_a_chain_that_is_too_long(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, "{\"definitions\": {");
	for (unsigned i = 0; i <= SCHEMA_CHAIN_MAX; i++)
		buf_printf(&text, "\"a%u\": {\"$ref\": \"#/definitions/a%u\"}, ", i, i + 1);
	buf_printf(&text, "\"a%u\": {}}}", SCHEMA_CHAIN_MAX + 1);
	const struct value *root = schema_text(r, "d", buf_str(&text));
	assert_null(schema_new(root, NULL, r->problems));
	assert_non_null(strstr(schema_problems(r, "d"), "leads through more than 512 others"));
}

static void test_schema__tells_of_a_pattern_that_takes_too_long(void **state)
{
	static const struct schema_case cases[] = {
		{ DRAFT_ALL, "{\"pattern\": \"^(a+)+$\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"",
		  "1:1: the document cannot be checked: the pattern '^(a+)+$' takes too many steps on "
		  "it (schema s#/pattern)" },
		{ DRAFT_ALL, "{\"not\": {\"not\": {\"patternProperties\": {\"^(a+)+$\": {}}}}}",
		  "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\": 1}",
		  "1:42: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' cannot be checked: the pattern "
		  "'^(a+)+$' takes too many steps on it (schema s#/not/not/patternProperties)" },
	};
	schema_try(*state, cases, sizeof cases / sizeof *cases, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_schema__tells_all_that_is_wrong_with_a_schema),
		READING_TEST(test_schema__checks_a_schema_by_its_metaschema_alone),
		READING_TEST(test_schema__tells_place_pointer_location_and_severity),
		READING_TEST(test_schema__tells_the_layer_that_set_a_value),
		READING_TEST(test_schema__checks_formats_when_asked),
		READING_TEST(test_schema__takes_tomls_values_as_json_has_them),
		READING_TEST(test_schema__asks_each_schema_once_about_a_value),
		READING_TEST(test_schema__gives_up_at_its_limits),
		READING_TEST(test_schema__refuses_a_chain_that_is_too_long),
		READING_TEST(test_schema__tells_of_a_pattern_that_takes_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
