#include "core/base/csv.h"

#include "tests/core/base/testing.h"

/* Fields in brackets. */
static const char *split(struct arena *a, const char *text)
{
	owned_buf struct buf out = { 0 };
	struct str *fields;
	size_t n;
	struct error err;
	if (!csv_split(a, str_of(text), &fields, &n, &err)) {
		assert_int_equal(err.code, ERROR_USAGE);
		return arena_printf(a, "error: %s", err.text);
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "[%.*s]", STR_ARG(fields[i]));
	return arena_text(a, buf_str(&out));
}

static void test_csv__fields_stand_between_commas_or_in_quotes(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{ "", "[]" },
		{ "a", "[a]" },
		{ "a,b", "[a][b]" },
		{ "a,", "[a][]" },
		{ ",", "[][]" },
		{ "\"a,b\",c", "[a,b][c]" },
		{ "\"say \"\"yes\"\"\"", "[say \"yes\"]" },
		{ "\"\"", "[]" },
		{ "\"\",", "[][]" },
		{ "type=local,\"dest=/a,b\"", "[type=local][dest=/a,b]" },
		{ "\"a", "error: a quote is not closed in '\"a'" },
		{ "\"", "error: a quote is not closed in '\"'" },
		{ "\"a\"b", "error: a comma or the end has to stand behind the closing quote in '\"a\"b'" },
		{ "a\"b", "error: a quote stands inside 'a\"b': the whole field goes in quotes" },
	};
	(void)state;
	owned(arena) struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(split(a, rows[i].text), rows[i].want);
}

static void test_csv__what_is_appended_splits_into_the_same(void **state)
{
	static const char *const fields[] = { "plain", "with, comma", "with \"quotes\"", "", "\"" };
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf line = { 0 };
	struct str *got;
	size_t n;
	struct error err;
	(void)state;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		csv_append(&line, str_of(fields[i]));
	assert_true(csv_split(a, buf_str(&line), &got, &n, &err));
	assert_int_equal(n, sizeof fields / sizeof *fields);
	for (size_t i = 0; i < n; i++)
		assert_str(got[i], fields[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv__fields_stand_between_commas_or_in_quotes),
		cmocka_unit_test(test_csv__what_is_appended_splits_into_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
