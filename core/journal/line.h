#ifndef CORE_JOURNAL_LINE_H
#define CORE_JOURNAL_LINE_H

#include "core/journal/journal.h"

/* A journal line read without making a tree of it: a million log events are
 * indexed in a fraction of a second.  Bytes of any kind are safe here. */

/* A member of the line's object: key without its quotes, value as written. */
struct line_member {
	struct str key, value;
};
/* The member at *at (0 to begin), which moves on.  false at the end, at what is no
 * JSON and where the line was cut. */
bool line_next(struct str line, size_t *at, struct line_member *ret_member);

/* The facts every line or a log line has; absent ones are 0, step is -1. */
struct line_head {
	double t;
	enum event_kind kind;
	int step, stream;
	uint64_t offset, length, gap;
};
/* false when the line is no event at all. */
bool line_head(struct str line, struct line_head *ret_head);

#endif
