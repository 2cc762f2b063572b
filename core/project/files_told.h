#ifndef CORE_PROJECT_FILES_TOLD_H
#define CORE_PROJECT_FILES_TOLD_H

#include "core/os/files.h"
#include "core/value/value.h"

/* What one struct files has answered, put down as values and given again by another, in
 * another process: so a worker reads a git revision and the screen reads what it found. */

/* The answer about the path, in the arena: {"path": ABSOLUTE} alone when nothing is there,
 * with "text", "bytes" (see bytes.h), "names" [{"name", "dir", "link"}] or "failed". */
struct value *files_tell(struct arena *, struct files *, const char *path);

/* Answers as it was told; below `top` (absolute) nothing else is known and fails, all the
 * rest is asked of `elsewhere`, which is borrowed; relative paths mean those of it. */
struct files *files_told(const char *top, struct files *elsewhere);
/* One more answer of files_tell, copied; false when it is none. */
bool files_told_take(struct files *, const struct value *answer);

#endif
