#include "tui/search.h"

static char search_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool search_at(const char *p, struct str needle, bool exact)
{
	for (size_t i = 0; i < needle.n; i++)
		if (p[i] != needle.p[i] && (exact || search_lower(p[i]) != needle.p[i]))
			return false;
	return true;
}

size_t search_find(struct str line, struct str needle, size_t from)
{
	bool exact = false;
	for (size_t i = 0; i < needle.n; i++)
		exact |= search_lower(needle.p[i]) != needle.p[i];
	for (size_t at = from; needle.n && at < line.n && line.n - at >= needle.n; at++)
		if (search_at(line.p + at, needle, exact))
			return at;
	return STR_NONE;
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
