#include "tui/jumps.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

static char *place_copy(struct str text)
{
	char *copy = xcalloc(text.n + 1, 1);
	if (text.n)
		memcpy(copy, text.p, text.n);
	return copy;
}

void place_finish(struct place *p)
{
	free(p->subject);
	free(p->line);
	*p = (struct place){ 0 };
}

void place_set(struct place *p, unsigned where, struct str subject, struct str line)
{
	struct place set = { where, place_copy(subject), place_copy(line) };
	place_finish(p);
	*p = set;
}

void jumps_finish(struct jumps *j)
{
	while (j->n)
		place_finish(&j->places[--j->n]);
	j->at = 0;
}

static bool jumps_ends_with(const struct jumps *j, unsigned where, struct str subject,
                            struct str line)
{
	const struct place *last = j->n ? &j->places[j->n - 1] : NULL;
	return last && last->where == where && str_eq(str_of(last->subject), subject) &&
	       str_eq(str_of(last->line), line);
}

void jumps_push(struct jumps *j, unsigned where, struct str subject, struct str line)
{
	while (j->n > j->at + (j->at < j->n))
		place_finish(&j->places[--j->n]);
	if (!jumps_ends_with(j, where, subject, line)) {
		if (j->n == JUMPS_MAX) {
			place_finish(&j->places[0]);
			memmove(j->places, j->places + 1, sizeof *j->places * (JUMPS_MAX - 1));
			j->places[--j->n] = (struct place){ 0 };
		}
		place_set(&j->places[j->n++], where, subject, line);
	}
	j->at = j->n;
}

const struct place *jumps_back(struct jumps *j, unsigned where, struct str subject,
                               struct str line)
{
	if (j->at == j->n && j->n) {
		/* So that the way forth ends where it began. */
		jumps_push(j, where, subject, line);
		j->at = j->n - 1;
	}
	return j->at > 0 ? &j->places[--j->at] : NULL;
}

const struct place *jumps_forth(struct jumps *j)
{
	return j->at + 1 < j->n ? &j->places[++j->at] : NULL;
}
