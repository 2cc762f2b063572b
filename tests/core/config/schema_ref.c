#include "tests/core/config/schema_reading.h"

static const struct schema_case cases[] = {
	{ DRAFT_ALL,
	  "{\"definitions\": {\"n\": {\"type\": \"integer\"}}, \"properties\": {\"a\": "
	  "{\"$ref\": \"#/definitions/n\"}}}",
	  "{\"a\": 1}",
	  "" },
	{ DRAFT_ALL,
	  "{\"definitions\": {\"n\": {\"type\": \"integer\"}}, \"properties\": {\"a\": "
	  "{\"$ref\": \"#/definitions/n\"}}}",
	  "{\"a\": \"1\"}",
	  "1:7: 'a' must be an integer, not the string \"1\" (schema s#/definitions/n/type)" },
	{ DRAFT_ALL,
	  "{\"definitions\": {\"a~b/c%d e\\\"\": {\"type\": \"integer\"}}, \"$ref\": "
	  "\"#/definitions/a~0b~1c%25d%20e%22\"}",
	  "\"1\"",
	  "1:1: the document must be an integer, not the string \"1\" (schema "
	  "s#/definitions/a~0b~1c%d e\"/type)" },
	{ DRAFT_ALL,
	  "{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"additionalProperties\": false}",
	  "{\"a\": {\"a\": {\"b\": 1}}}",
	  "1:14: 'b' is not allowed here, only 'a' is (schema s#/additionalProperties)" },
	{ DRAFT_ALL,
	  "{\"definitions\": {\"n\": {\"type\": \"integer\"}}, \"$ref\": \"#/definitions/n\", "
	  "\"minimum\": 5}",
	  "1",
	  "" },
	{ DRAFT_ALL,
	  "{\"properties\": {\"$ref\": {\"type\": \"string\"}}}",
	  "{\"$ref\": 1}",
	  "1:10: '$ref' must be a string, not the number 1 (schema s#/properties/$ref/type)" },
	{ DRAFT_ALL,
	  "{\"unknown\": {\"deep\": [{\"type\": \"integer\"}]}, \"$ref\": \"#/unknown/deep/0\"}",
	  "\"1\"",
	  "1:1: the document must be an integer, not the string \"1\" (schema "
	  "s#/unknown/deep/0/type)" },
	{ DRAFT_4,
	  "{\"id\": \"http://x.org/root\", \"definitions\": {\"a\": {\"id\": \"other\", "
	  "\"definitions\": {\"b\": {\"id\": \"#name\", \"type\": \"null\"}}}}, \"allOf\": "
	  "[{\"$ref\": \"http://x.org/other#name\"}, {\"$ref\": \"other#/definitions/b\"}]}",
	  "1",
	  "1:1: the document must be null, not the number 1 (schema "
	  "s#/definitions/a/definitions/b/type)" },
	{ DRAFT_67,
	  "{\"$id\": \"http://x.org/root\", \"definitions\": {\"a\": {\"$id\": \"other\", "
	  "\"definitions\": {\"b\": {\"$id\": \"#name\", \"type\": \"null\"}}}}, \"allOf\": "
	  "[{\"$ref\": \"http://x.org/other#name\"}, {\"$ref\": \"other#/definitions/b\"}]}",
	  "1",
	  "1:1: the document must be null, not the number 1 (schema "
	  "s#/definitions/a/definitions/b/type)" },
	{ DRAFT_67,
	  "{\"$id\": \"http://x.org/a/b\", \"definitions\": {\"c\": {\"$id\": \"../d\", "
	  "\"type\": \"integer\"}}, \"$ref\": \"../d\"}",
	  "1",
	  "" },
	{ DRAFT_67,
	  "{\"enum\": [{\"$id\": \"http://x.org/e\", \"type\": \"null\"}], \"definitions\": "
	  "{\"e\": {\"$id\": \"http://x.org/e\", \"type\": \"string\"}}, \"allOf\": "
	  "[{\"$ref\": \"http://x.org/e\"}]}",
	  "null",
	  "1:1: the document must be {\"$id\": \"http://x.org/e\", \"type\": \"null\"}, not "
	  "null (schema s#/enum)" },
	{ DRAFT_ALL,
	  "{\"$ref\": \"http://json-schema.org/draft-04/schema#\"}",
	  "{\"minLength\": -1}",
	  "1:15: 'minLength' must be at least 0, not -1 (schema "
	  "http://json-schema.org/draft-04/schema#/definitions/positiveInteger/minimum)" },
	{ DRAFT_ALL,
	  "{\"$ref\": \"http://json-schema.org/draft-06/schema\"}",
	  "{\"minLength\": 1, \"properties\": {\"a\": {\"type\": \"float\"}}}",
	  "1:47: 'type' must be \"array\", \"boolean\", \"integer\", \"null\", \"number\", "
	  "\"object\" or \"string\", not the string \"float\" (schema "
	  "http://json-schema.org/draft-06/schema#/definitions/simpleTypes/enum)" },
	{ DRAFT_ALL,
	  "{\"$ref\": "
	  "\"http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger\"}",
	  "-1",
	  "1:1: the document must be at least 0, not -1 (schema "
	  "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger/minimum)" },
};

static void test_schema_ref__leads_into_the_document(void **state)
{
	schema_try(*state, cases, sizeof cases / sizeof *cases, NULL);
}

/* ---- to nowhere ---- */

static void test_schema_ref__says_where_one_leads_to_nothing(void **state)
{
	static const struct { const char *schema, *problems; } table[] = {
		{ "{\"$ref\": \"#/a\"}", "1:10: '$ref' leads to '#/a', where nothing is" },
		{ "{\"items\": [{}, {\"$ref\": \"#/items/01\"}]}",
		  "1:25: '$ref' leads to '#/items/01', where nothing is" },
		{ "{\"$ref\": \"#a\"}", "1:10: '$ref' leads to '#a', a name that no \"$id\" has" },
		{ "{\"$ref\": \"#%a\"}",
		  "1:10: '$ref' has a % without two hex digits: '#%a'" },
		{ "{\"$ref\": \"http://x.org/a\"}",
		  "1:10: '$ref' leads to 'http://x.org/a', which is not in this document, and nothing "
		  "is downloaded" },
		{ "{\"a\": 5, \"$ref\": \"#/a\"}",
		  "1:7: the schema must be a boolean or an object, not the number 5 (schema "
		  "http://json-schema.org/draft-06/schema#/type)" },
		{ "{\"$ref\": \"#\"}",
		  "1:10: the schema refers to itself in a circle: it can never be checked" },
		{ "{\"not\": {\"$ref\": \"#/definitions/a\"}, \"definitions\": {\"a\": "
		  "{\"anyOf\": [{}, {\"$ref\": \"#\"}]}}}",
		  "1:83: the schema refers to itself in a circle: it can never be checked" },
		{ "{\"$ref\": \"#/b\", \"properties\": {\"x\": {\"$ref\": \"#/c\"}}}",
		  "1:10: '$ref' leads to '#/b', where nothing is" },
	};
	struct reading *r = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		reading_again(r);
		const struct value *root = schema_text(r, "d", str_of(table[i].schema));
		assert_null(schema_new(root, NULL, r->problems));
		assert_string_equal(schema_problems(r, "d"), table[i].problems);
	}
}

/* ---- to folders that stand for URIs ---- */

struct remote {
	struct reading *reading;
	struct files *files;
	struct schema_options options;
};

static const struct schema_base remote_bases[] = {
	{ { "http://x.org", 12 }, "/outer" },
	{ { "http://x.org/in/", 16 }, "/inner" },
};

static void remote_try(struct remote *m, const char *schema, const char *document,
                       const char *problems)
{
	reading_again(m->reading);
	const struct value *root = schema_text(m->reading, "s", str_of(schema));
	const struct value *v = schema_text(m->reading, "d", str_of(document));
	owned(schema) struct schema *s = schema_new(root, &m->options, m->reading->problems);
	if (s)
		schema_check(s, v, SEVERITY_ERROR, m->reading->problems);
	assert_string_equal(schema_problems(m->reading, "d"), problems);
}

static void test_schema_ref__reads_folders_that_stand_for_uris(void **state)
{
	owned(files) struct files *files = files_memory(NULL);
	struct remote m = { .reading = *state, .files = files, .options = {
		.bases = remote_bases, .nbases = 2, .files = files, .name = "s" } };
	files_memory_put(files, "/outer/a.json", STR("{\"$ref\": \"in/b%20c\"}"));
	files_memory_put(files, "/inner/b c", STR("{\"definitions\": {\"d\": {}}, \"type\": "
	                 "\"null\"}"));
	files_memory_put(files, "/inner/t.toml", STR("type = 'integer'"));
	remote_try(&m, "{\"$ref\": \"http://x.org/a.json\"}", "null", "");
	remote_try(&m, "{\"$ref\": \"http://x.org/a.json\"}", "1",
	           "1:1: the document must be null, not the number 1 (schema /inner/b c#/type)");
	remote_try(&m, "{\"$id\": \"http://x.org/in/\", \"items\": {\"$ref\": \"t.toml\"}}",
	           "[1, \"x\"]", "1:5: item 2 must be an integer, not the string \"x\" (schema "
	           "/inner/t.toml#/type)");
}

static void test_schema_ref__tells_what_is_wrong_there_at_the_reference(void **state)
{
	static const struct { const char *ref, *problem; } table[] = {
		{ "none", "s:1:10: '$ref' leads to what cannot be read: there is no file "
		  "'/outer/none'" },
		{ "bad", "s:1:10: '$ref' leads to what cannot be read: /outer/bad:1:2: the text ends "
		  "inside an object; close it with }" },
		{ "wrong", "s:1:10: what it refers to is wrong: /outer/wrong:2:9: 'type' must be an "
		  "array, \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\" or "
		  "\"string\", not the number 5 (schema "
		  "http://json-schema.org/draft-06/schema#/properties/type/anyOf)" },
		{ "lost", "s:1:10: what it refers to is wrong: /outer/lost:1:10: '$ref' leads to "
		  "'#/x', where nothing is" },
		{ "new", "s:1:10: what it refers to is wrong: /outer/new:1:13: mortar knows draft-04, "
		  "draft-06 and draft-07 (http://json-schema.org/draft-06/schema#), not the schema "
		  "language 'http://x.org/2040'" },
		{ "%2e%2e/etc/passwd", "s:1:10: '$ref' leads to 'http://x.org/%2e%2e/etc/passwd', "
		  "which is not in this document, and nothing is downloaded" },
	};
	struct reading *r = *state;
	owned(files) struct files *files = files_memory(NULL);
	struct remote m = { .reading = r, .files = files, .options = {
		.bases = remote_bases, .nbases = 2, .files = files, .name = "s" } };
	files_memory_put(files, "/outer/bad", STR("{"));
	files_memory_put(files, "/outer/wrong", STR("{\n\"type\": 5}"));
	files_memory_put(files, "/outer/lost", STR("{\"$ref\": \"#/x\"}"));
	files_memory_put(files, "/outer/new", STR("{\"$schema\": \"http://x.org/2040\"}"));
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf schema = { 0 };
		buf_printf(&schema, "{\"$ref\": \"http://x.org/%s\"}", table[i].ref);
		remote_try(&m, buf_text(&schema), "1", table[i].problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_schema_ref__leads_into_the_document),
		READING_TEST(test_schema_ref__says_where_one_leads_to_nothing),
		READING_TEST(test_schema_ref__reads_folders_that_stand_for_uris),
		READING_TEST(test_schema_ref__tells_what_is_wrong_there_at_the_reference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
