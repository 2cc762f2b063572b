#include <stdint.h>

#include "core/base/check.h"
#include "core/config/toml.h"
#include "core/config/toml_edit.h"

/* A TOML text, then a table, a pointer below it and JSON, NULs between them; without JSON
 * it is removed.  That all else stays the editor checks by itself: here, that it says so of
 * its result, and changes nothing where it fails. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct str rest = { (const char *)data, size }, text, table, pointer;
	struct edits edits = { 0 };
	struct error err;
	const struct value *root;
	if (size > 1 << 16 || !size || !str_next(&rest, '\0', &text) ||
	    !str_next(&rest, '\0', &table) || !str_next(&rest, '\0', &pointer))
		return 0;
	text = arena_str(a, text);
	const char *in = arena_text(a, table);
	const struct source *source = source_new(a, STR("x.toml"), NULL, text);
	if (in[0] != '/')
		return 0;
	bool done = rest.p ? toml_edit_set(a, source, in, pointer, rest, &edits, &err)
	                   : toml_edit_unset(a, source, in, pointer, &edits, &err);
	CHECK(done || edits.n == 0);
	owned_buf struct buf out = { 0 };
	edit_apply(&out, text, &edits);
	const struct source *after = source_new(a, STR("y.toml"), NULL, buf_str(&out));
	CHECK(!done || toml_read(a, after, problems, &root));
	return 0;
}
