#ifndef CORE_CONTEXT_IGNORE_H
#define CORE_CONTEXT_IGNORE_H

#include "core/base/own.h"
#include "core/value/problem.h"

/* .dockerignore as moby reads it (moby/patternmatcher, ignorefile.ReadAll and
 * MatchesOrParentMatches): comments, blanks trimmed, filepath.Clean, a leading /
 * dropped, ** over folders, ! un-excludes, the last match wins, a match of a
 * parent counts. */
struct ignore;

/* More patterns, or a longer line, than this are refused (the latter as moby does). */
enum { IGNORE_PATTERNS_MAX = 10000, IGNORE_LINE_MAX = 65535 };

/* Never NULL, and lives on its own: a bad pattern (an unclosed [) is an error at
 * its line and left out, so ask problems_errors. */
struct ignore *ignore_parse(const struct source *, struct problems *);
void ignore_free(struct ignore *);
OWN_DEFINE(ignore)
/* One more pattern at the end, as a line of the file; blank and comment add nothing. */
bool ignore_add(struct ignore *, struct str pattern, struct error *);

/* path: '/' between parts, cleaned here (Go's filepath.Clean); "." and "" never match. */
bool ignore_matches(const struct ignore *, struct str path);
/* Whether a line with ! takes something back, and whether one by itself leaves out all that
 * stands in the root (*, ** and their mix). */
bool ignore_has_exceptions(const struct ignore *), ignore_is_all(const struct ignore *);
/* Go's filepath.Clean of it. */
void ignore_append_clean(struct buf *, struct str path);
/* True when nothing below this folder can be kept, so it need not be entered. */
bool ignore_prunes(const struct ignore *, struct str dir);

/* The same for those who walk down a tree and ask each folder once.  hits: a bool
 * for each of ignore_count patterns, whether it matches the folder or one above. */
size_t ignore_count(const struct ignore *);
/* hits of a folder from those of the one above (NULL: the root's, which are none);
 * both may be the same array.  Paths are clean here. */
void ignore_enter(const struct ignore *, struct str dir, const bool *above, bool *ret_hits);
/* above: hits of the folder that path stands in; NULL: it stands in the root. */
bool ignore_matches_below(const struct ignore *, const bool *above, struct str path);
/* hits: of dir itself. */
bool ignore_prunes_below(const struct ignore *, const bool *hits, struct str dir);

#endif
