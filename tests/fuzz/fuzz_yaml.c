#include <stdint.h>

#include "core/base/check.h"
#include "core/config/tagged.h"
#include "core/config/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes: documents, or exactly one error with a place.  What was read can be written, and
 * every span lies in the text. */
static void walk(const struct value *v, size_t size)
{
	struct span at = value_span(v), key = value_key_span(v);
	CHECK((size_t)at.at + at.size <= size && (size_t)key.at + key.size <= size);
	for (const struct value *c = value_child(v); c; c = value_next(c))
		walk(c, size);
}

static size_t errors(const struct problems *problems)
{
	size_t n = 0;
	for (size_t i = 0; i < problems_count(problems); i++)
		n += problems_get(problems, i)->severity == SEVERITY_ERROR;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf out = { 0 };
	const struct yaml_options options = {
		.scalars = size && data[0] & 1 ? YAML_SCALARS_1_1 : YAML_SCALARS_CORE };
	const struct value *const *documents;
	size_t n;
	struct str text = { (const char *)data, size };
	struct source *source = source_new(arena, STR("fuzz.yml"), NULL, text);
	bool done = yaml_read(arena, source, &options, problems, &documents, &n);
	CHECK(errors(problems) == !done);
	for (size_t i = 0; i < problems_count(problems); i++)
		problem_print(&out, problems_get(problems, i));
	for (size_t i = 0; done && i < n; i++) {
		walk(documents[i], size);
		tagged_write(&out, documents[i], JSON_LINE);
	}
	return 0;
}
