#include "core/base/intern.h"

#include "core/base/check.h"
#include "core/base/map.h"

static struct map intern_map;

const char *intern(struct str s)
{
	size_t nul = str_find(s, '\0');
	if (nul != STR_NONE)
		s.n = nul;
	void *known = map_get(&intern_map, s);
	if (known)
		return known;
	char *copy = xstrndup(s.p, s.n);
	map_set(&intern_map, (struct str){ copy, s.n }, copy);
	return copy;
}
