#include <stdint.h>

#include "tests/fuzz/editing.h"

/* A text, then edits of it, a NUL between them: =POINTER TAB VALUE sets, -POINTER
 * removes, "VALUE is typed. */

enum { STEPS = 32, TEXT_MAX = 1 << 16 };

static void step_typed(struct arena *a, struct str typed)
{
	struct str json;
	struct error err = { 0 };
	if (edit_typed(a, typed, NULL, typed.n % 2, &json, &err))
		CHECK(editing_read(a, json));
	else
		CHECK(err.code == ERROR_USAGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	struct str rest = { (const char *)data, size }, text, step;
	if (!size || size > TEXT_MAX || !str_next(&rest, '\0', &text))
		return 0;
	text = arena_str(a, text);
	for (size_t n = 0; n < STEPS && text.n < TEXT_MAX && str_next(&rest, '\0', &step); n++) {
		char what = step.n ? step.p[0] : 0;
		size_t tab = str_find(step, '\t');
		if (what == '"')
			step_typed(a, str_slice(step, 1, STR_NONE));
		else if (what == '-')
			editing_step(a, &text, str_slice(step, 1, STR_NONE), (struct str){ 0 });
		else if (what == '=' && tab != STR_NONE)
			editing_step(a, &text, str_slice(step, 1, tab - 1),
			             str_slice(step, tab + 1, STR_NONE));
	}
	return 0;
}
