#include "tui/marks.h"

void marks_finish(struct marks *m)
{
	for (size_t i = 0; i < MARKS_PLACES; i++)
		for (size_t j = 0; j < MARKS_LETTERS; j++)
			place_finish(&m->of[i][j]);
}

static size_t marks_index(unsigned where)
{
	return (size_t)__builtin_ctz(where | 1u << (MARKS_PLACES - 1));
}

void marks_set(struct marks *m, char letter, unsigned where, struct str subject, struct str line)
{
	place_set(&m->of[marks_index(where)][letter - 'a'], where, subject, line);
}

const struct place *marks_get(const struct marks *m, char letter, unsigned where)
{
	const struct place *p = &m->of[marks_index(where)][letter - 'a'];
	return p->where ? p : NULL;
}
