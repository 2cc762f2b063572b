#include "core/kind/side.h"

bool side_is_unknown(const struct problem *p)
{
	return str_eq(str_of(p->rule), STR("profile-unknown"));
}

const struct problem *side_error(const struct side *s)
{
	for (size_t i = 0; s->problems && i < problems_count(s->problems); i++) {
		const struct problem *p = problems_get(s->problems, i);
		if (p->severity == SEVERITY_ERROR)
			return p;
	}
	return NULL;
}

/* Profiles that no file knows are a note: a kind plans nothing past an error. */
static struct problems *side_forgive(const struct problems *found)
{
	struct problems *kept = problems_new();
	for (size_t i = 0; i < problems_count(found); i++) {
		struct problem p = *problems_get(found, i);
		if (side_is_unknown(&p))
			p.severity = SEVERITY_NOTE;
		problems_add_problem(kept, &p);
	}
	return kept;
}

void side_read(struct side *s, const struct kind *kind, const struct target *target,
               const struct selection *selection, struct files *files)
{
	owned(problems) struct problems *found = problems_new();
	*s = (struct side){ .settings = kind->settings(target, selection, files, found) };
	s->problems = side_forgive(found);
	if (s->settings)
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
