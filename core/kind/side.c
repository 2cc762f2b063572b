#include "core/kind/side.h"

const struct problem *side_error(const struct side *s)
{
	for (size_t i = 0; s->problems && i < problems_count(s->problems); i++) {
		const struct problem *p = problems_get(s->problems, i);
		if (p->severity == SEVERITY_ERROR && !str_eq(str_of(p->rule), STR("profile-unknown")))
			return p;
	}
	return NULL;
}

void side_read(struct side *s, const struct kind *kind, const struct target *target,
               const struct selection *selection, struct files *files)
{
	*s = (struct side){ .problems = problems_new() };
	s->settings = kind->settings(target, selection, files, s->problems);
	if (s->settings && !side_error(s))
		s->plan = kind->plan(s->settings, selection, files, s->problems);
	problems_sort(s->problems);
}

void side_finish(struct side *s)
{
	plan_free(s->plan);
	settings_free(s->settings);
	problems_free(s->problems);
	*s = (struct side){ 0 };
}
