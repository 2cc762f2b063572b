#ifndef CORE_HISTORY_NEW_LINES_H
#define CORE_HISTORY_NEW_LINES_H

#include "core/base/own.h"
#include "core/journal/build.h"

/* Which lines of a step's log were never seen before: those are the ones to read.  What
 * was seen is what the same step (same stage and name) printed when it ran in the last
 * builds of the project that ended well on the same engine, each line masked (numbers,
 * times, hashes, temporary names: core/history/mask_line.h).  Of a line 64 bits are kept. */
struct known_lines;

/* Builds that are compared with, and bytes of log read of each: further lines of a
 * longer one are taken for new. */
enum { NEW_LINES_BUILDS = 5, NEW_LINES_LOG_MAX = 64 << 20 };

enum known_line {
	KNOWN_NOT,              /* there is nothing to compare with: the step never ran well */
	KNOWN_NEW,
	KNOWN_SEEN,             /* in some of the builds */
	KNOWN_USUAL,            /* in more than half of them, of at least two */
};

/* The folders of the builds to compare the one in dir with, newest first, at most
 * NEW_LINES_BUILDS; in the arena.  Builds that were imported, and those of no engine of
 * ours ("watch"), do not count. */
size_t new_lines_former(struct arena *, const struct build *, const char *dir,
                        const char *ret_dirs[NEW_LINES_BUILDS]);

struct known_lines *known_lines_new(void);
void known_lines_free(struct known_lines *);
OWN_DEFINE(known_lines)
/* Takes in what the steps of `build` printed in the build in dir. */
bool known_lines_learn(struct known_lines *, const struct build *, const char *dir,
                       struct error *);
/* Steps of which there is something to compare with. */
bool known_lines_any(const struct known_lines *);
/* text: as log_text_read gives it. */
enum known_line known_lines_tell(struct known_lines *, int step, struct str text);

/* All of it as lines for `say` (a worker's), until that returns false; and one back. */
void known_lines_say(const struct known_lines *, bool (*say)(const struct value *));
void known_lines_take(struct known_lines *, const struct value *line);

#endif
