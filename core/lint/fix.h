#ifndef CORE_LINT_FIX_H
#define CORE_LINT_FIX_H

#include "core/base/buf.h"
#include "core/value/problem.h"

/* Findings mended by the edits they carry.  Pure. */

/* Whether all edits of the finding stand in this source. */
bool fix_is_for(const struct problem *, const struct source *);
/* Appends the source's text with the fixes that stand in it; of two that overlap the later
 * one waits for another turn, when it is looked for anew.  Returns how many findings were
 * mended; 0: nothing is appended. */
size_t fix_apply(const struct problems *, const struct source *, struct buf *out);

/* Appends what changed as a unified diff with three lines around, nothing where the texts are
 * equal.  path: as shown in its head; control characters of it become visible, those of the
 * texts stay. */
void fix_append_diff(struct buf *, struct str path, struct str before, struct str after);

#endif
