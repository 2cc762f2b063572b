#include "core/config/effect.h"

#include "tests/core/config/reading.h"

/* The document with the text in one of its files, and what that has done.  A - before the
 * pointer: what was there was removed. */
static struct effect told(struct project *p, const char *profiles, enum cascade_rule rule,
                          const char *file, const char *text, const char *pointer)
{
	bool removed = pointer[0] == '-';
	pointer += removed;
	struct effect effect;
	const char *profile = strcmp(file, "c.json") == 0 ? NULL
		: arena_printf(p->arena, "%.*s", (int)strlen(file) - 7, file + 2);
	project_read(p, profiles, rule, "c.json");
	struct document before = p->document;
	project_put(p, file, text);
	project_read(p, profiles, rule, "c.json");
	struct document *after = arena_alloc(p->arena, sizeof *after);
	*after = p->document;
	effect_tell(p->arena, &before, after, profile, str_of(pointer), removed, &effect);
	return effect;
}

static void assert_value(const struct value *v, const char *line)
{
	owned_buf struct buf out = { 0 };
	assert_non_null(v);
	value_write_json(&out, v, JSON_LINE);
	assert_string_equal(buf_text(&out), line);
}

static void put_three(struct project *p)
{
	project_put(p, "c.json", "{\"a\": {\"x\": 1, \"y\": 2}, \"b\": 3}");
	project_put(p, "c.p.json", "{\"b\": 4}");
	project_put(p, "c.q.json", "{\"b\": 5}");
}

static void test_effect__tells_what_is_shadowed(void **state)
{
	struct project *p = *state;
	put_three(p);
	struct effect e = told(p, "p,q", CASCADE_ROOT, "c.q.json", "{\"b\": 6}", "/b");
	assert_value(e.old, "5");
	assert_value(e.now, "6");
	assert_value(e.shows, "6");
	assert_true(e.is_shown);
	assert_int_equal(e.nlower, 2);
	assert_value(e.lower[0].value, "4");
	assert_string_equal(e.lower[1].layer->path, "c.json");
	assert_int_equal(e.nlost, 0);
	e = told(p, "p,q", CASCADE_ROOT, "c.p.json", "{\"b\": 7}", "/b");
	assert_false(e.is_shown);
	assert_value(e.winner, "6");
	assert_int_equal(e.nlower, 1);
	e = told(p, "p", CASCADE_ROOT, "c.json", "{\"a\": {\"x\": 1, \"y\": 2}, \"b\": 8}", "/b");
	assert_value(e.winner, "7");
	assert_int_equal(e.nidle, 1);
	assert_string_equal(e.idle[0].layer->profile, "q");
}

static void test_effect__tells_what_shows_when_a_value_goes(void **state)
{
	struct project *p = *state;
	put_three(p);
	struct effect e = told(p, "p,q", CASCADE_ROOT, "c.q.json", "{}", "-/b");
	assert_value(e.old, "5");
	assert_null(e.now);
	assert_value(e.shows, "4");
	assert_int_equal(e.nlost, 0);
	e = told(p, "", CASCADE_ROOT, "c.json", "{\"a\": {\"x\": 1, \"y\": 2}}", "-/b");
	assert_null(e.shows);
	assert_int_equal(e.nlost, 0);
	project_put(p, "c.json", "{\"l\": [1, 2, 3]}");
	e = told(p, "", CASCADE_ROOT, "c.json", "{\"l\": [2, 3]}", "-/l/0");
	assert_true(e.closed_up);
	assert_value(e.old, "1");
	assert_null(e.now);
	assert_int_equal(e.nlost, 0);
}

static void test_effect__names_what_rule_root_hides(void **state)
{
	struct project *p = *state;
	put_three(p);
	struct effect e = told(p, "p", CASCADE_ROOT, "c.p.json", "{\"a\": {\"x\": 9}}", "/a/x");
	assert_true(e.is_shown);
	assert_int_equal(e.nlost, 1);
	assert_str(e.lost[0], "/a/y");
	put_three(p);
	e = told(p, "p", CASCADE_DEEP, "c.p.json", "{\"a\": {\"x\": 9}}", "/a/x");
	assert_true(e.is_shown);
	assert_int_equal(e.nlost, 0);
	put_three(p);
	e = told(p, "p", CASCADE_DEEP, "c.p.json", "{\"b\": {\"new\": 9}}", "/b/new");
	assert_int_equal(e.nlost, 1);
	assert_str(e.lost[0], "/b");
	project_put(p, "c.json", "{\"a\": {\"1\": 0, \"2\": 0, \"3\": 0, \"4\": 0, \"5\": 0,"
	            " \"6\": 0}}");
	project_put(p, "c.p.json", "{}");
	e = told(p, "p", CASCADE_ROOT, "c.p.json", "{\"a\": {}}", "/a/new");
	assert_int_equal(e.nlost, 6);
	assert_int_equal(e.nlost_named, EFFECT_NAMED);
}

static void test_effect__a_value_that_an_upper_file_drops_is_not_shown(void **state)
{
	struct project *p = *state;
	put_three(p);
	project_put(p, "c.q.json", "{\"a\": {\"y\": 5}}");
	struct effect e = told(p, "p,q", CASCADE_ROOT, "c.p.json", "{\"a\": {\"x\": 9}}", "/a/x");
	assert_false(e.is_shown);
	assert_null(e.shows);
	assert_value(e.winner, "{\"y\":5}");
	/* An object put together from both shows what each has. */
	e = told(p, "p,q", CASCADE_DEEP, "c.p.json", "{\"a\": {\"x\": 10}}", "/a");
	assert_true(e.is_shown);
}

static void test_effect__a_broken_file_has_no_values(void **state)
{
	struct project *p = *state;
	put_three(p);
	project_put(p, "c.q.json", "{");
	struct effect e = told(p, "p,q", CASCADE_ROOT, "c.p.json", "{\"b\": 9}", "/b");
	assert_value(e.now, "9");
	assert_null(e.shows);
	assert_null(e.winner);
	assert_int_equal(e.nlost, 0);
}

static void test_effect__settles_where_an_item_was_added(void **state)
{
	struct project *p = *state;
	const struct value *v = reading_text(p->reading, "{\"a\": [1, {\"-\": []}], \"-\": 1}");
	assert_str(effect_settle(p->arena, v, STR("/a/-")), "/a/1");
	assert_str(effect_settle(p->arena, v, STR("/a/-/-/x")), "/a/1/-/x");
	assert_str(effect_settle(p->arena, v, STR("/-")), "/-");
	assert_str(effect_settle(p->arena, v, STR("")), "");
	assert_str(effect_settle(p->arena, NULL, STR("/a/-")), "/a/-");
}

static void test_document__names_its_overlays(void **state)
{
	struct project *p = *state;
	put_three(p);
	project_read(p, "p", CASCADE_ROOT, "c.json");
	assert_string_equal(document_layer(&p->document, "p")->path, "c.p.json");
	assert_string_equal(document_layer(&p->document, NULL)->path, "c.json");
	assert_null(document_layer(&p->document, "none"));
	assert_string_equal(document_overlay_path(p->arena, "a.b/c.json", "gpu"), "a.b/c.gpu.json");
	assert_string_equal(document_overlay_path(p->arena, "a.b/c", "gpu"), "a.b/c.gpu");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROJECT_TEST(test_effect__tells_what_is_shadowed),
		PROJECT_TEST(test_effect__tells_what_shows_when_a_value_goes),
		PROJECT_TEST(test_effect__names_what_rule_root_hides),
		PROJECT_TEST(test_effect__a_value_that_an_upper_file_drops_is_not_shown),
		PROJECT_TEST(test_effect__a_broken_file_has_no_values),
		PROJECT_TEST(test_effect__settles_where_an_item_was_added),
		PROJECT_TEST(test_document__names_its_overlays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
