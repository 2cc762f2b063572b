#include <string.h>

#include "core/plan/plan.h"

const struct level *level_find(const struct level *levels, const char *name)
{
	for (; levels && levels->name; levels++)
		if (strcmp(levels->name, name) == 0 ||
		    (levels->alias && strcmp(levels->alias, name) == 0))
			return levels;
	return NULL;
}
