#include "core/history/log_diff.h"

#include "tests/core/history/kept.h"

struct logs {
	struct journal *a, *b;
	struct log_diff diff;
};

static struct journal *open_log(struct scratch *s, const char *id, const char *text)
{
	const struct kept_step steps[] = { { "RUN x", 1, NULL, text }, { NULL } };
	struct journal *j = journal_open(kept_build(s, id, "all", 2, steps), &s->err);
	assert_non_null(j);
	journal_refresh(j);
	return j;
}

static struct logs logs_of(struct scratch *s, const char *a, const char *b)
{
	struct logs l = { open_log(s, "20260101-000000-0001", a),
	                  open_log(s, "20260101-000000-0002", b), { 0 } };
	log_diff_make(s->arena, l.a, 0, l.b, 0, &l.diff);
	return l;
}

static void logs_finish(struct logs *l)
{
	journal_free(l->a);
	journal_free(l->b);
}

static void test_log_diff__what_differs_from_run_to_run_is_no_difference(void **state)
{
	struct logs l = logs_of(*state,
		"2026-01-02 03:04:05 start\nCollecting numpy 1.2\nsha256:0123456789abcdef done in 3.2s\n"
		"in /tmp/pip-abc123/x\n",
		"2026-01-03 13:14:15 start\nCollecting numpy 1.3\nsha256:fedcba9876543210 done in 4.1s\n"
		"in /tmp/pip-zyx987/x\n");
	assert_int_equal(l.diff.same, 3);
	assert_int_equal(l.diff.come, 1);
	assert_int_equal(l.diff.gone, 1);
	assert_int_equal(l.diff.changes[0].a, 1);
	logs_finish(&l);
}

static void test_log_diff__the_json_has_the_lines_without_colours(void **state)
{
	struct scratch *s = *state;
	struct logs l = logs_of(s, "one\n\x1b[31mtwo\x1b[0m\n", "one\n10%\r100%\nthree\nfour\n");
	const struct value *v = log_diff_value(s->arena, &l.diff, l.a, 0, l.b, -1, 3);
	assert_string_equal(arena_text(s->arena, value_text(value_at(v, STR("/changes/0/removed/0")))),
	                    "two");
	assert_string_equal(arena_text(s->arena, value_text(value_at(v, STR("/changes/0/added/0")))),
	                    "100%");
	assert_string_equal(arena_text(s->arena, value_text(value_at(v, STR("/changes/0/added/1")))),
	                    "three");
	assert_null(value_at(v, STR("/changes/0/added/2")));
	assert_string_equal(arena_text(s->arena, value_text(value_at(v, STR("/told")))), "3");
	assert_string_equal(arena_text(s->arena, value_text(value_at(v, STR("/added")))), "3");
	assert_int_equal(value_type(value_at(v, STR("/b"))), VALUE_NULL);
	logs_finish(&l);
}

static void test_log_diff__empty_logs_are_fine(void **state)
{
	struct logs l = logs_of(*state, "", "one\n");
	assert_int_equal(l.diff.na, 0);
	assert_int_equal(l.diff.come, 1);
	logs_finish(&l);
	l = logs_of(*state, "", "");
	assert_int_equal(l.diff.nchanges, 0);
	logs_finish(&l);
}

/* Lines that all differ are the worst there is; memory is bounded by the lines. */
static void test_log_diff__long_logs_stay_within_bounds(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf a = { 0 }, b = { 0 };
	enum { LINES = 200000 };
	for (int i = 0; i < LINES; i++) {
		char x = (char)('a' + i / 26 % 26), y = (char)('a' + i / 676 % 26);
		buf_printf(&a, "a line %c%c%c of the first\n", 'a' + i % 26, x, y);
		buf_printf(&b, "a line %c%c%c of the %s\n", 'z' - i % 26, x, y, i % 3 ? "first" : "second");
	}
	size_t before = arena_size(s->arena);
	struct logs l = logs_of(s, buf_text(&a), buf_text(&b));
	assert_int_equal(l.diff.na, LINES);
	assert_int_equal(l.diff.same + l.diff.come, LINES);
	assert_true(l.diff.come >= LINES / 3);
	assert_true(arena_size(s->arena) - before < (size_t)LINES * 200);
	logs_finish(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT_TEST(test_log_diff__what_differs_from_run_to_run_is_no_difference),
		KEPT_TEST(test_log_diff__the_json_has_the_lines_without_colours),
		KEPT_TEST(test_log_diff__empty_logs_are_fine),
		KEPT_TEST(test_log_diff__long_logs_stay_within_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
