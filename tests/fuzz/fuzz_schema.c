#include <stdint.h>

#include "core/base/check.h"
#include "core/config/schema.h"
#include "core/value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct value *read_text(struct arena *a, const char *path, struct str text)
{
	const struct value *v = NULL;
	owned(problems) struct problems *ignored = problems_new();
	struct source *source = source_new(a, str_of(path), NULL, text.n ? text : STR(""));
	return value_read_json(a, source, ignored, &v) ? v : NULL;
}

/* All that is said of them, and whether that is nothing. */
static void check_once(const struct value *root, const struct value *v, bool formats,
                       struct buf *out)
{
	owned(problems) struct problems *problems = problems_new();
	struct schema_options options = { .formats = formats };
	owned(schema) struct schema *schema = schema_new(root, &options, problems);
	CHECK((schema != NULL) == (problems_count(problems) == 0));
	bool ok = schema && schema_check(schema, v, SEVERITY_ERROR, problems);
	CHECK(ok == (problems_count(problems) == 0));
	problems_sort(problems);
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		CHECK(!p->at.source || (size_t)p->at.at + p->at.size <= p->at.source->text.n);
		CHECK(!p->at.source || p->at.source == value_span(root).source ||
		      value_at(v, p->pointer));
		problem_print(out, p);
		buf_append_char(out, '\n');
	}
}

/* Up to the first newline a schema, behind it a document: the check ends, says the same
 * twice, and every place is inside the texts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, schema;
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf first = { 0 }, second = { 0 };
	if (!size)
		return 0;
	str_next(&text, '\n', &schema);
	const struct value *root = read_text(a, "s", schema), *v = read_text(a, "d", text);
	if (!root || !v)
		return 0;
	check_once(root, v, schema.n % 2 == 0, &first);
	check_once(root, v, schema.n % 2 == 0, &second);
	CHECK(str_eq(buf_str(&first), buf_str(&second)));
	return 0;
}
