#ifndef TUI_SPARK_H
#define TUI_SPARK_H

#include "tui/surface.h"

/* A series of numbers as one line of bars: eighth blocks, where the locale has none .:|!
 * of ASCII.  Bars stand on zero and the largest fills its row, so that they compare.  */
struct spark_point {
	double value;           /* under 0: not known, a blank */
	char mark;              /* stands instead of the bar, as x for a failure; 0: none */
};

/* The last `columns` points at most, a column each. */
void spark_append(struct buf *, const struct spark_point *, size_t n, size_t columns);
/* The same on a surface; marks get an ink of their own. */
void spark_draw(struct pen *, const struct spark_point *, size_t n, size_t columns,
                struct ink bars, struct ink marks);

#endif
