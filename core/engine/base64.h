#ifndef CORE_ENGINE_BASE64_H
#define CORE_ENGINE_BASE64_H

#include "core/base/buf.h"

/* Appends what text stands for (RFC 4648 with '=' padding); false when it is not
 * base64, and then nothing may be made of what was appended. */
bool base64_decode(struct buf *, struct str text);
/* Appends bytes as such text. */
void base64_encode(struct buf *, struct str bytes);
/* The same with '-' and '_' instead of '+' and '/' (RFC 4648, 5). */
void base64_encode_url(struct buf *, struct str bytes);

#endif
