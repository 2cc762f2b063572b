#ifndef TUI_SEARCH_H
#define TUI_SEARCH_H

#include "core/base/str.h"

/* Where the text stands in the line from `from` on, or STR_NONE.  Without capitals
 * (of ASCII) in the needle capitals do not matter. */
size_t search_find(struct str line, struct str needle, size_t from);
/* From a line on, without it, around the ends: the next one for which line(data, i)
 * holds the needle, or STR_NONE. */
size_t search_lines(size_t n, size_t from, bool down, struct str needle,
                    struct str (*line)(const void *data, size_t i), const void *data);

#endif
