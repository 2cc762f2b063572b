#ifndef CORE_HISTORY_LOG_DIFF_H
#define CORE_HISTORY_LOG_DIFF_H

#include "core/base/sequence.h"
#include "core/journal/journal.h"

/* Two logs, or the logs of two steps, line by line: equal are lines that read the same
 * once times, durations, sizes, hashes and temporary names are masked (mask_line.h). */

/* Of each log the first so many lines are compared: 12 bytes a line and what
 * sequence_compare takes. */
enum { LOG_DIFF_LINES_MAX = 2000000 };

struct log_diff {
	size_t na, nb;                  /* lines compared */
	bool cut;                       /* there were more */
	size_t same, come, gone;
	const struct sequence_change *changes;
	size_t nchanges;
};

/* step -1: all of the build.  In the arena.  Reads the logs whole: for commands and
 * workers.  Lines are compared by 64-bit hashes of their masked text. */
void log_diff_make(struct arena *, struct journal *a, int step_a, struct journal *b, int step_b,
                   struct log_diff *ret_diff);

/* {"a", "b": steps or null, "lines_a", "lines_b", "same", "added", "removed", "cut",
 * "changes": [{"line_a", "line_b", "removed", "added"}]}, in the arena.  Of the changed
 * lines the first `most` are told, each cut to 2000 bytes, colours and overwritten
 * progress taken out; "told" says how many they are. */
struct value *log_diff_value(struct arena *, const struct log_diff *, struct journal *a, int step_a,
                             struct journal *b, int step_b, size_t most);

#endif
