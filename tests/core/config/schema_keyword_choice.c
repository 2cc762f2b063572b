#include "tests/core/config/schema_reading.h"

static const struct schema_case cases[] = {
	{ DRAFT_ALL,
	  "{\"allOf\": [{\"type\": \"integer\"}, {\"minimum\": 3}]}",
	  "4",
	  "" },
	{ DRAFT_ALL,
	  "{\"allOf\": [{\"maximum\": 1}, {\"minimum\": 3}]}",
	  "2",
	  "1:1: the document must be at least 3, not 2 (schema s#/allOf/1/minimum)\n"
	  "1:1: the document must be at most 1, not 2 (schema s#/allOf/0/maximum)" },
	{ DRAFT_ALL,
	  "{\"allOf\": [{\"required\": [\"a\"]}, {\"required\": [\"a\"]}]}",
	  "{}",
	  "1:1: 'a' is missing (schema s#/allOf/0/required)" },
	{ DRAFT_ALL,
	  "{\"anyOf\": [{\"type\": \"integer\"}, {\"minLength\": 2}]}",
	  "1",
	  "" },
	{ DRAFT_ALL,
	  "{\"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"string\", \"minLength\": 2}]}",
	  "\"a\"",
	  "1:1: the document must have at least 2 characters, not 1 (schema "
	  "s#/anyOf/1/minLength)" },
	{ DRAFT_ALL,
	  "{\"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"array\"}, {\"enum\": [\"a\", "
	  "\"b\"]}]}",
	  "{}",
	  "1:1: the document must be an integer, an array, \"a\" or \"b\", not an empty object "
	  "(schema s#/anyOf)" },
	{ DRAFT_ALL,
	  "{\"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"array\"}, {\"enum\": [\"a\", "
	  "\"b\"]}]}",
	  "\"c\"",
	  "1:1: the document must be \"a\" or \"b\", not the string \"c\" (schema "
	  "s#/anyOf/2/enum)" },
	{ DRAFT_ALL,
	  "{\"anyOf\": [{\"required\": [\"a\"]}, {\"required\": [\"b\"]}]}",
	  "{}",
	  "1:1: 'a' is missing, or 'b' is missing (schema s#/anyOf)" },
	{ DRAFT_ALL,
	  "{\"oneOf\": [{\"type\": \"integer\"}, {\"minimum\": 2}]}",
	  "1",
	  "" },
	{ DRAFT_ALL,
	  "{\"oneOf\": [{\"type\": \"integer\"}, {\"minimum\": 2}]}",
	  "3",
	  "1:1: the document fits more than one of 2 alternatives (1 and 2) and must fit "
	  "exactly one (schema s#/oneOf)" },
	{ DRAFT_ALL,
	  "{\"oneOf\": [{\"type\": \"integer\"}, {\"minimum\": 2}]}",
	  "1.5",
	  "1:1: the document must be at least 2, not 1.5 (schema s#/oneOf/1/minimum)" },
	{ DRAFT_ALL,
	  "{\"oneOf\": [{\"properties\": {\"kind\": {\"enum\": [\"circle\"]}, \"r\": "
	  "{\"type\": \"number\"}}}, {\"properties\": {\"kind\": {\"enum\": [\"box\"]}, \"w\": "
	  "{\"type\": \"number\"}}}]}",
	  "{\"kind\": \"box\", \"w\": \"wide\"}",
	  "1:22: 'w' must be a number, not the string \"wide\" (schema "
	  "s#/oneOf/1/properties/w/type)" },
	{ DRAFT_ALL,
	  "{\"not\": {\"type\": \"integer\"}}",
	  "\"a\"",
	  "" },
	{ DRAFT_ALL,
	  "{\"not\": {\"type\": \"integer\"}}",
	  "1",
	  "1:1: the document must not be an integer (schema s#/not)" },
	{ DRAFT_ALL,
	  "{\"not\": {\"type\": \"integer\", \"minimum\": 3}}",
	  "4",
	  "1:1: the document must not be as it is: the schema's \"not\" fits it (schema s#/not)" },
	{ DRAFT_67,
	  "{\"not\": true}",
	  "1",
	  "1:1: the document must not be as it is: the schema's \"not\" fits it (schema s#/not)" },
	{ DRAFT_67,
	  "{\"anyOf\": [false, false]}",
	  "1",
	  "1:1: the document fits none of 2 alternatives (schema s#/anyOf)" },
	{ DRAFT_67,
	  "{\"anyOf\": [true, false]}",
	  "1",
	  "" },
	{ DRAFT_7,
	  "{\"if\": {\"minimum\": 10}, \"then\": {\"multipleOf\": 10}, \"else\": {\"maximum\": "
	  "5}}",
	  "20",
	  "" },
	{ DRAFT_7,
	  "{\"if\": {\"minimum\": 10}, \"then\": {\"multipleOf\": 10}, \"else\": {\"maximum\": "
	  "5}}",
	  "11",
	  "1:1: the document must be a multiple of 10, not 11 (schema s#/then/multipleOf)" },
	{ DRAFT_7,
	  "{\"if\": {\"minimum\": 10}, \"then\": {\"multipleOf\": 10}, \"else\": {\"maximum\": "
	  "5}}",
	  "6",
	  "1:1: the document must be at most 5, not 6 (schema s#/else/maximum)" },
	{ DRAFT_7,
	  "{\"if\": {\"minimum\": 10}}",
	  "6",
	  "" },
	{ DRAFT_7,
	  "{\"then\": false, \"else\": false}",
	  "6",
	  "" },
	{ DRAFT_46,
	  "{\"if\": {}, \"then\": {\"maximum\": 5}}",
	  "6",
	  "" },
};

static void test_schema_keyword_choice__asks_several_schemas(void **state)
{
	schema_try(*state, cases, sizeof cases / sizeof *cases, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_schema_keyword_choice__asks_several_schemas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
