#include "core/value/source.h"

#include "tests/core/value/reading.h"

static void check_at(const struct source *s, uint32_t at, unsigned line, unsigned column)
{
	struct origin origin = span_origin((struct span){ s, at, 0 });
	assert_int_equal(origin.line, line);
	assert_int_equal(origin.column, column);
}

static void test_source__lines_and_columns_count_bytes_from_one(void **state)
{
	struct reading *r = *state;
	struct source *s = source_new(r->arena, STR("d/x"), "gpu", STR("ab\n\né\r\nz"));
	assert_string_equal(s->path, "d/x");
	check_at(s, 0, 1, 1);
	check_at(s, 2, 1, 3);
	check_at(s, 3, 2, 1);
	check_at(s, 4, 3, 1);
	check_at(s, 6, 3, 3);
	check_at(s, 8, 4, 1);
	check_at(s, 9, 4, 2);
	assert_string_equal(span_origin((struct span){ s, 0, 0 }).profile, "gpu");
	s = source_new(r->arena, STR("empty"), NULL, STR(""));
	check_at(s, 0, 1, 1);
	s = source_new(r->arena, STR("ends"), NULL, STR("a\n"));
	check_at(s, 2, 2, 1);
}

static void test_source__without_a_text_has_no_lines(void **state)
{
	struct reading *r = *state;
	struct source *s = source_new(r->arena, STR("--build-arg"), NULL, (struct str){ 0 });
	check_at(s, 0, 0, 0);
	assert_string_equal(span_origin((struct span){ s, 0, 0 }).path, "--build-arg");
	assert_null(span_origin((struct span){ 0 }).path);
	assert_int_equal(span_text((struct span){ s, 0, 5 }).n, 0);
	assert_int_equal(span_text((struct span){ 0 }).n, 0);
}

static void test_source__many_lines_are_found(void **state)
{
	struct reading *r = *state;
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < 10000; i++)
		buf_append_text(&text, i % 2 ? "x\n" : "\n");
	struct source *s = source_new(r->arena, STR("x"), NULL, buf_str(&text));
	for (uint32_t i = 0; i < 10000; i++)
		check_at(s, i / 2 * 3 + i % 2, i + 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_source__lines_and_columns_count_bytes_from_one),
		READING_TEST(test_source__without_a_text_has_no_lines),
		READING_TEST(test_source__many_lines_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
