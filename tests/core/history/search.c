#include "core/history/search.h"

#include "tests/core/os/scratch.h"

static struct journal *search_journal(struct scratch *s, struct journal_writer **ret_writer)
{
	*ret_writer = journal_create(s->dir, 0, &s->err);
	assert_non_null(*ret_writer);
	struct journal *j = journal_open(s->dir, &s->err);
	assert_non_null(j);
	return j;
}

static void search_say(struct scratch *s, struct journal_writer *w, int step, const char *text)
{
	assert_true(journal_append_log(w, 1, step, 1, str_of(text), &s->err));
}

static struct history_search *search_of(struct scratch *s, const char *pattern)
{
	struct history_search *search = history_search_new(str_of(pattern), &s->err);
	assert_non_null(search);
	return search;
}

static bool search_has(const char *pattern, const char *text)
{
	struct error err;
	owned(history_search) struct history_search *s = history_search_new(str_of(pattern), &err);
	size_t at, size;
	assert_non_null(s);
	return history_search_line(s, str_of(text), 0, &at, &size);
}

static void test_search__capitals_count_where_the_pattern_has_one(void **state)
{
	(void)state;
	assert_true(search_has("error", "An ERROR"));
	assert_false(search_has("Error", "an error"));
	assert_true(search_has("^\\d+ x$", "12 x"));
}

static void test_search__a_wrong_pattern_is_told(void **state)
{
	(void)state;
	struct error err = { 0 };
	assert_null(history_search_new(STR("a(b"), &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_non_null(strstr(err.text, "parenthes"));
}

static void test_search__goes_on_slice_by_slice(void **state)
{
	struct scratch *s = *state;
	struct journal_writer *w;
	owned(journal) struct journal *j = search_journal(s, &w);
	owned(history_search) struct history_search *search = search_of(s, "x");
	size_t hit;
	search_say(s, w, 0, "x0\na\nb\nx3\nc\nx5\n");
	journal_refresh(j);
	history_search_over(search, j, 0);
	assert_false(history_search_is_done(search));
	assert_true(history_search_more(search, 2));
	assert_int_equal(history_search_count(search), 1);
	assert_int_equal(history_search_near(search, 0, true, &hit), HISTORY_NOT_YET);
	assert_int_equal(history_search_near(search, 4, false, &hit), HISTORY_NOT_YET);
	assert_int_equal(history_search_near(search, 1, false, &hit), HISTORY_FOUND);
	assert_int_equal(hit, 0);
	assert_true(history_search_more(search, 2));
	assert_int_equal(history_search_near(search, 0, true, &hit), HISTORY_FOUND);
	assert_int_equal(hit, 3);
	assert_false(history_search_more(search, 100));
	assert_true(history_search_is_done(search));
	assert_int_equal(history_search_count(search), 3);
	assert_int_equal(history_search_hit(search, 2), 5);
	journal_writer_free(w);
}

static void test_search__goes_around_the_ends(void **state)
{
	struct scratch *s = *state;
	struct journal_writer *w;
	owned(journal) struct journal *j = search_journal(s, &w);
	owned(history_search) struct history_search *search = search_of(s, "x");
	search_say(s, w, 0, "a\nx1\nb\nx3\nc\n");
	journal_refresh(j);
	history_search_over(search, j, -1);
	assert_false(history_search_more(search, 100));
	static const struct { size_t from; bool down; size_t hit; } cases[] = {
		{ 0, true, 1 }, { 1, true, 3 }, { 3, true, 1 }, { STR_NONE, true, 1 },
		{ 4, false, 3 }, { 3, false, 1 }, { 1, false, 3 }, { 0, false, 3 },
		{ STR_NONE, false, 3 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t hit;
		assert_int_equal(history_search_near(search, cases[i].from, cases[i].down, &hit),
		                 HISTORY_FOUND);
		assert_int_equal(hit, cases[i].hit);
	}
	owned(history_search) struct history_search *nothing = search_of(s, "nowhere");
	size_t hit = 7;
	history_search_over(nothing, j, -1);
	assert_false(history_search_more(nothing, 100));
	assert_int_equal(history_search_near(nothing, 0, true, &hit), HISTORY_NOT_FOUND);
	assert_int_equal(hit, 7);
	journal_writer_free(w);
}

static void test_search__looks_again_at_lines_that_were_half_there(void **state)
{
	struct scratch *s = *state;
	struct journal_writer *w;
	owned(journal) struct journal *j = search_journal(s, &w);
	owned(history_search) struct history_search *search = search_of(s, "needle$|first");
	search_say(s, w, 0, "first\nnee");
	journal_refresh(j);
	history_search_over(search, j, 0);
	assert_false(history_search_more(search, 100));
	assert_int_equal(history_search_count(search), 1);
	search_say(s, w, 0, "dle\nno\n");
	journal_refresh(j);
	history_search_grew(search);
	assert_false(history_search_more(search, 100));
	assert_int_equal(history_search_count(search), 2);
	assert_int_equal(history_search_hit(search, 1), 1);
	journal_writer_free(w);
}

static void test_search__finds_what_a_person_reads(void **state)
{
	struct scratch *s = *state;
	struct journal_writer *w;
	owned(journal) struct journal *j = search_journal(s, &w);
	owned(history_search) struct history_search *search = search_of(s, "red line|50%");
	search_say(s, w, 0, "\x1b[31mred\x1b[0m line\n50%\r100%\r\n");
	journal_refresh(j);
	history_search_over(search, j, 0);
	assert_false(history_search_more(search, 100));
	assert_int_equal(history_search_count(search), 1);
	assert_int_equal(history_search_hit(search, 0), 0);
	journal_writer_free(w);
}

static void test_search__knows_lines_of_trouble(void **state)
{
	(void)state;
	static const char *const errors[] = {
		"ERROR: No matching distribution found", "gcc: fatal error: no input files",
		"E: Unable to locate package nothing", "Traceback (most recent call last):",
		"ModuleNotFoundError: No module named 'x'", "npm ERR! code 1",
		"bash: foo: command not found", "make: *** [all] Error 2", "Segmentation fault",
		"FAILED tests/test_tz.py::test_oslo", "java.lang.NullPointerException",
	};
	static const char *const fine[] = {
		"0 errors, 3 files", "no errors", "Downloading error-handler-2.0.tgz", "cp src/error.c",
		"Setting up liberror-perl (0.17) ...", "everything is well", "--on-error",
		"checking for errors.h", "",
	};
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (!search_has(history_search_errors, errors[i]))
			fail_msg("no error: %s", errors[i]);
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (search_has(history_search_errors, fine[i]))
			fail_msg("an error: %s", fine[i]);
	assert_true(search_has(history_search_warnings, "WARNING: Running pip as root"));
	assert_true(search_has(history_search_warnings, "npm warn deprecated glob@7"));
	assert_true(search_has(history_search_warnings, "W: no default route"));
	assert_false(search_has(history_search_warnings, "0 warnings"));
	assert_false(search_has(history_search_warnings, "cc -Wno-warning x.c"));
}

#define SEARCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search__capitals_count_where_the_pattern_has_one),
		cmocka_unit_test(test_search__a_wrong_pattern_is_told),
		SEARCH_TEST(test_search__goes_on_slice_by_slice),
		SEARCH_TEST(test_search__goes_around_the_ends),
		SEARCH_TEST(test_search__looks_again_at_lines_that_were_half_there),
		SEARCH_TEST(test_search__finds_what_a_person_reads),
		cmocka_unit_test(test_search__knows_lines_of_trouble),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
