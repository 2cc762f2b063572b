#include <stdint.h>

#include "core/value/json.h"
#include "tests/core/value/compare_apply.h"

/* Two JSON texts, divided by a NUL: what is found between them, done to the first, gives
 * the second; and the other way round. */

static void check_pair(struct arena *arena, const struct value *a, const struct value *b)
{
	struct comparison c;
	owned_buf struct buf text = { 0 };
	value_compare(arena, a, b, &c);
	apply_check(arena, a, b, &c);
	value_write_json(&text, comparison_describe(arena, &c), JSON_LINE);
	CHECK(text.n >= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *arena = arena_new();
	struct str text = { (const char *)data, size };
	const struct value *a, *b;
	struct error err = { 0 };
	size_t nul = size ? str_find(text, '\0') : STR_NONE;
	if (nul == STR_NONE || !value_parse_json(arena, str_slice(text, 0, nul), &a, &err) ||
	    !value_parse_json(arena, str_slice(text, nul + 1, size), &b, &err))
		return 0;
	check_pair(arena, a, b);
	check_pair(arena, b, a);
	check_pair(arena, a, a);
	return 0;
}
