#include "core/history/line_filter.h"

#include "core/base/check.h"
#include "tests/core/os/scratch.h"

/* A log of a step that grows by pieces which may end within a line. */
struct filtered {
	struct journal_writer *w;
	struct journal *j;
	struct line_filter *filter;
};

static struct filtered filtered_of(struct scratch *s, const char *pattern, size_t context)
{
	struct filtered f = { .w = journal_create(s->dir, 0, &s->err) };
	assert_non_null(f.w);
	f.j = journal_open(s->dir, &s->err);
	f.filter = line_filter_new(str_of(pattern), context, &s->err);
	assert_true(f.j && f.filter);
	line_filter_over(f.filter, f.j, 0);
	return f;
}

static void filtered_say(struct scratch *s, struct filtered *f, const char *text)
{
	assert_true(journal_append_log(f->w, 1, 0, 1, str_of(text), &s->err));
	journal_refresh(f->j);
	line_filter_grew(f->filter);
	while (line_filter_more(f->filter, 3))
		;
}

static void filtered_finish(struct filtered *f)
{
	line_filter_free(f->filter);
	journal_free(f->j);
	journal_writer_free(f->w);
}

/* The lines shown are those within `context` of one with an x, whatever came when. */
static void filtered_check(const struct filtered *f, size_t context)
{
	owned_buf struct buf scratch = { 0 };
	size_t n = journal_lines(f->j, 0), shown = 0, matches = 0;
	owned_memory bool *has = xcalloc(n + 1, sizeof *has);
	for (size_t i = 0; i < n; i++) {
		has[i] = str_find(journal_line(f->j, 0, i, &scratch, NULL), 'x') != STR_NONE;
		matches += has[i];
	}
	assert_int_equal(line_filter_matches(f->filter), matches);
	for (size_t i = 0; i < n; i++) {
		bool near = false;
		for (size_t k = i > context ? i - context : 0; k < n && k <= i + context; k++)
			near |= has[k];
		assert_int_equal(line_filter_find(f->filter, i), shown);
		if (!near)
			continue;
		assert_true(shown < line_filter_count(f->filter));
		assert_int_equal(line_filter_line(f->filter, shown++), i);
	}
	assert_int_equal(line_filter_count(f->filter), shown);
}

static void test_line_filter__shows_matches_with_what_is_around(void **state)
{
	struct scratch *s = *state;
	struct filtered f = filtered_of(s, "x", 1);
	filtered_say(s, &f, "x0\n1\n2\n3\n4x\n5\n6\n7x\n");
	static const size_t want[] = { 0, 1, 3, 4, 5, 6, 7 };
	assert_int_equal(line_filter_count(f.filter), 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(line_filter_line(f.filter, i), want[i]);
	assert_false(line_filter_skips(f.filter, 0));
	assert_true(line_filter_skips(f.filter, 2));
	assert_false(line_filter_skips(f.filter, 3));
	/* What comes behind the last match is around it. */
	filtered_say(s, &f, "8\n9\n");
	assert_int_equal(line_filter_count(f.filter), 8);
	line_filter_over(f.filter, f.j, 1);
	assert_int_equal(line_filter_count(f.filter), 0);
	filtered_finish(&f);
}

static void test_line_filter__grows_to_what_a_new_one_would_show(void **state)
{
	struct scratch *s = *state;
	uint32_t seed = 7;
	for (size_t context = 0; context < 4; context++) {
		struct filtered f = filtered_of(s, "x", context);
		for (int round = 0; round < 60; round++) {
			owned_buf struct buf piece = { 0 };
			for (int i = 0; i < 12; i++) {
				seed = seed * 1664525 + 1013904223;
				buf_append_char(&piece, "aaab\n\n\nx"[seed >> 29]);
			}
			filtered_say(s, &f, buf_text(&piece));
			filtered_check(&f, context);
		}
		filtered_finish(&f);
		assert_true(save_remove(s->dir, &s->err));
		assert_true(save_dir(s->dir, 0700, &s->err));
	}
}

static void test_line_filter__says_what_is_wrong_with_a_pattern(void **state)
{
	(void)state;
	struct error err = { 0 };
	assert_null(line_filter_new(STR("a(b"), 0, &err));
	assert_int_equal(err.code, ERROR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_line_filter__shows_matches_with_what_is_around),
		SCRATCH_TEST(test_line_filter__grows_to_what_a_new_one_would_show),
		cmocka_unit_test(test_line_filter__says_what_is_wrong_with_a_pattern),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
