#include "core/history/report.h"

#include "core/journal/journal.h"
#include "core/os/files.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

#define NASTY "<script>alert(1)</script>&amp;\"'</pre>]]>--> | `x` **b** [a](http://x) " \
	"\x1b[2J\xe2\x80\xae\xff"

static void report_event(struct scratch *s, struct journal_writer *w, double t,
                         enum event_kind kind, int step, struct value *fields)
{
	assert_true(journal_append(w, t, kind, step, fields, &s->err));
}

static void report_set(struct scratch *s, struct value *o, const char *key, const char *text)
{
	value_set(s->arena, o, key, value_new_string(s->arena, str_of(text)));
}

static void report_flag(struct scratch *s, struct value *o, const char *key, bool flag)
{
	value_set(s->arena, o, key, value_new_bool(s->arena, flag));
}

static struct value *report_done(struct scratch *s, bool ok, const char *seconds)
{
	struct value *o = value_new_object(s->arena);
	report_flag(s, o, "ok", ok);
	value_set(s->arena, o, "seconds", value_new(s->arena, VALUE_FLOAT, str_of(seconds),
	                                            (struct span){ 0 }));
	return o;
}

/* Three steps, all texts nasty; the last one fails after so many lines. */
static const char *report_build(struct scratch *s, int lines)
{
	const char *dir = scratch_mkdir(s, "20260102-030405-00ab");
	owned(journal_writer) struct journal_writer *w = journal_create(dir, 0, &s->err);
	struct value *start = value_new_object(s->arena), *steps = value_new_array(s->arena);
	assert_non_null(w);
	report_set(s, start, "project", "ship " NASTY);
	report_set(s, start, "image", "img " NASTY);
	report_set(s, start, "engine", "buildkit");
	for (int i = 0; i < 3; i++) {
		struct value *step = value_new_object(s->arena);
		report_set(s, step, "name", arena_printf(s->arena, "RUN %d %s", i, NASTY));
		report_set(s, step, "stage", "stage " NASTY);
		value_append(steps, (struct str){ 0 }, (struct span){ 0 }, step);
	}
	value_set(s->arena, start, "steps", steps);
	report_event(s, w, 100, EVENT_BUILD_START, -1, start);
	struct value *cached = report_done(s, true, "0");
	report_flag(s, cached, "cached", true);
	report_event(s, w, 101, EVENT_STEP_DONE, 0, cached);
	for (int i = 1; i < 3; i++) {
		report_event(s, w, 101 + i, EVENT_STEP_START, i, NULL);
		for (int k = 0; k < lines; k++)
			assert_true(journal_append_log(w, 101.5 + i, i, 1, str_of(arena_printf(
				s->arena, "line %d of %d\t%s\n", k, i, NASTY)), &s->err));
		struct value *done = report_done(s, i == 1, "1.5");
		if (i == 2)
			report_set(s, done, "reason", "exit code: 7 " NASTY);
		report_event(s, w, 102 + i, EVENT_STEP_DONE, i, done);
	}
	struct value *warning = value_new_object(s->arena), *end = report_done(s, false, "5");
	report_set(s, warning, "text", "warned " NASTY);
	report_event(s, w, 105, EVENT_WARNING, -1, warning);
	report_set(s, end, "error", "RUN 2 failed " NASTY);
	report_event(s, w, 106, EVENT_BUILD_DONE, -1, end);
	assert_true(save_file(files_join(s->arena, dir, "Dockerfile"), STR("FROM x\nRUN " NASTY "\n"),
	                      0600, &s->err));
	return dir;
}

static const char *report_make(struct scratch *s, const char *dir, bool markdown, size_t lines)
{
	struct report_options options = { .markdown = markdown, .lines = lines };
	owned_buf struct buf out = { 0 };
	if (!history_report(dir, &options, &out, &s->err))
		fail_msg("%s", s->err.text);
	return arena_text(s->arena, buf_str(&out));
}

static void report_has(const char *page, const char *part)
{
	if (!strstr(page, part))
		fail_msg("'%s' is not in the page", part);
}

static void report_lacks(const char *page, const char *part)
{
	if (strstr(page, part))
		fail_msg("'%s' is in the page", part);
}

static void test_report__html_holds_every_byte_as_text(void **state)
{
	struct scratch *s = *state;
	const char *page = report_make(s, report_build(s, 5), false, REPORT_LINES);
	static const char *const never[] = {
		"<script", "alert(1)</script>", "\x1b", "\xe2\x80\xae", "\xff", "http://x\"",
		"&amp;amp;\"", "src=", "href=\"http",
	};
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		report_lacks(page, never[i]);
	report_has(page, "default-src 'none'");
	report_has(page, "prefers-color-scheme:dark");
	report_has(page, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&quot;&#39;&lt;/pre&gt;");
	report_has(page, "\\x1b[2J\\u202e\xef\xbf\xbd");
	report_has(page, "line 4 of 2    &lt;script");
	report_has(page, "1 of 3 layers from the cache");
	report_has(page, "<rect class=\"failed\"");
	report_has(page, "exit code: 7");
	report_has(page, "<th class=\"r\">usual</th>");
	report_has(page, "warned ");
	report_has(page, "FROM x\nRUN &lt;script");
	/* What went wrong comes first. */
	assert_true(strstr(page, "RUN 2 failed") < strstr(page, "<h2>Timeline"));
	assert_true(strstr(page, "<h2>Timeline") < strstr(page, "<h2>Steps"));
	assert_true(strstr(page, "<h2>Steps") < strstr(page, "<h2>Logs"));
}

static void test_report__says_what_it_leaves_out(void **state)
{
	struct scratch *s = *state;
	const char *dir = report_build(s, 100);
	const char *page = report_make(s, dir, false, 10);
	report_has(page, "[90 earlier lines are not in this page: mortar logs 20260102-030405-00ab 1]");
	report_has(page, "[70 earlier lines are not in this page: mortar logs 20260102-030405-00ab 2]");
	report_has(page, "line 99 of 1 ");
	report_lacks(page, "line 89 of 1 ");
	page = report_make(s, dir, false, 0);
	report_lacks(page, "<h2>Logs");
	report_lacks(page, "line 99");
}

static void test_report__markdown_holds_no_markup_of_the_build(void **state)
{
	struct scratch *s = *state;
	const char *page = report_make(s, report_build(s, 5), true, REPORT_LINES);
	static const char *const never[] = { "<script", "\x1b", "\xe2\x80\xae", "\xff" };
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		report_lacks(page, never[i]);
	report_has(page, "## ship &#60;script&#62;");
	report_has(page, "&#96;x&#96; &#42;&#42;b&#42;&#42; &#91;a&#93;(http&#58;//x)");
	report_has(page, "| cache | 1 of 3 layers |");
	report_has(page, "&#124; &#96;x&#96;");
	/* Logs stand in <pre>, where only tags are markup. */
	report_has(page, "<pre>\nline 0 of 2    &lt;script&gt;");
	assert_true(strstr(page, "RUN 2 failed") < strstr(page, "| # | step |"));
}

/* A summary of more than 1 MiB would be refused: neither many lines nor long ones make it. */
static void test_report__markdown_stays_below_its_limit(void **state)
{
	struct scratch *s = *state;
	enum { LONG = 300000 };
	const char *dir = report_build(s, 20000);
	owned_buf struct buf names = { 0 };
	owned(journal_writer) struct journal_writer *w = NULL;
	const char *wide = scratch_mkdir(s, "20260102-030405-00ac");
	w = journal_create(wide, 0, &s->err);
	struct value *start = value_new_object(s->arena), *steps = value_new_array(s->arena);
	assert_non_null(w);
	buf_append_fill(&names, '|', LONG);
	for (int i = 0; i < 20; i++) {
		struct value *step = value_new_object(s->arena);
		report_set(s, step, "name", buf_text(&names));
		report_set(s, step, "stage", buf_text(&names));
		value_append(steps, (struct str){ 0 }, (struct span){ 0 }, step);
	}
	report_set(s, start, "project", buf_text(&names));
	value_set(s->arena, start, "steps", steps);
	report_event(s, w, 100, EVENT_BUILD_START, -1, start);
	for (int i = 0; i < 20; i++) {
		assert_true(journal_append_log(w, 101, i, 1, buf_str(&names), &s->err));
		report_event(s, w, 102, EVENT_STEP_DONE, i, report_done(s, false, "1"));
	}
	assert_true(strlen(report_make(s, wide, true, 10)) < REPORT_MARKDOWN_MAX);
	const char *page = report_make(s, dir, true, 20000);
	assert_true(strlen(page) < REPORT_MARKDOWN_MAX);
	assert_true(strlen(page) > REPORT_MARKDOWN_MAX / 16);
	report_has(page, "earlier lines: mortar logs 20260102-030405-00ab");
}

static void test_report__needs_a_build(void **state)
{
	struct scratch *s = *state;
	struct report_options options = { 0 };
	owned_buf struct buf out = { 0 };
	assert_false(history_report(scratch_path(s, "none"), &options, &out, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_report__html_holds_every_byte_as_text),
		SCRATCH_TEST(test_report__says_what_it_leaves_out),
		SCRATCH_TEST(test_report__markdown_holds_no_markup_of_the_build),
		SCRATCH_TEST(test_report__markdown_stays_below_its_limit),
		SCRATCH_TEST(test_report__needs_a_build),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
