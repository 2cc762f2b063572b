#ifndef CORE_CONTEXT_IGNORE_H
#define CORE_CONTEXT_IGNORE_H

#include "core/base/own.h"
#include "core/value/problem.h"

/* .dockerignore as moby reads it (patternmatcher): comments, blanks trimmed,
 * filepath.Clean, a leading / dropped, ** over folders, ! un-excludes, the last
 * match wins, a match of a parent counts. */
struct ignore;

/* A bad pattern (unclosed [) is an error at its line. */
struct ignore *ignore_parse(const struct source *, struct problems *);
void ignore_free(struct ignore *);
OWN_DEFINE(ignore)
/* One more pattern at the end, as a line of the file. */
bool ignore_add(struct ignore *, struct str pattern, struct error *);

/* path: relative, '/' between parts, no leading one. */
bool ignore_matches(const struct ignore *, struct str path);
/* True when nothing below this folder can be kept, so it need not be entered. */
bool ignore_prunes(const struct ignore *, struct str dir);

#endif
