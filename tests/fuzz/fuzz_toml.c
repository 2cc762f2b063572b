#include <stdint.h>

#include "core/base/check.h"
#include "core/config/tagged.h"
#include "core/config/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes: a tree or exactly one error with a place, never both.  What was read
 * can be written, and every span lies in the text. */
static void walk(const struct value *v, size_t size)
{
	struct span at = value_span(v), key = value_key_span(v);
	CHECK((size_t)at.at + at.size <= size && (size_t)key.at + key.size <= size);
	for (const struct value *c = value_child(v); c; c = value_next(c))
		walk(c, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf out = { 0 };
	const struct value *root = NULL;
	struct str text = { (const char *)data, size };
	struct source *source = source_new(arena, STR("fuzz.toml"), NULL, text);
	bool done = toml_read(arena, source, problems, &root);
	CHECK(done == (root != NULL) && problems_count(problems) == !done);
	if (!done) {
		problem_print(&out, problems_get(problems, 0));
		return 0;
	}
	walk(root, size);
	tagged_write(&out, root, JSON_LINE);
	const struct value *again;
	struct error err;
	/* A scalar at the greatest depth makes an object deeper than is read. */
	CHECK(value_parse_json(arena, buf_str(&out), &again, &err) ||
	      str_find_str(str_of(err.text), STR("deep")) != STR_NONE);
	return 0;
}
