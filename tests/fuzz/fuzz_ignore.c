#include "core/base/check.h"
#include "core/context/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file up to the first NUL, then paths, each up to the next one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct str rest = { (const char *)data, size }, text = { 0 }, path;
	str_next(&rest, '\0', &text);
	const struct source *source = source_new(a, STR(".dockerignore"), NULL, text);
	owned(ignore) struct ignore *g = ignore_parse(source, problems);
	for (int n = 0; n < 16 && str_next(&rest, '\0', &path); n++) {
		bool matches = ignore_matches(g, path);
		size_t slash = str_find_last(path, '/');
		/* What is pruned never hides something that is kept.  (Paths of a context are
		 * relative; of absolute ones moby sees other parents.) */
		if (slash != STR_NONE && path.p[0] != '/' && str_find_str(path, STR("..")) == STR_NONE &&
		    ignore_prunes(g, str_slice(path, 0, slash)))
			CHECK(matches);
	}
	return 0;
}
