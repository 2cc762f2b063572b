#ifndef CORE_ENGINE_LINEWISE_H
#define CORE_ENGINE_LINEWISE_H

#include "core/base/buf.h"

/* Text in pieces of any size as lines.  {0} is one before its first byte. */
struct linewise {
	struct buf part;                /* what has no end yet */
	bool cut;                       /* a part of the line was passed on */
};

/* A longer line comes in pieces: as long as a message of an engine may be. */
#define LINEWISE_MAX ((size_t)16 << 20)

/* The line is lent, with its newline if it has one.  begins: it is not the rest of one
 * that was too long. */
typedef void linewise_fn(void *data, struct str line, bool begins);
void linewise_feed(struct linewise *, struct str bytes, linewise_fn *, void *data);
/* Passes a last line without a newline on. */
void linewise_end(struct linewise *, linewise_fn *, void *data);
void linewise_finish(struct linewise *);

/* The line without "\n" or "\r\n". */
struct str linewise_text(struct str line);

#endif
