#include "core/job/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/value/json.h"

/* What one process has read, and another. */
struct sides {
	struct arena *arena;
	struct source *here[2], *there[2];
	struct problems *told, *read;
};

static struct source *side_source(struct arena *a, const char *path, const char *name,
                                  const char *profile, const char *text)
{
	struct source *s = source_new(a, str_of(path), profile, str_of(text));
	s->name = name;
	return s;
}

static struct sides sides_open(void)
{
	struct arena *a = arena_new();
	struct sides s = { .arena = a, .told = problems_new(), .read = problems_new() };
	s.here[0] = side_source(a, "/p/Dockerfile", NULL, NULL, "FROM a\nCOPY . /x\n");
	s.there[0] = side_source(a, "/p/./Dockerfile", NULL, NULL, "FROM a\nCOPY . /x\n");
	s.here[1] = side_source(a, "/p/m.toml", "m.toml", "gpu", "a = 1\n");
	s.there[1] = side_source(a, "somewhere/m.toml", "m.toml", "gpu", "a = 1\n");
	return s;
}

static void sides_close(struct sides *s)
{
	problems_free(s->told);
	problems_free(s->read);
	arena_free(s->arena);
}

static const struct source *sides_source(void *data, const struct findings_file *f)
{
	struct sides *s = data;
	for (size_t i = 0; i < 2; i++)
		if (findings_is_file(f, s->there[i]))
			return s->there[i];
	return NULL;
}

/* As it goes from one to the other: a line of JSON. */
static const struct value *sides_read(struct sides *s, const struct value *findings)
{
	owned_buf struct buf text = { 0 };
	const struct value *v;
	struct error err;
	value_write_json(&text, findings, JSON_LINE);
	assert_true(value_parse_json(s->arena, arena_str(s->arena, buf_str(&text)), &v, &err));
	findings_read(v, sides_source, s, s->read);
	return v;
}

static void test_findings__come_back_as_they_were_in_the_readers_texts(void **state)
{
	(void)state;
	struct sides s = sides_open();
	struct edit fix[] = { { { s.here[0], 12, 1 }, STR("src") }, { { s.here[0], 17, 0 }, STR("") } };
	problems_add_problem(s.told, &(struct problem){
		.rule = "one", .severity = SEVERITY_NOTE, .at = { s.here[0], 7, 4 },
		.text = STR("a \"text\""), .fix = fix, .nfix = 2 });
	problems_add_problem(s.told, &(struct problem){
		.rule = "two", .severity = SEVERITY_ERROR, .at = { s.here[1], 4, 1 },
		.text = STR("t"), .pointer = STR("/a"), .schema = STR("s#/x") });
	problems_add(s.told, SEVERITY_WARNING, "three", (struct span){ 0 }, "nowhere");
	const struct value *v = sides_read(&s, findings_value(s.arena, s.told));
	assert_true(str_eq(value_text(value_at(v, STR("/0/line"))), STR("2")));
	assert_true(str_eq(value_text(value_at(v, STR("/0/column"))), STR("1")));
	assert_int_equal(problems_count(s.read), 3);
	const struct problem *one = problems_get(s.read, 0), *two = problems_get(s.read, 1);
	const struct problem *three = problems_get(s.read, 2);
	assert_string_equal(one->rule, "one");
	assert_int_equal(one->severity, SEVERITY_NOTE);
	assert_ptr_equal(one->at.source, s.there[0]);
	assert_int_equal(one->at.at, 7);
	assert_int_equal(one->at.size, 4);
	assert_true(str_eq(one->text, STR("a \"text\"")));
	assert_int_equal(one->nfix, 2);
	assert_ptr_equal(one->fix[0].at.source, s.there[0]);
	assert_int_equal(one->fix[0].at.at, 12);
	assert_true(str_eq(one->fix[0].text, STR("src")));
	assert_int_equal(one->fix[1].text.n, 0);
	assert_ptr_equal(two->at.source, s.there[1]);
	assert_int_equal(two->severity, SEVERITY_ERROR);
	assert_true(str_eq(two->pointer, STR("/a")));
	assert_true(str_eq(two->schema, STR("s#/x")));
	assert_null(three->at.source);
	assert_int_equal(problems_errors(s.read), 1);
	sides_close(&s);
}

static void test_findings__leaves_out_what_is_not_in_the_readers_texts(void **state)
{
	(void)state;
	struct sides s = sides_open();
	struct source *other = side_source(s.arena, "/p/m.toml", "m.toml", NULL, "a = 1\n");
	struct source *longer = side_source(s.arena, "/p/Dockerfile", NULL, NULL,
	                                    "FROM a\nCOPY . /x\nRUN y\n");
	struct edit beyond = { { longer, 18, 3 }, STR("x") };
	problems_add(s.told, SEVERITY_NOTE, "another-profile", (struct span){ other, 0, 1 }, "x");
	problems_add(s.told, SEVERITY_NOTE, "behind-the-end", (struct span){ longer, 17, 1 }, "x");
	problems_add_problem(s.told, &(struct problem){
		.rule = "edits-behind-the-end", .text = STR("x"), .severity = SEVERITY_NOTE,
		.at = { longer, 0, 4 },
		.fix = &beyond, .nfix = 1 });
	problems_add(s.told, SEVERITY_NOTE, "at-the-end", (struct span){ longer, 17, 0 }, "x");
	sides_read(&s, findings_value(s.arena, s.told));
	assert_int_equal(problems_count(s.read), 1);
	assert_string_equal(problems_get(s.read, 0)->rule, "at-the-end");
	sides_close(&s);
}

static void test_findings__leaves_out_what_is_none(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"[1, \"x\", {}, [], null]", "{\"rule\": \"x\"}", "7",
		"[{\"rule\": \"x\", \"text\": \"y\"}]",
		"[{\"rule\": \"x\", \"severity\": \"bad\", \"text\": \"y\"}]",
		"[{\"rule\": 1, \"severity\": \"note\"}]",
		"[{\"rule\": \"x\", \"severity\": \"note\", \"file\": \"/p/Dockerfile\", \"at\": -1, "
		"\"size\": 1}]",
		"[{\"rule\": \"x\", \"severity\": \"note\", \"file\": \"/p/Dockerfile\", "
		"\"at\": 4294967295, \"size\": 4294967295}]",
		"[{\"rule\": \"x\", \"severity\": \"note\", \"fix\": [{\"text\": \"y\"}]}]",
	};
	struct sides s = sides_open();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct value *v;
		struct error err;
		assert_true(value_parse_json(s.arena, str_of(bad[i]), &v, &err));
		sides_read(&s, v);
		assert_int_equal(problems_count(s.read), 0);
	}
	sides_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings__come_back_as_they_were_in_the_readers_texts),
		cmocka_unit_test(test_findings__leaves_out_what_is_not_in_the_readers_texts),
		cmocka_unit_test(test_findings__leaves_out_what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
