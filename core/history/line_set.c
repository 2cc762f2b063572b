#include "core/history/line_set.h"

#include <stdlib.h>

#include "core/base/check.h"

void line_set_finish(struct line_set *s)
{
	free(s->lines);
	*s = (struct line_set){ 0 };
}

void line_set_add(struct line_set *s, size_t line)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->lines = xrealloc(s->lines, s->cap, sizeof *s->lines);
	}
	s->lines[s->n++] = (uint32_t)line;
}

void line_set_cut(struct line_set *s, size_t line)
{
	while (s->n && s->lines[s->n - 1] >= line)
		s->n--;
}

size_t line_set_before(const struct line_set *s, size_t line)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->lines[middle] < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
