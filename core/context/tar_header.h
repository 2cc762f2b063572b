#ifndef CORE_CONTEXT_TAR_HEADER_H
#define CORE_CONTEXT_TAR_HEADER_H

#include "core/base/buf.h"
#include "core/context/context.h"

/* Private to tar: the blocks before an entry's data.  POSIX.1-1988 (ustar) where
 * the name fits in its two fields and the link in its one; else GNU's extra entries
 * of type L and K, which hold what is too long.  Sizes and times past eleven octal
 * digits, and times before 1970, in GNU's base 256. */
enum { TAR_BLOCK = 512 };

/* Whether one block is enough. */
bool tar_header_is_plain(const struct entry *);
void tar_header_append(struct buf *, const struct entry *);

#endif
