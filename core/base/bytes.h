#ifndef CORE_BASE_BYTES_H
#define CORE_BASE_BYTES_H

#include "core/base/buf.h"

/* Any bytes as text, for places that take only UTF-8: each byte as the code point of
 * its value.  What is text already in the first half of ASCII stays as it is. */
void bytes_append_text(struct buf *text, struct str bytes);
/* Back; false when the text is none of the above. */
bool bytes_append_back(struct buf *bytes, struct str text);

#endif
