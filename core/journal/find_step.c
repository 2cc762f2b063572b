#include "core/journal/find_step.h"

bool build_find_step(const struct build *build, const char *step, int *ret_step, struct error *err)
{
	unsigned long long index;
	int found = -1;
	if (str_number(str_of(step), INT32_MAX, &index)) {
		if (index >= build->nsteps)
			return error_set(err, ERROR_USAGE, "there is no step %llu: the build has 0 to %zu",
			                 index, build->nsteps ? build->nsteps - 1 : 0);
		*ret_step = (int)index;
		return true;
	}
	for (size_t i = 0; i < build->nsteps; i++) {
		if (str_find_str(build->steps[i].name, str_of(step)) == STR_NONE)
			continue;
		if (found >= 0)
			return error_set(err, ERROR_USAGE, "'%s' is part of step %d and of step %zu: give "
			                 "the number", step, found, i);
		found = (int)i;
	}
	if (found < 0)
		return error_set(err, ERROR_USAGE, "no step has '%s' in its text", step);
	*ret_step = found;
	return true;
}
