#include "tests/core/recipe/dockerfile.h"

#include "core/recipe/stage_graph.h"

static const char *drawn(struct dockerfile *d, bool ascii)
{
	const struct stage_row *rows;
	size_t n = stage_graph(d->arena, d->recipe, ascii, &rows);
	buf_clear(&d->out);
	for (size_t i = 0; i < n; i++)
		buf_printf(&d->out, "%.*s\n", STR_ARG(rows[i].text));
	return buf_text(&d->out);
}

static const char text[] =
	"FROM python:3 AS base\nFROM base AS deps\nRUN --mount=type=bind,from=tools,target=/t x\n"
	"FROM busybox AS tools\nFROM deps AS test\nFROM deps AS build\nCOPY --from=0 /a /a\n"
	"FROM scratch\nCOPY --from=build /a /a\nCOPY --from=nginx:1 /b /b\n";

static void test_stage_graph__draws_who_needs_whom(void **state)
{
	struct dockerfile *d = *state;
	assert_non_null(dockerfile_parse(d, text, ""));
	assert_string_equal(drawn(d, true),
		"* base  from python:3\n"
		"+-* deps  from base\n"
		"| |   mounts from tools  (line 3)\n"
		"| | * tools  from busybox\n"
		"| +-o test  from deps  (not needed)\n"
		"*-' build  from deps\n"
		"|   copies from base  (line 7)\n"
		"@ stage-5  from scratch  (target)\n"
		"  copies from build  (line 9)\n"
		"  copies from nginx:1  (line 10)\n");
	assert_non_null(strstr(drawn(d, false), "├─● deps  from base\n│ │   mounts"));
}

static void test_stage_graph__rows_say_their_stage(void **state)
{
	struct dockerfile *d = *state;
	const struct stage_row *rows;
	assert_non_null(dockerfile_parse(d, text, "test"));
	size_t n = stage_graph(d->arena, d->recipe, false, &rows);
	assert_int_equal(n, 10);
	assert_int_equal(rows[1].stage, 1);
	assert_int_equal(rows[2].stage, -1);
	assert_int_equal(rows[9].stage, -1);
	assert_non_null(strstr(drawn(d, true), "test  from deps  (target)\n"));
	assert_non_null(strstr(drawn(d, true), "build  from deps  (not needed)\n"));
}

/* More lines than there is room for: rows still say it all. */
static void test_stage_graph__many_stages_stay_readable(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf many = { 0 };
	for (int i = 0; i < 40; i++)
		buf_printf(&many, "FROM a AS s%d\n", i);
	buf_append_text(&many, "FROM scratch\n");
	for (int i = 0; i < 40; i++)
		buf_printf(&many, "COPY --from=s%d a b\n", i);
	assert_non_null(dockerfile_parse(d, buf_text(&many), ""));
	assert_non_null(strstr(drawn(d, true), "s39  from a\n"));
	assert_non_null(strstr(drawn(d, true), "copies from s39  (line 81)\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_stage_graph__draws_who_needs_whom),
		DOCKERFILE_TEST(test_stage_graph__rows_say_their_stage),
		DOCKERFILE_TEST(test_stage_graph__many_stages_stay_readable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
