#include "core/history/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* 2026-01-03 12:00:00 UTC. */
#define NOW 1767441600.0
#define DAY 86400.0

static const char *const gpu[] = { "gpu", "stateful" };
static const struct history_item builds[] = {
	{ .id = "20260103-110000-0001", .project = "ship", .kind = "pesto", .level = "C1",
	  .engine = "buildkit", .image = "ship:1.0", .root = "/src/ship", .profiles = gpu,
	  .nprofiles = 2, .started = NOW - 3600, .ended = NOW - 3600 + 75, .state = HISTORY_DONE,
	  .action = "", .error = "", .image_id = "sha256:1", .batch = "", .address = "", .pinned = true,
	  .size = 2048 },
	{ .id = "20260101-120000-0002", .project = "ship yard", .kind = "pesto", .level = "none",
	  .engine = "classic", .image = "ship:1.0", .root = "/src/yard", .started = NOW - 2 * DAY,
	  .ended = NOW - 2 * DAY + 10, .state = HISTORY_FAILED, .action = "",
	  .error = "RUN pip install: exit 1", .image_id = "", .batch = "", .address = "",
	  .imported = true, .size = 5 << 20 },
	{ .id = "20251203-120000-0003", .project = "all", .kind = "pesto", .level = "all",
	  .engine = "podman", .image = "", .root = "/src/all", .started = NOW - 31 * DAY,
	  .state = HISTORY_LOST, .error = "", .action = "", .image_id = "", .batch = "", .address = "",
	  .nbuilds = 3 },
};

/* Which of the builds pass, as "ab", "c" … */
static void filter_is(const char *text, const char *want)
{
	struct error err;
	char got[4] = "";
	size_t n = 0;
	owned(history_filter) struct history_filter *f = history_filter_new(str_of(text), NOW, &err);
	if (!f)
		fail_msg("%s: %s", text, err.text);
	for (size_t i = 0; i < 3; i++)
		if (history_filter_passes(f, &builds[i]))
			got[n++] = (char)('a' + i);
	got[n] = '\0';
	if (strcmp(got, want) != 0)
		fail_msg("%s: builds %s, wanted %s", text, got, want);
}

static void test_filter__words_of_every_kind(void **state)
{
	(void)state;
	static const struct { const char *filter, *builds; } cases[] = {
		{ "", "abc" }, { "  ", "abc" }, { "ship", "ab" }, { "SHIP", "" }, { "pip", "b" },
		{ "!ship", "c" }, { "!", "" }, { "ship gpu", "a" }, { "ship:1.0", "ab" },
		{ "project:ship", "ab" }, { "project=ship", "a" }, { "project=\"ship yard\"", "b" },
		{ "\"ship yard\"", "b" }, { "!project=ship", "bc" }, { "project:", "abc" },
		{ "profiles=", "bc" }, { "profiles=gpu,stateful", "a" }, { "profile:state", "a" },
		{ "engine=classic", "b" }, { "level:c", "a" }, { "level=all", "c" },
		{ "kind=pesto", "abc" },
		{ "result=done", "a" }, { "state=failed", "b" }, { "result:pip", "b" },
		{ "root:yard", "b" },
		{ "is:pinned", "a" }, { "!is:pinned", "bc" }, { "pinned", "a" }, { "is:imported", "b" },
		{ "is:batch", "c" }, { "is:lost", "c" }, { "id:0003", "c" }, { "image:ship", "ab" },
		{ "since:2h", "a" }, { "since:2d", "ab" }, { "since:1d12h", "a" }, { "since:5w", "abc" },
		{ "before:1d", "bc" }, { "since:2025-12-03 before:2026-01-01", "c" },
		{ "since:2026-01-01T12:00", "ab" }, { "since:2026-01-01T12:00:01", "a" },
		{ "since:today", "a" }, { "before:yesterday", "bc" }, { "when=2026-01-01", "b" },
		{ "when:2026-01", "ab" }, { "when>=2026-01-01", "ab" },
		{ "took>1m", "a" }, { "took>=75", "a" }, { "took>75s", "" }, { "took<1m15s", "b" },
		{ "took<=1m15s", "ab" }, { "took=1m15s", "a" }, { "took:m", "a" },
		{ "size>1MB", "b" }, { "size>=2K size<3K", "a" }, { "size<2K", "c" }, { "!took>1m", "bc" },
		{ "a=b", "" }, { "c:\\x", "" },
	};
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		filter_is(cases[i].filter, cases[i].builds);
}

static void test_filter__says_where_it_is_wrong(void **state)
{
	(void)state;
	static const struct { const char *filter, *said; } cases[] = {
		{ "since:soon", "column 1: 'soon' is no time: 2d" },
		{ "ship  before:2026-02-30", "column 7: '2026-02-30' is no time" },
		{ "since:2026", "'2026' is no time" }, { "since:", "'' is no time" },
		{ "since:1d1w", "'1d1w' is no time" }, { "since:2026-01-01T25:00", "is no time" },
		{ "a took>1x", "column 3: '1x' is no duration: 90, 90s, 1m30s, 2h" },
		{ "took>", "'' is no duration" }, { "!took<-1", "column 1: '-1' is no duration" },
		{ "size>big", "'big' is no size: 500, 64K" },
		{ "project>a", "project cannot be compared by > and <: when, took and size can" },
		{ "result=don", "no build is 'don': was it done" },
		{ "result=xyzzy", "it is one of running, done, failed, cancelled, lost" },
		{ "x is:pined", "column 3: no build is 'pined': was it pinned" },
		{ "漢 is:x", "column 5: no build is 'x'" },
		{ "x \"not closed", "column 3: the quote is not closed" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error err = { 0 };
		if (history_filter_new(str_of(cases[i].filter), NOW, &err))
			fail_msg("%s: no error", cases[i].filter);
		assert_int_equal(err.code, ERROR_USAGE);
		if (!strstr(err.text, cases[i].said))
			fail_msg("%s: %s", cases[i].filter, err.text);
	}
}

static void test_filter__takes_words_that_are_no_text(void **state)
{
	(void)state;
	struct error err;
	owned(history_filter) struct history_filter *f = history_filter_new(STR("ship"), NOW, &err);
	assert_non_null(f);
	history_filter_add(f, FIELD_PROJECT, STR("ship yard"));
	assert_false(history_filter_passes(f, &builds[0]));
	assert_true(history_filter_passes(f, &builds[1]));
	assert_true(history_filter_passes(NULL, &builds[2]));
}

/* What the view writes for the value under the cursor is read as that value. */
static void test_filter__reads_what_it_writes(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < 3; i++)
		for (enum history_field field = 0; field < FIELD_COUNT; field++) {
			struct error err;
			owned_buf struct buf value = { 0 }, word = { 0 };
			if (!history_field_value(&builds[i], field, &value))
				continue;
			history_filter_write(field, buf_str(&value), &word);
			owned(history_filter) struct history_filter *f =
				history_filter_new(buf_str(&word), NOW, &err);
			if (!f)
				fail_msg("%s: %s", buf_text(&word), err.text);
			assert_true(history_filter_passes(f, &builds[i]));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter__words_of_every_kind),
		cmocka_unit_test(test_filter__says_where_it_is_wrong),
		cmocka_unit_test(test_filter__takes_words_that_are_no_text),
		cmocka_unit_test(test_filter__reads_what_it_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
