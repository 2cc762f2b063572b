#ifndef CORE_HISTORY_LINE_FILTER_H
#define CORE_HISTORY_LINE_FILTER_H

#include "core/history/search.h"

/* The log lines of a build in which a pattern stands, with lines around them: a search
 * whose result is a shorter log.  Looked at a slice at a time; 4 bytes a line shown and
 * 4 a line found. */
struct line_filter;

/* Lines around each match, at most. */
enum { LINE_FILTER_CONTEXT_MAX = 1000 };

/* As history_search_new. */
struct line_filter *line_filter_new(struct str pattern, size_t context, struct error *err);
void line_filter_free(struct line_filter *);
OWN_DEFINE(line_filter)
/* As history_search_over, _grew, _more and _is_done. */
void line_filter_over(struct line_filter *, struct journal *, int step);
void line_filter_grew(struct line_filter *);
bool line_filter_more(struct line_filter *, size_t lines);
bool line_filter_is_done(const struct line_filter *);

/* Lines shown so far, in order, and how many of them match. */
size_t line_filter_count(const struct line_filter *);
size_t line_filter_matches(const struct line_filter *);
size_t line_filter_line(const struct line_filter *, size_t i);
/* Which of those shown is the line, or the first behind it: count when there is none. */
size_t line_filter_find(const struct line_filter *, size_t line);
/* Whether there are lines between this one of those shown and the one before it. */
bool line_filter_skips(const struct line_filter *, size_t i);

#endif
