#include "tui/search.h"

size_t search_find(struct str line, struct str needle, size_t from)
{
	return str_search(line, needle, from);
}

size_t search_lines(size_t n, size_t from, bool down, struct str needle,
                    struct str (*line)(const void *data, size_t i), const void *data)
{
	size_t i = from;
	for (size_t left = n; left > 0; left--) {
		i = down ? (i + 1 < n ? i + 1 : 0) : (i > 0 ? i - 1 : n - 1);
		if (search_find(line(data, i), needle, 0) != STR_NONE)
			return i;
	}
	return STR_NONE;
}
