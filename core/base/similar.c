#include "core/base/similar.h"

#include "core/base/check.h"

enum { SIMILAR_LETTERS = 2 };

/* How many letters were mistyped, left out or added (Levenshtein). */
static unsigned similar_distance(struct str a, struct str b)
{
	unsigned row[SIMILAR_MAX + 1];
	CHECK(b.n <= SIMILAR_MAX);
	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned corner = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned best = corner + (a.p[i - 1] != b.p[j - 1]);
			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

void similar_try(struct similar *s, const char *name)
{
	struct str text = str_of(name);
	if (s->typed.n > SIMILAR_MAX || text.n > SIMILAR_MAX)
		return;
	unsigned distance = similar_distance(s->typed, text);
	if (distance > SIMILAR_LETTERS || distance >= text.n ||
	    (s->best && distance >= s->distance))
		return;
	s->best = name;
	s->distance = distance;
}
