#include "core/config/cascade.h"

#include "tests/core/config/reading.h"

/* PESTO's manual, "Profiles": the two worked examples. */
static void test_cascade__the_manuals_description_p1(void **state)
{
	struct project *p = *state;
	project_put(p, "description.json", "{\n    \"key\": \"value\",\n    \"key2\": \"value2\"\n}\n");
	project_put(p, "description.p1.json", "{\n    \"key\": \"value3\"\n}\n");
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++) {
		assert_string_equal(project_text(p, "p1", rule, "description.json"),
		                    "{\n    \"key\": \"value3\",\n    \"key2\": \"value2\"\n}");
		assert_string_equal(project_text(p, "", rule, "description.json"),
		                    "{\n    \"key\": \"value\",\n    \"key2\": \"value2\"\n}");
	}
}

static void put_xxx(struct project *p)
{
	project_put(p, "d/xxx.json", "{\"base\": \"default\", \"field_0\": \"default\"}");
	project_put(p, "d/xxx.p1.json", "{\"field_0\": \"profile P1\", \"field_1\": \"profile P1\"}");
	project_put(p, "d/xxx.p2.json", "{\"field_0\": \"profile P2\", \"field_2\": \"profile P2\"}");
}

static void test_cascade__the_manuals_xxx_p1_p2_in_order(void **state)
{
	struct project *p = *state;
	put_xxx(p);
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++) {
		assert_string_equal(project_text(p, "p1,p2", rule, "d/xxx.json"),
		                    "{\n    \"base\": \"default\",\n    \"field_0\": \"profile P2\",\n"
		                    "    \"field_1\": \"profile P1\",\n"
		                    "    \"field_2\": \"profile P2\"\n}");
		assert_string_equal(project_text(p, "p2,p1", rule, "d/xxx.json"),
		                    "{\n    \"base\": \"default\",\n    \"field_0\": \"profile P1\",\n"
		                    "    \"field_2\": \"profile P2\",\n"
		                    "    \"field_1\": \"profile P1\"\n}");
		assert_string_equal(project_line(p, "p1,p2,p1", rule, "d/xxx.json"),
		                    "{\"base\":\"default\",\"field_0\":\"profile P1\","
		                    "\"field_1\":\"profile P1\",\"field_2\":\"profile P2\"}");
	}
}

struct merge {
	const char *lower, *upper, *root, *deep;
};

static void test_cascade__merges_by_both_rules(void **state)
{
	struct project *p = *state;
	static const struct merge table[] = {
		{ "{\"a\":{\"x\":1,\"y\":[1,2]},\"b\":1.10,\"c\":9007199254740993}",
		  "{\"a\":{\"y\":[3]},\"d\":1e400}",
		  "{\"a\":{\"y\":[3]},\"b\":1.10,\"c\":9007199254740993,\"d\":1e400}",
		  "{\"a\":{\"x\":1,\"y\":[3]},\"b\":1.10,\"c\":9007199254740993,\"d\":1e400}" },
		{ "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}", "{\"a\":{\"b\":{\"d\":3,\"e\":4}}}",
		  "{\"a\":{\"b\":{\"d\":3,\"e\":4}}}", "{\"a\":{\"b\":{\"c\":1,\"d\":3,\"e\":4}}}" },
		{ "{\"a\":{\"x\":1}}", "{\"a\":{}}", "{\"a\":{}}", "{\"a\":{\"x\":1}}" },
		{ "{\"a\":{\"x\":1}}", "{\"a\":null}", "{\"a\":null}", "{\"a\":null}" },
		{ "{\"a\":1}", "{\"a\":{\"x\":1}}", "{\"a\":{\"x\":1}}", "{\"a\":{\"x\":1}}" },
		{ "{\"a\":[{\"x\":1}]}", "{\"a\":[{\"y\":1}]}", "{\"a\":[{\"y\":1}]}",
		  "{\"a\":[{\"y\":1}]}" },
		{ "{\"\\u0000\":\"a\\u0000b\",\"k\":1}", "{\"k\":\"\\u0000\"}",
		  "{\"\\u0000\":\"a\\u0000b\",\"k\":\"\\u0000\"}",
		  "{\"\\u0000\":\"a\\u0000b\",\"k\":\"\\u0000\"}" },
		{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"b\":4,\"b\":5}", "{\"a\":3,\"b\":5}",
		  "{\"a\":3,\"b\":5}" },
		{ "[1,2]", "[3]", "[3]", "[3]" },
		{ "{\"a\":1}", "[3]", "[3]", "[3]" },
		{ "1", "{\"a\":1}", "{\"a\":1}", "{\"a\":1}" },
		{ "{}", "{}", "{}", "{}" },
		{ "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":1}" },
		{ "{\"a\":1}", "{}", "{\"a\":1}", "{\"a\":1}" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct value *lower = reading_text(p->reading, table[i].lower);
		const struct value *upper = reading_text(p->reading, table[i].upper);
		const struct value *by_root = cascade_merge(p->arena, CASCADE_ROOT, lower, upper);
		const struct value *by_deep = cascade_merge(p->arena, CASCADE_DEEP, lower, upper);
		assert_string_equal(reading_written(p->reading, by_root, JSON_LINE), table[i].root);
		assert_string_equal(reading_written(p->reading, by_deep, JSON_LINE), table[i].deep);
	}
	const struct value *v = reading_text(p->reading, "1");
	assert_ptr_equal(cascade_merge(p->arena, CASCADE_ROOT, NULL, v), v);
	assert_ptr_equal(cascade_merge(p->arena, CASCADE_ROOT, v, NULL), v);
	assert_null(cascade_merge(p->arena, CASCADE_ROOT, NULL, NULL));
}

static void test_cascade__merging_leaves_the_layers_as_they_are(void **state)
{
	struct project *p = *state;
	const char *low = "{\"a\":{\"x\":1},\"b\":[2]}", *high = "{\"a\":{\"y\":2},\"c\":3}";
	const struct value *lower = reading_text(p->reading, low);
	const struct value *upper = reading_text(p->reading, high);
	cascade_merge(p->arena, CASCADE_DEEP, lower, upper);
	cascade_merge(p->arena, CASCADE_ROOT, lower, upper);
	assert_string_equal(reading_written(p->reading, lower, JSON_LINE), low);
	assert_string_equal(reading_written(p->reading, upper, JSON_LINE), high);
	assert_null(value_under(value_get(upper, STR("a"))));
}

static void test_cascade__what_is_replaced_stays_reachable(void **state)
{
	struct project *p = *state;
	put_xxx(p);
	project_read(p, "p1,p2", CASCADE_ROOT, "d/xxx.json");
	const struct value *v = value_get(p->document.value, STR("field_0"));
	assert_str(value_text(v), "profile P2");
	assert_string_equal(value_origin(v).path, "d/xxx.p2.json");
	assert_string_equal(value_origin(v).profile, "p2");
	v = value_under(v);
	assert_str(value_text(v), "profile P1");
	v = value_under(v);
	assert_str(value_text(v), "default");
	assert_null(value_origin(v).profile);
	assert_null(value_under(v));
	assert_null(value_under(value_get(p->document.value, STR("base"))));
}

static void test_cascade__lists_layers_in_order(void **state)
{
	struct project *p = *state;
	put_xxx(p);
	project_put(p, "d/xxx.a.json", "{\"field_0\": \"a\"}");
	project_put(p, "d/xxx.a.b.json", "no overlay");
	project_put(p, "d/xxx..json", "no overlay");
	project_put(p, "d/xxx.sp ace.json", "no overlay");
	project_put(p, "d/xxxy.p1.json", "no overlay");
	project_put(p, "d/xxx.p1.jsonx", "no overlay");
	project_put(p, "d/xxx.dir.json/inside", "no overlay");
	assert_string_equal(project_line(p, "p2,other", CASCADE_ROOT, "d/xxx.json"),
	                    "{\"base\":\"default\",\"field_0\":\"profile P2\","
	                    "\"field_2\":\"profile P2\"}");
	static const struct {
		const char *path, *profile;
		bool active;
	} want[] = {
		{ "d/xxx.json", NULL, true }, { "d/xxx.p2.json", "p2", true },
		{ "d/xxx.a.json", "a", false }, { "d/xxx.p1.json", "p1", false },
	};
	assert_int_equal(p->document.nlayers, sizeof want / sizeof *want);
	for (size_t i = 0; i < p->document.nlayers; i++) {
		const struct layer *l = &p->document.layers[i];
		assert_string_equal(l->path, want[i].path);
		assert_int_equal(l->active, want[i].active);
		assert_true(l->present && l->value);
		assert_int_equal(l->profile == NULL, want[i].profile == NULL);
		if (l->profile)
			assert_string_equal(l->profile, want[i].profile);
	}
	assert_int_equal(problems_count(p->reading->problems), 0);
}

static void test_cascade__a_broken_active_overlay_is_an_error(void **state)
{
	struct project *p = *state;
	put_xxx(p);
	project_put(p, "d/xxx.p1.json", "{\n  \"a\": 01\n}");
	assert_false(project_read(p, "p1", CASCADE_ROOT, "d/xxx.json"));
	assert_string_equal(reading_problem(p->reading, 0),
	                    "d/xxx.p1.json:2:9: a number has no zeros in front: write it without "
	                    "them, or as the string \"01\"");
	assert_true(p->document.layers[1].present);
	assert_null(p->document.layers[1].value);
	assert_true(project_read(p, "p2", CASCADE_ROOT, "d/xxx.json"));
	assert_int_equal(problems_errors(p->reading->problems), 0);
	assert_string_equal(reading_problem(p->reading, 0),
	                    "d/xxx.p1.json:2:9: warning: a number has no zeros in front: write it "
	                    "without them, or as the string \"01\" (profile p1 is not selected)");
}

static void test_cascade__a_base_may_be_required(void **state)
{
	struct project *p = *state;
	project_put(p, "xxx.p1.json", "{\"a\": 1}");
	assert_false(project_read(p, "p1", CASCADE_ROOT, "xxx.json"));
	assert_string_equal(reading_problem(p->reading, 0),
	                    "xxx.json: there is no such file, and the project needs it");
	reading_again(p->reading);
	assert_true(cascade_read(p->arena, p->files, &p->selection, ".", "xxx.json", false,
	                         p->reading->problems, &p->document));
	assert_string_equal(reading_written(p->reading, p->document.value, JSON_LINE),
	                    "{\"a\":1}");
	assert_false(cascade_read(p->arena, p->files, &p->selection, ".", "yyy.json", false,
	                          p->reading->problems, &p->document));
	assert_int_equal(problems_count(p->reading->problems), 0);
	assert_int_equal(p->document.nlayers, 1);
	assert_false(p->document.layers[0].present);
}

/* Several documents with one listing of each folder see their own overlays. */
static void test_cascade__documents_of_a_folder_are_read_together(void **state)
{
	struct project *p = *state;
	static const char *const paths[] = { "d/x.json", "d/y.json", "e/x.json", "x.json", "d/x.json" };
	static const size_t layers[] = { 3, 2, 2, 1, 3 };
	static const char *const files[] = { "d/x.json", "d/x.p1.json", "d/x.p2.json", "d/y.json",
		                             "d/y.p1.json", "e/x.json", "e/x.p3.json", "x.json" };
	struct selection selection = { 0 };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		project_put(p, files[i], "{\"a\": 1}");
	struct cascade c = { .arena = p->arena, .files = p->files, .root = ".",
		.problems = p->reading->problems };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		assert_true(cascade_read_document(&c, &selection, paths[i], true, &p->document));
		assert_int_equal(p->document.nlayers, layers[i]);
	}
	/* What comes into the folder afterwards is not in its listing. */
	project_put(p, "d/x.p4.json", "{}");
	assert_true(cascade_read_document(&c, &selection, "d/x.json", true, &p->document));
	assert_int_equal(p->document.nlayers, 3);
}

static void test_cascade__paths_are_read_below_the_root(void **state)
{
	struct project *p = *state;
	static const char *const profiles[] = { "p1", "../p1", "" };
	struct selection selection = { .profiles = profiles, .nprofiles = 3 };
	project_put(p, "/home/me/svc/d/x.json", "{\"a\": 1}");
	project_put(p, "/home/me/svc/d/x.p1.json", "{\"a\": }");
	assert_false(cascade_read(p->arena, p->files, &selection, "/home/me/svc", "d/x.json", true,
	                          p->reading->problems, &p->document));
	assert_string_equal(p->document.path, "d/x.json");
	assert_string_equal(p->document.layers[1].path, "d/x.p1.json");
	assert_string_equal(reading_problem(p->reading, 0),
	                    "/home/me/svc/d/x.p1.json:1:7: a value is missing behind the colon; "
	                    "write \"key\": value");
}

static void test_cascade__notes_where_the_rules_differ(void **state)
{
	struct project *p = *state;
	project_put(p, "x.json", "{\"a\": {\"x\": 1, \"y\": {\"u\": 1}}, \"b\": {\"c\": 1}, \"s\": 1}");
	project_put(p, "x.same.json", "{\"b\": {\"c\": 2}, \"s\": {\"t\": 1}}");
	project_put(p, "x.p1.json", "{\n  \"a\": {\"y\": {\"v\": 2}}\n}");
	project_read(p, "same", CASCADE_ROOT, "x.json");
	cascade_note_difference(p->arena, &p->document, p->reading->problems);
	assert_int_equal(problems_count(p->reading->problems), 0);
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++) {
		project_read(p, "same,p1", rule, "x.json");
		cascade_note_difference(p->arena, &p->document, p->reading->problems);
		assert_int_equal(problems_count(p->reading->problems), 1);
		assert_string_equal(reading_problem(p->reading, 0),
		                    "x.p1.json:2:3: note: here the merge rules differ: root, which "
		                    "compares only the root level, drops /a/x, /a/y/u; deep keeps "
		                    "them");
	}
	project_put(p, "x.p1.json", "{\"a\": 1}");
	project_read(p, "p1", CASCADE_ROOT, "x.json");
	cascade_note_difference(p->arena, &p->document, p->reading->problems);
	assert_int_equal(problems_count(p->reading->problems), 0);
}

static void test_cascade__a_note_names_a_few_keys_only(void **state)
{
	struct project *p = *state;
	project_put(p, "x.json", "{\"a\": {\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0}}");
	project_put(p, "x.p1.json", "{\"a\": {}}");
	project_read(p, "p1", CASCADE_ROOT, "x.json");
	cascade_note_difference(p->arena, &p->document, p->reading->problems);
	assert_string_equal(reading_problem(p->reading, 0),
	                    "x.p1.json:1:2: note: here the merge rules differ: root, which compares "
	                    "only the root level, drops /a/1, /a/2, /a/3, /a/4, /a/5 and 2 more; "
	                    "deep keeps them");
}

static void test_cascade__many_keys_stay_linear(void **state)
{
	struct project *p = *state;
	enum { MANY = 200000 };
	owned_buf struct buf low = { 0 }, high = { 0 };
	for (int i = 0; i < MANY; i++) {
		buf_printf(&low, "%s\"key%d\":{\"x\":%d}", i ? "," : "{", i, i);
		buf_printf(&high, "%s\"key%d\":{\"y\":%d}", i ? "," : "{", i + MANY / 2, i);
	}
	buf_append_char(&low, '}');
	buf_append_char(&high, '}');
	const struct value *lower = reading_json(p->reading, buf_str(&low));
	const struct value *upper = reading_json(p->reading, buf_str(&high));
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++) {
		const struct value *v = cascade_merge(p->arena, rule, lower, upper);
		assert_int_equal(value_count(v), MANY + MANY / 2);
		assert_int_equal(value_count(value_get(v, STR("key150000"))),
		                 rule == CASCADE_DEEP ? 2 : 1);
	}
}

static void test_cascade__many_overlays_stay_linear(void **state)
{
	struct project *p = *state;
	enum { MANY = 50000 };
	project_put(p, "x.json", "{\"a\": 0}");
	for (int i = 0; i < MANY; i++)
		project_put(p, arena_printf(p->arena, "x.p%d.json", i), "{\"a\": 1}");
	assert_string_equal(project_line(p, "p7,p7", CASCADE_ROOT, "x.json"), "{\"a\":1}");
	assert_int_equal(p->document.nlayers, 1 + 2 + MANY - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROJECT_TEST(test_cascade__the_manuals_description_p1),
		PROJECT_TEST(test_cascade__the_manuals_xxx_p1_p2_in_order),
		PROJECT_TEST(test_cascade__merges_by_both_rules),
		PROJECT_TEST(test_cascade__merging_leaves_the_layers_as_they_are),
		PROJECT_TEST(test_cascade__what_is_replaced_stays_reachable),
		PROJECT_TEST(test_cascade__lists_layers_in_order),
		PROJECT_TEST(test_cascade__a_broken_active_overlay_is_an_error),
		PROJECT_TEST(test_cascade__a_base_may_be_required),
		PROJECT_TEST(test_cascade__documents_of_a_folder_are_read_together),
		PROJECT_TEST(test_cascade__paths_are_read_below_the_root),
		PROJECT_TEST(test_cascade__notes_where_the_rules_differ),
		PROJECT_TEST(test_cascade__a_note_names_a_few_keys_only),
		PROJECT_TEST(test_cascade__many_keys_stay_linear),
		PROJECT_TEST(test_cascade__many_overlays_stay_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
