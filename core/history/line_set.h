#ifndef CORE_HISTORY_LINE_SET_H
#define CORE_HISTORY_LINE_SET_H

#include <stdint.h>
#include <stddef.h>

/* Numbers of lines in their order, as a log is read.  {0} is an empty one. */
struct line_set {
	uint32_t *lines;
	size_t n, cap;
};

void line_set_finish(struct line_set *);
/* A line behind all that are there. */
void line_set_add(struct line_set *, size_t line);
/* Those from this line on are forgotten. */
void line_set_cut(struct line_set *, size_t line);
/* How many stand before the line. */
size_t line_set_before(const struct line_set *, size_t line);

#endif
