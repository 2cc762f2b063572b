#ifndef TUI_RUN_LOG_H
#define TUI_RUN_LOG_H

#include "core/base/buf.h"

/* The output of a container as lines in memory, the last of them when there are too
 * many.  {0} is an empty one. */
struct run_line {
	size_t at, n;                   /* bytes of the text */
	double t;                       /* when it began; seconds since the epoch */
	int stream;                     /* 1 stdout, 2 stderr */
};

struct run_log {
	struct buf text;
	struct run_line *lines;
	size_t n, cap;
	size_t dropped;                 /* lines that were there before the first */
	size_t most;                    /* bytes kept; 0: RUN_LOG_MOST */
	struct buf part[2];             /* of each stream, the line that has not ended */
	double part_t[2];
};

/* A line longer than RUN_LOG_LINE is told in several. */
enum { RUN_LOG_MOST = 16 << 20, RUN_LOG_LINE = 64 << 10 };

/* Returns how many lines at the front were dropped for these. */
size_t run_log_add(struct run_log *, int stream, struct str bytes, double t);
/* No more comes: lines without an end are lines. */
size_t run_log_end(struct run_log *);
/* Lent until the log changes. */
struct str run_log_line(const struct run_log *, size_t line);
void run_log_finish(struct run_log *);

#endif
