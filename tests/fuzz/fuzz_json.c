#include <stdint.h>

#include "core/base/check.h"
#include "core/value/json.h"

/* Accepted text, written in any style, reads equal; all places are inside the text. */

static void check_places(const struct value *v, size_t size)
{
	struct span at = value_span(v), key = value_key_span(v);
	CHECK(at.source && (size_t)at.at + at.size <= size && at.size > 0);
	CHECK((size_t)key.at + key.size <= size);
	CHECK(value_origin(v).line > 0 && value_origin(v).column > 0);
	size_t n = 0;
	for (const struct value *c = value_child(v); c; c = value_next(c), n++) {
		CHECK(value_type(v) == VALUE_ARRAY || value_get(v, value_key(c)) == c);
		check_places(c, size);
	}
	CHECK(n == value_count(v));
}

static void check_written(struct arena *a, const struct value *v, struct json_style style)
{
	owned_buf struct buf text = { 0 };
	struct error err = { 0 };
	const struct value *again = NULL;
	value_write_json(&text, v, style);
	CHECK(value_parse_json(a, buf_str(&text), &again, &err));
	CHECK(value_equal(v, again) && value_equal(again, v));
}

static void check_lines(struct arena *a, const struct value *v)
{
	owned_buf struct buf text = { 0 };
	struct json_line *lines;
	size_t n = value_write_json_lines(a, &text, v, JSON_FILE, &lines), at = 0;
	for (size_t i = 0; i < n; i++) {
		CHECK(lines[i].at == at && lines[i].value);
		at += lines[i].size + 1;
	}
	CHECK(at == text.n + 1);
}

/* What is kept as its text is written like what has children, which `whole` has. */
static void check_unread(const struct value *v, const struct value *whole)
{
	static const struct json_style styles[] = { JSON_FILE, JSON_LINE, { 0 }, { .sorted = true } };
	CHECK(!value_is_unread(whole));
	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		owned_buf struct buf text = { 0 }, want = { 0 };
		value_write_json(&text, v, styles[i]);
		value_write_json(&want, whole, styles[i]);
		CHECK(str_eq(buf_str(&text), buf_str(&want)));
	}
}

static void check_problems(const struct problems *problems, size_t size)
{
	for (size_t i = 0; i < problems_count(problems); i++) {
		owned_buf struct buf text = { 0 };
		const struct problem *p = problems_get(problems, i);
		CHECK((size_t)p->at.at + p->at.size <= size);
		problem_print(&text, p);
		CHECK(text.n > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct str text = { (const char *)data, size };
	struct error err = { 0 };
	const struct value *v = NULL, *same = NULL;
	struct source *source = source_new(a, STR("f"), NULL, size ? text : STR(""));
	bool ok = value_read_json(a, source, problems, &v);
	CHECK(ok == (v != NULL) && ok == (problems_errors(problems) == 0));
	CHECK(ok == value_parse_json(a, text, &same, &err));
	check_problems(problems, size);
	if (!ok)
		return 0;
	check_unread(v, same);
	CHECK(value_equal(v, same));
	check_places(v, size);
	check_lines(a, v);
	check_written(a, v, JSON_LINE);
	check_written(a, v, JSON_FILE);
	check_written(a, v, (struct json_style){ .sorted = true, .ascii = true });
	return 0;
}
