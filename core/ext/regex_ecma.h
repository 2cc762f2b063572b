#ifndef CORE_EXT_REGEX_ECMA_H
#define CORE_EXT_REGEX_ECMA_H

#include "core/base/buf.h"
#include "core/base/error.h"

/* Private to core/ext/regex.  A pattern of ECMA-262 (flag u) in PCRE2's words: \d \w \b know
 * ASCII alone, \s the blanks of ECMA, $ is the very end, . no line end.  Taken although the
 * flag u forbids it, since people write it: \- and other signs with a needless \, and { } ]
 * as themselves.  What PCRE2 has and ECMA has not, (?i) or \Z or a++, is an error
 * (ERROR_USAGE, with the byte). */
bool regex_ecma_translate(struct str pattern, struct buf *ret_translated, struct error *);

#endif
