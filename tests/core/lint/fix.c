#include "core/lint/fix.h"
#include "tests/core/lint/linted.h"

/* The Dockerfile with all its fixes, until there is none. */
static const char *fixed(struct linted *l, const char *dockerfile)
{
	struct str text = str_of(dockerfile);
	for (unsigned turn = 0; turn < 20; turn++) {
		owned_buf struct buf out = { 0 };
		linted_read(l, text, (struct str){ 0 });
		linted_run(l);
		assert_non_null(l->plan);
		const struct source *source = l->plan->recipe->instructions[0].at.source;
		if (!fix_apply(l->problems, source, &out))
			break;
		text = arena_str(l->arena, buf_str(&out));
	}
	return arena_text(l->arena, text);
}

static void test_fix__of_each_rule_changes_no_more_than_it_says(void **state)
{
	static const struct { const char *before, *after; } rows[] = {
		/* capitals */
		{ "FROM alpine:3 AS Build\nRUN a\nFROM alpine:3 AS two\nCOPY --from=Build a b\n",
		  "FROM alpine:3 AS build\nRUN a\nFROM alpine:3 AS two\nCOPY --from=build a b\n" },
		{ "FROM alpine:3 AS Build\nFROM Build\nRUN a\n",
		  "FROM alpine:3 AS build\nFROM build\nRUN a\n" },
		{ "FROM alpine:3 as b\nRUN a\n", "FROM alpine:3 AS b\nRUN a\n" },
		{ "from alpine:3 AS b\nrun a\n", "from alpine:3 as b\nrun a\n" },
		{ "FROM alpine:3\nRUN a\n  Run b\ncopy a /b\n",
		  "FROM alpine:3\nRUN a\n  RUN b\nCOPY a /b\n" },
		{ "From alpine:3 as b\nRUN a\n", "FROM alpine:3 AS b\nRUN a\n" },
		/* empty lines, with any line end and at the end of the file */
		{ "FROM alpine:3\nRUN a && \\\n\n  # c\n\t\n  b\n",
		  "FROM alpine:3\nRUN a && \\\n  # c\n  b\n" },
		{ "FROM alpine:3\r\nRUN a && \\\r\n\r\n  b\r\n",
		  "FROM alpine:3\r\nRUN a && \\\r\n  b\r\n" },
		{ "FROM alpine:3\nRUN a \\\n\n", "FROM alpine:3\nRUN a \\\n" },
		{ "# escape=`\nFROM alpine:3\nRUN a `\n\n  b\n",
		  "# escape=`\nFROM alpine:3\nRUN a `\n  b\n" },
		{ "FROM alpine:3\nRUN <<EOF\na \\\n\nb\nEOF\n",
		  "FROM alpine:3\nRUN <<EOF\na \\\n\nb\nEOF\n" },
		/* a name and all the rest */
		{ "FROM alpine:3\nENV a b\nLABEL c d\n", "FROM alpine:3\nENV a=b\nLABEL c=d\n" },
		{ "FROM alpine:3\nENV a   b  $PATH\n", "FROM alpine:3\nENV a=\"b  $PATH\"\n" },
		{ "FROM alpine:3\nENV a 'b c'\n", "FROM alpine:3\nENV a='b c'\n" },
		{ "FROM alpine:3\nENV a b\\ c\n", "FROM alpine:3\nENV a=b\\ c\n" },
		{ "FROM alpine:3\nENV a b \\\n  c\n", "FROM alpine:3\nENV a=\"b \\\n  c\"\n" },
		{ "FROM alpine:3\nENV a \\\n  c\n", "FROM alpine:3\nENV a=c\n" },
		{ "FROM alpine:3\nENV a 'b c' d\n", "FROM alpine:3\nENV a 'b c' d\n" },
		{ "FROM alpine:3\nENV $PATH b\n", "FROM alpine:3\nENV $PATH b\n" },
		/* MAINTAINER */
		{ "FROM alpine:3\nMAINTAINER Jo <jo@x>\n",
		  "FROM alpine:3\nLABEL org.opencontainers.image.authors=\"Jo <jo@x>\"\n" },
		{ "FROM alpine:3\nMAINTAINER \"Jo\"\n",
		  "FROM alpine:3\nLABEL org.opencontainers.image.authors=\"Jo\"\n" },
		{ "FROM alpine:3\nMAINTAINER a \"b\" $c \\d\n",
		  "FROM alpine:3\nLABEL org.opencontainers.image.authors=\"a \\\"b\\\" \\$c \\\\d\"\n" },
		/* commands, where a shell makes no difference */
		{ "FROM alpine:3\nCMD run --fast  a/b\n",
		  "FROM alpine:3\nCMD [\"run\", \"--fast\", \"a/b\"]\n" },
		{ "FROM alpine:3\nENTRYPOINT run\n", "FROM alpine:3\nENTRYPOINT [\"run\"]\n" },
		{ "FROM alpine:3\nCMD run $A\n", "FROM alpine:3\nCMD run $A\n" },
		{ "FROM alpine:3\nCMD run | cat\n", "FROM alpine:3\nCMD run | cat\n" },
		{ "FROM alpine:3\nCMD run *.py\n", "FROM alpine:3\nCMD run *.py\n" },
		{ "FROM alpine:3\nCMD exec run\n", "FROM alpine:3\nCMD exec run\n" },
		{ "FROM alpine:3\nCMD A=b run\n", "FROM alpine:3\nCMD A=b run\n" },
		{ "FROM alpine:3\nENTRYPOINT run\nCMD a\n", "FROM alpine:3\nENTRYPOINT run\nCMD a\n" },
		/* ports and platforms */
		{ "FROM alpine:3\nEXPOSE 80/TCP 1.2.3.4:1:81/Udp $P/TCP\n",
		  "FROM alpine:3\nEXPOSE 80/tcp 81/udp $P/TCP\n" },
		{ "FROM --platform=$TARGETPLATFORM  alpine:3\nRUN a\n", "FROM alpine:3\nRUN a\n" },
		/* what is ignored is left alone */
		{ "FROM alpine:3\n# mortar: ignore=LegacyKeyValueFormat\nENV a b\nENV c d\n",
		  "FROM alpine:3\n# mortar: ignore=LegacyKeyValueFormat\nENV a b\nENV c=d\n" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(fixed(*state, rows[i].before), rows[i].after);
}

static void test_fix__leaves_one_of_two_that_overlap_for_another_turn(void **state)
{
	struct linted *l = *state;
	struct problems *ps = problems_new();
	struct source *s = source_new(l->arena, STR("f"), NULL, STR("abcdef"));
	struct edit first[] = { { { s, 1, 2 }, STR("X") } };
	struct edit second[] = { { { s, 4, 1 }, STR("Y") }, { { s, 2, 2 }, STR("Z") } };
	struct edit third[] = { { { s, 6, 0 }, STR("!") } };
	const struct problem rows[] = {
		{ .rule = "a", .fix = first, .nfix = 1 }, { .rule = "b", .fix = second, .nfix = 2 },
		{ .rule = "c", .fix = third, .nfix = 1 },
	};
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < 3; i++)
		problems_add_problem(ps, &rows[i]);
	assert_int_equal(fix_apply(ps, s, &out), 2);
	assert_string_equal(buf_text(&out), "aXdef!");
	problems_free(ps);
}

static void test_fix__is_shown_as_a_unified_diff(void **state)
{
	static const struct { const char *before, *after, *diff; } rows[] = {
		{ "a\nb\n", "a\nb\n", "" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
		  "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n" },
		{ "a\nb", "a\nc", "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
		  "+c\n\\ No newline at end of file\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n",
		  "--- f\n+++ f\n@@ -7,3 +7,4 @@\n 7\n 8\n 9\n+10\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "2\n3\n4\n5\n6\n7\n8\n",
		  "--- f\n+++ f\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -6,4 +5,3 @@\n 6\n 7\n 8\n-9\n" },
		{ "a\n", "", "--- f\n+++ f\n@@ -1,1 +0,0 @@\n-a\n" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned_buf struct buf out = { 0 };
		fix_append_diff(&out, STR("f"), str_of(rows[i].before), str_of(rows[i].after));
		assert_string_equal(buf_text(&out), rows[i].diff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINTED_TEST(test_fix__of_each_rule_changes_no_more_than_it_says),
		LINTED_TEST(test_fix__leaves_one_of_two_that_overlap_for_another_turn),
		LINTED_TEST(test_fix__is_shown_as_a_unified_diff),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
