#include "core/journal/journal.h"
#include "core/os/clock.h"
#include "tests/core/os/scratch.h"

struct lines_case {
	struct scratch *s;
	struct journal_writer *w;
	struct buf scratch;
};

static void lines_begin(struct lines_case *c, void **state)
{
	*c = (struct lines_case){ .s = *state };
	c->w = journal_create(c->s->dir, 1 << 30, &c->s->err);
	assert_non_null(c->w);
}

static void lines_finish(struct lines_case *c)
{
	journal_writer_free(c->w);
	buf_finish(&c->scratch);
}

static void lines_log(struct lines_case *c, double t, int step, int stream, const char *text)
{
	assert_true(journal_append_log(c->w, t, step, stream, str_of(text), &c->s->err));
}

static void lines_are(struct lines_case *c, struct journal *j, int step, const char *expected)
{
	owned_buf struct buf all = { 0 };
	for (size_t i = 0; i < journal_lines(j, step); i++) {
		buf_append(&all, journal_line(j, step, i, &c->scratch, NULL));
		buf_append_char(&all, '|');
	}
	assert_string_equal(buf_text(&all), expected);
}

static void test_lines__stay_whole_however_chunks_mix(void **state)
{
	struct lines_case c;
	lines_begin(&c, state);
	lines_log(&c, 1, 0, 1, "a1\na2 ");
	lines_log(&c, 2, 1, 1, "b1 ");
	lines_log(&c, 3, 0, 2, "e1 ");
	lines_log(&c, 4, 0, 1, "still ");
	lines_log(&c, 5, 1, 1, "b1 end\n\nb3");
	lines_log(&c, 6, 0, 1, "end\n");
	lines_log(&c, 7, 0, 2, "e1 end");
	lines_log(&c, 8, 0, 1, "a4\n");
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	assert_non_null(j);
	lines_are(&c, j, 0, "a1|a2 still end|e1 e1 end|a4|");
	lines_are(&c, j, 1, "b1 b1 end||b3|");
	lines_are(&c, j, -1, "a1|a2 still end|b1 b1 end|e1 e1 end||b3|a4|");
	lines_are(&c, j, 2, "");
	static const struct { int step; size_t n; } places[] = {
		{ 0, 0 }, { 0, 1 }, { 1, 0 }, { 0, 2 }, { 1, 1 }, { 1, 2 }, { 0, 3 },
	};
	for (size_t i = 0; i < 7; i++) {
		size_t n;
		assert_int_equal(journal_line_step(j, i, &n), places[i].step);
		assert_int_equal(n, places[i].n);
		assert_int_equal(journal_line_of_all(j, places[i].step, n), i);
		assert_int_equal(journal_line_of_all(j, -1, i), i);
	}
	double t;
	journal_line(j, 0, 1, &c.scratch, &t);
	assert_true(t == 1);
	journal_line(j, -1, 6, &c.scratch, &t);
	assert_true(t == 8);
	lines_finish(&c);
}

static void test_lines__grow_as_the_journal_does(void **state)
{
	struct lines_case c;
	lines_begin(&c, state);
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	lines_are(&c, j, -1, "");
	lines_log(&c, 1, 0, 1, "one\ntw");
	assert_true(journal_refresh(j));
	lines_are(&c, j, 0, "one|tw|");
	lines_log(&c, 1, 0, 1, "o\n");
	assert_true(journal_refresh(j));
	assert_false(journal_refresh(j));
	lines_are(&c, j, 0, "one|two|");
	lines_finish(&c);
}

static void test_lines__tell_a_gap_once(void **state)
{
	struct lines_case c = { .s = *state };
	c.w = journal_create(c.s->dir, 8, &c.s->err);
	lines_log(&c, 1, 0, 1, "whole\ncut here\n");
	lines_log(&c, 1, 0, 1, "dropped");
	lines_log(&c, 1, 1, 1, "other");
	assert_true(journal_append(c.w, 2, EVENT_BUILD_DONE, -1, NULL, &c.s->err));
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	lines_are(&c, j, 0, "whole|cu|[14 bytes were not kept]|");
	lines_are(&c, j, 1, "[5 bytes were not kept]|");
	lines_finish(&c);
}

static void test_lines__are_cut_at_their_ceiling(void **state)
{
	struct lines_case c;
	lines_begin(&c, state);
	owned_buf struct buf big = { 0 };
	buf_append_fill(&big, 'x', 3 * (size_t)JOURNAL_LINE_MAX);
	buf_append_text(&big, "\nnext\n");
	assert_true(journal_append_log(c.w, 1, 0, 1, buf_str(&big), &c.s->err));
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	assert_int_equal(journal_lines(j, 0), 2);
	assert_int_equal(journal_line(j, 0, 0, &c.scratch, NULL).n, JOURNAL_LINE_MAX);
	assert_true(str_eq(journal_line(j, 0, 1, &c.scratch, NULL), STR("next")));
	lines_finish(&c);
}

static void test_lines__do_without_bytes_that_are_gone(void **state)
{
	struct lines_case c;
	lines_begin(&c, state);
	lines_log(&c, 1, 0, 1, "one\ntwo\nthree\n");
	assert_int_equal(truncate(scratch_path(c.s, "log"), 6), 0);
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	lines_are(&c, j, 0, "one|tw|");
	lines_finish(&c);
}

/* Private memory that is in use, in KiB. */
static long lines_memory(void)
{
	char line[256];
	long private = 0, n;
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "Private_Dirty: %ld kB", &n) == 1 ||
		    sscanf(line, "Private_Clean: %ld kB", &n) == 1)
			private += n;
	fclose(f);
	return private;
}

static void test_lines__a_million_are_opened_at_once_and_kept_small(void **state)
{
	struct lines_case c;
	enum { MILLION = 1000000 };
	lines_begin(&c, state);
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < MILLION; i++) {
		buf_printf(&text, "%d: Collecting some-package-or-other>=1.%d (from x)\n", i, i);
		if (text.n < 8 * 1024 && i != MILLION - 1)
			continue;
		assert_true(journal_append_log(c.w, i, i / 100 % 7, 1, buf_str(&text), &c.s->err));
		buf_clear(&text);
	}
	long before = lines_memory();
	int64_t start = clock_monotonic_ms();
	owned(journal) struct journal *j = journal_open(c.s->dir, &c.s->err);
	int64_t took = clock_monotonic_ms() - start;
	assert_int_equal(journal_lines(j, -1), MILLION);
	for (int i = 0; i < MILLION; i += 9973) {
		struct str line = journal_line(j, -1, (size_t)i, &c.scratch, NULL);
		assert_int_equal(strtol(line.p, NULL, 10), i);
	}
	long grew = lines_memory() - before;
	print_message("1,000,000 lines: opened in %d ms, %ld KiB\n", (int)took, grew);
	assert_true(grew < 32 * 1024 || sizeof(void *) != 8);
	lines_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_lines__stay_whole_however_chunks_mix),
		SCRATCH_TEST(test_lines__grow_as_the_journal_does),
		SCRATCH_TEST(test_lines__tell_a_gap_once),
		SCRATCH_TEST(test_lines__are_cut_at_their_ceiling),
		SCRATCH_TEST(test_lines__do_without_bytes_that_are_gone),
		SCRATCH_TEST(test_lines__a_million_are_opened_at_once_and_kept_small),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
