#ifndef CORE_CONTEXT_ENTRY_READER_H
#define CORE_CONTEXT_ENTRY_READER_H

#include "core/context/context.h"

/* For encoders: one reader for many entries, into the caller's memory. */

/* Turns to this entry, borrowed; what was half read is let go. */
void entry_reader_start(struct entry_reader *, const struct entry *);
/* At most room bytes (room > 0) at `at`.  PULL_DATA: *ret_n > 0 of them. The last
 * ones come only when the file is still as the scan saw it. */
enum pull entry_reader_read(struct entry_reader *, char *at, size_t room, size_t *ret_n,
                            struct error *);

#endif
