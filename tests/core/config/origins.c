#include "core/config/cascade.h"
#include "tests/core/config/reading.h"

static const char *origins(struct project *p, const char *profiles, enum cascade_rule rule)
{
	assert_true(project_read(p, profiles, rule, "d/x.json"));
	buf_clear(&p->reading->out);
	cascade_write_origins(&p->reading->out, &p->document, 1);
	return buf_text(&p->reading->out);
}

static void test_origins__every_leaf_has_one_row(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": {\"b/c\": 1.10, \"e\": {}},\n \"l\": [true, [], \"é\"]}");
	assert_string_equal(
		origins(p, "", CASCADE_ROOT),
		"[\n"
		"    {\"file\": \"d/x.json\", \"pointer\": \"/a/b~1c\", \"value\": 1.10, \"origin\": "
		"{\"file\": \"d/x.json\", \"line\": 1, \"column\": 15, \"profile\": null}, "
		"\"shadowed\": []},\n"
		"    {\"file\": \"d/x.json\", \"pointer\": \"/a/e\", \"value\": {}, \"origin\": "
		"{\"file\": \"d/x.json\", \"line\": 1, \"column\": 26, \"profile\": null}, "
		"\"shadowed\": []},\n"
		"    {\"file\": \"d/x.json\", \"pointer\": \"/l/0\", \"value\": true, \"origin\": "
		"{\"file\": \"d/x.json\", \"line\": 2, \"column\": 8, \"profile\": null}, "
		"\"shadowed\": []},\n"
		"    {\"file\": \"d/x.json\", \"pointer\": \"/l/1\", \"value\": [], \"origin\": "
		"{\"file\": \"d/x.json\", \"line\": 2, \"column\": 14, \"profile\": null}, "
		"\"shadowed\": []},\n"
		"    {\"file\": \"d/x.json\", \"pointer\": \"/l/2\", \"value\": \"é\", \"origin\": "
		"{\"file\": \"d/x.json\", \"line\": 2, \"column\": 18, \"profile\": null}, "
		"\"shadowed\": []}\n"
		"]");
	assert_non_null(reading_text(p->reading, origins(p, "", CASCADE_DEEP)));
}

/* "pointer value@profile < value@profile …", a line for each row. */
static const char *summary(struct project *p, const char *profiles, enum cascade_rule rule)
{
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, origins(p, profiles, rule));
	const struct value *rows = reading_json(p->reading, buf_str(&text));
	assert_non_null(rows);
	struct buf *out = &p->reading->out;
	buf_clear(out);
	for (const struct value *row = value_child(rows); row; row = value_next(row)) {
		const struct value *v = value_get(row, STR("value"));
		buf_append(out, value_text(value_get(row, STR("pointer"))));
		assert_int_equal(v != NULL, value_get(row, STR("origin")) != NULL);
		if (v) {
			buf_append_char(out, ' ');
			value_write_json(out, v, JSON_LINE);
			buf_append_char(out, '@');
			buf_append(out, value_text(value_at(row, STR("/origin/profile"))));
		}
		const struct value *s = value_child(value_get(row, STR("shadowed")));
		for (; s; s = value_next(s)) {
			buf_append(out, STR(" < "));
			value_write_json(out, value_get(s, STR("value")), JSON_LINE);
			buf_append_char(out, '@');
			buf_append(out, value_text(value_at(s, STR("/origin/profile"))));
		}
		buf_append_char(out, '\n');
	}
	return buf_text(out);
}

static void test_origins__lower_layers_are_listed_nearest_first(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": 1, \"b\": 2}");
	project_put(p, "d/x.p.json", "{\"a\": 3}");
	project_put(p, "d/x.q.json", "{\"a\": 4, \"c\": 5}");
	assert_string_equal(summary(p, "p,q", CASCADE_ROOT),
	                    "/a 4@q < 3@p < 1@null\n/b 2@null\n/c 5@q\n");
	assert_string_equal(summary(p, "q,p", CASCADE_DEEP),
	                    "/a 3@p < 4@q < 1@null\n/b 2@null\n/c 5@q\n");
}

static void test_origins__what_an_ancestor_hid_is_listed_too(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": {\"x\": 1, \"y\": 2, \"z\": {\"u\": 3}}}");
	project_put(p, "d/x.p.json", "{\"a\": {\"x\": 4, \"n\": 5}}");
	project_put(p, "d/x.q.json", "{\"a\": {\"x\": 6, \"z\": 7}}");
	assert_string_equal(summary(p, "p,q", CASCADE_ROOT),
	                    "/a/x 6@q < 4@p < 1@null\n"
	                    "/a/z 7@q < {\"u\":3}@null\n"
	                    "/a/z/u < 3@null\n"
	                    "/a/y < 2@null\n"
	                    "/a/n < 5@p\n");
	assert_string_equal(summary(p, "p,q", CASCADE_DEEP),
	                    "/a/x 6@q < 4@p < 1@null\n"
	                    "/a/y 2@null\n"
	                    "/a/z 7@q < {\"u\":3}@null\n"
	                    "/a/z/u < 3@null\n"
	                    "/a/n 5@p\n");
}

static void test_origins__types_that_change_between_layers(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": {\"q\": 1}}");
	project_put(p, "d/x.p.json", "{\"a\": 5}");
	project_put(p, "d/x.q.json", "{\"a\": {\"z\": 1}}");
	project_put(p, "d/x.r.json", "{\"a\": {\"z\": 2, \"q\": 3}}");
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++)
		assert_string_equal(summary(p, "p,q,r", rule),
		                    "/a/z 2@r < 1@q\n/a/q 3@r < 1@null\n");
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++) {
		assert_string_equal(summary(p, "r,p", rule),
		                    "/a 5@p < {\"z\":2,\"q\":3}@r < {\"q\":1}@null\n"
		                    "/a/q < 3@r < 1@null\n/a/z < 2@r\n");
		assert_string_equal(summary(p, "r,p,q,r,p,r", rule),
		                    "/a/z 2@r < 2@r < 1@q < 2@r\n"
		                    "/a/q 3@r < 3@r < 3@r < 1@null\n");
	}
}

static void test_origins__arrays_are_compared_by_index(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": [1, [2, 3], {\"k\": 4}], \"b\": {\"0\": 5}}");
	project_put(p, "d/x.p.json", "{\"a\": [6, [7]], \"b\": [8, 9]}");
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++)
		assert_string_equal(summary(p, "p", rule),
		                    "/a/0 6@p < 1@null\n/a/1/0 7@p < 2@null\n/a/1/1 < 3@null\n"
		                    "/a/2/k < 4@null\n/b/0 8@p < 5@null\n/b/1 9@p\n");
}

static void test_origins__empty_containers_are_leaves(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": {}, \"b\": [], \"c\": {\"x\": 1}}");
	project_put(p, "d/x.p.json", "{\"a\": {}, \"b\": [], \"c\": {}}");
	assert_string_equal(summary(p, "p", CASCADE_ROOT),
	                    "/a {}@p < {}@null\n/b []@p < []@null\n"
	                    "/c {}@p < {\"x\":1}@null\n/c/x < 1@null\n");
	assert_string_equal(summary(p, "p", CASCADE_DEEP),
	                    "/a {}@p < {}@null\n/b []@p < []@null\n/c/x 1@null\n");
	project_put(p, "d/x.json", "{}");
	project_put(p, "d/x.p.json", "{}");
	assert_string_equal(summary(p, "p", CASCADE_ROOT), " {}@p < {}@null\n");
}

static void test_origins__roots_that_are_no_objects_are_replaced(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": 1}");
	project_put(p, "d/x.p.json", "[2]");
	project_put(p, "d/x.q.json", "3");
	assert_string_equal(summary(p, "p,q", CASCADE_DEEP),
	                    " 3@q < [2]@p < {\"a\":1}@null\n/a < 1@null\n/0 < 2@p\n");
}

/* What stands in two layers above a root of another type is known by its place, not
 * by what it replaced itself. */
static void test_origins__roots_that_come_and_go(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"b\": [1], \"c\": {\"a\": 2}}");
	project_put(p, "d/x.p.json", "[3]");
	project_put(p, "d/x.q.json", "{\"b\": {\"b\": 4}, \"c\": {}}");
	project_put(p, "d/x.r.json", "{\"b\": 5, \"c\": {}}");
	for (enum cascade_rule rule = CASCADE_ROOT; rule <= CASCADE_DEEP; rule++)
		assert_string_equal(summary(p, "p,q,r", rule),
		                    "/b 5@r < {\"b\":4}@q < [1]@null\n/b/0 < 1@null\n"
		                    "/b/b < 4@q\n"
		                    "/c {}@r < {}@q < {\"a\":2}@null\n/c/a < 2@null\n"
		                    "/0 < 3@p\n");
}

/* A generated document is made of pieces of others, which bring their own layers. */
static void test_origins__pieces_of_other_documents_keep_their_layers(void **state)
{
	struct project *p = *state;
	project_put(p, "d/x.json", "{\"a\": {\"b\": 1}, \"k\": {\"b\": 2}}");
	project_put(p, "d/x.p.json", "{\"a\": {\"b\": 3}}");
	project_read(p, "p", CASCADE_ROOT, "d/x.json");
	struct value *o = value_new_object(p->arena), *top = value_new_object(p->arena);
	value_set(p->arena, o, "whole", value_share(p->arena, p->document.value));
	value_set(p->arena, top, "k", value_new_bool(p->arena, true));
	const struct value *v = cascade_merge(p->arena, CASCADE_ROOT, p->document.value, top);
	struct document documents[] = {
		{ .path = "one", .value = o, .generated = true },
		{ .path = "two", .value = v, .generated = true },
	};
	cascade_write_origins(&p->reading->out, documents, 2);
	assert_str(buf_str(&p->reading->out),
	           "[\n"
	           "    {\"file\": \"one\", \"pointer\": \"/whole/a/b\", \"value\": 3, \"origin\": "
	           "{\"file\": \"d/x.p.json\", \"line\": 1, \"column\": 13, \"profile\": \"p\"}, "
	           "\"shadowed\": [{\"value\": 1, \"origin\": {\"file\": \"d/x.json\", "
	           "\"line\": 1, \"column\": 13, \"profile\": null}}]},\n"
	           "    {\"file\": \"one\", \"pointer\": \"/whole/k/b\", \"value\": 2, \"origin\": "
	           "{\"file\": \"d/x.json\", \"line\": 1, \"column\": 28, \"profile\": null}, "
	           "\"shadowed\": []},\n"
	           "    {\"file\": \"two\", \"pointer\": \"/a/b\", \"value\": 3, \"origin\": "
	           "{\"file\": \"d/x.p.json\", \"line\": 1, \"column\": 13, \"profile\": \"p\"}, "
	           "\"shadowed\": [{\"value\": 1, \"origin\": {\"file\": \"d/x.json\", "
	           "\"line\": 1, \"column\": 13, \"profile\": null}}]},\n"
	           "    {\"file\": \"two\", \"pointer\": \"/k\", \"value\": true, \"origin\": "
	           "{\"file\": null, \"profile\": null}, \"shadowed\": [{\"value\": {\"b\": 2}, "
	           "\"origin\": {\"file\": \"d/x.json\", \"line\": 1, \"column\": 22, "
	           "\"profile\": null}}]},\n"
	           "    {\"file\": \"two\", \"pointer\": \"/k/b\", \"shadowed\": [{\"value\": 2, "
	           "\"origin\": {\"file\": \"d/x.json\", \"line\": 1, \"column\": 28, "
	           "\"profile\": null}}]}\n"
	           "]");
}

static void test_origins__what_was_made_up_has_no_line(void **state)
{
	struct project *p = *state;
	struct source *home = source_new(p->arena, STR("$HOME"), NULL, (struct str){ 0 });
	struct value *o = value_new_object(p->arena);
	value_set(p->arena, o, "made", value_new_bool(p->arena, true));
	value_set(p->arena, o, "home", value_new(p->arena, VALUE_STRING, STR("/root"),
	                                         (struct span){ home, 0, 0 }));
	struct document documents[] = {
		{ .path = "broken.json" }, { .path = "service.json", .value = o, .generated = true },
	};
	cascade_write_origins(&p->reading->out, documents, 2);
	assert_str(buf_str(&p->reading->out),
	           "[\n"
	           "    {\"file\": \"service.json\", \"pointer\": \"/made\", \"value\": true, "
	           "\"origin\": {\"file\": null, \"profile\": null}, \"shadowed\": []},\n"
	           "    {\"file\": \"service.json\", \"pointer\": \"/home\", \"value\": \"/root\", "
	           "\"origin\": {\"file\": \"$HOME\", \"profile\": null}, \"shadowed\": []}\n"
	           "]");
	buf_clear(&p->reading->out);
	cascade_write_origins(&p->reading->out, documents, 1);
	assert_str(buf_str(&p->reading->out), "[]");
}

static void test_origins__files_are_named_from_the_projects_root(void **state)
{
	struct project *p = *state;
	static const char *const profiles[] = { "p" };
	struct selection selection = { .profiles = profiles, .nprofiles = 1 };
	project_put(p, "/srv/d/x.json", "{\"a\": 1}");
	project_put(p, "/srv/d/x.p.json", "{\"a\": 2}");
	assert_true(cascade_read(p->arena, p->files, &selection, "/srv", "d/x.json", true,
	                         p->reading->problems, &p->document));
	cascade_write_origins(&p->reading->out, &p->document, 1);
	assert_str(buf_str(&p->reading->out),
	           "[\n"
	           "    {\"file\": \"d/x.json\", \"pointer\": \"/a\", \"value\": 2, \"origin\": "
	           "{\"file\": \"d/x.p.json\", \"line\": 1, \"column\": 7, \"profile\": \"p\"}, "
	           "\"shadowed\": [{\"value\": 1, \"origin\": {\"file\": \"d/x.json\", \"line\": 1, "
	           "\"column\": 7, \"profile\": null}}]}\n"
	           "]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROJECT_TEST(test_origins__every_leaf_has_one_row),
		PROJECT_TEST(test_origins__lower_layers_are_listed_nearest_first),
		PROJECT_TEST(test_origins__what_an_ancestor_hid_is_listed_too),
		PROJECT_TEST(test_origins__types_that_change_between_layers),
		PROJECT_TEST(test_origins__arrays_are_compared_by_index),
		PROJECT_TEST(test_origins__empty_containers_are_leaves),
		PROJECT_TEST(test_origins__roots_that_are_no_objects_are_replaced),
		PROJECT_TEST(test_origins__roots_that_come_and_go),
		PROJECT_TEST(test_origins__pieces_of_other_documents_keep_their_layers),
		PROJECT_TEST(test_origins__what_was_made_up_has_no_line),
		PROJECT_TEST(test_origins__files_are_named_from_the_projects_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
